"""The expressions of a form: each compiled, each name in it found, the whole without a circle."""

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass

from conversations.errors import Problem
from conversations.xlsform.lint.entries import Entry, Survey
from conversations.xlsform.lint.questions import NO, YES
from conversations.xlsform.lint.reasons import explain
from conversations.xlsform.lint.texts import REFERENCE, reference_problems
from conversations.xlsform.lists import Table
from conversations.xlsform.messages import Place, closest, problem
from conversations.xlsform.order import Circle, contents, evaluation_order, needs
from conversations.xlsform.spelling import is_expression, straighten
from conversations.xpath import Expression, ExpressionError, compile_expression

_CONDITIONS = frozenset({"relevant", "constraint", "required"})
_ASKS_EARLIER = frozenset({"relevant", "constraint", "required", "choice_filter", "repeat_count"})
_COLUMNS = ("relevant", "constraint", "calculation", "choice_filter", "required", "default", "repeat_count")
_MAX_CIRCLES = 10

Path = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Cell:
    """A cell that holds an expression. `path` is the node it is compiled for, `entry` None for a setting."""

    column: str
    place: Place
    path: Path
    entry: Entry | None
    expression: Expression


@dataclass(frozen=True, slots=True)
class _Known:
    """What expressions may name."""

    survey: Survey
    files: Mapping[str, Table]
    beside: Collection[str]

    def columns(self, list_name: str) -> frozenset[str] | None:
        """Columns of a list or file; None when there is none of that name."""
        if list_name in self.survey.lists:
            return frozenset(
                header.partition("::")[0] for row in self.survey.lists[list_name] for header in row.cells
            ) | {"itextId"}
        table = self.files.get(f"{list_name}.csv")
        return None if table is None else frozenset(table.columns)

    def names(self) -> list[str]:
        return [*self.survey.lists, *(name.removesuffix(".csv") for name in self.beside)]


def check_expressions(survey: Survey, files: Mapping[str, Table], beside: Collection[str]) -> list[Problem]:
    found: list[Problem] = []
    cells = list(_compiled(survey, found))
    known = _Known(survey, files, beside)
    rank = {entry.path: index for index, entry in enumerate(survey.entries)}
    for cell in cells:
        found += _name_problems(cell, known)
        found += _warnings(cell)
        found += _later(cell, survey, rank)
    found += _triggers(survey)
    found += _circles(survey, cells)
    return found


def _compiled(survey: Survey, found: list[Problem]) -> Iterator[Cell]:
    for column, text, place, path, entry in _texts(survey):
        wrong = list(reference_problems(survey, text, place))
        found += wrong
        if wrong or not text:
            continue
        plain = REFERENCE.sub(lambda match: _path_of(survey, match[1]), straighten(text))
        if column == "choice_filter" and entry is not None:
            plain = f"instance('{entry.cell.list_name.removesuffix('.csv')}')/root/item[{plain}]"
        try:
            expression = compile_expression(plain)
        except ExpressionError as error:
            found.append(explain(error, place))
        else:
            yield Cell(column, place, path, entry, expression)


def _path_of(survey: Survey, name: str) -> str:
    return f" /{'/'.join(survey.by_name[name][0].path)} "


def _texts(survey: Survey) -> Iterator[tuple[str, str, Place, Path, Entry | None]]:
    """Every cell with an expression: column, text, place, node, entry."""
    sheet = survey.tables.survey
    for entry in survey.entries:
        if entry.is_refused:
            continue
        for column in _COLUMNS:
            text = entry.row.get(column)
            plain = column == "required" and text.lower() in YES | NO
            if text and not plain and (column != "default" or is_expression(text)):
                yield column, text, sheet.at(entry.row, column), entry.path, entry
    for row in survey.tables.settings.rows[:1]:
        place = survey.tables.settings.at(row, "instance_name")
        yield "instance_name", row.get("instance_name"), place, (survey.root, "meta", "instanceName"), None


