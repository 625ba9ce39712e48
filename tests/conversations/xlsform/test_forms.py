"""What a form becomes when it is in order."""

import pytest

from conversations.form import Kind
from conversations.xlsform import compile_form, read_form, shipped_source
from tests.conversations.xlsform.asking import compiled, form, refusals, said, source

YES_NO = """
| choices |
|         | list_name | name | label |
|         | yn        | yes  | Yes   |
|         | yn        | no   | No    |
"""


@pytest.mark.parametrize(
    ("written", "kind"),
    [
        ("text", Kind.TEXT),
        ("string", Kind.TEXT),
        ("integer", Kind.INTEGER),
        ("int", Kind.INTEGER),
        ("decimal", Kind.DECIMAL),
        ("date", Kind.DATE),
        ("select_one yn", Kind.SELECT_ONE),
        ("select one yn", Kind.SELECT_ONE),
        ("select_multiple yn", Kind.SELECT_MULTIPLE),
        ("note", Kind.NOTE),
        ("acknowledge", Kind.ACKNOWLEDGE),
        ("trigger", Kind.ACKNOWLEDGE),
        ("file", Kind.FILE),
        ("image", Kind.IMAGE),
        ("photo", Kind.IMAGE),
        ("hidden", Kind.QUIET),
    ],
)
def test_each_type_becomes_its_kind(written, kind):
    table = f"| survey |\n| | type | name | label |\n| | {written} | q | Q |\n"
    assert form(table + YES_NO).by_path["q"].kind is kind


def test_metadata_questions_say_what_they_hold():
    made = form("""
| survey |
|        | type        | name | label |
|        | start       | s    |       |
|        | end         | e    |       |
|        | today       | t    |       |
|        | deviceid    | d    |       |
|        | username    | u    |       |
|        | phonenumber | p    |       |
|        | email       | m    |       |
|        | text        | q    | Q     |
""")
    assert {question.name: question.preload for question in made.questions} == {
        "s": "start", "e": "end", "t": "today", "d": "deviceid", "u": "username", "p": "phonenumber", "m": "email",
        "q": "",
    }  # fmt: skip


def test_a_phone_number_is_a_text_that_takes_digits():
    question = form("| survey |\n| | type | name | label |\n| | phone number | tel | Phone |\n").by_path["tel"]
    assert (question.kind, question.wants_phone, question.constraint, question.hint) == (Kind.TEXT, True, None, None)


def test_texts_stand_under_their_language_code():
    made = form("""
| settings |
|          | default_language |
|          | English (en)     |
| survey |
|        | type | name | label::Български (bg) | label::English (en) | hint::English (en) |
|        | text | q    | Въпрос                | Question            | A hint             |
""")
    assert made.languages == {"en": "English", "bg": "Български"}
    assert made.default_language == "en"
    assert said(made.by_path["q"].label) == {"bg": "Въпрос", "en": "Question"}
    assert said(made.by_path["q"].hint) == {"en": "A hint"}


def test_a_missing_translation_is_left_out_instead_of_a_dash():
    made = form("""
| survey |
|        | type | name | label::Български (bg) | label::English (en) |
|        | text | a    | Първи                 | First               |
|        | text | b    | Втори                 |                     |
""")
    label = made.by_path["b"].label
    assert said(label) == {"bg": "Втори"}
    assert label.in_language("en", made.default_language) == ("Втори",)


@pytest.mark.parametrize(
    ("label", "setting", "code"),
    [
        ("Как се казвате?", "", "bg"),
        ("What is your name?", "", "en"),
        ("Wie heißen Sie?", "Deutsch (de)", "de"),
        ("Wie heißen Sie?", "de", "de"),
    ],
)
def test_a_form_without_translations_speaks_one_language(label, setting, code):
    made = form(f"""
| settings |
|          | form_id | default_language |
|          | f       | {setting}        |
| survey |
|        | type | name | label   |
|        | text | q    | {label} |
""")
    assert (list(made.languages), made.default_language) == ([code], code)
    assert said(made.by_path["q"].label) == {code: label}


