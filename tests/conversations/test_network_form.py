"""The shipped form, walked through as principals do; every line is typed, a label counts as a tap."""

import pytest

from conversations.draft import Mode
from tests.chat import Chat
from tests.forms import network_form

MOST_TURNS = 40
"""From the tap under the privacy notice to „Подай заявлението“, both counted."""

SCHOOL = ["отец паисий кирково", "СУ „Отец Паисий“ – с. Кирково", "Да, всичко е вярно", "su@example.bg"]
CRITERIA = ["Вече работи при нас"] * 9
PEOPLE = ["Мария Иванова", "0888 123 456", "Остави", "Не"]
FIGURES = ["Последната завършила", "312", "15", "2", "1", "Не сега, продължаваме"]
RENEWAL = ["2015", "Готово", "На всички", "Родителският ни клуб се събира всеки месец."]
JOINING = ["Искаме да се учим от други училища и да споделим своя опит."]
FINISH = ["Пълноправно", "Споделяме добри практики", "Готово", "Не, това е всичко", "Да", "Потвърждавам"]
SUBMIT = ["Подай заявлението"]
BEGIN = ["✔ Прочетох, да започваме"]
READY = "Основната част от модела вече е при Вас"
A_START = "Добра основа."
A_TALK = "Препоръчваме първо разговор с регионалния координатор."


def walk(*parts: list[str]) -> tuple[Chat, int]:
    chat = Chat(network_form()).says("/start")
    lines = [line for part in parts for line in part]
    for line in lines:
        chat.says(line).does_not_hear("⚠️")
    return chat, len(lines)


def test_a_renewal_is_done_in_forty_turns():
    chat, turns = walk(BEGIN, ["Подновяване на участието"], SCHOOL, CRITERIA, PEOPLE, FIGURES, RENEWAL, FINISH, SUBMIT)
    assert chat.draft.mode is Mode.SUBMITTED
    chat.hears("входящ № ВО-2026-0001")
    assert turns <= MOST_TURNS


def test_a_new_school_is_done_in_forty_turns():
    example = ["Нашите ученици наставници водят клуб по четене."]
    chat, turns = walk(BEGIN, ["Ново включване"], SCHOOL, CRITERIA, example, PEOPLE, FIGURES, JOINING, FINISH, SUBMIT)
    assert chat.draft.mode is Mode.SUBMITTED
    assert turns <= MOST_TURNS


def test_what_staff_will_see_is_right():
    chat, _ = walk(BEGIN, ["Подновяване на участието"], SCHOOL, CRITERIA, PEOPLE, FIGURES, RENEWAL, FINISH, SUBMIT)
    submission = chat.submission
    assert (submission.title, submission.place) == (
        "Средно училище „Отец Паисий“", "с. Кирково, общ. Кирково, обл. Кърджали",
    )  # fmt: skip
    assert (submission.region, submission.region_value) == ("Кърджали", "KRZ")
    assert (submission.kind, submission.kind_value) == ("Подновяване на участието", "renewal")
    assert submission.key == "0909401"
    assert submission.card == (
        ("Какво членство желаете?", "Пълноправно"),
        ("От коя година сте в Мрежата?", "2015"),
        ("Общ брой деца и ученици", "312"),
        ("Колко образователни медиатори работят при Вас?", "2"),
        (
            "Кои елементи от модела прилагахте през последните три години?",
            "Интеркултурно образование; Родителски клуб; Ученически съвет или парламент; Ученици наставници; "
            "Приемаща среда; Подкрепа за педагогическия екип",
        ),
        ("С какво се ангажира Вашият екип?", "Споделяме добри практики"),
    )


def test_a_school_that_is_not_listed_is_described_by_hand():
    school = [
        "Моето училище не е в списъка", "Пропусни", "Основно училище „Нова зора“", "Основно училище",
        "Кърджали", "Крумовград", "Крумовград", "гр. Крумовград", "nova@example.bg",
    ]  # fmt: skip
    chat, _ = walk(BEGIN, ["Ново включване"], school)
    chat.hears("Критериите\nВъпрос 10 от")
    for line in [*CRITERIA, "Пропусни", *PEOPLE, *FIGURES, *JOINING, *FINISH, *SUBMIT]:
        chat.says(line)
    submission = chat.submission
    assert (submission.title, submission.region, submission.key) == ("Основно училище „Нова зора“", "Кърджали", "")
    assert submission.place == "гр. Крумовград, общ. Крумовград, обл. Кърджали"


def test_the_code_of_a_listed_school_is_recognised_when_typed_by_hand():
    chat, _ = walk(BEGIN, ["Ново включване", "Моето училище не е в списъка"])
    chat.says("909401").hears("Този код е на СУ „Отец Паисий“ – с. Кирково.")
    assert chat.journey.value("institution/school_code") == "0909401"
    chat.taps("◀ Назад").says("12").hears("Кодът съдържа 6 или 7 цифри.")


