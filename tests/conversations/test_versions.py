"""Two versions of a form: what differs, and drafts that go from the one to the other."""

from dataclasses import replace

import pytest

from conversations.change_report import describe, tell_of_move
from conversations.draft import Answer, Mode, read_draft, write_draft
from conversations.form import Form
from conversations.journey import Journey
from conversations.moving import Moved, move_draft
from conversations.versions import ChoiceChange, Impact, compare, impact
from tests.chat import Chat, form_of, plain

OLD = """
| survey |
| | type | name | label | required | constraint | relevant |
| | text | name | Как се казвате? | yes | | |
| | text | age | На колко години сте? | yes | | |
| | select_one city | town | Откъде сте? | yes | | |
| | begin group | more | Още | | | |
| | select_multiple pet | pets | Какви животни имате? | | | |
| | integer | rooms | Колко стаи? | | | |
| | end group | | | | | |
| | text | wish | Желание? | | | |
| choices |
| | list_name | name | label |
| | city | sf | София |
| | city | vn | Варна |
| | city | bs | Бургас |
| | pet | cat | Котка |
| | pet | dog | Куче |
"""
ANSWERS = {"name": "Мария", "age": "12", "town": "vn", "more/pets": "cat dog", "more/rooms": "3"}


def altered(*changes: tuple[str, str]) -> Form:
    table = OLD
    for old, new in changes:
        assert old in table
        table = table.replace(old, new)
    return form_of(table)


def at_wish() -> Chat:
    """A draft that has everything answered but the last question."""
    chat = Chat(OLD).begins().says("Мария").says("12").taps("Варна").taps("Котка").taps("Куче").taps("Готово").says("3")
    assert chat.answers == ANSWERS
    return chat


def moved_to(new: Form, chat: Chat | None = None) -> Moved:
    chat = chat or at_wish()
    moved = move_draft(chat.form, new, chat.draft, chat.now, 2)
    assert read_draft(write_draft(moved.draft)) == moved.draft
    assert moved.draft.form_version == 2
    return moved


def values(moved: Moved) -> dict[str, str]:
    return {path: answer.value for path, answer in moved.draft.answers.items()}


def test_the_same_form_has_no_changes():
    changes = compare(form_of(OLD), altered())
    assert changes.is_empty
    assert describe(changes, "bg") == "Няма разлики."


@pytest.mark.parametrize(
    ("change", "field", "found"),
    [
        (("Желание?", "Мечта?"), "reworded", ("wish",)),
        (("| Още |", "| Още нещо |"), "reworded", ("more",)),
        (("| integer | rooms |", "| decimal | rooms |"), "rules", ()),
        (("| text | wish | Желание? | |", "| text | wish | Желание? | yes |"), "rules", ("wish",)),
        (("| | text | wish | Желание? | | | |", "| | hidden | wish | | | | |"), "gone", ("wish",)),
        (("Варна", "Град Варна"), "choices_reworded", (ChoiceChange("city", "vn"),)),
        (("| | city | vn | Варна |\n", ""), "choices_gone", (ChoiceChange("city", "vn"),)),
        (("| city | vn |", "| city | varna |"), "choices_renamed", (ChoiceChange("city", "vn", "varna"),)),
        (
            ("| | pet | cat |", "| | pet | fish | Рибка |\n| | pet | cat |"),
            "choices_added",
            (ChoiceChange("pet", "fish"),),
        ),
    ],
)
def test_each_change_is_told_as_what_it_is(change, field, found):
    assert getattr(compare(form_of(OLD), altered(change)), field) == found


def test_a_new_question_and_one_that_is_gone():
    new = altered(("| text | wish | Желание? |", "| text | idea | Идея? |"))
    changes = compare(form_of(OLD), new)
    assert (changes.added, changes.gone) == (("idea",), ("wish",))


def test_another_kind_of_answer_is_no_other_rule():
    changes = compare(form_of(OLD), altered(("| text | age |", "| integer | age |")))
    assert [(each.path, each.old, each.new) for each in changes.retyped] == [("age", "text", "integer")]
    assert changes.rules == ()


