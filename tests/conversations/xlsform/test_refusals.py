"""What refuses a form: each finding names sheet, row and column, and all are told at once."""

import pickle
import re
from string import Formatter

import pytest

from conversations.errors import FormError
from conversations.xlsform import compile_form
from conversations.xlsform.lint.reasons import explain
from conversations.xlsform.messages import Place
from conversations.xpath import ExpressionError
from conversations.xpath.errors import MESSAGES
from tests.conversations.xlsform.asking import compiled, place, refusals, source, warnings

CHOICES = """
| choices |
|         | list_name | name | label | region |
|         | c         | a    | A     | north  |
|         | c         | b    | B     | south  |
"""


def survey(row: str, header: str = "type | name | label") -> str:
    return f"| survey |\n| | {header} |\n| | text | first | First |\n| | {row} |\n"


@pytest.mark.parametrize(
    "refused",
    [
        "geotrace", "geoshape", "osm", "start-geopoint", "background-geopoint", "background-audio", "audit",
        "subscriberid", "simserial", "xml-external", "select_one_external c", "percentage", "begin_loop", "begin loop",
        "begin_kobomatrix", "begin_score", "score__row", "begin_rank", "rank__level",
    ],
)  # fmt: skip
def test_types_that_a_chat_cannot_ask_are_refused(refused):
    assert refusals(survey(f"{refused} | q | Q") + CHOICES) == [("refused_type", "survey", 3, "A (type)")]


def test_an_unknown_type_names_the_nearest():
    with pytest.raises(FormError, match="Може би „integer“"):
        compiled(survey("intejer | q | Q"))


@pytest.mark.parametrize(
    ("row", "found"),
    [
        (" | q | Q", ("missing_type", "A (type)")),
        ("text | | Q", ("missing_name", "B (name)")),
        ("text | 1st | Q", ("bad_name", "B (name)")),
        ("text | meta | Q", ("reserved_name", "B (name)")),
        ("text | first | Q", ("name_twice", "B (name)")),
        ("text | q | ", ("missing_label", "C (label)")),
        ("note | q | ", ("missing_label", "C (label)")),
        ("begin_group | g | G", ("group_not_closed", "A (type)")),
        ("end_group | | ", ("end_alone", "A (type)")),
        ("calculate | q | ", ("missing_calculation", "calculation")),
        ("select_one | q | Q", ("missing_list", "A (type)")),
        ("select_one nothing | q | Q", ("unknown_list", "A (type)")),
        ("select_one ${first} | q | Q", ("list_from_answers", "A (type)")),
        ("select_one_from_file towns.csv | q | Q", ("unknown_file", "A (type)")),
        ("select_one_from_file towns.xml | q | Q", ("file_not_csv", "A (type)")),
        ("text | q | Hello ${nobody}", ("unknown_question", "C (label)")),
        ("text | q | Hello ${first", ("bad_reference", "C (label)")),
        ("text | q | Hello ${last-saved#first}", ("bad_reference", "C (label)")),
    ],
)
def test_a_row_that_is_not_in_order(row, found):
    code, column = found
    places = refusals(survey(row) + CHOICES)
    assert (code, "survey", 3, column) in places


@pytest.mark.parametrize(
    ("column", "cell", "code"),
    [
        ("relevant", "${nobody} = 1", "unknown_question"),
        ("relevant", "${first} = ", "expression_unfinished"),
        ("relevant", "${first} = yes", "unquoted_word"),
        ("relevant", "/data/nobody = 1", "unknown_path"),
        ("relevant", "strlen(${first}) > 1", "expression_misspelt_function"),
        ("constraint", "selected(.)", "expression_arguments"),
        ("constraint", "regex(., '(?=x)')", "expression_pattern"),
        ("constraint", "area(.) > 1", "expression_unsupported_function"),
        ("calculation", "pulldata('nowhere', 'a', 'b', ${first})", "unknown_instance"),
        ("calculation", "instance('c')/root/item[name = 'a']/colour", "filter_column"),
        ("required", "${nobody} = 1", "unknown_question"),
        ("default", "concat(${nobody}, 1)", "unknown_question"),
        ("choice_filter", "region = ${first}", "filter_without_list"),
        ("trigger", "first", "bad_trigger"),
        ("appearance", "signature", "refused_appearance"),
        ("read_only", "${first} = 1", "read_only_expression"),
        ("parameters", "start=1", "bad_parameters"),
        ("save_to", "height", "refused_column"),
        ("media::image", "a.png", "unknown_file"),
        ("media::audio", "a.png", "media_kind"),
        ("parameters", "seed=${nobody} randomize=true", "bad_parameters"),
    ],
)
def test_a_cell_that_is_not_in_order(column, cell, code):
    table = f"| survey |\n| | type | name | label | {column} |\n| | text | first | F | |\n| | text | q | Q | {cell} |\n"
    assert (code, "survey", 3, f"D ({column})") in refusals(table + CHOICES)


