"""Choosing one or several: buttons, typed labels and numbers, ticks, pages, „other“."""

import pytest

from tests.chat import Chat

FORM = """
| survey |
|        | type                        | name | label           | required |
|        | select_one yn               | come | Ще дойдете ли?  | yes      |
|        | select_multiple food        | eat  | Какво ще ядете? |          |
|        | select_one drink or_other   | sip  | Какво ще пиете? | yes      |
| choices |
|         | list_name | name  | label      |
|         | yn        | yes   | Да         |
|         | yn        | no    | Не         |
|         | yn        | later | По-късно   |
|         | food      | soup  | Супа       |
|         | food      | fish  | Риба       |
|         | food      | cake  | Торта      |
|         | drink     | tea   | Чай        |
|         | drink     | wine  | Вино       |
"""


def many(count: int, kind: str = "select_one many") -> str:
    rows = "\n".join(f"| | many | n{number} | Избор {number} |" for number in range(1, count + 1))
    return f"""
| survey |
| | type | name | label |
| | {kind} | pick | Кое? |
| choices |
| | list_name | name | label |
{rows}
"""


@pytest.mark.parametrize("said", ["Не", "не.", "  НЕ ", "no", "2", "2."])
def test_a_choice_may_be_typed_by_label_name_or_number(said):
    assert Chat(FORM).begins().says(said).answers == {"come": "no"}


def test_a_tap_chooses():
    chat = Chat(FORM).begins().hears(choices=["Да", "Не", "По-късно"]).taps("По-късно").hears("✔ По-късно")
    assert chat.answers == {"come": "later"}


@pytest.mark.parametrize("said", ["може би", "4", "0", "-1", "1,5", "yes no", "9" * 5000, "²"])
def test_anything_else_asks_to_choose_again(said):
    chat = Chat(FORM).begins().says(said).hears("Моля, изберете от предложените отговори", "Ще дойдете ли?")
    assert chat.answers == {}


def test_a_typed_text_that_was_no_button_still_counts_when_it_names_a_choice():
    chat = Chat(FORM).begins().says("/start").sends("sticker").says("да")
    assert chat.answers == {"come": "yes"}


def test_a_tick_comes_and_goes_in_the_same_message():
    chat = Chat(FORM).begins().taps("Да").hears(choices=["☐ Супа", "☐ Риба", "☐ Торта"])
    messages = len(chat.screen.messages)
    chat.taps("☐ Риба").hears(choices=["☐ Супа", "☑ Риба", "☐ Торта"]).taps("☐ Супа").taps("☑ Риба")
    chat.hears(buttons=["☑ Супа", "☐ Риба", "☐ Торта", "✅ Готово", "◀ Назад", "Пропусни ▶"])
    assert len(chat.screen.messages) == messages
    assert "eat" not in chat.answers
    chat.taps("✅ Готово").hears("✔ Супа")
    assert chat.answers["eat"] == "soup"


def test_ticks_are_stored_in_the_order_of_the_list():
    chat = Chat(FORM).begins().taps("Да").taps("Торта").taps("Супа").taps("Готово").hears("✔ Супа; Торта")
    assert chat.answers["eat"] == "soup cake"


def test_the_same_tick_twice_is_one_tick():
    chat = Chat(FORM).begins().taps("Да").taps("☐ Риба").taps_again().taps("✅ Готово")
    assert chat.answers["eat"] == "fish"


def test_ticks_may_be_typed_parted_by_commas():
    chat = Chat(FORM).begins().taps("Да").says("торта, супа").hears(choices=["☑ Супа", "☐ Риба", "☑ Торта"])
    chat.says("риба и нещо").hears("Моля, изберете от предложените")
    chat.says("Готово")
    assert chat.answers["eat"] == "soup cake"


def test_done_without_a_tick_asks_for_one_or_a_skip():
    chat = Chat(FORM).begins().taps("Да").hears(buttons=["☐ Супа", "☐ Риба", "☐ Торта", "◀ Назад", "Пропусни ▶"])
    chat.says("Готово").hears("Отбележете поне един отговор или пропуснете въпроса.")


def test_skipping_drops_the_ticks_in_progress():
    chat = Chat(FORM).begins().taps("Да").taps("Риба").taps("Пропусни ▶").hears("▷ Пропуснат въпрос")
    assert chat.answers["eat"] == ""