def test_what_the_register_knows_may_be_corrected_line_by_line():
    chat, _ = walk(BEGIN, ["Ново включване"], SCHOOL[:2], ["Искам да поправя нещо"])
    chat.hears("Предложение: Средно училище „Отец Паисий“").says("СУ „Свети Отец Паисий“")
    chat.hears("Предложение: Средно училище").says("Остави").hears("Предложение: Кърджали").says("Остави")
    chat.hears("Предложение: Кирково").says("Остави").says("Остави").hears("Служебен имейл")
    assert chat.journey.value("institution/school_name") == "СУ „Свети Отец Паисий“"


def test_part_of_a_name_is_enough_for_a_municipality_and_a_settlement():
    by_hand = ["Моето училище не е в списъка", "Пропусни", "Основно училище „Нова зора“", "Основно училище"]
    chat, _ = walk(BEGIN, ["Ново включване"], by_hand, ["пловдив", "пловд", "Пловдив"])
    chat.says("пловд").hears("Ето какво намерих.", choices=["гр. Пловдив"])


def test_another_school_is_confirmed_anew():
    chat, _ = walk(BEGIN, ["Ново включване"], SCHOOL)
    chat.taps("✏️ Промени", of="Кое е Вашето училище?").says("Христо Ботев Ихтиман")
    chat.taps("СУ „Христо Ботев“ – гр. Ихтиман").hears("Средно училище „Христо Ботев“", "Ихтиман")
    assert chat.open_question == "institution/school_right"


@pytest.mark.parametrize(
    ("answers", "told"),
    [
        (["Вече работи при нас"] * 9, READY),
        (["Ще го въведем"] * 9, A_START),
        (["Вече работи при нас"] * 4 + ["Искаме, но ни трябва подкрепа"] * 4 + ["Вече работи при нас"], A_START),
        (["Засега не сме готови"] * 9, A_TALK),
        (["Засега не сме готови"] + ["Вече работи при нас"] * 8, A_TALK),
    ],
)
def test_the_readiness_summary_informs_and_stops_nobody(answers, told):
    chat, _ = walk(BEGIN, ["Подновяване на участието"], SCHOOL)
    heard = []
    for answer in answers:
        chat.says(answer)
        while chat.open_question.endswith("_by"):
            chat.says("1")
        while chat.open_question.endswith("_help"):
            chat.says("Пропусни")
        heard.append(chat.text)
    assert told in heard[-1]
    assert "Това е само ориентир, а не решение." in heard[-1]
    assert chat.open_question == "people/principal_name"
    for line in [*PEOPLE, *FIGURES, "2015"]:
        chat.says(line)
    chat.says("Родителски клуб").says("Готово").says("На всички").says("Гордеем се с децата.")
    for line in [*FINISH, *SUBMIT]:
        chat.says(line)
    assert chat.draft.mode is Mode.SUBMITTED


def test_a_kindergarten_is_not_asked_about_dropouts():
    school = [
        "Моето училище не е в списъка", "Пропусни", "Детска градина „Слънце“", "Детска градина",
        "Кърджали", "Крумовград", "Крумовград", "гр. Крумовград", "slance@example.bg",
    ]  # fmt: skip
    chat, _ = walk(BEGIN, ["Ново включване"], school, CRITERIA, ["Пропусни"], PEOPLE, ["1", "25", "2", "0"])
    assert chat.open_question == "network/motivation"


def test_behind_the_gates_everything_is_optional():
    gates = ["Пълноправно", "Споделяме добри практики", "Готово", "Да, искам да добавя"]
    figures = [*FIGURES[:-1], "Да, ще ги попълня"]
    chat, _ = walk(BEGIN, ["Подновяване на участието"], SCHOOL, CRITERIA, PEOPLE, figures)
    while chat.open_question.startswith("pupils/"):
        chat.taps("Пропусни ▶")
    for line in [*RENEWAL, *gates]:
        chat.says(line)
    while chat.open_question != "finish/news_consent":
        chat.taps("Пропусни ▶")
    chat.says("Не").says("Потвърждавам").says("Подай заявлението")
    assert chat.draft.mode is Mode.SUBMITTED


def test_it_can_be_filled_in_in_english():
    chat = Chat(network_form(), language="en").says("/start").says("✔ I have read this, let us begin")
    chat.hears("The school\nQuestion 1 of 27", choices=["Renewal", "Joining for the first time"]).says("1")
    chat.says("otets paisiy kirkovo")
    chat.says("SU “Otets Paisiy” – Kirkovo").hears("Is this your school?", "Secondary school, Kirkovo")


@pytest.mark.parametrize("language", ["bg", "en"])
def test_the_desk_has_its_texts_in_both_languages(language):
    desk = network_form().desk
    texts = [desk.call_title, desk.welcome, desk.about, desk.criteria, desk.contact, desk.notice.text]
    texts += [words for decision in desk.decisions for words in (decision.label, decision.text)]
    assert [words for words in texts if not words.texts.get(language, "").strip()] == []
    assert (desk.prefix, desk.latin_prefix, desk.capacity) == ("ВО", "VO", 300)
