"""Each further kind of question: how it is asked, what may be said, what is stored."""

from dataclasses import replace

import pytest

from conversations.form import Media
from conversations.replies import Awaits, Enclosed
from tests.chat import Chat
from tests.forms import form_of


def ask_one(type: str, label: str = "Кое?", **columns: str) -> Chat:
    """A chat with one question of that type and a text after it."""
    names = "".join(f" {name} |" for name in columns)
    cells = "".join(f" {value} |" for value in columns.values())
    blank = " |" * len(columns)
    table = f"""
| survey |
| | type   | name | label   |{names}
| | {type} | it   | {label} |{cells}
| | text   | last | Край?   |{blank}
| choices |
| | list_name | name  | label |
| | fruit     | apple | Ябълка |
| | fruit     | pear  | Круша  |
| | fruit     | plum  | Слива  |
"""
    return Chat(table).begins()


# --- range


def test_a_short_range_is_buttons():
    chat = ask_one("range", parameters="start=1 end=5 step=1")
    assert chat.buttons == ["1", "2", "3", "4", "5", "Пропусни ▶"]
    assert chat.taps("4").hears("✔ 4").answers == {"it": "4"}


def test_a_value_of_a_range_may_be_typed_and_is_never_a_buttons_number():
    assert ask_one("range", parameters="start=0 end=4 step=1").says("4").answers == {"it": "4"}
    chat = ask_one("range", parameters="start=0 end=4 step=1").says("5").hears("число от 0 до 4, през 1")
    assert chat.answers == {}


def test_a_long_range_is_a_number_between_its_ends_on_a_step():
    chat = ask_one("range", parameters="start=0 end=100 step=2.5").hears(buttons=["Пропусни ▶"])
    chat.says("101").hears("число от 0 до 100, през 2,5").says("4").hears("през 2,5").says("много").hears("число")
    assert chat.says("7,5").answers == {"it": "7.5"}


# --- rank


def test_choices_are_ranked_by_tapping_them_in_order():
    chat = ask_one("rank fruit").hears(choices=["Ябълка", "Круша", "Слива"]).taps("Слива")
    chat.hears("1. Слива", buttons=["Ябълка", "Круша", "↺ Отначало", "Пропусни ▶"]).taps("Ябълка")
    chat.hears("1. Слива\n2. Ябълка\n3. Круша", buttons=["✅ Готово", "↺ Отначало", "Пропусни ▶"])
    assert chat.answers == {}
    assert chat.taps("✅ Готово").hears("✔ Слива › Ябълка › Круша").answers == {"it": "plum apple pear"}


def test_ranking_can_start_again():
    chat = ask_one("rank fruit").taps("Слива").taps("↺ Отначало").hears(choices=["Ябълка", "Круша", "Слива"])
    assert chat.taps("Круша").taps("Слива").says("готово").answers == {"it": "pear plum apple"}


@pytest.mark.parametrize("said", ["слива, ябълка, круша", "3 1 2", "plum > apple > pear"])
def test_an_order_may_be_typed(said: str):
    assert ask_one("rank fruit").says(said).answers == {"it": "plum apple pear"}


@pytest.mark.parametrize("said", ["слива, ябълка", "1 1 2", "банан"])
def test_an_order_with_gaps_is_asked_again(said: str):
    assert ask_one("rank fruit").says(said).hears("подредете всички").answers == {}


# --- days and times


def test_today_and_yesterday_are_one_tap_away_and_said_again_in_words():
    chat = ask_one("date").hears(buttons=["Днес, 15.01.2026", "Вчера, 14.01.2026", "Пропусни ▶"])
    assert chat.taps("Вчера, 14.01.2026").hears("✔ 14 януари 2026 г.").answers == {"it": "2026-01-14"}


def test_a_day_that_the_rule_refuses_is_not_offered():
    ask_one("date", constraint=". < today()").hears(buttons=["Вчера, 14.01.2026", "Пропусни ▶"])
    ask_one("dateTime", constraint=". > now()").hears(buttons=["Днес, 15.01.2026", "Пропусни ▶"])


def test_the_button_of_yesterdays_today_means_the_day_that_stood_on_it():
    assert ask_one("date").waits(days=2).taps("Днес, 15.01.2026").answers == {"it": "2026-01-15"}