@pytest.mark.parametrize(
    ("type_and_cells", "header", "code"),
    [
        ("select_one c | q | Q | colour = 'red'", "choice_filter", "filter_column"),
        ("select_one c | q | Q | region = north", "choice_filter", "filter_column"),
        ("select_one c or_other | q | Q | region = 'north'", "choice_filter", "or_other_filter"),
        ("select_one c | q | Q | z", "default", "default_not_choice"),
        ("select_multiple c | q | Q | a z", "default", "default_not_choice"),
        ("file | q | Q | image", "body::accept", "bad_accept"),
    ],
)
def test_a_select_or_file_that_is_not_in_order(type_and_cells, header, code):
    table = f"| survey |\n| | type | name | label | {header} |\n| | {type_and_cells} |\n"
    assert refusals(table + CHOICES) == [(code, "survey", 2, f"D ({header})")]


def test_choices_that_are_not_in_order():
    assert refusals("""
| survey |
|        | type              | name | label |
|        | select_one c      | p    | P     |
|        | select_multiple m | q    | Q     |
| choices |
|         | list_name | name | label |
|         | c         | a    | A     |
|         | c         | a    | B     |
|         | c         |      | C     |
|         |           | d    | D     |
|         | c         | e    |       |
|         | m         | x y  | X     |
""") == [
        ("choice_twice", "choices", 3, "B (name)"),
        ("choice_without_name", "choices", 4, "B (name)"),
        ("choice_without_list", "choices", 5, "A (list_name)"),
        ("choice_without_label", "choices", 6, "C (label)"),
        ("choice_with_space", "choices", 7, "B (name)"),
    ]


def test_a_file_that_is_not_in_order():
    table = "| survey |\n| | type | name | label |\n| | select_one_from_file t.csv | q | Q |\n"
    assert refusals(table, t__csv="name,label\na,A\na,B\n,C\nd,\n") == [
        ("choice_twice", "t.csv", 3, "A (name)"),
        ("choice_without_name", "t.csv", 4, "A (name)"),
        ("choice_without_label", "t.csv", 5, "B (label)"),
    ]
    assert refusals(table, t__csv="code,label\na,A\n") == [("file_column", "survey", 2, "A (type)")]
    assert refusals(table, t__csv="name,name\na,A\n") == [("bad_csv", "t.csv", None, None)]


def test_a_language_needs_its_code():
    assert refusals("| survey |\n| | type | name | label::English |\n| | text | q | Q |\n")[0] == (
        "language_without_code", "survey", None, "C (label::English)",
    )  # fmt: skip


def test_a_column_without_language_beside_columns_with_one_is_refused():
    table = "| survey |\n| | type | name | label | label::English (en) |\n| | text | q | В | Q |\n"
    assert refusals(table) == [("column_without_language", "survey", None, "C (label)")]


def test_the_question_of_or_other_needs_its_name_free():
    assert refusals(survey("select_one c or_other | q | Q") + "| | text | q_other | O |\n" + CHOICES) == [
        ("name_twice", "survey", 4, "B (name)"),
    ]  # fmt: skip


def test_a_list_and_a_file_of_one_name_are_refused():
    table = survey("select_one_from_file c.csv | q | Q") + "| | select_one c | p | P |\n" + CHOICES
    assert refusals(table, c__csv="name,label\na,A\n") == [("list_and_file", "choices", 2, "A (list_name)")]


def test_findings_travel_to_another_process():
    with pytest.raises(FormError) as refused:
        compiled(survey("text | q | "))
    assert pickle.loads(pickle.dumps(refused.value)).problems == refused.value.problems


def test_all_problems_are_told_at_once_in_the_order_of_the_sheets():
    found = refusals("""
| choices |
|         | list_name | name | label |
|         | c         | a    |       |
| survey |
|        | type         | name | label | relevant   |
|        | text         | a    |       |            |
|        | select_one d | b    | B     | ${x} = 1   |
|        | geotrace     | c    | C     |            |
""")
    assert found == [
        ("missing_label", "survey", 2, "C (label)"),
        ("unknown_list", "survey", 3, "A (type)"),
        ("unknown_question", "survey", 3, "D (relevant)"),
        ("refused_type", "survey", 4, "A (type)"),
        ("choice_without_label", "choices", 2, "C (label)"),
    ]


