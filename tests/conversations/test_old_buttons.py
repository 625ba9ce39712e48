"""Buttons outlive their questions: an old, double or foreign tap is never applied to another question."""

from tests.chat import Chat

FORM = """
| survey |
|        | type                 | name  | label         | required | relevant        |
|        | select_one yn        | first | Първо?        | yes      |                 |
|        | select_one yn        | sub   | Защо не?      | yes      | ${first} = 'no' |
|        | select_one yn        | next  | Второ?        | yes      |                 |
|        | select_multiple yn   | multi | Кои?          |          |                 |
|        | text                 | last  | Последно?     |          |                 |
| choices |
|         | list_name | name | label |
|         | yn        | yes  | Да    |
|         | yn        | no   | Не    |
"""


def test_the_same_tap_twice_counts_once():
    chat = Chat(FORM).begins().taps("Да").hears("Второ?").taps_again().hears_nothing()
    assert chat.answers == {"first": "yes"}
    chat.taps("Не").hears("Кои?")


def test_an_old_button_opens_its_question_and_changes_nothing_by_itself():
    chat = Chat(FORM).begins().taps("Да").taps("Не").taps_old("Не", of="Първо?")
    chat.hears("На този въпрос вече сте отговорили.", "Първо?\nСега: Да")
    assert chat.answers == {"first": "yes", "next": "no"}
    assert chat.open_question == "first"


def test_a_button_of_the_open_question_counts_even_while_another_is_being_changed():
    chat = Chat(FORM).begins().taps("Да").taps("✏️ Промени").hears("Сега: Да").taps("Не", of="Второ?")
    assert chat.answers == {"first": "yes", "next": "no"}
    assert chat.open_question == "multi"


def test_an_old_button_of_a_question_no_longer_needed_is_explained():
    chat = Chat(FORM).begins().taps("Не").taps("Да").taps("✏️ Промени", of="Първо?").taps("Да")
    chat.taps_old("Не", of="Защо не?").hears("Този въпрос вече не е нужен", "Второ?")
    assert chat.answers == {"first": "yes", "sub": "yes"}
    assert chat.open_question == "next"


def test_double_done_skip_keep_and_back_do_no_harm():
    chat = Chat(FORM).begins().taps("Да").taps("Да").taps("☐ Не").taps("✅ Готово").taps_again().hears_nothing()
    chat.taps("✏️ Промени", of="Кои?").taps("Пропусни ▶").taps_again().hears_nothing()
    chat.taps("✏️ Промени", of="Първо?").taps("✔ Остави").taps_again().hears_nothing()
    chat.taps("◀ Назад").hears("Кои?").taps_again().hears("Кои?")
    assert chat.answers == {"first": "yes", "next": "yes", "multi": ""}


def test_an_old_tick_opens_its_question_unticked_as_it_was():
    chat = Chat(FORM).begins().taps("Да").taps("Да").taps("☐ Не").taps("✅ Готово").taps_old("☐ Да", of="Кои?")
    chat.hears("На този въпрос вече сте отговорили.", choices=["☐ Да", "☑ Не"])
    assert chat.answers["multi"] == "no"


def test_a_button_of_an_earlier_draft_is_kindly_refused():
    chat = Chat(FORM).begins().taps("Да").says("/start").taps("Започни отначало").taps("Да, започни отначало")
    chat.taps_old("Не", of="Първо?").hears("Този бутон е от по-ранен разговор.", "Въпрос 1 от 4")
    assert chat.answers == {}


def test_another_persons_button_is_kindly_refused():
    theirs = Chat(FORM, person="other").begins()
    button = theirs.heard[-1].rows[0][0].id
    chat = Chat(FORM).begins().taps_id(button).hears("Този бутон е от по-ранен разговор.", "Първо?")
    assert chat.answers == {}


def test_a_button_of_another_form_with_the_same_tag_is_kindly_refused():
    other = Chat("| survey |\n| | type | name | label |\n| | acknowledge | elsewhere | Друго? |\n").begins()
    button = other.heard[-1].rows[0][0].id
    chat = Chat(FORM).begins().taps_id(button).hears("Този въпрос вече не е нужен", "Първо?")
    assert chat.answers == {}


def test_an_id_that_no_button_of_ours_carries_is_kindly_refused():
    for made_up in ("", "x", "....", "m1.a..", "m1.a.zzz.yes", "m1.?.a.b", "m1.a.b", "🙂" * 100):
        chat = Chat(FORM).begins().taps_id(made_up)
        assert (chat.answers, chat.open_question) == ({}, "first")
        chat.hears("Първо?")


def test_a_verb_that_does_not_fit_its_question_changes_nothing():
    chat = Chat(FORM).begins()
    key = chat.heard[-1].rows[0][0].id.split(".")[2]
    for verb in ("d", "s", "k", "+", "-", "u", "p"):
        chat.taps_id(f"m1.{verb}.{key}.yes").hears("Първо?")
    assert chat.answers == {}


def test_the_buttons_before_the_consent_do_nothing_afterwards_and_the_other_way_round():
    chat = Chat(FORM).begins()
    choice = chat.heard[-1].rows[0][0].id
    stranger = Chat(FORM).taps_id(choice).hears("Здравейте!")
    assert stranger.answers == {}
    stranger.says("/start").taps_id("m1.S..").hears("Здравейте!")
    assert stranger.submission is None


def test_after_an_edit_a_later_unanswered_question_is_opened_without_a_false_word():
    chat = Chat(FORM).begins().taps("Да").hears("Второ?").taps("✏️ Промени", of="Първо?").taps("Не").hears("Защо не?")
    chat.taps_old("Да", of="Второ?").hears("Второ?").does_not_hear("вече сте отговорили").taps("Не").hears("Защо не?")
    assert chat.answers == {"first": "no", "next": "no"}


def test_buttons_after_submission_say_that_it_is_in():
    chat = Chat(FORM).begins().taps("Да").taps("Не").taps("Пропусни").taps("Пропусни").taps("📨 Подай заявлението")
    chat.taps_old("Да", of="Второ?").hears("Заявлението Ви е подадено с входящ № A-2026-0001.")
    assert (chat.answers["next"], len(chat.submissions)) == ("no", 1)
