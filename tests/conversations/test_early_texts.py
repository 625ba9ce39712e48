"""A text written before the open question was seen is shown back, never silently taken."""

from tests.chat import Chat

FORM = """
| survey |
|        | type          | name  | label      | required |
|        | text          | name  | Име?       | yes      |
|        | integer       | age   | Години?    |          |
|        | text          | more  | Още нещо?  |          |
"""


def test_an_early_text_waits_behind_a_button():
    chat = Chat(FORM).begins().says("Мария", early=True)
    chat.hears("Това дойде, преди да видите въпроса: „Мария“.", "Име?", buttons=["✔ Използвай този текст"])
    assert (chat.answers, chat.draft.held) == ({}, "Мария")
    chat.taps("✔ Използвай този текст").hears("✔ Мария", "Години?")
    assert (chat.answers, chat.draft.held) == ({"name": "Мария"}, None)


def test_answering_anew_drops_the_early_text():
    chat = Chat(FORM).begins().says("Мария", early=True).says("Ана")
    assert (chat.answers, chat.draft.held) == ({"name": "Ана"}, None)
    chat.taps_old("✔ Използвай този текст").hears_nothing()
    assert chat.answers == {"name": "Ана"}


def test_each_use_it_button_is_good_for_its_own_text_only():
    chat = Chat(FORM).begins().says("Мария", early=True).says("Ана", early=True)
    chat.taps_old("✔ Използвай този текст", of="„Мария“").hears("Име?")
    assert chat.answers == {}
    chat.taps("✔ Използвай този текст")
    assert chat.answers == {"name": "Ана"}


def test_an_early_text_that_does_not_fit_is_refused_when_used():
    chat = Chat(FORM).begins().says("Мария").says("няма значение", early=True).taps("✔ Използвай този текст")
    chat.hears("Тук очакваме число", "Години?", buttons=["◀ Назад", "Пропусни ▶"])
    assert "age" not in chat.answers


def test_moving_on_forgets_the_early_text():
    chat = Chat(FORM).begins().says("Мария").says("30", early=True).taps("Пропусни ▶")
    assert chat.draft.held is None
    chat.hears(buttons=["◀ Назад", "Пропусни ▶"])


def test_an_early_text_is_quoted_without_harm_and_only_in_part():
    chat = Chat(FORM).begins().says("**" + "а" * 5000, early=True).hears("„**" + "а" * 197 + "…“")
    assert len(chat.heard[-1].text) < 1000


def test_a_text_that_may_hold_a_personal_number_is_asked_about_first():
    chat = Chat(FORM).begins().says("Мария 7523169263")
    chat.hears("В текста може би има ЕГН", "7523169263", buttons=["✔ Използвай този текст"])
    assert chat.answers == {}
    assert chat.says("Мария").answers == {"name": "Мария"}
    chat = Chat(FORM).begins().says("Мария 7523169263").taps("✔ Използвай този текст")
    assert chat.answers == {"name": "Мария 7523169263"}


def test_an_early_text_that_may_hold_a_personal_number_says_so():
    Chat(FORM).begins().says("Мария 7523169263", early=True).hears("В текста може би има ЕГН")


def test_a_mobile_number_is_no_personal_number():
    assert Chat(FORM).begins().says("0888123456").answers == {"name": "0888123456"}
