"""A form drawn as a map: one way from top to bottom, branches to the right, sections as bands. SVG, nothing outside it.

●  start
│  ┌ question 1 ┐
├──( if … )
│    ┌ question 2 ┐
├──◄─┘
●  check and submit
"""

import unicodedata
from collections.abc import Iterator
from xml.etree.ElementTree import Element, SubElement, tostring

from conversations.form import Form
from conversations.form_plan import Run, Section, Stop, plan
from conversations.phrases import say
from conversations.wording import Wording

WIDTH = 960
_MARGIN, _SPINE, _MAIN, _SIDE, _BRANCH = 24, 64, 100, 138, 176
"""From the left, in pixels: band, main line, boxes on it, line of a branch, boxes on it."""
_RIGHT = WIDTH - 44
_LINE, _SMALL_LINE, _PADDING, _GAP = 20, 17, 10, 14
_LETTER, _SMALL_LETTER = 8.0, 6.7
"""Width of a letter, a little on the wide side: nothing measures fonts here."""
_STYLE = """
text{font-family:system-ui,"Segoe UI",Roboto,"Noto Sans","DejaVu Sans",sans-serif;font-size:15px;fill:#1c2733}
.title{font-size:22px;font-weight:600}.section{font-size:17px;font-weight:600}.small{font-size:12.5px;fill:#4a5866}
.number{font-size:13px;font-weight:600;fill:#fff;text-anchor:middle}.if{font-size:12.5px;fill:#6b3d00}
.heading{font-weight:600}.note{font-style:italic;fill:#4a5866}.band{fill:#f3f6f9;stroke:#d5dde5}
.box{fill:#fff;stroke:#2f5d8a;stroke-width:1.6}.skip{stroke-dasharray:6 4;stroke:#5c7f5f}.dot{fill:#2f5d8a}
.dotskip{fill:#4d7351}.pill{fill:#fff4e0;stroke:#c98a2b}.way{fill:none;stroke:#8a99a8;stroke-width:2}
.side{fill:none;stroke:#c98a2b;stroke-width:2}.tip{fill:#c98a2b}.end{fill:#1c2733}
"""


def draw_map(form: Form, language: str) -> str:
    """The map as an SVG document: valid XML with title and description, readable without colours.

    `language` is the reader's; the form's own texts fall back to its default language.
    """
    wording = Wording(form, language)
    return _Map(wording, plan(form, wording)).drawn()