def test_a_default_language_may_be_given_by_its_code():
    made = form("""
| settings |
|          | default_language |
|          | bg               |
| survey |
|        | type | name | label::English (en) | label::Български (bg) |
|        | text | q    | Question            | Въпрос                |
""")
    assert (made.default_language, said(made.by_path["q"].label)) == ("bg", {"en": "Question", "bg": "Въпрос"})


def test_bulgarian_quotes_survive_in_texts_and_straight_ones_reach_expressions():
    made = form("""
| survey |
|        | type | name | label               | relevant                     |
|        | text | a    | Мрежа „Всеки“       |                              |
|        | text | b    | „Втори“ и ‘трети’   | ${a} = ‘yes’ or ${a} = 'a “b”' |
""")
    assert said(made.by_path["a"].label) == {"bg": "Мрежа „Всеки“"}
    assert said(made.by_path["b"].label) == {"bg": "„Втори“ и ‘трети’"}
    assert made.by_path["b"].relevant.text.split() == ["/data/a", "=", "'yes'", "or", "/data/a", "=", "'a", "“b”'"]


def test_values_in_labels_become_expressions_without_padding():
    made = form("""
| survey |
|        | type    | name | label                 | constraint | constraint_message |
|        | text    | a    | A                     |            |                    |
|        | integer | b    | ${a}, how many?       | . > 1      | More, ${a}!        |
|        | note    | c    | You said ${b}         |            |                    |
""")
    assert said(made.by_path["b"].label) == {"en": "{/data/a}, how many?"}
    assert said(made.by_path["b"].constraint_message) == {"en": "More, {/data/a}!"}
    assert said(made.by_path["c"].label) == {"en": "You said {/data/b}"}


def test_questions_know_their_groups_and_conditions():
    made = form("""
| survey |
|        | type        | name  | label | relevant   | required | constraint | required_message |
|        | integer     | n     | N     |            | yes      | . > 0      | Needed           |
|        | begin_group | outer | Outer | ${n} > 1   |          |            |                  |
|        | begin group | inner | Inner |            |          |            |                  |
|        | text        | q     | Q     | ${n} = 3   | ${n} = 4 |            |                  |
|        | end group   |       |       |            |          |            |                  |
|        | end_group   |       |       |            |          |            |                  |
|        | text        | last  | L     |            | no       |            |                  |
""")
    question = made.by_path["outer/inner/q"]
    assert question.groups == ("outer", "outer/inner")
    assert question.relevant.text.split() == ["/data/n", "=", "3"]
    assert question.required.text.split() == ["/data/n", "=", "4"]
    assert made.groups["outer"].relevant.text.split() == ["/data/n", ">", "1"]
    assert said(made.groups["outer/inner"].label) == {"en": "Inner"}
    assert made.by_path["n"].required.text == "true()"
    assert said(made.by_path["n"].required_message) == {"en": "Needed"}
    assert made.by_path["last"].required is None


def test_a_static_default_prefills_and_an_expression_waits_for_the_draft():
    made = form("""
| survey |
|        | type            | name | label | default   |
|        | text            | a    | A     | Sofia     |
|        | date            | b    | B     | today()   |
|        | select_one year | c    | C     | 2023-2024 |
|        | text            | d    | D     | +359 88   |
|        | text            | e    | E     | ${a}      |
| choices |
|         | list_name | name      | label |
|         | year      | 2022-2023 | 22/23 |
|         | year      | 2023-2024 | 23/24 |
""")
    defaults = {q.name: (q.default, q.first_default and q.first_default.text) for q in made.questions}
    assert defaults == {
        "a": ("Sofia", None),
        "b": ("", "today()"),
        "c": ("2023-2024", None),
        "d": ("+359 88", None),
        "e": ("", " /data/a "),
    }