def test_ticks_survive_a_change_of_another_answer_only_when_they_were_done():
    chat = Chat(FORM).begins().taps("Да").taps("Риба").taps("✏️ Промени").taps("Не")
    chat.hears("Какво ще ядете?", choices=["☐ Супа", "☐ Риба", "☐ Торта"])


def test_other_asks_for_its_own_words_and_only_then():
    chat = Chat(FORM).begins().taps("Да").taps("Пропусни ▶").hears("Въпрос 3 от 3", choices=["Чай", "Вино", "Друго"])
    chat.taps("Друго").hears("Въпрос 4 от 4\n\nМоля, уточнете.").says("Боза")
    assert (chat.answers["sip"], chat.answers["sip_other"]) == ("other", "Боза")
    chat = Chat(FORM).begins().taps("Да").taps("Пропусни ▶").taps("Чай").hears("Моля, прегледайте отговорите си.")


def test_eight_choices_fit_on_one_page():
    chat = Chat(many(8)).begins()
    assert chat.buttons == [f"Избор {number}" for number in range(1, 9)] + ["Пропусни ▶"]


def test_more_choices_come_in_pages_in_the_same_message():
    chat = Chat(many(20)).begins().hears(choices=[f"Избор {number}" for number in range(1, 9)])
    assert chat.buttons[8:] == ["Още (1/3) ▶", "Пропусни ▶"]
    messages = len(chat.screen.messages)
    chat.taps("Още (1/3) ▶").hears(choices=[f"Избор {number}" for number in range(9, 17)])
    chat.taps("Още (2/3) ▶").hears(choices=[f"Избор {number}" for number in range(17, 21)])
    assert chat.buttons[4:] == ["◀ Предишни", "Пропусни ▶"]
    chat.taps("◀ Предишни").hears(choices=[f"Избор {number}" for number in range(9, 17)])
    assert len(chat.screen.messages) == messages
    assert chat.taps("Избор 12").answers == {"pick": "n12"}


def test_a_choice_of_another_page_may_be_typed():
    assert Chat(many(20)).begins().says("Избор 18").answers == {"pick": "n18"}


def test_part_of_a_name_finds_choices_on_any_page():
    chat = Chat(many(20)).begins().says("избор 1").hears("✔ Избор 1")
    chat = Chat(many(20).replace("Избор 18", "Червена шапка")).begins().says("черв")
    chat.hears("Ето какво намерих.", choices=["Червена шапка"]).taps("Червена шапка")
    assert chat.answers == {"pick": "n18"}


def test_a_number_on_a_page_means_the_choice_with_that_number_there():
    chat = Chat(many(20)).begins().taps("Още (1/3) ▶").says("1")
    assert chat.answers == {"pick": "n9"}


def test_a_number_that_stands_on_no_button_chooses_nothing_unseen():
    chat = Chat(many(20)).begins().says("14")
    assert chat.answers == {}


def test_a_tick_on_a_page_stays_on_that_page():
    chat = Chat(many(20, "select_multiple many")).begins().taps("Още (1/3) ▶").taps("Избор 10")
    chat.hears(choices=["☐ Избор 9", "☑ Избор 10", *[f"☐ Избор {number}" for number in range(11, 17)]])
    assert chat.taps("Готово").answers == {"pick": "n10"}


def test_a_made_up_page_number_shows_the_first_page():
    chat = Chat(many(20)).begins()
    page = next(button.id for row in chat.heard[-1].rows for button in row if button.label == "Още (1/3) ▶")
    for number in ("", "-1", "x", "9" * 5000):
        chat.taps_id(page.rpartition(".")[0] + "." + number).hears(choices=[f"Избор {n}" for n in range(1, 9)])


def test_a_label_looked_up_by_its_text_follows_the_language():
    form = """
| settings |
| | form_id | default_language |
| | f | Български (bg) |
| survey |
| | type | name | label::Български (bg) | label::English (en) | calculation |
| | select_one c | pick | Кое? | Which? | |
| | calculate | told | | | jr:itext(instance('c')/root/item[name = ${pick}]/itextId) |
| | text | why | Защо ${told}? | Why ${told}? | |
| choices |
| | list_name | name | label::Български (bg) | label::English (en) |
| | c | a | Ябълка | Apple |
| | c | b | Круша | Pear |
"""
    chat = Chat(form).begins().says("Круша").hears("Защо Круша?")
    chat.says("/language en").hears("Why Pear?")