@pytest.mark.parametrize(
    ("appearance", "said", "stored", "shown"),
    [("year", "2015", "2015-01-01", "✔ 2015"), ("month-year", "септември 2026", "2026-09-01", "✔ септември 2026 г.")],
)
def test_a_shorter_date_is_enough_where_the_form_says_so(appearance: str, said: str, stored: str, shown: str):
    chat = ask_one("date", appearance=appearance).hears(buttons=["Пропусни ▶"])
    assert chat.says(said).hears(shown).answers == {"it": stored}


def test_a_time_is_stored_with_the_forms_offset():
    chat = ask_one("time").says("нещо").hears("Не разпознах часа").says("14:30").hears("✔ 14:30")
    assert chat.answers == {"it": "14:30:00.000+02:00"}


def test_day_and_time_are_one_question_answered_in_one_text():
    chat = ask_one("dateTime").says("31.12.2026 14:30").hears("✔ 31 декември 2026 г., 14:30")
    assert chat.answers == {"it": "2026-12-31T14:30:00.000+02:00"}


def test_day_and_time_are_one_question_answered_one_after_the_other():
    chat = ask_one("dateTime").says("1 юли 2026").hears("📅 1 юли 2026 г. – а в колко часа?")
    assert chat.answers == {}
    assert chat.says("9 ч.").hears("✔ 1 юли 2026 г., 09:00").answers == {"it": "2026-07-01T09:00:00.000+03:00"}


def test_the_day_of_a_moment_may_be_tapped_and_said_anew():
    chat = ask_one("dateTime").taps("Днес, 15.01.2026").hears("15 януари 2026 г. – а в колко часа?")
    chat.says("16.01.2026").hears("16 януари").says("25:00").hears("⚠️").says("8:15")
    assert chat.answers == {"it": "2026-01-16T08:15:00.000+02:00"}


# --- places


def test_a_place_is_shared_or_typed():
    chat = ask_one("geopoint")
    assert chat.heard[-1].awaits is Awaits.LOCATION
    assert chat.shares_location(42.6977, 23.3219).hears("✔ 42.6977, 23.3219").answers == {"it": "42.6977 23.3219 0 0"}
    assert ask_one("geopoint").says("42,5; 25,1").answers == {"it": "42.5 25.1 0 0"}
    assert ask_one("geopoint").says("София").hears("Не разпознах мястото").answers == {}


def test_a_place_where_none_is_asked_for_is_no_answer():
    assert ask_one("text").shares_location(42.0, 25.0).hears("Кое?").answers == {}


# --- files, barcodes, digits


@pytest.mark.parametrize(("type", "good", "wrong"), [("audio", "mp3", "pdf"), ("video", "mp4", "jpg")])
def test_recordings_and_films_are_told_by_their_content(type: str, good: str, wrong: str):
    chat = ask_one(type).sends_file().file_ready(wrong).hears("Този вид файл")
    assert chat.sends_file().file_ready(good).answers == {"it": "file2"}


def test_a_voice_message_answers_a_question_for_a_recording():
    assert ask_one("audio").sends_file("voice").file_ready("ogg").answers == {"it": "file1"}


@pytest.mark.parametrize(("type", "told"), [("text", "Гласови съобщения"), ("image", "файл"), ("video", "файл")])
def test_a_voice_message_is_no_answer_to_any_other_question(type, told):
    chat = ask_one(type).sends_file("voice").hears(told)
    assert (chat.answers, chat.draft.waiting_file) == ({}, None)


def test_a_barcode_is_typed():
    assert ask_one("barcode").says("3800123").answers == {"it": "3800123"}


def test_a_numeric_text_takes_digits_only():
    chat = ask_one("text", appearance="numbers").says("двеста").hears("само цифри").says("0888 123")
    assert chat.answers == {"it": "0888 123"}


# --- long texts


def test_a_long_text_comes_in_several_messages_until_done():
    chat = ask_one("text", appearance="multiline").says("Първо.").hears("Записах.", buttons=["✅ Готово", "Пропусни ▶"])
    assert chat.answers == {}
    chat.says("Второ.").hears("Предложение: Първо.").taps("✅ Готово")
    assert chat.answers == {"it": "Първо.\nВторо."}


def test_a_long_text_half_written_is_kept_when_the_person_comes_back():
    chat = ask_one("text", appearance="multiline").says("Първо.").says("/review").says("/continue")
    chat.hears("Първо.").says("Готово")
    assert chat.answers == {"it": "Първо."}


def test_a_long_text_that_is_refused_is_begun_anew():
    chat = ask_one("text", appearance="multiline", constraint="string-length(.) < 12").says("Един дълъг текст")
    chat.taps("✅ Готово").hears("⚠️").says("Кратко.").says("готово")
    assert chat.answers == {"it": "Кратко."}


