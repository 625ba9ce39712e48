"""A willing person: answers whatever is open with something that fits it, and submits."""

from conversations.form import FILE_KINDS, Kind
from conversations.phrases import say
from conversations.replies import is_navigation
from tests.chat import Chat

SAYS = {
    Kind.TEXT: ["нещо", "Мария Иванова", "0888 123 456", "a@b.bg", "1234567", "AB-123"],
    Kind.INTEGER: ["2", "5", "18", "40", "2000", "0"],
    Kind.DECIMAL: ["2,5", "20", "0,5", "100"],
    Kind.DATE: ["15.01.2026", "31.12.2026", "14.01.2026", "01.01.1980", "09.2026", "2015"],
    Kind.TIME: ["14:30", "08:00"],
    Kind.DATETIME: ["31.12.2026 14:30", "14.01.2026 08:00"],
    Kind.RANGE: ["2", "50"],
    Kind.GEOPOINT: ["42.5, 25.1"],
    Kind.ANOTHER: ["no"],
}
SENDS = {Kind.AUDIO: "mp3", Kind.VIDEO: "mp4"}
MOST_TURNS = 400


def walk(chat: Chat) -> Chat:
    """From the greeting to the end of the form; the chat as it stands when there is no way on."""
    chat.says("/start").taps(say("consent", chat.draft.language))
    for _ in range(MOST_TURNS):
        if chat.submissions or not take_one_step(chat):
            break
    return chat


def take_one_step(chat: Chat) -> bool:
    """One question answered, or the form submitted; False when nothing that is said is taken."""
    if chat.open_question is None:
        return bool(chat.taps(say("submit", chat.draft.language)).submissions) or chat.open_question is not None
    question, before = chat.journey.by_path[chat.open_question], chat.draft
    if question.kind in FILE_KINDS:
        wanted = [ending.lstrip(".") for ending in question.accept]
        chat.sends_file().file_ready(wanted[0] if wanted else SENDS.get(question.kind, "jpg"))
    elif question.kind in SAYS:
        for said in SAYS[question.kind]:
            chat.says(said)
            if chat.draft != before:
                break
    elif question.kind is Kind.RANK:
        chat.says(" ".join(str(place) for place in range(1, len(chat.journey.choices(question)) + 1)))
    else:
        chat.taps_id(_first_button(chat))
    done = say("done", chat.draft.language)
    if done in chat.buttons and chat.open_question == question.path:
        chat.taps(done)
    return chat.draft != before


def _first_button(chat: Chat) -> str:
    """The first button that answers; in a search, of what its first letters find."""
    if not chat.buttons or all(is_navigation(button) for row in chat.heard[-1].rows for button in row):
        question = chat.journey.by_path[chat.open_question or ""]
        chat.says(chat.journey.choices(question)[0].label.fixed(chat.language, chat.language)[:4])
    return next(button.id for row in chat.heard[-1].rows for button in row if not is_navigation(button))