def _name_problems(cell: Cell, known: _Known) -> Iterator[Problem]:
    """Words and paths that name nothing, lists that are not there, columns a list does not have."""
    for read in sorted(cell.expression.references(cell.path)):
        if read in known.survey.by_path or len(read) <= 1 or read[:2] == (known.survey.root, "meta"):
            continue
        if read[:-1] == cell.path:
            yield problem("unquoted_word", cell.place, word=read[-1])
        else:
            yield problem("unknown_path", cell.place, path="/" + "/".join(read))
    for name in sorted(cell.expression.instances | set(cell.expression.relative_names)):
        columns = known.columns(name)
        if columns is None:
            own_list = cell.entry is not None and cell.entry.cell.list_name.removesuffix(".csv") == name
            if not own_list and f"{name}.csv" not in known.beside:
                yield problem("unknown_instance", cell.place, name=name, nearest=closest(name, known.names()))
            continue
        for word in sorted(cell.expression.relative_names.get(name, frozenset()) - columns):
            yield problem("filter_column", cell.place, name=name, word=word, nearest=closest(word, columns))


def _warnings(cell: Cell) -> Iterator[Problem]:
    bare = list(cell.expression.bare_paths_as_condition)
    if cell.column in _CONDITIONS and cell.expression.is_bare_path:
        bare.append(cell.expression.text)
    for path in dict.fromkeys(bare):
        if path.strip().startswith("/"):
            yield problem("bare_condition", cell.place, name=path.strip().rpartition("/")[2])
    if cell.expression.unwrapped_random:
        yield problem("random", cell.place)


def _later(cell: Cell, survey: Survey, rank: Mapping[Path, int]) -> Iterator[Problem]:
    if cell.column not in _ASKS_EARLIER:
        return
    for read in sorted(cell.expression.references(cell.path)):
        other = survey.by_path.get(read)
        if other is not None and other.is_asked and rank.get(read, 0) > rank[cell.path]:
            yield problem("later_question", cell.place, name=other.name)


def _triggers(survey: Survey) -> Iterator[Problem]:
    sheet = survey.tables.survey
    for entry in survey.entries:
        text = entry.row.get("trigger")
        if not text or entry.is_refused:
            continue
        place = sheet.at(entry.row, "trigger")
        yield from reference_problems(survey, text, place)
        for part in text.split(","):
            matched = REFERENCE.fullmatch(part.strip())
            if not matched:
                yield problem("bad_trigger", place)
                break
            for source in survey.by_name.get(matched[1], []):
                if not source.is_asked and not source.is_refused:
                    yield problem("trigger_not_asked", place, name=source.name)
        if not entry.row.get("calculation"):
            yield problem("trigger_without_calculation", place)


def _circles(survey: Survey, cells: Iterable[Cell]) -> Iterator[Problem]:
    """One problem for each circle, at the first row of it; ten at most."""
    computed = _computed(cells)
    inside = contents(survey.by_path)
    needed = {
        path: needs(path, (cell.expression for cell in computed.get(path, ())), inside) for path in survey.by_path
    }
    for _ in range(_MAX_CIRCLES):
        try:
            evaluation_order(needed)
        except Circle as circle:
            first = min((survey.by_path[path] for path in circle.paths), key=lambda entry: entry.row.number)
            start = circle.paths.index(first.path)
            turned = circle.paths[start:] + circle.paths[:start]
            rows = ", ".join(str(survey.by_path[path].row.number) for path in turned)
            names = " → ".join([*(path[-1] for path in turned), turned[0][-1]])
            follows = turned[1 % len(turned)]
            reads = (
                each.column
                for each in computed.get(first.path, ())
                if follows in needs(first.path, (each.expression,), inside)
            )
            place = survey.tables.survey.at(first.row, next(reads, None))
            yield problem("cycle", place, names=names, rows=rows)
            needed[turned[0]].discard(follows)
        else:
            return


def _computed(cells: Iterable[Cell]) -> dict[Path, list[Cell]]:
    """Question → its cells that are computed anew at each turn; not those that wait for a trigger."""
    found: dict[Path, list[Cell]] = {}
    for cell in cells:
        waits = cell.column == "calculation" and cell.entry is not None and cell.entry.row.get("trigger")
        if cell.column in {"relevant", "calculation", "choice_filter", "repeat_count"} and not waits:
            found.setdefault(cell.path, []).append(cell)
    return found
