"""The language can be switched at any point; answers stay, labels change."""

from tests.chat import Chat

FORM = """
| survey |
|        | type            | name | label::Български (bg) | label::English (en) | constraint | constraint_message::Български (bg) | constraint_message::English (en) | required |
|        | select_one yn   | come | Ще дойдете ли?        | Will you come?      |            |                                    |                                  | yes |
|        | integer         | many | Колко души?           | How many people?    | . < 9      | Най-много осем.                    | Eight at most.                   | yes |
|        | text            | more | Още нещо?             |                     |            |                                    |                                  |     |
| choices |
|         | list_name | name | label::Български (bg) | label::English (en) |
|         | yn        | yes  | Да                    | Yes                 |
|         | yn        | no   | Не                    | No                  |
| settings |
|          | default_language | form_title |
|          | Български (bg)   | Среща      |
"""  # noqa: E501


def test_the_welcome_offers_the_other_languages():
    chat = Chat(FORM).says("/start").hears(buttons=["✔ Прочетох, да започваме", "🌐 English"])
    chat.taps("🌐 English").hears("Hello!", buttons=["✔ I have read this, let us begin", "🌐 Български"])
    chat.taps("✔ I have read this, let us begin").hears("Question 1 of 3", "Will you come?", choices=["Yes", "No"])
    assert chat.draft.consent.language == "en"


def test_the_language_may_change_at_any_question_and_answers_stay():
    chat = Chat(FORM).begins().taps("Да").says("/language en").hears("Question 2 of 3\n\nHow many people?")
    chat.says("12").hears("Eight at most.").says("2").says("/review").hears("Will you come?\n→ Yes")
    assert chat.answers == {"come": "yes", "many": "2"}


def test_language_alone_offers_what_the_form_has():
    chat = (
        Chat(FORM).begins().says("/language").hears("На какъв език да говорим?", choices=["🌐 Български", "🌐 English"])
    )
    chat.taps("🌐 English").hears("Will you come?")


def test_a_language_may_be_named_and_an_unknown_one_is_asked_about():
    assert Chat(FORM).begins().says("/language English").draft.language == "en"
    chat = Chat(FORM).begins().says("/language fr").hears("На какъв език да говорим?")
    assert chat.draft.language == "bg"


def test_an_old_button_in_the_other_language_still_works():
    chat = Chat(FORM).begins().says("/language en").taps_old("Да").hears("How many people?")
    assert chat.answers == {"come": "yes"}


def test_a_text_that_the_form_does_not_translate_falls_back_to_its_default_language():
    Chat(FORM).begins().says("/language en").taps("Yes").says("2").hears("Question 3 of 3\n\nОще нещо?")


def test_a_change_and_the_ticks_in_progress_survive_a_switch():
    form = FORM.replace("select_one yn  ", "select_multiple yn")
    chat = Chat(form).begins().taps("Да").says("/language en").hears(choices=["☑ Yes", "☐ No"]).taps("✅ Done")
    chat.taps("✏️ Change").says("/language bg").hears("✏️ Промяна на отговор", choices=["☑ Да", "☐ Не"])


def test_the_language_can_be_switched_in_the_review_and_after_submission():
    chat = Chat(FORM).begins().taps("Да").says("2").taps("Пропусни").says("/language en").hears("Will you come?\n→ Yes")
    chat.taps("📨 Submit application").hears("Thank you!")
    assert (chat.submission.language, chat.submission.lines[0].shown) == ("en", "Yes")
    chat.says("/language bg").hears("Заявлението Ви е подадено")


def test_a_form_in_one_language_speaks_it_whatever_the_chat_asks_for():
    chat = Chat("| survey |\n| | type | name | label |\n| | text | a | Име? |\n", language="fr").begins()
    assert chat.draft.language == "bg"
    chat.hears("Въпрос 1 от 1")


def test_navigation_words_count_in_every_language():
    chat = Chat(FORM).begins().taps("Да").says("Back").hears("Ще дойдете ли?").says("keep").hears("Колко души?")
    assert chat.answers == {"come": "yes"}
