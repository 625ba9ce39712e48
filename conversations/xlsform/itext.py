"""The texts of an XForm: languages, labels with values in them, and which of pyxform's placeholders are no text."""

import re
from collections.abc import Iterable, Mapping
from xml.etree.ElementTree import Element

from conversations.form import NO_MEDIA, Media, Part, Text
from conversations.xlsform.spelling import Language, read_language
from conversations.xpath import compile_expression

XF = "{http://www.w3.org/2002/xforms}"
_ITEXT = re.compile(r"^jr:itext\('(.*)'\)$")
_NOT_TRANSLATED = ("-",)
_MEDIA_FILE = re.compile(r"^jr://[a-z]+/")
MEDIA_FORMS = ("image", "audio", "video")

Parts = tuple[Part, ...]


class Texts:
    """All translations of a form; `languages` maps code to name, the default language is `default_language`."""

    def __init__(self, model: Element) -> None:
        self.languages: dict[str, str] = {}
        self.default_language = ""
        self._by_id: dict[str, dict[str, Parts]] = {}
        self._guidance: dict[str, dict[str, Parts]] = {}
        self._media: dict[str, dict[str, dict[str, str]]] = {}
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
                self._read_value(text.get("id", ""), code, value)

    def _read_value(self, identifier: str, code: str, value: Element) -> None:
        form = value.get("form")
        if form is None:
            self._by_id.setdefault(identifier, {})[code] = parts_of(value)
        elif form == "guidance":
            self._guidance.setdefault(identifier, {})[code] = parts_of(value)
        elif form in MEDIA_FORMS:
            name = _MEDIA_FILE.sub("", "".join(value.itertext()).strip())
            if name not in {"", *_NOT_TRANSLATED}:
                self._media.setdefault(identifier, {}).setdefault(form, {})[code] = name

    def by_id(self, identifier: str) -> Text | None:
        """The text of that id; a language that pyxform filled with `-` is left out. None when there is none."""
        return _spoken(self._by_id.get(identifier))

    def all(self) -> Mapping[str, Text]:
        """Every text by its id."""
        texts = {identifier: self.by_id(identifier) for identifier in self._by_id}
        return {identifier: text for identifier, text in texts.items() if text is not None}

    def guidance(self, element: Element | None) -> Text | None:
        """The `guidance_hint` that pyxform puts beside a hint."""
        return _spoken(self._guidance.get(_referred(element)))

    def media(self, element: Element | None) -> Media:
        """The files shown with a label."""
        return self.media_by_id(_referred(element))

    def media_by_id(self, identifier: str) -> Media:
        found = self._media.get(identifier)
        return Media(found) if found else NO_MEDIA

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


def _spoken(found: Mapping[str, Parts] | None) -> Text | None:
    if not found:
        return None
    spoken = {code: parts for code, parts in found.items() if parts not in {_NOT_TRANSLATED, ()}}
    return Text(spoken or found)


def _referred(element: Element | None) -> str:
    """The id of the text that a `label` or `hint` refers to; '' when it refers to none."""
    matched = _ITEXT.match("" if element is None else element.get("ref", ""))
    return matched[1] if matched else ""


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
