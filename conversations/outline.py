"""The whole form on paper, as the people who answer it would meet it: for reading it through before it is published."""

from collections.abc import Iterator

from conversations.form import FILE_KINDS, Choice, Form, Group, Kind, Question, Text
from conversations.phrases import say
from conversations.wording import KIND_WORDS, Wording
from conversations.xpath import Expression

_ALWAYS = frozenset({"true()", "yes"})
_BLANKS = frozenset({"''", '""'})


def outline(form: Form, language: str) -> str:
    """The form as Markdown that reads well as plain text: sections, numbered questions, and what holds for each.

    `language` is a code; a language the form does not speak falls back to the form's default language.
    """
    return _Outline(form, language).text()


class _Outline:
    def __init__(self, form: Form, language: str) -> None:
        self.form = form
        self.language = language
        self.wording = Wording(form, language)

    def text(self) -> str:
        blocks = [f"# {self.form.title}", self._heading()]
        for item in self.form.items:
            if isinstance(item, Group):
                blocks.append(self._group(item))
            elif item.kind is not Kind.QUIET:
                blocks.append(self._question(item))
        blocks.append(self._computed())
        return "\n\n".join(block for block in blocks if block) + "\n"

    def _say(self, key: str, **values: object) -> str:
        return say(key, self.language, **values)

    def _heading(self) -> str:
        spoken = ", ".join(f"{name} ({code})" for code, name in self.form.languages.items())
        asked = len(self.wording.numbers)
        return self._say("outline_heading", version=self.form.version or "–", asked=asked, languages=spoken)

    def _group(self, group: Group) -> str:
        label = self.wording.text(group.label, group.path)
        lines = [f"{'#' * min(group.path.count('/') + 2, 6)} {label}"] if label else []
        lines += self._only_if(group)
        if group.repeat is not None and group.repeat.count is not None:
            count = self.wording.say(group.repeat.count, group.path)
            lines.append(f"_{self._say('outline_repeat_count', count=count)}_")
        elif group.repeat is not None:
            lines.append(f"_{self._say('outline_repeat')}_")
        return "\n".join(lines)

    def _question(self, question: Question) -> str:
        number = self.wording.numbers.get(question.path)
        label = self.wording.text(question.label, question.path) or question.name
        head = f"**{number}.** {label}" if number else f"_{self._say('outline_note')}:_ {label}"
        hint = self.wording.text(question.hint, question.path)
        lines = [*head.split("\n"), *self._only_if(question), hint and f"_{hint}_"]
        lines += [self._guidance(question), self._media(question), *self._choices(question)]
        lines.append(self._facts(question) if number else "")
        lines += [*self._rules(question), *self._prefill(question)]
        return "\n".join(line for line in lines if line)

    def _only_if(self, item: Question | Group) -> list[str]:
        if item.relevant is None:
            return []
        return [f"→ {self._say('outline_only_if', condition=self.wording.say(item.relevant, item.path))}"]

    def _guidance(self, question: Question) -> str:
        text = self.wording.text(question.guidance, question.path)
        return self._say("outline_guidance", text=text) if text else ""

    def _media(self, question: Question) -> str:
        names = dict.fromkeys(name for files in question.media.files.values() for name in files.values())
        return self._say("outline_media", files=", ".join(names)) if names else ""

    def _choices(self, question: Question) -> Iterator[str]:
        """Every choice that is written in the form; of a list in a file its size and its ways out."""
        if question.choices is None:
            return
        choices = self.form.lists[question.choices]
        if choices.from_file:
            yield f"  ○ {self._say('outline_list', name=choices.name, n=len(choices.choices))}"
        shown = choices.always_offered if choices.from_file else choices.choices
        yield from (f"  ○ {self._choice(choice)}" for choice in shown)
        condition = question.itemset and self.wording.filters(question.itemset, question.path)
        if condition:
            yield f"  {self._say('outline_filtered', condition=condition)}"

    def _choice(self, choice: Choice) -> str:
        return self.wording.plain(choice.label) or choice.name

    def _facts(self, question: Question) -> str:
        """„цяло число · задължителен · members/age“"""
        facts = [self._say(KIND_WORDS[question.kind])]
        if question.steps is not None:
            steps = question.steps
            facts.append(self._say("outline_range", start=steps.start, end=steps.end, step=steps.step))
        if question.kind in FILE_KINDS and question.accept:
            facts.append(self._say("outline_files", endings=", ".join(question.accept)))
        return f"  [{' · '.join([*facts, self._required(question), question.name])}]"

    def _required(self, question: Question) -> str:
        if question.required is None:
            return self._say("outline_optional")
        if is_always(question.required):
            return self._say("outline_required")
        return self._say("outline_required_if", condition=self.wording.say(question.required, question.path))

    def _rules(self, question: Question) -> Iterator[str]:
        """What is accepted, and what the person is told otherwise."""
        if question.constraint is not None:
            condition = self.wording.say(question.constraint, question.path)
            yield f"  ✓ {self._say('outline_rule', condition=condition)}"
        for key, text in (
            ("outline_else", question.constraint_message),
            ("outline_blank_refused", question.required_message),
        ):
            if message := self._line(text, question):
                yield f"  ✗ {self._say(key, message=message)}"

    def _line(self, text: Text | None, question: Question) -> str:
        return " ".join(self.wording.text(text, question.path).split())

    def _prefill(self, question: Question) -> Iterator[str]:
        if question.default:
            values = question.default.split() if question.kind is Kind.SELECT_MULTIPLE else [question.default]
            quoted = ", ".join(self.wording.quoted(value, question) for value in values)
            yield f"  ✎ {self._say('outline_default', value=quoted)}"
        if question.first_default is not None:
            value = self.wording.say(question.first_default, question.path)
            yield f"  ✎ {self._say('outline_default', value=value)}"
        for trigger in question.triggers:
            key = "outline_cleared" if trigger.calculation.text.strip() in _BLANKS else "outline_prefilled"
            value = self.wording.say(trigger.calculation, question.path)
            yield f"  ✎ {self._say(key, value=value, source=self.wording.name(trigger.source))}"
        if question.read_only and question.calculation is not None:
            value = self.wording.say(question.calculation, question.path)
            yield f"  {self._say('outline_read_only', value=value)}"

    def _computed(self) -> str:
        """What the form works out by itself: conditions speak of these by name."""
        lines = [
            f"- {question.name}: {self.wording.say(question.calculation, question.path)}"
            for question in self.form.questions
            if question.kind is Kind.QUIET and question.calculation is not None
        ]
        return "\n".join([f"## {self._say('outline_computed')}", "", *lines]) if lines else ""


def is_always(condition: Expression) -> bool:
    """Whether `required` is a plain yes."""
    return condition.text.strip() in _ALWAYS
