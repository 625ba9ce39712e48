"""Which columns XLSForm has, what we do with each, and one spelling for all of them.

Source: https://xlsform.org/en/ref-table/ and pyxform's aliases.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

from conversations.errors import Problem
from conversations.xlsform.messages import closest, problem
from conversations.xlsform.spelling import read_language
from conversations.xlsform.workbook import Row, Sheet, Workbook

SPOKEN = {
    "survey": ("label", "hint", "guidance_hint", "constraint_message", "required_message"),
    "choices": ("label",),
    "settings": (),
}
"""Texts, which stand once for each language: `label::Български (bg)`."""
MEDIA = ("media::image", "media::audio", "media::video")
"""Files shown with a label. They too may stand once for each language; one without a language is for all."""
TRANSLATED: Mapping[str, tuple[str, ...]] = {
    "survey": (*SPOKEN["survey"], *MEDIA),
    "choices": (*SPOKEN["choices"], *MEDIA),
    "settings": (),
}

_USED = {
    "survey": frozenset({
        "type", "name", "relevant", "required", "constraint", "calculation", "default", "trigger", "choice_filter",
        "appearance", "read_only", "parameters", "body::accept", "repeat_count",
    }),
    "choices": frozenset({"list_name", "name"}),
    "settings": frozenset({
        "form_id", "form_title", "version", "default_language", "instance_name", "name", "allow_choice_duplicates",
    }),
}  # fmt: skip
_SMS = frozenset({
    "sms_keyword", "sms_separator", "sms_allow_media", "sms_date_format", "sms_datetime_format", "sms_field",
    "sms_option", "sms_response",
})  # fmt: skip
_IGNORED = {
    "survey": _SMS | {
        "autoplay", "rows", "intent", "body::intent", "media::big-image", "no_app_error_string", "compact_tag", "hxl",
    },
    "choices": frozenset({"media::big-image"}),
    "settings": _SMS | {
        "style", "public_key", "submission_url", "auto_send", "auto_delete", "clean_text_values", "attribute",
        "prefix", "namespaces", "instance_id", "instance_xmlns", "omit_instanceid", "client_editable",
        "add_none_option",
    },
}  # fmt: skip
_REFUSED = {
    "survey": frozenset({"save_to", "query", "disabled"}),
    "choices": frozenset[str](),
    "settings": frozenset[str](),
}
_MEDIA_ALIASES = {kind: f"media::{kind}" for kind in ("image", "audio", "video", "big-image")}
_ALIASES = {
    "survey": {
        "command": "type", "tag": "name", "value": "name", "caption": "label", "relevance": "relevant",
        "bind::relevant": "relevant", "bind::required": "required", "bind::constraint": "constraint",
        "bind::calculate": "calculation", "calculate": "calculation", "bind::readonly": "read_only",
        "readonly": "read_only", "constraining_message": "constraint_message", "requiredmsg": "required_message",
        "bind::jr:constraintmsg": "constraint_message", "bind::jr:requiredmsg": "required_message",
        "control::appearance": "appearance", "body::appearance": "appearance", "control::accept": "body::accept",
        "count": "repeat_count", "jr:count": "repeat_count", "noapperrorstring": "no_app_error_string",
        "bind::entities:saveto": "save_to", **_MEDIA_ALIASES,
    },
    "choices": {
        "list name": "list_name", "listname": "list_name", "value": "name", "caption": "label", **_MEDIA_ALIASES,
    },
    "settings": {
        "title": "form_title", "set_form_title": "form_title", "id_string": "form_id", "set_form_id": "form_id",
    },
}  # fmt: skip
_BARE_CODE = re.compile(r"^[a-z]{2,3}$")
_CYRILLIC = re.compile("[А-Яа-я]")
_OWN_NAMES = {"bg": "Български", "en": "English"}


@dataclass(frozen=True, slots=True)
class Tables:
    """The sheets under one spelling of their columns. A translated column is `label::bg`, by the language's code."""

    survey: Sheet
    choices: Sheet
    settings: Sheet
    languages: Mapping[str, str]
    """Code → the name the form gives the language, in the form's order."""
    default_language: str

    def setting(self, key: str) -> str:
        return self.settings.rows[0].get(key) if self.settings.rows else ""

    def language_title(self, code: str) -> str:
        return f"{self.languages[code]} ({code})"


def known_columns(sheet: str) -> tuple[str, ...]:
    """Every column of the sheet that XLSForm has, whatever we do with it."""
    return tuple(sorted({*TRANSLATED[sheet], *_USED[sheet], *_IGNORED[sheet], *_REFUSED[sheet]}))


def read_tables(workbook: Workbook) -> tuple[Tables, tuple[Problem, ...]]:
    """The three XLSForm sheets with canonical columns, and what is wrong with the columns."""
    found: list[Problem] = []
    languages: dict[str, str] = {}
    sheets = {name: _rename(workbook.sheet(name), found, languages) for name in TRANSLATED}
    default = _default_language(sheets, languages, found)
    named = {name: _name_default(sheet, default, found) for name, sheet in sheets.items()}
    tables = Tables(named["survey"], named["choices"], named["settings"], languages, default)
    return tables, tuple(found)


def _rename(sheet: Sheet, found: list[Problem], languages: dict[str, str]) -> Sheet:
    renamed: dict[str, str] = {}
    for header in sheet.columns:
        canonical = _canonical(sheet, header, found, languages)
        if canonical is not None and canonical in renamed.values():
            other = next(each for each, name in renamed.items() if name == canonical)
            found.append(problem("column_twice", sheet.at(None, header), other=other))
        elif canonical is not None:
            renamed[header] = canonical
    return Sheet(
        sheet.name,
        {canonical: sheet.columns[header] for header, canonical in renamed.items()},
        tuple(
            Row(row.number, {renamed[header]: text for header, text in row.cells.items() if header in renamed})
            for row in sheet.rows
        ),
    )


