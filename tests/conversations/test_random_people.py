"""People who do anything at any time: whatever they do, the conversation holds."""

from datetime import datetime, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from conversations import inputs
from conversations.buttons import question_key
from conversations.call import Window
from conversations.draft import Mode
from conversations.form import Form
from tests.chat import AGREE, NOON, Chat
from tests.forms import form_of, network_form

BRANCHES = """
| survey |
|        | type                      | name  | label            | required         | relevant                | constraint  |
|        | select_one yn             | come  | Ще дойдете ли?   | yes              |                         |             |
|        | begin_group               | in    | Подробности      |                  | ${come} = 'yes'         |             |
|        | integer               | all   | Колко сте?       | yes              |                         | . > 0 and . < 100 |
|        | integer                   | kids  | Колко деца?      |                  |                         | . <= ${all} |
|        | select_multiple food or_other | eat | Какво ще ядете? | ${kids} > 1     |                         |             |
|        | note                      | n     | За ${all} души.  |                  |                         |             |
|        | text                      | allergy | Алергии?       |                  | selected(${eat}, 'fish') |            |
|        | end_group                 |       |                  |                  |                         |             |
|        | text                      | why   | Защо не?         | yes              | ${come} = 'no'          |             |
|        | acknowledge               | ok    | Съгласни ли сте? | yes              |                         |             |
| choices |
|         | list_name | name | label |
|         | yn        | yes  | Да    |
|         | yn        | no   | Не    |
|         | food      | soup | Супа  |
|         | food      | fish | Риба  |
"""  # noqa: E501
FILTERS = """
| survey |
|        | type              | name   | label::Български (bg) | label::English (en) | required | choice_filter      | calculation | trigger   |
|        | select_one region | region | Област?               | Region?             | yes      |                    |             |           |
|        | select_one town   | town   | Град?                 | Town?               | yes      | region = ${region} |             |           |
|        | text              | street | Улица в ${town}?      | Street?             | yes      |                    | ${town}     | ${region} |
|        | select_multiple town | been | Къде сте били?       | Been to?            |          | region = ${region} |             |           |
|        | image             | photo  | Снимка?               | Photo?              |          |                    |             |           |
|        | text              | phone  | Телефон?              | Phone?              |          |                    |             |           |
| choices |
|         | list_name | name    | label::Български (bg) | label::English (en) | region |
|         | region    | north   | Север                 | North               |        |
|         | region    | south   | Юг                    | South               |        |
|         | region    | sea     | Море                  | Sea                 |        |
|         | town      | vidin   | Видин                 | Vidin               | north  |
|         | town      | ruse    | Русе                  | Ruse                | north  |
|         | town      | plovdiv | Пловдив               | Plovdiv             | south  |
| settings |
|          | default_language |
|          | Български (bg)   |
"""  # noqa: E501
FORMS = {"branches": lambda: form_of(BRANCHES), "filters": lambda: form_of(FILTERS), "network": network_form}
CLOSES = datetime(2026, 3, 1, tzinfo=NOON.tzinfo)

TEXTS = st.one_of(
    st.sampled_from(
        [
            "Да",
            "не",
            "1",
            "2",
            "14",
            "5",
            "0",
            "-1",
            "12,5",
            "1 200",
            "дванайсет",
            "Назад",
            "Пропусни",
            "Готово",
            "Остави",
        ]
    ),
    st.sampled_from(
        ["Пловдив", "отец паисий", "школа 2", "a@b.bg", "0888 123 456", "31.12.2025", "7523169263", "9" * 5000]
    ),
    st.text(max_size=40),
)
NUMBERS = st.integers(0, 10_000)
DOINGS = st.one_of(
    st.tuples(st.just("goes on"), NUMBERS),
    st.tuples(st.just("taps"), NUMBERS),
    st.tuples(st.just("taps old"), NUMBERS),
    st.tuples(st.just("changes"), NUMBERS),
    st.tuples(st.just("says"), TEXTS),
    st.tuples(st.just("says early"), TEXTS),
    st.tuples(st.just("commands"), st.sampled_from(["/start", "/continue", "/review", "/language", "/language en"])),
    st.tuples(st.just("sends"), st.sampled_from(["sticker", "voice", "forwarded", "edited", "other"])),
    st.tuples(st.just("file"), st.sampled_from(["sent", "png", "exe", "too_big", "unreachable"])),
    st.tuples(st.just("shares"), st.sampled_from(["+359888123456", "12", ""])),
    st.tuples(st.just("waits"), st.sampled_from([1, 60])),
)
GOES_ON = st.tuples(st.just("goes on"), NUMBERS)
DAYS = st.lists(st.one_of(GOES_ON, GOES_ON, DOINGS), min_size=20, max_size=80)
FAST = settings(max_examples=60, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))