def test_a_trigger_is_kept_with_the_question_it_fills():
    made = form("""
| survey |
|        | type | name | label | calculation       | trigger    |
|        | text | a    | A     |                   |            |
|        | text | b    | B     |                   |            |
|        | text | c    | C     | concat(${a}, '!') | ${a}, ${b} |
""")
    question = made.by_path["c"]
    assert [trigger.source for trigger in question.triggers] == ["a", "b"]
    assert question.triggers[0].calculation.text == "concat( /data/a , '!')"
    assert question.calculation is None
    assert [target.name for target, _ in made.triggered_by["b"]] == ["c"]


def test_a_read_only_text_with_a_value_is_no_note():
    made = form("""
| survey |
|        | type    | name | label | calculation | read_only |
|        | integer | a    | A     |             |           |
|        | text    | b    | B     | ${a} * 2    | yes       |
|        | note    | c    | C     |             |           |
""")
    assert [(q.kind, q.read_only, q.is_shown) for q in made.questions[1:]] == [
        (Kind.TEXT, True, True),
        (Kind.NOTE, True, True),
    ]


def test_a_table_of_questions_is_asked_one_by_one():
    made = form(
        """
| survey |
|        | type          | name | label | appearance |
|        | begin_group   | g    | G     | table-list |
|        | select_one yn | q    | Q     |            |
|        | end_group     |      |       |            |
"""
        + YES_NO
    )
    assert [item.path for item in made.items] == ["g", "g/q"]
    assert said(made.groups["g"].label) == {"en": "G"}


def test_signs_that_markup_uses_are_just_text():
    made = form("| survey |\n| | type | name | label |\n| | text | q | x < y & <b>z</b> &amp; |\n")
    assert said(made.by_path["q"].label) == {"en": "x < y & <b>z</b> &amp;"}


def test_file_endings_and_appearances_are_read():
    question = form("""
| survey |
|        | type | name | label | body::accept | appearance    |
|        | file | f    | F     | .PDF, .jpg   |               |
|        | text | t    | T     |              | multiline w2  |
""")
    assert question.by_path["f"].accept == (".pdf", ".jpg")
    assert question.by_path["t"].appearance == {"multiline", "w2"}


def test_the_settings_name_the_form():
    made = form("""
| settings |
|          | form_id | form_title   | version | instance_name       |
|          | school  | Мрежа „Ние“  | 7       | concat('№ ', ${a})  |
| survey |
|        | type | name | label |
|        | text | a    | А     |
""")
    assert (made.id, made.title, made.version, made.root) == ("school", "Мрежа „Ние“", "7", "data")
    assert made.instance_name.text == "concat('№ ',  /data/a )"


def test_a_multiline_label_keeps_its_paragraphs():
    rows = "survey:\n  - type: note\n    name: n\n    label: |-\n      One\n\n      Two\n"
    made = compile_form(source(rows, "form.yaml")).form
    assert said(made.by_path["n"].label) == {"en": "One\n\nTwo"}


def test_what_is_stored_gives_the_same_form_again():
    made = compiled(
        """
| survey |
|        | type                           | name | label::Български (bg) | label::English (en) | relevant |
|        | select_one_from_file towns.csv | town | Град                  | Town                |          |
|        | text                           | q    | Въпрос ${town}        | Question            | ${town} != '' |
""",
        towns__csv="name,label\nSF,София\n",
    )
    assert read_form(made.xform, made.files, made.desk) == made.form


def test_the_shipped_form_loads_and_is_in_order():
    made = compile_form(shipped_source())
    assert made.form.id == "school_network"
    assert list(made.form.languages) == ["bg", "en"]
    assert made.form.desk.prefix == "ВО"
    assert len(made.form.lists["settlements"].choices) == 5256
    assert [str(warning) for warning in made.warnings] == []
    assert read_form(made.xform, made.files, made.desk) == made.form


def test_the_text_of_or_other_can_be_read_by_its_path():
    table = """
| survey |
|        | type                  | name | label | relevant             |
|        | select_one yn or_other | q   | Q     |                      |
|        | text                  | t    | T     | /data/q_other != ''  |
"""
    assert form(table + YES_NO).order == ("q", "q_other", "t")
    assert refusals((table + YES_NO).replace("/data/q_other", "${q_other}")) == [
        ("added_question", "survey", 3, "D (relevant)"),
    ]
