"""The texts of an XForm: languages, labels with values in them, and which of pyxform's placeholders are no text."""

import re
from collections.abc import Iterable, Mapping
from xml.etree.ElementTree import Element

from conversations.form import Part, Text
from conversations.xlsform.spelling import Language, read_language
from conversations.xpath import compile_expression

XF = "{http://www.w3.org/2002/xforms}"
_ITEXT = re.compile(r"^jr:itext\('(.*)'\)$")
_NOT_TRANSLATED = ("-",)

Parts = tuple[Part, ...]


class Texts:
    """All translations of a form; `languages` maps code to name, the default language is `default_language`."""

    def __init__(self, model: Element) -> None:
        self.languages: dict[str, str] = {}
        self.default_language = ""
        self._by_id: dict[str, dict[str, Parts]] = {}
        for translation in model.iterfind(f"{XF}itext/{XF}translation"):
            self._read(translation)
        if not self.languages:
            self.languages, self.default_language = {"en": "English"}, "en"

    def _read(self, translation: Element) -> None:
        written = translation.get("lang", "")
        spoken = read_language(written) or Language(written, written)
        code = spoken.code
        self.languages[code] = spoken.name
        if translation.get("default") == "true()" or not self.default_language:
            self.default_language = code
        for text in translation.iterfind(f"{XF}text"):
            for value in text.iterfind(f"{XF}value"):
                if value.get("form") is None:
                    self._by_id.setdefault(text.get("id", ""), {})[code] = parts_of(value)

    def by_id(self, identifier: str) -> Text | None:
        """The text of that id; a language that pyxform filled with `-` is left out. None when there is none."""
        found = self._by_id.get(identifier)
        if not found:
            return None
        spoken = {code: parts for code, parts in found.items() if parts not in {_NOT_TRANSLATED, ()}}
        return Text(spoken or found)

    def of(self, element: Element | None) -> Text | None:
        """The text of a `label` or `hint`: by reference to itext, or written in place in the default language."""
        if element is None:
            return None
        if element.get("ref"):
            return self.named(element.get("ref", ""))
        parts = parts_of(element)
        return Text({self.default_language: parts}) if parts else None

    def named(self, written: str) -> Text | None:
        """The text of an attribute: `jr:itext('id')`, or the text itself. None when it is blank."""
        if matched := _ITEXT.match(written):
            return self.by_id(matched[1])
        return Text({self.default_language: (written,)}) if written else None

    def plain(self, text: Text | None) -> str:
        """The fixed words of a text in the default language, without the values in it."""
        parts = text.in_language(self.default_language, self.default_language) if text else ()
        return "".join(part for part in parts if isinstance(part, str))


def parts_of(element: Element) -> Parts:
    """Text and `<output value="…"/>` in turn. pyxform pads such texts with blanks at both ends: they go."""
    parts: list[Part] = [element.text or ""]
    for output in element:
        if output.get("value"):
            parts.append(compile_expression(output.get("value", "")))
        parts.append(output.tail or "")
    parts[0], parts[-1] = _left(parts[0]), _right(parts[-1])
    return tuple(part for part in parts if part != "")


def _left(part: Part) -> Part:
    return part.lstrip() if isinstance(part, str) else part


def _right(part: Part) -> Part:
    return part.rstrip() if isinstance(part, str) else part


def same_in_all(texts: Mapping[str, Iterable[Part]], word: str) -> bool:
    """Whether a text is `word` in every language."""
    return all(tuple(parts) == (word,) for parts in texts.values())
