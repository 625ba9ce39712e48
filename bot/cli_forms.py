"""`python -m bot form …`: a form is checked, read, drawn, compared, tried, published and exported from a terminal.

FILE is a form with its lists, media and call.yaml beside it; without one it is the form of the setting FORM, or the
shipped one. Problems are told in full, in the language of the setting LANGUAGE.
"""

import sys
from datetime import datetime
from pathlib import Path
from typing import Annotated, NoReturn

import typer

from bot import form_desk
from bot.channels.markup import to_plain
from bot.checking import Passed, Refused, verdict_of
from bot.errors import StartError
from bot.launching import PROBLEMS, go, refuse, settings_or_exit
from bot.opening import read_source
from bot.settings import Settings
from conversations.change_report import describe
from conversations.errors import FormError, Problem
from conversations.form import Form
from conversations.phrases import count, say
from conversations.versions import compare
from conversations.xlsform import FORM_ENDINGS, FormSource, read_form

WALKS = "walks.yaml"

FormFile = Annotated[Path | None, typer.Argument(metavar="FILE", help="The form; without it the one of FORM.")]
Language = Annotated[str, typer.Option(help="Language of the output; the default is LANGUAGE.")]

forms = typer.Typer(add_completion=False, no_args_is_help=True, help="Check, read, try and publish a form.")


@forms.command()
def check(file: FormFile = None) -> None:
    """Tell everything that is wrong with a form, with sheet, row, column and remedy."""
    settings = settings_or_exit(quiet=True)
    passed, form = _compiled(settings, _source(settings, file))
    _print_problems(passed.warnings, settings.language)
    asked = sum(question.is_asked for question in form.questions)
    print(say("cli_form_fine", settings.language, title=form.title, version=form.version or "—", questions=asked))


@forms.command()
def show(file: FormFile = None, language: Language = "") -> None:
    """Print the whole form as the people who answer it meet it."""
    from conversations.outline import outline

    settings = settings_or_exit(quiet=True)
    _, form = _compiled(settings, _source(settings, file))
    print(to_plain(outline(form, language or settings.language)))


@forms.command("map")
def draw(
    file: FormFile = None,
    to: Annotated[Path | None, typer.Option(help="The picture to write; - is standard output.")] = None,
    language: Language = "",
) -> None:
    """Draw the form as an SVG: its questions, its branches, where one can leave."""
    from conversations.form_map import draw_map

    settings = settings_or_exit(quiet=True)
    source = _source(settings, file)
    _, form = _compiled(settings, source)
    picture = draw_map(form, language or settings.language)
    if to == Path("-"):
        print(picture)
    else:
        _write(settings, to or Path(Path(source.name).stem).with_suffix(".svg"), picture.encode())


@forms.command()
def diff(
    file: FormFile = None,
    old: Annotated[
        Path | None, typer.Argument(metavar="OLD", help="Compare with this form, not the one in use.")
    ] = None,
) -> None:
    """Tell what a form changes: against the form in use, or against another file."""
    settings = settings_or_exit(quiet=True)
    source = _source(settings, file)
    if old is None:
        print(to_plain(go(form_desk.difference(settings, lambda base: _compiled(settings, source, base)))))
        return
    _, before = _compiled(settings, _source(settings, old))
    _, after = _compiled(settings, source)
    print(to_plain(describe(compare(before, after), settings.language)))


@forms.command("test")
def walk(
    file: FormFile = None,
    walks: Annotated[Path | None, typer.Option(help="The walks; the default lies beside the form.")] = None,
) -> None:
    """Walk the sample conversations of <form>.walks.yaml, or walks.yaml, through the form."""
    from conversations.walks import run_walks

    settings = settings_or_exit(quiet=True)
    if file is not None and file.name.endswith(WALKS):
        walks, file = file, _form_beside(file)
    source = _source(settings, file)
    _, form = _compiled(settings, source)
    text = _read_walks(settings, source, walks)
    try:
        results = run_walks(form, text, datetime.now(settings.zone))
    except FormError as wrong:
        _fail(wrong.problems, settings.language)
    for result in results:
        print(result.in_language(settings.language))
    if not all(result.passed for result in results):
        raise typer.Exit(PROBLEMS)