def test_a_question_carried_to_another_place_or_group_is_moved_and_the_rest_is_not():
    first = "| | text | name | Как се казвате? | yes | | |\n"
    changes = compare(form_of(OLD), altered((first, ""), ("| choices |", first + "| choices |")))
    assert [(each.old, each.new) for each in changes.moved] == [("name", "name")]
    out = altered(
        ("| | integer | rooms | Колко стаи? | | | |\n", ""),
        ("| | text | wish", "| | integer | rooms | Колко стаи? | | | |\n| | text | wish"),
    )
    assert [(each.old, each.new) for each in compare(form_of(OLD), out).moved] == [("more/rooms", "rooms")]


def test_the_report_says_how_many_open_drafts_a_change_touches():
    old = form_of(OLD)
    new = altered(("| text | age |", "| integer | age |"), ("| | city | vn | Варна |\n", ""))
    touched = impact(old, [at_wish().draft, at_wish().draft, Chat(OLD).begins().draft])
    assert touched == Impact(3, dict.fromkeys(ANSWERS, 2), {("city", "vn"): 2, ("pet", "cat"): 2, ("pet", "dog"): 2})
    report = plain(describe(compare(old, new), "bg", touched))
    assert "„На колко години сте?“ (age) – отговорен в 2 отворени чернови: текст → цяло число" in report
    assert "„Варна“ (city: vn) – избрана в 2 отворени чернови" in report


def test_a_reworded_question_keeps_its_answer_and_the_person_goes_on_where_they_were():
    moved = moved_to(altered(("Как се казвате?", "Трите Ви имена?")))
    assert values(moved) == ANSWERS
    assert (moved.asked_again, moved.dropped, moved.reopened) == ((), (), False)
    assert moved.kept == tuple(ANSWERS)


def test_a_question_of_another_kind_is_asked_again():
    new = altered(("| text | age |", "| integer | age |"))
    moved = moved_to(new)
    assert moved.asked_again == ("age",)
    assert moved.reopened
    assert Journey(new, moved.draft, at_wish().now).current == new.by_path["age"]


def test_an_answer_that_a_new_constraint_refuses_is_asked_again_and_one_it_takes_is_kept():
    moved = moved_to(altered(("| integer | rooms | Колко стаи? | |", "| integer | rooms | Колко стаи? | | . < 3")))
    assert moved.asked_again == ("more/rooms",)
    assert moved_to(
        altered(("| integer | rooms | Колко стаи? | |", "| integer | rooms | Колко стаи? | | . < 9"))
    ).kept == tuple(ANSWERS)


def test_a_skipped_question_that_is_required_now_is_asked():
    chat = Chat(OLD).begins().says("Мария").says("12").taps("Варна").taps("Пропусни").taps("Пропусни").taps("Пропусни")
    assert chat.draft.mode is Mode.REVIEWING
    moved = moved_to(altered(("| text | wish | Желание? | |", "| text | wish | Желание? | yes |")), chat)
    assert moved.asked_again == ("wish",)
    assert moved.draft.mode is Mode.ASKING


def test_a_chosen_name_follows_a_renamed_choice():
    moved = moved_to(altered(("| city | vn |", "| city | varna |"), ("| pet | dog |", "| pet | hound |")))
    assert values(moved) == {**ANSWERS, "town": "varna", "more/pets": "cat hound"}


def test_a_choice_that_is_gone_is_asked_again():
    moved = moved_to(altered(("| | city | vn | Варна |\n", "")))
    assert moved.asked_again == ("town",)


def test_an_answer_follows_its_question_into_another_group():
    new = altered(
        ("| | integer | rooms | Колко стаи? | | | |\n", ""),
        ("| | text | wish", "| | integer | rooms | Колко стаи? | | | |\n| | text | wish"),
    )
    assert values(moved_to(new))["rooms"] == "3"