class _Map:
    """A drawing in progress; `y` is how far down it has come, in pixels."""

    def __init__(self, wording: Wording, sections: list[Section]) -> None:
        self.wording = wording
        self.sections = sections
        self.y = 0.0
        self.svg = Element("svg", {"xmlns": "http://www.w3.org/2000/svg", "role": "img", "lang": wording.language})
        self.svg.set("aria-labelledby", "title desc")

    def drawn(self) -> str:
        self._head()
        way = SubElement(self.svg, "path", {"class": "way"})
        top = self.y
        self._end_point("map_start")
        for section in self.sections:
            self._section(section)
        self._end_point("map_end")
        way.set("d", f"M{_SPINE} {top + 14:g}V{self.y - 22:g}")
        height = self.y + _MARGIN
        self.svg.set("viewBox", f"0 0 {WIDTH} {height:g}")
        self.svg.set("width", str(WIDTH))
        self.svg.set("height", f"{height:g}")
        return '<?xml version="1.0" encoding="UTF-8"?>\n' + tostring(self.svg, encoding="unicode") + "\n"

    def _say(self, key: str, **values: object) -> str:
        return say(key, self.wording.language, **values)

    # --- the parts, from the top

    def _head(self) -> None:
        title = self._say("map_title", title=self.wording.form.title)
        numbers = {"asked": len(self.wording.numbers), "sections": len(self.sections)}
        description = self._say("map_description", **numbers)
        SubElement(self.svg, "title", {"id": "title"}).text = title
        SubElement(self.svg, "desc", {"id": "desc"}).text = description
        SubElement(self.svg, "style").text = _STYLE
        SubElement(self.svg, "rect", {"width": "100%", "height": "100%", "fill": "#fff"})
        self.y = 30
        for line in wrapped(title, WIDTH - 2 * _MARGIN, 13):
            self._text(_MARGIN, line, "title", 28)
        for line in wrapped(f"{description} {self._say('map_leave')}", WIDTH - 2 * _MARGIN, _SMALL_LETTER):
            self._text(_MARGIN, line, "small", _SMALL_LINE)
        self._legend()

    def _legend(self) -> None:
        x = float(_MARGIN)
        for kind, key in (("box", "map_must"), ("box skip", "map_skip"), ("pill", "map_branch")):
            self._rect(x, self.y, 26, 14, kind, 4)
            self._text(x + 34, self._say(key), "small", 0, at=self.y + 12)
            x += 34 + len(self._say(key)) * _SMALL_LETTER + 28
        self.y += 34

    def _end_point(self, key: str) -> None:
        self._circle(_SPINE, self.y + 14, 9, "end")
        self._text(_MAIN, self._say(key), "heading", 0, at=self.y + 19)
        self.y += 40

    def _section(self, section: Section) -> None:
        self.y += 6
        band = self._rect(_MARGIN, self.y, WIDTH - 2 * _MARGIN, 0, "band", 10)
        # The main line was drawn first and must not vanish below the bands.
        self.svg.remove(band)
        self.svg.insert(4, band)
        top = self.y
        self.y += 26
        for line in wrapped(section.title, _RIGHT - _MAIN, 9.2) if section.title else ():
            self._text(_MAIN, line, "section", 24)
        if section.repeats:
            self._text(_MAIN, f"↻ {section.repeats}", "small", _SMALL_LINE)
        if section.condition:
            self._condition(section.condition, _SPINE, _MAIN)
        self.y += -8 if section.title or section.condition or section.repeats else -12
        for run in section.runs:
            self._run(run)
        self.y += 4
        band.set("height", f"{self.y - top:g}")
        self.y += 8

    def _run(self, run: Run) -> None:
        if not run.condition:
            for stop in run.stops:
                self._stop(stop, _SPINE, _MAIN)
            return
        side = SubElement(self.svg, "path", {"class": "side"})
        start = self.y + 16
        self._condition(run.condition, _SPINE, _SIDE + 14)
        for stop in run.stops:
            self._stop(stop, _SIDE, _BRANCH)
        end = self.y
        side.set("d", f"M{_SPINE} {start:g}H{_SIDE}V{end - 10:g}Q{_SIDE} {end:g} {_SIDE - 10} {end:g}H{_SPINE + 10}")
        SubElement(self.svg, "path", {"class": "tip", "d": f"M{_SPINE + 3} {end:g}l10 -5v10z"})
        self.y += _GAP

    def _condition(self, condition: str, line: float, left: float) -> None:
        """The pill that says when one comes this way."""
        text = self._say("map_only_if", condition=condition)
        lines = list(wrapped(text, _RIGHT - left - 2 * _PADDING, _SMALL_LETTER))
        wide = max(map(width_of, lines)) * _SMALL_LETTER + 2 * _PADDING
        self._rect(left, self.y + 2, min(wide, _RIGHT - left), len(lines) * _SMALL_LINE + 12, "pill", 13)
        self.y += 20
        for each in lines:
            self._text(left + _PADDING, each, "if", _SMALL_LINE)
        self.y += 6

    def _stop(self, stop: Stop, line: float, left: float) -> None:
        if stop.number is None:
            self._remark(stop, left)
            return
        inner = _RIGHT - left - 2 * _PADDING
        lines = list(wrapped(stop.text, inner, _LETTER))
        small = list(wrapped(stop.below, inner, _SMALL_LETTER))
        height = len(lines) * _LINE + len(small) * _SMALL_LINE + 2 * _PADDING - 3
        middle = self.y + height / 2
        skip = " skip" if stop.may_skip else ""
        group = SubElement(self.svg, "g")
        SubElement(group, "title").text = self._spoken(stop)
        self._rect(left, self.y, _RIGHT - left, height, f"box{skip}", 8, group)
        SubElement(self.svg, "path", {"class": "way", "d": f"M{line:g} {middle:g}H{left:g}"})
        self._circle(line, middle, 13, f"dot{skip.strip()}")
        self._text(line, str(stop.number), "number", 0, at=middle + 4.5)
        self.y += _PADDING + 14
        for each in lines:
            self._text(left + _PADDING, each, "", _LINE)
        self.y -= 2
        for each in small:
            self._text(left + _PADDING, each, "small", _SMALL_LINE)
        self.y += _PADDING - 1
        self.y += _GAP - 8

    def _spoken(self, stop: Stop) -> str:
        return f"{stop.number}. {stop.text} ({self._say('map_skip' if stop.may_skip else 'map_must')})"

    def _remark(self, stop: Stop, left: float) -> None:
        self.y += 14
        letter = _LETTER if stop.is_heading else _LETTER * 0.95
        for each in wrapped(stop.text, _RIGHT - left, letter):
            self._text(left, each, "heading" if stop.is_heading else "note", _LINE)
        self.y -= 4

    # --- the shapes

    def _text(self, x: float, text: str, kind: str, advance: float, at: float | None = None) -> None:
        y = self.y if at is None else at
        element = SubElement(self.svg, "text", {"x": f"{x:g}", "y": f"{y:g}"})
        if kind:
            element.set("class", kind)
        element.text = text
        self.y += advance

    def _rect(
        self, x: float, y: float, width: float, height: float, kind: str, round: float, inside: Element | None = None
    ) -> Element:
        sizes = {"x": x, "y": y, "width": width, "height": height, "rx": round}
        parent = self.svg if inside is None else inside
        return SubElement(parent, "rect", {"class": kind} | {name: f"{size:g}" for name, size in sizes.items()})

    def _circle(self, x: float, y: float, radius: float, kind: str) -> None:
        SubElement(self.svg, "circle", {"cx": f"{x:g}", "cy": f"{y:g}", "r": f"{radius:g}", "class": kind})


def wrapped(text: str, width: float, letter: float) -> Iterator[str]:
    """`text` in lines of at most `width` pixels when a letter is `letter` wide; longer words are cut."""
    most = max(int(width / letter), 8)
    line = ""
    for word in text.split():
        while width_of(word) > most:
            if line:
                yield line
                line = ""
            head = word[: most // 2]
            yield head
            word = word[len(head) :]
        joined = f"{line} {word}" if line else word
        if width_of(joined) > most:
            yield line
            joined = word
        line = joined
    if line:
        yield line


def width_of(text: str) -> int:
    """In letters; East Asian ones count double, marks above a letter not at all."""
    return sum(
        0 if unicodedata.combining(sign) else 2 if unicodedata.east_asian_width(sign) in "WF" else 1 for sign in text
    )