@forms.command()
def publish(
    file: FormFile = None,
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask.")] = False,
) -> None:
    """Show what a form changes and how many drafts are open; publish it and move them."""
    settings = settings_or_exit(quiet=True)
    source = _source(settings, file)

    def agrees() -> bool:
        return yes or typer.confirm(to_plain(say("form_ask_publish", settings.language)))

    published = go(form_desk.publish(settings, lambda base: _compiled(settings, source, base), _print_plain, agrees))
    if not published:
        raise typer.Exit(PROBLEMS)


@forms.command()
def export(
    file: FormFile = None,
    to: Annotated[Path | None, typer.Option(help="The workbook to write.")] = None,
) -> None:
    """Write a form as .xlsx: FILE, or the form in use. A FILE.xlsx that is not there yet is what to write."""
    from conversations.xlsform.export import export_workbook

    settings = settings_or_exit(quiet=True)
    if file is not None and to is None and file.suffix.lower() == ".xlsx" and not file.exists():
        file, to = None, file
    source = go(form_desk.in_use(settings)) if file is None else _source(settings, file)
    to = to or Path(Path(source.name).stem).with_suffix(".xlsx")
    if to.exists():
        refuse(StartError(say("cli_exists", settings.language, file=to)))
    try:
        content = export_workbook(source)
    except FormError as wrong:
        _fail(wrong.problems, settings.language)
    _write(settings, to, content)


def _source(settings: Settings, file: Path | None) -> FormSource:
    try:
        return read_source(str(file) if file else settings.form)
    except StartError as wrong:
        refuse(wrong if file is None else StartError(str(wrong).removeprefix("FORM: ")))


def _compiled(settings: Settings, source: FormSource, base: FormSource | None = None) -> tuple[Passed, Form]:
    """The checked form; `base` lends what does not lie beside it. Ends with all its problems when it has any."""
    verdict = verdict_of(source, base)
    if isinstance(verdict, Refused):
        _fail(verdict.problems, settings.language)
    return verdict, read_form(verdict.xform, verdict.files, verdict.desk)


def _fail(problems: tuple[Problem, ...], language: str) -> NoReturn:
    _print_problems(problems, language)
    errors = sum(not problem.is_warning for problem in problems)
    print(count("cli_form_errors", language, errors), file=sys.stderr)
    raise typer.Exit(PROBLEMS)


def _print_problems(problems: tuple[Problem, ...], language: str) -> None:
    for problem in problems:
        print(f"{'⚠' if problem.is_warning else '✖'} {problem.in_language(language)}")


def _print_plain(text: str) -> None:
    print(to_plain(text))


def _write(settings: Settings, to: Path, content: bytes) -> None:
    try:
        to.write_bytes(content)
    except OSError as failure:
        refuse(StartError(say("cli_unwritable", settings.language, file=to, reason=failure.strerror)))
    print(say("cli_written", settings.language, file=to))


def _read_walks(settings: Settings, source: FormSource, walks: Path | None) -> str:
    """The text of the walks: of the file given, else of the one beside the form."""
    from conversations.walks import walks_beside

    if walks is not None:
        try:
            return walks.read_text(encoding="utf-8-sig")
        except (OSError, UnicodeDecodeError) as failure:
            refuse(StartError(say("cli_unreadable", settings.language, file=walks, reason=type(failure).__name__)))
    found = walks_beside(source)
    if found is None:
        refuse(StartError(say("cli_no_walks", settings.language, file=source.name, walks=WALKS)))
    return found[1]


def _form_beside(walks: Path) -> Path:
    """The form that a file of walks lies beside: `x.walks.yaml` → `x.*`, `walks.yaml` → `form.*`."""
    stem = walks.name.removesuffix(WALKS).rstrip(".") or "form"
    found = (walks.with_name(stem + suffix) for suffix in FORM_ENDINGS)
    return next((path for path in found if path.is_file()), walks.with_name(f"{stem}.xlsx"))