def _canonical(sheet: Sheet, header: str, found: list[Problem], languages: dict[str, str]) -> str | None:
    """The one spelling of a column; None when it is left out, with a finding that says so."""
    base, language = _split(sheet.name, header)
    if base in TRANSLATED[sheet.name] and language:
        spoken = read_language(language)
        if spoken is None:
            found.append(problem("language_without_code", sheet.at(None, header), language=language))
            return None
        languages.setdefault(spoken.code, spoken.name)
        return f"{base}::{spoken.code}"
    if base in TRANSLATED[sheet.name] or base in _USED[sheet.name]:
        return base
    return _unused(sheet, header, base, found)


def _unused(sheet: Sheet, header: str, base: str, found: list[Problem]) -> str | None:
    place = sheet.at(None, header)
    if base in _REFUSED[sheet.name]:
        rows = [row for row in sheet.rows if row.get(header)]
        found.extend(problem("refused_column", sheet.at(row, header), column=header) for row in rows)
    elif base in _IGNORED[sheet.name]:
        found.append(problem("ignored_column", place, column=header))
    elif sheet.name == "choices":
        return _data_column(sheet, header, found)
    else:
        nearest = closest(base, known_columns(sheet.name))
        found.append(problem("unknown_column", place, column=header, nearest=nearest))
    return None


def _data_column(sheet: Sheet, header: str, found: list[Problem]) -> str | None:
    """A choice list may carry any columns, for filters; their names become names in expressions."""
    if not re.match(r"^[^\W\d][\w.-]*$", header):
        found.append(problem("bad_data_column", sheet.at(None, header), column=header))
        return None
    if nearest := closest(header, ["label", "list_name"], 0.85):
        found.append(problem("unknown_column", sheet.at(None, header), column=header, nearest=nearest))
    return header


def _split(sheet: str, header: str) -> tuple[str, str]:
    """`Label :: English (en)` → (`label`, `English (en)`); a single colon counts for translated columns only."""
    spelled = "_".join(header.split("::")[0].split()).lower()
    whole = re.sub(r"\s*::\s*", "::", header).lower()
    aliases = _ALIASES[sheet]
    if whole in aliases or whole in _USED[sheet] | _IGNORED[sheet] | _REFUSED[sheet]:
        return aliases.get(whole, whole), ""
    if whole.startswith("media::"):
        kind, _, language = whole.removeprefix("media::").partition("::")
        return f"media::{kind}", re.split(r"\s*::\s*", header, maxsplit=2)[2].strip() if language else ""
    if "::" in header:
        return aliases.get(spelled, spelled), header.split("::", 1)[1].strip()
    first, colon, rest = header.partition(":")
    single = "_".join(first.split()).lower()
    if colon and aliases.get(single, single) in TRANSLATED[sheet]:
        return aliases.get(single, single), rest.strip()
    return aliases.get(spelled, spelled), ""


def _default_language(sheets: Mapping[str, Sheet], languages: dict[str, str], found: list[Problem]) -> str:
    """The code of the default language; adds it to `languages` when only columns without a language speak it."""
    settings = sheets["settings"]
    wanted = settings.rows[0].get("default_language") if settings.rows else ""
    code = _code_of(wanted, languages)
    if wanted and code is None:
        place = settings.at(settings.rows[0], "default_language")
        found.append(problem("language_without_code", place, language=wanted))
    spoken = [(sheet, base) for name, sheet in sheets.items() for base in SPOKEN[name]]
    plain = [sheet.at(None, base) for sheet, base in spoken if base in sheet.columns]
    if code is None and languages:
        found.extend(problem("column_without_language", place) for place in plain)
    elif code is None and plain:
        code = "bg" if _speaks_cyrillic(sheets["survey"]) else "en"
    code = code or next(iter(languages), "en")
    if code not in languages:
        if languages and not plain:
            found.append(problem("unknown_default_language", settings.at(settings.rows[0], "default_language")))
        titled = read_language(wanted)
        languages[code] = titled.name if titled else _OWN_NAMES.get(code, code)
    return code


def _code_of(wanted: str, languages: Mapping[str, str]) -> str | None:
    if titled := read_language(wanted):
        return titled.code
    if wanted in languages or _BARE_CODE.match(wanted):
        return wanted
    return next((code for code, name in languages.items() if name == wanted), None)


def _speaks_cyrillic(survey: Sheet) -> bool:
    labels = [row.get("label") for row in survey.rows if row.get("label")]
    return sum(bool(_CYRILLIC.search(label)) for label in labels) * 2 > len(labels)


def _name_default(sheet: Sheet, default: str, found: list[Problem]) -> Sheet:
    """`label` without a language is `label` in the default language."""
    names = {}
    for base in TRANSLATED[sheet.name]:
        unclear = any(each.code == "column_without_language" for each in found)
        if base in sheet.columns and f"{base}::{default}" in sheet.columns and not unclear:
            found.append(problem("column_twice", sheet.at(None, base), other=sheet.columns[f"{base}::{default}"]))
        names[base] = f"{base}::{default}"
    rows = tuple(
        replace(row, cells={names.get(header, header): text for header, text in row.cells.items()})
        for row in sheet.rows
    )
    return Sheet(sheet.name, {names.get(header, header): place for header, place in sheet.columns.items()}, rows)


def translations(row: Row, base: str) -> Iterator[tuple[str, str]]:
    """(language code, text) for each language in which the row has a text in the translated column `base`."""
    for header, text in row.cells.items():
        column, separator, code = header.rpartition("::")
        if column == base and separator:
            yield code, text