# --- what stands beside a question


def test_guidance_stands_behind_a_help_button():
    chat = ask_one("text", guidance_hint="Както е в трудовата книжка.").does_not_hear("трудовата")
    messages = len(chat.screen.messages)
    chat.hears(buttons=["❔ Помощ", "Пропусни ▶"]).taps("❔ Помощ").hears("Кое?", "трудовата", buttons=["Пропусни ▶"])
    assert len(chat.screen.messages) == messages


def test_a_file_of_the_label_goes_with_the_question_in_the_persons_language():
    form = form_of("| survey |\n| | type | name | label |\n| | text | a | Кое? |\n")
    media = Media({"image": {"bg": "карта.png", "en": "map.png"}, "audio": {"bg": "звук.mp3"}})
    chat = Chat(replace(form, items=(replace(form.items[0], media=media),))).begins()
    assert chat.heard[-1].media == (Enclosed("image", "карта.png"), Enclosed("audio", "звук.mp3"))


def test_pictures_of_choices_are_an_album_numbered_as_the_buttons():
    table = """
| survey |
| | type             | name | label |
| | select_one fruit | a    | Кое?  |
| choices |
| | list_name | name  | label  | media::image |
| | fruit     | apple | Ябълка | apple.png |
| | fruit     | pear  | Круша  | pear.png  |
"""
    chat = Chat(table, files={"apple.png": "x", "pear.png": "y"}).begins().hears(choices=["1. Ябълка", "2. Круша"])
    pictures = ("apple.png", "1. Ябълка"), ("pear.png", "2. Круша")
    assert chat.heard[-1].media == tuple(Enclosed("image", name, caption) for name, caption in pictures)
    assert chat.says("2").answers == {"a": "pear"}
    assert Chat(table, files={"apple.png": "x", "pear.png": "y"}).begins().says("круша").answers == {"a": "pear"}


def test_the_label_of_a_group_that_shares_a_list_stands_with_each_question():
    table = """
| survey |
| | type             | name | label            |
| | begin group      | g    | Колко Ви харесва |
| | select_one grade | a    | храната?         |
| | select_one grade | b    | залата?          |
| | end group        |      |                  |
| choices |
| | list_name | name | label |
| | grade     | 1    | Много |
| | grade     | 2    | Малко |
"""
    chat = Chat(table).begins().hears("Колко Ви харесва", "храната?").taps("Много").hears("Колко Ви харесва", "залата?")
    assert chat.open_question == "g/b"


# --- chance, lists, metadata


SHUFFLED = """
| survey |
| | type                    | name | label | parameters     |
| | select_multiple letters | a    | Кои?  | randomize=true |
| choices |
| | list_name | name | label |
""" + "".join(f"| | letters | {letter} | {letter.upper()} |\n" for letter in "abcdefgh")


def test_shuffled_choices_keep_the_order_of_the_draft_and_are_stored_in_the_lists():
    chat = Chat(SHUFFLED).begins()
    shown = chat.buttons[:8]
    assert shown != [f"☐ {letter}" for letter in "ABCDEFGH"]
    assert sorted(shown) == [f"☐ {letter}" for letter in "ABCDEFGH"]
    assert Chat(SHUFFLED).begins().buttons[:8] == shown
    chat.taps("H").taps("B").hears(choices=[label.replace("☐", "☑") if label[-1] in "BH" else label for label in shown])
    assert chat.taps("Готово").answers == {"a": "b h"}


def test_once_draws_once():
    table = """
| survey |
| | type      | name | label        | calculation   |
| | calculate | day  |              | once(today()) |
| | text      | a    | Кое?         |               |
| | note      | n    | Първо ${day} |               |
"""
    chat = Chat(table).begins().waits(days=3).says("нещо").hears("Първо 15.01.2026")
    assert chat.answers["a"] == "нещо"


def test_several_are_chosen_from_a_file_by_searching_and_adding():
    rows = "name,label\n" + "".join(f"t{n},Град {n}\n" for n in range(1, 60))
    table = "| survey |\n| | type | name | label |\n| | select_multiple_from_file towns.csv | a | Кои? |\n"
    chat = Chat(table, files={"towns.csv": rows}).begins().says("град 17").taps("☐ Град 17")
    chat.hears(choices=["☑ Град 17"]).says("град 5").taps("☐ Град 5").taps("✅ Готово")
    assert chat.answers == {"a": "t5 t17"}