@pytest.mark.parametrize("name", ["branches", "filters"])
def test_a_small_form_holds_whatever_a_person_does(name):
    @FAST
    @given(DAYS)
    def live(doings):
        _live(FORMS[name](), doings)

    live()


def test_the_shipped_form_holds_whatever_a_person_does():
    @settings(FAST, max_examples=20)
    @given(DAYS)
    def live(doings):
        _live(network_form(), doings)

    live()


def test_people_who_only_go_on_arrive():
    for name in ("branches", "filters"):
        chat = Chat(FORMS[name]()).begins()
        for number in range(200):
            _do(chat, "goes on", number)
        assert chat.submission is not None


def _live(form: Form, doings: list[tuple[str, object]]) -> None:
    chat = Chat(form, window=Window(None, CLOSES)).says("/start").taps(AGREE)
    for what, how in doings:
        before = (chat.draft.tag, len(chat.submissions))
        was_complete = not chat.journey.unanswered
        required = _missing(chat)
        _do(chat, what, how)
        _holds(chat)
        if len(chat.submissions) > before[1]:
            assert len(chat.submissions) == before[1] + 1
            assert (chat.draft.tag, chat.draft.mode) == (before[0], Mode.SUBMITTED)
            assert (was_complete, required) == (True, [])
    tags = chat.drafts
    assert len(chat.submissions) <= tags


def _do(chat: Chat, what: str, how: object) -> None:
    if what == "goes on":
        _go_on(chat, how)
    elif what in ("taps", "taps old"):
        looks = chat.screen.ever if what == "taps old" else chat.screen.visible
        buttons = [button.id for look in looks for row in look.rows for button in row if not button.id.startswith("/")]
        chat.taps_id(buttons[how % len(buttons)])
    elif what == "changes":
        _change(chat, how)
    elif what == "says":
        chat.says(how)
    elif what == "says early":
        chat.says(how, early=True)
    elif what == "commands":
        chat.says(how)
    elif what == "sends":
        chat.sends(how)
    elif what == "shares":
        chat.shares_contact(how)
    elif what == "waits":
        chat.now = min(chat.now + timedelta(days=how), CLOSES + timedelta(days=1))
    elif how == "sent":
        chat.sends_file()
    elif how in ("png", "exe"):
        chat.file_ready(how)
    else:
        chat.file_refused(how)


def _go_on(chat: Chat, number: int) -> None:
    """Do what leads further: tap one of the newest buttons, or answer in some fitting way."""
    question = chat.form.by_path.get(chat.open_question or "")
    if question is not None and number % 3 == 0:
        chat.does(inputs.Said(("5", "31.12.2025", "Отец Паисий Кирково", "a@b.bg", "0888 123 456")[number % 5]))
        return
    buttons = [button.id for row in (chat.screen.newest.rows) for button in row if not button.id.startswith("/")]
    away = ("b", "l") if chat.draft.mode is Mode.SUBMITTED else ("b", "l", "n", "N")
    forward = [button for button in buttons if button.split(".")[1] not in away]
    if not forward:
        chat.does(inputs.Said("Нещо, което е достатъчно дълго, за да бъде и отговор, и мотив."))
        return
    chat.taps_id(forward[number % len(forward)])


def _change(chat: Chat, number: int) -> None:
    """Open one of the answers and give it another small number, or whatever that is taken for."""
    buttons = [button.id for reply in chat.screen.visible for row in reply.rows for button in row]
    changes = [button for button in buttons if ".e." in button]
    if changes:
        chat.taps_id(changes[number % len(changes)])
    chat.says(str(number % 4))


def _missing(chat: Chat) -> list[str]:
    """What would be sent without the answer it requires."""
    journey = chat.journey
    return [q.path for q in journey.asked if journey.is_required(q) and not journey.value(q.path)]


def _holds(chat: Chat) -> None:
    """What is true after any turn: only relevant questions are shown, buttons are short, the draft is sound."""
    asked = {question.path for question in chat.journey.asked}
    keys = {f"q{chat.draft.tag}{question_key(path)}" for path in asked}
    for reply in chat.heard:
        if reply.key.startswith("q") and not reply.only_in_place:
            assert reply.key in keys
        for row in reply.rows:
            assert all(len(button.id.encode()) <= 64 and button.label.strip() for button in row)
        assert reply.text.strip()
    assert chat.open_question is None or chat.open_question in asked
    if chat.draft.mode is Mode.SUBMITTED:
        assert not chat.draft.open
        assert chat.draft.waiting_file is None
