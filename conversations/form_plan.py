"""The shape of a form for drawing it: sections, runs of questions under one condition, the words in the boxes."""

from collections.abc import Iterator
from dataclasses import dataclass, field

from conversations import markdown
from conversations.form import Form, Group, Kind, Question, Text
from conversations.phrases import say
from conversations.wording import KIND_WORDS, Wording

CHOICES_NAMED = 6


@dataclass(frozen=True, slots=True)
class Stop:
    """One thing met on the way: a question (`number` counts from 1), or a note or heading (`number` None).

    `below`: kind and choices on one line. `may_skip`: it can be passed over without an answer.
    """

    text: str
    number: int | None = None
    below: str = ""
    may_skip: bool = False
    is_heading: bool = False


@dataclass(slots=True)
class Run:
    """Stops that follow each other under one condition; `condition` '' = always met."""

    condition: str
    stops: list[Stop] = field(default_factory=list)


@dataclass(slots=True)
class Section:
    """An outermost group. `condition` and `repeats` are sentences, '' when they do not apply."""

    title: str
    condition: str = ""
    repeats: str = ""
    runs: list[Run] = field(default_factory=list)

    def add(self, stop: Stop, condition: str) -> None:
        if not self.runs or self.runs[-1].condition != condition:
            self.runs.append(Run(condition))
        self.runs[-1].stops.append(stop)


def plan(form: Form, wording: Wording) -> list[Section]:
    """The sections in form order; what stands outside of any group makes sections without a title."""
    return _Planner(form, wording).sections()


class _Planner:
    def __init__(self, form: Form, wording: Wording) -> None:
        self.form = form
        self.wording = wording
        self.found: list[Section] = []
        self.outermost: str | None = None

    def sections(self) -> list[Section]:
        for item in self.form.items:
            if isinstance(item, Group):
                self._enter(item)
            elif item.kind is not Kind.QUIET:
                self._section_of(item.groups).add(self._stop(item), self._condition(item, item.groups[1:]))
        return [section for section in self.found if section.runs]

    def _enter(self, group: Group) -> None:
        """An outermost group begins a section, an inner one with a label stands in it as a heading."""
        title = self._plain(group.label, group.path)
        outer = tuple(path for path in self.form.groups if group.path.startswith(f"{path}/"))
        if not outer:
            condition = self.wording.say(group.relevant, group.path) if group.relevant else ""
            self.found.append(Section(title, condition, self._repeats(group)))
            self.outermost = group.path
        elif title:
            heading = Stop(" – ".join(part for part in (title, self._repeats(group)) if part), is_heading=True)
            self._section_of(outer).add(heading, self._condition(group, outer[1:]))

    def _section_of(self, groups: tuple[str, ...]) -> Section:
        outermost = groups[0] if groups else None
        if not self.found or self.outermost != outermost:
            self.found.append(Section(""))
            self.outermost = outermost
        return self.found[-1]

    def _condition(self, item: Question | Group, around: tuple[str, ...]) -> str:
        """Its own condition and those of the groups `around` it inside the section."""
        inner = [self.form.groups[path] for path in around]
        said = [self.wording.say(each.relevant, each.path) for each in (*inner, item) if each.relevant]
        return f" {say('words_and', self.wording.language)} ".join(said)

    def _stop(self, question: Question) -> Stop:
        text = self._plain(question.label, question.path) or question.name
        number = self.wording.numbers.get(question.path)
        if number is None:
            return Stop(text)
        language = self.wording.language
        skip = [f"▷ {say('map_skip', language)}"] if question.required is None else []
        below = " · ".join([say(KIND_WORDS[question.kind], language), *skip, *self._choices(question)])
        return Stop(text, number, below, may_skip=bool(skip))

    def _choices(self, question: Question) -> Iterator[str]:
        if question.choices is None:
            return
        choices = self.form.lists[question.choices]
        if choices.from_file:
            yield say("map_list", self.wording.language, n=len(choices.choices))
        else:
            labels = [self.wording.plain(choice.label) for choice in choices.choices]
            more = [f"… ({len(labels)})"] if len(labels) > CHOICES_NAMED else []
            yield " / ".join([*labels[:CHOICES_NAMED], *more])

    def _repeats(self, group: Group) -> str:
        if group.repeat is None:
            return ""
        if group.repeat.count is None:
            return say("outline_repeat", self.wording.language)
        count = self.wording.say(group.repeat.count, group.path)
        return say("outline_repeat_count", self.wording.language, count=count)

    def _plain(self, text: Text | None, path: str) -> str:
        return " ".join(markdown.plain(self.wording.text(text, path)).split())
