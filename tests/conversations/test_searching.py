"""Long lists and lists from files: type, then choose from what was found."""

from tests.chat import Chat

TOWNS = [("sofia", "София"), ("plovdiv", "Пловдив"), ("pleven", "Плевен"), ("varna", "Варна"), ("none", "Не е тук")]
FILES = {"towns.csv": "name,label\n" + "\n".join(f"{name},{label}" for name, label in TOWNS)}
FORM = """
| survey |
|        | type                            | name | label             | required |
|        | select_one_from_file towns.csv  | town | Къде живеете?     | yes      |
|        | select_multiple_from_file towns.csv | been | Къде сте били? |         |
"""
ROWS = "\n".join(f"| | town | t{number} | Град {number} |" for number in range(1, 60))
LONG = f"""
| survey |
| | type | name | label |
| | select_one town | town | Къде живеете? |
| | select_multiple town | been | Къде сте били? |
| choices |
| | list_name | name | label |
{ROWS}
"""


def towns() -> Chat:
    return Chat(FORM, files=FILES).begins()


def test_a_list_from_a_file_is_searched_and_its_way_out_is_always_there():
    towns().hears("Напишете част от името или кода", buttons=["Не е тук"])


def test_what_was_found_becomes_buttons():
    chat = towns().says("пл").hears("Ето какво намерих.", choices=["Плевен", "Пловдив", "Не е тук"])
    assert chat.answers == {}
    assert chat.taps("Плевен").answers == {"town": "pleven"}


def test_what_was_found_may_be_chosen_by_number():
    assert towns().says("пл").says("2").answers == {"town": "plovdiv"}


def test_the_exact_name_is_taken_at_once():
    assert towns().says("варна").answers == {"town": "varna"}


def test_nothing_found_says_how_to_go_on_and_keeps_the_way_out():
    chat = towns().says("Лондон").hears("Не намерих съвпадение.", "Къде живеете?", buttons=["Не е тук"])
    assert chat.taps("Не е тук").answers == {"town": "none"}


def test_a_page_of_text_is_searched_for_by_its_beginning():
    towns().says("Плевен " * 1000).hears("Ето какво намерих.", choices=["Плевен", "Не е тук"])
    towns().says("9" * 9000).hears("Не намерих съвпадение.")


def test_a_hit_of_an_earlier_search_still_answers():
    assert towns().says("пл").says("вар").taps_old("Пловдив").answers == {"town": "plovdiv"}


def test_a_long_list_shows_no_buttons_until_something_is_typed():
    chat = Chat(LONG).begins().hears(buttons=["Пропусни ▶"]).says("град 5")
    assert chat.answers == {"town": "t5"}
    chat = Chat(LONG).begins().says("град")
    assert len(chat.heard[-1].rows) == 8 + 1


def test_several_are_searched_and_added_one_by_one():
    chat = Chat(LONG).begins().taps("Пропусни ▶").says("град 5").taps("☐ Град 5").hears(choices=["☑ Град 5"])
    chat.says("град 17").taps("☐ Град 17").hears(choices=["☑ Град 5", "☑ Град 17"])
    chat.taps("☑ Град 5").hears(choices=["☑ Град 17"]).taps("✅ Готово")
    assert chat.answers["been"] == "t17"


def test_a_search_looks_only_among_what_the_filter_leaves():
    rows = "\n".join(f"| | town | a{n} | Алфа {n} | a |\n| | town | b{n} | Бета {n} | b |" for n in range(1, 51))
    form = f"""
    | survey |
    | | type | name | label | choice_filter |
    | | select_one part | part | Коя част? | |
    | | select_one town | town | Кой град? | part = ${{part}} |
    | choices |
    | | list_name | name | label | part |
    | | part | a | Алфа | |
    | | part | b | Бета | |
    {rows}
    """
    chat = Chat(form).begins().taps("Бета").says("алфа").hears("Не намерих съвпадение.")
    chat.says("бета 7")
    assert chat.answers == {"part": "b", "town": "b7"}