def test_an_answer_whose_question_is_gone_is_dropped_and_told():
    new = altered(("| | text | age | На колко години сте? | yes | | |\n", ""))
    moved = moved_to(new)
    assert moved.dropped == ("age",)
    assert "Вече не питаме:\n• На колко години сте?" in tell_of_move(compare(form_of(OLD), new), moved)


def test_a_new_question_before_the_end_is_asked_next_with_its_default():
    new = altered(("| | text | age", "| | text | egg | Яйце? | yes | | |\n| | text | age"))
    moved = moved_to(new)
    assert moved.added == ("egg",)
    assert Journey(new, moved.draft, at_wish().now).current == new.by_path["egg"]
    assert "Има 1 нов въпрос за Вас." in tell_of_move(compare(form_of(OLD), new), moved)


def test_a_question_that_is_open_for_change_stays_open_or_lets_go():
    chat = at_wish().taps_old("✏️ Промени", of="На колко години сте?")
    assert chat.draft.mode is Mode.EDITING
    assert moved_to(altered(("Желание?", "Мечта?")), chat).draft.open == ("age",)
    gone = moved_to(altered(("| | text | age | На колко години сте? | yes | | |\n", "")), chat)
    assert (gone.draft.mode, gone.draft.open) == (Mode.ASKING, ())


def test_ticks_in_progress_go_with_their_question():
    chat = Chat(OLD).begins().says("Мария").says("12").taps("Варна").taps("Котка").taps("Куче")
    assert moved_to(altered(("| pet | dog |", "| pet | hound |")), chat).draft.selecting == ("cat", "hound")
    assert moved_to(altered(("| | pet | dog | Куче |\n", "")), chat).draft.selecting == ("cat",)
    retyped = altered(("select_multiple pet", "select_one pet"))
    assert moved_to(retyped, chat).draft.selecting is None


def test_a_text_held_for_another_question_is_let_go():
    chat = at_wish().says("късно", early=True)
    assert chat.draft.held == "късно"
    assert moved_to(altered(("Желание?", "Мечта?")), chat).draft.held == "късно"
    assert moved_to(altered(("| text | age |", "| integer | age |")), chat).draft.held is None


def test_a_draft_that_never_began_hears_nothing():
    chat = Chat(OLD)
    new = altered(("Желание?", "Мечта?"))
    assert tell_of_move(compare(form_of(OLD), new), moved_to(new, chat)) == ""


def test_what_nobody_could_notice_is_not_told():
    new = replace(form_of(OLD), title="Друго заглавие")
    changes = compare(form_of(OLD), new)
    assert changes.settings == ("title",)
    assert tell_of_move(changes, moved_to(new)) == ""


REPEATED = """
| survey |
| | type | name | label | required |
| | begin repeat | members | Членове | |
| | text | name | Име? | yes |
| | text | age | Години? | yes |
| | end repeat | | | |
"""
ENTRIES = {"members[1]/name": "Ани", "members[1]/age": "7", "members[1]/+": "yes", "members[2]/name": "Боби"}


def moved_entries(*changes: tuple[str, str]) -> Moved:
    table = REPEATED
    for old, new in changes:
        table = table.replace(old, new)
    chat = Chat(REPEATED).begins()
    chat.draft = replace(chat.draft, answers={path: Answer(value) for path, value in ENTRIES.items()})
    return moved_to(form_of(table), chat)


def test_answers_in_entries_of_a_repeat_go_with_their_questions():
    assert values(moved_entries(("Име?", "Как се казва?"))) == ENTRIES
    moved = moved_entries(("| text | age", "| integer | age"))
    assert "members[1]/age" not in values(moved)
    assert moved.kept == ("members[1]/name", "members[1]/+", "members[2]/name")


def test_questions_of_a_repeat_that_becomes_a_group_are_others():
    moved = moved_entries(("repeat", "group"))
    assert values(moved) == {}
    assert moved.dropped == ("members[1]/name", "members[1]/age", "members[2]/name")
