"""Random people on random forms: whatever the form and whatever they do, the conversation keeps its promises.

A form is drawn from a seed: kinds, conditions on what came before, rules, repeats free and counted. A person taps what
is shown, taps what was shown long ago, and says sensible and senseless things. After every turn: the draft survives
JSON (Chat sees to it), only relevant questions are asked, and there is a way on. What is submitted is complete.
"""

from functools import lru_cache
from random import Random

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from conversations.draft import Mode
from conversations.form import ENTRY_KINDS, Form
from conversations.journey import Journey
from tests.chat import Chat
from tests.forms import form_of
from tests.willing import take_one_step

FORMS = 25
TURNS = 60
CHOICES = """
| choices |
| | list_name | name | label | of |
| | yn        | yes  | Да    |    |
| | yn        | no   | Не    |    |
| | fruit     | f1   | Ябълка | yes |
| | fruit     | f2   | Круша  | yes |
| | fruit     | f3   | Слива  | no  |
"""
COLUMNS = ("type", "name", "label", "required", "relevant", "constraint", "choice_filter", "calculation", "default",
           "repeat_count", "parameters", "appearance", "trigger")  # fmt: skip
KINDS = [
    "text", "integer", "decimal", "date", "time", "dateTime", "range", "image", "audio", "geopoint", "acknowledge",
    "note", "calculate", "select_one yn", "select_one fruit", "select_multiple fruit", "rank fruit",
]  # fmt: skip
WORDS = [
    "да", "не", "1", "2", "3", "12", "2,5", "вчера", "31.12.2026", "14:30", "31.12.2026 14:30", "42.5, 25.1", "готово",
    "назад", "пропусни", "остави", "Ябълка", "Ябълка, Круша, Слива", "нещо", "", "😀", "/review", "/continue", "/start",
]  # fmt: skip


class Author:
    """Draws one form, row by row."""

    def __init__(self, seed: int) -> None:
        self.random = Random(seed)
        self.rows: list[dict[str, str]] = []
        self.yes_no: list[str] = []
        self.numbers: list[str] = []

    def table(self) -> str:
        for section in range(self.random.randint(2, 4)):
            if self.random.random() < 0.5:
                self.repeat(f"r{section}")
            else:
                self.questions(f"s{section}", self.random.randint(1, 4))
        self.add(type="text", name="last", label="Край?")
        head = "| survey |\n| | " + " | ".join(COLUMNS) + " |\n"
        return head + "".join(f"| | {' | '.join(row.get(c, '') for c in COLUMNS)} |\n" for row in self.rows) + CHOICES

    def add(self, **cells: str) -> None:
        self.rows.append(cells)

    def repeat(self, name: str) -> None:
        is_counted = self.numbers and self.random.random() < 0.5
        count = f"${{{self.random.choice(self.numbers)}}}" if is_counted else ""
        outside = (list(self.yes_no), list(self.numbers))
        self.add(type="begin repeat", name=name, label=f"Част {name}", repeat_count=count)
        self.questions(name, self.random.randint(1, 3))
        self.add(type="end repeat")
        self.yes_no, self.numbers = outside

    def questions(self, prefix: str, number: int) -> None:
        for place in range(number):
            self.question(f"{prefix}_{place}", self.random.choice(KINDS))

    def question(self, name: str, kind: str) -> None:
        cells = {"type": kind, "name": name, "label": f"Въпрос {name}?"}
        if self.random.random() < 0.4 and kind not in ("note", "calculate"):
            cells["required"] = "yes"
        if self.random.random() < 0.4 and self.yes_no:
            cells["relevant"] = f"${{{self.random.choice(self.yes_no)}}} = 'yes'"
        if kind == "calculate":
            cells |= {"calculation": self.random.choice(["1 + 1", "position(..)", "once(random())"]), "label": ""}
        if kind == "integer":
            cells["constraint"] = self.random.choice(["", ". < 4", ". > 1"])
        if kind == "select_one fruit" and self.yes_no:
            cells["choice_filter"] = f"of = ${{{self.random.choice(self.yes_no)}}}"
        if kind == "range":
            cells["parameters"] = self.random.choice(["start=1 end=3 step=1", "start=0 end=50 step=0.5"])
        if kind == "text":
            cells["appearance"] = self.random.choice(["", "multiline"])
            cells["default"] = self.random.choice(["", "нещо"])
        self.add(**cells)
        if kind == "select_one yn":
            self.yes_no.append(name)
        if kind == "integer":
            self.numbers.append(name)


@lru_cache
def random_form(seed: int) -> Form:
    return form_of(Author(seed).table())


def act(chat: Chat, what: int) -> None:
    """One thing a person does, chosen by a number."""
    newest = [button.id for reply in chat.heard for row in reply.rows for button in row if "." in button.id]
    shown = [button.id for reply in chat.screen.ever for row in reply.rows for button in row if "." in button.id]
    kind, pick = divmod(what, 1000)
    if kind < 5 and newest:
        chat.taps_id(newest[pick % len(newest)])
    elif kind == 5 and shown:
        chat.taps_id(shown[pick % len(shown)])
    elif kind == 6:
        chat.sends_file().file_ready(("jpg", "mp3", "pdf")[pick % 3])
    elif kind == 7:
        chat.shares_location(42.5, 25.1)
    else:
        chat.says(WORDS[pick % len(WORDS)])


def keeps_its_promises(chat: Chat) -> None:
    journey = chat.journey
    assert chat.failed == ()
    assert all(journey.is_relevant(question.path) for question in journey.asked)
    if chat.draft.mode is not Mode.SUBMITTED and chat.draft.consent is not None:
        assert chat.open_question is None or chat.open_question in journey.places


def is_complete(chat: Chat, journey: Journey) -> None:
    values = {line.question: line.value for line in chat.submissions[-1].lines}
    for question in journey.asked:
        if question.kind not in ENTRY_KINDS:
            assert values[question.path] or not journey.is_required(question), question.path
            assert not journey.refusal(question, values[question.path])
    assert all(journey.is_relevant(path) for path in values)


@given(st.integers(0, FORMS - 1), st.lists(st.integers(0, 9999), min_size=TURNS, max_size=TURNS))
@settings(max_examples=60, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
def test_random_people_on_random_forms(seed: int, doings: list[int]):
    chat = Chat(random_form(seed)).begins()
    for what in doings:
        act(chat, what)
        keeps_its_promises(chat)
        if chat.submissions:
            is_complete(chat, chat.journey)
            return


@given(st.integers(0, FORMS - 1))
@settings(max_examples=FORMS, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
def test_a_willing_person_comes_to_the_end_of_any_form(seed: int):
    chat = Chat(random_form(seed)).begins()
    while not chat.submissions and take_one_step(chat):
        keeps_its_promises(chat)
    assert chat.submissions, f"stands at {chat.open_question}"
    is_complete(chat, chat.journey)