def test_a_finding_reads_as_one_line_in_either_language():
    with pytest.raises(FormError) as refused:
        compiled(survey("text | q | Hello ${nobody}"))
    assert str(refused.value) == (
        "survey, ред 3, колона C (label): Няма въпрос „nobody“. "
        "Какво да направите: Поправете името в ${…} или добавете въпроса."
    )
    assert refused.value.in_language("en") == (
        "survey, row 3, column C (label): There is no question “nobody”. "
        "What to do: Correct the name in ${…}, or add the question."
    )


def test_what_only_pyxform_refuses_keeps_its_sentence_and_our_row():
    rows = "survey:\n\n  - {type: note, name: a, label: A}\n\n  - type: text\n    name: b\n    label: B\n"
    with pytest.raises(FormError) as refused:
        compile_form(source(rows + "    parameters: rows=many\n", "form.yaml"))
    assert [str(problem) for problem in refused.value.errors] == [
        "survey, ред 5: Преобразуването във формуляр не прие това: Parameter rows must have an integer value. "
        "Какво да направите: Поправете посоченото и опитайте пак."
    ]
    assert refused.value.errors[0].message["en"] == "Parameter rows must have an integer value."


@pytest.mark.parametrize(
    ("column", "cell", "code"),
    [
        ("relevant", "${first}", "bare_condition"),
        ("relevant", "${first} and true()", "bare_condition"),
        ("constraint", ". < ${last}", "later_question"),
        ("relevant", "${last} = ''", "later_question"),
        ("calculation", "random()", "random"),
        ("appearance", "table-list", "ignored_appearance"),
    ],
)
def test_what_is_odd_but_usable_is_warned_of(column, cell, code):
    found = warnings(f"""
| survey |
|        | type | name  | label | {column} |
|        | text | first | F     |          |
|        | text | q     | Q     | {cell}   |
|        | text | last  | L     |          |
""")
    assert found == [(code, "survey", 3, f"D ({column})")]


def test_unknown_and_idle_columns_are_warned_of():
    made = compiled("""
| settings |
|          | form_id | style | colour |
|          | f       | pages | red    |
| survey |
|        | type | name | label | relevnat | remarks |
|        | text | q    | Q     |          | ask Ana |
""")
    assert [place(problem) for problem in made.warnings] == [
        ("ignored_column", "settings", None, "B (style)"),
        ("unknown_column", "settings", None, "C (colour)"),
        ("unknown_column", "survey", None, "D (relevnat)"),
        ("unknown_column", "survey", None, "E (remarks)"),
    ]
    assert "Може би „relevant“?" in str(made.warnings[2])


def test_a_missing_translation_is_warned_of_at_its_cell():
    assert warnings("""
| survey |
|        | type         | name | label::Български (bg) | label::English (en) | hint::English (en) |
|        | select_one c | q    | В                     | Q                   | Hint               |
| choices |
|         | list_name | name | label::Български (bg) | label::English (en) |
|         | c         | a    | А                     |                     |
""") == [
        ("missing_translation", "survey", 2, "hint::Български (bg)"),
        ("missing_translation", "choices", 2, "D (label::English (en))"),
    ]


def test_a_required_read_only_question_without_a_value_is_warned_of():
    assert warnings("""
| survey |
|        | type | name | label | required | read_only |
|        | text | q    | Q     | yes      | yes       |
""") == [("required_read_only", "survey", 2, "D (required)")]


def test_every_reason_of_the_expression_language_is_told_in_bulgarian_too():
    for code, (message, remedy) in MESSAGES.items():
        names = {name for text in (message, remedy) for _, name, _, _ in Formatter().parse(text) if name}
        problem = explain(ExpressionError(code, **dict.fromkeys(names, "x")), Place("survey"))
        assert re.search("[а-я]", problem.message["bg"]), code
        assert not problem.message["bg"].startswith("Изразът не може да се използва"), code


def test_a_misspelt_function_is_told_its_nearest_name_in_both_languages():
    with pytest.raises(FormError) as refused:
        compiled(survey("calculate | q | | tday()", "type | name | label | calculation"))
    assert refused.value.problems[0].remedy == {"bg": "Може би today()?", "en": "Perhaps today()?"}
