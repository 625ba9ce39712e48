"""Choice lists: in the form, from files, filtered, with „other“."""

from conversations.form import Kind
from tests.conversations.xlsform.asking import form, said

TOWNS = "name,label,label::English (en),region,keywords\nSF,София,Sofia,w,столица\nVN,Варна,Varna,e,\n"


def test_choices_keep_their_labels_and_other_columns():
    made = form("""
| survey |
|        | type         | name | label::Български (bg) | label::English (en) |
|        | select_one c | q    | В                     | Q                   |
| choices |
|         | list_name | name | label::Български (bg) | label::English (en) | region | keywords |
|         | c         | a    | Първи                 | First               | north  | alpha    |
|         | c         | b    | Втори                 | Second              |        |          |
""")
    first, second = made.lists["c"].choices
    assert (first.name, said(first.label), dict(first.columns)) == (
        "a", {"bg": "Първи", "en": "First"}, {"region": "north"},
    )  # fmt: skip
    assert (first.keywords, second.keywords, dict(second.columns)) == ("alpha", "", {})
    assert (made.by_path["q"].choices, made.by_path["q"].itemset) == ("c", None)


def test_a_filter_becomes_the_expression_for_the_choices_on_offer():
    made = form("""
| survey |
|        | type         | name | label | choice_filter  |
|        | text         | r    | R     |                |
|        | select_one c | q    | Q     | region = ${r}  |
| choices |
|         | list_name | name | label | region |
|         | c         | a    | A     | north  |
""")
    question = made.by_path["q"]
    assert question.itemset.text == "instance('c')/root/item[region =  /data/r ]"
    assert question.choices == "c"
    assert made.order.index("r") < made.order.index("q")


def test_the_expressions_see_names_labels_and_columns_of_a_list():
    made = form("""
| survey |
|        | type         | name | label |
|        | select_one c | q    | Q     |
| choices |
|         | list_name | name | label | region |
|         | c         | a    | A     | north  |
""")
    item = made.lists["c"].node.child("root").child("item")
    assert {column: item.child(column).text for column in ("name", "label", "region")} == {
        "name": "a", "label": "A", "region": "north",
    }  # fmt: skip


def test_a_file_gives_labels_in_each_language_and_key_words():
    made = form(
        """
| survey |
|        | type                                | name | label::Български (bg) | label::English (en) |
|        | select_multiple_from_file towns.csv | q    | Градове               | Towns               |
""",
        towns__csv=TOWNS,
    )
    listed = made.lists["towns"]
    assert (made.by_path["q"].kind, listed.from_file) == (Kind.SELECT_MULTIPLE, True)
    assert [(c.name, said(c.label), dict(c.columns), c.keywords) for c in listed.choices] == [
        ("SF", {"bg": "София", "en": "Sofia"}, {"region": "w"}, "столица"),
        ("VN", {"bg": "Варна", "en": "Varna"}, {"region": "e"}, ""),
    ]
    item = listed.node.child("root").child("item")
    assert [item.child(column).text for column in ("name", "label", "keywords")] == ["SF", "София", "столица"]


def test_parameters_choose_the_columns_of_a_file_and_two_readings_make_two_lists():
    made = form(
        """
| survey |
|        | type                           | name | label | parameters                 |
|        | select_one_from_file towns.csv | a    | A     | value=region label=name    |
|        | select_one_from_file towns.csv | b    | B     |                            |
""",
        towns__csv=TOWNS,
    )
    assert [choice.name for choice in made.lists[made.by_path["a"].choices].choices] == ["w", "e"]
    assert [choice.name for choice in made.lists[made.by_path["b"].choices].choices] == ["SF", "VN"]


def test_a_file_that_is_only_looked_up_is_there_for_the_expressions():
    made = form(
        """
| survey |
|        | type      | name | label | calculation                               |
|        | text      | a    | A     |                                           |
|        | calculate | b    |       | pulldata('towns', 'label', 'name', ${a})  |
""",
        towns__csv=TOWNS,
    )
    assert made.lists["towns"].choices == ()
    assert len(made.lists["towns"].node.child("root").children) == 2


def test_or_other_speaks_the_languages_of_the_form():
    made = form("""
| survey |
|        | type                  | name | label::Български (bg) | label::English (en) |
|        | select_one c or_other | q    | В                     | Q                   |
| choices |
|         | list_name | name | label::Български (bg) | label::English (en) |
|         | c         | a    | Първи                 | First               |
""")
    assert said(made.lists["c"].by_name["other"].label) == {"bg": "Друго", "en": "Other"}
    other = made.by_path["q_other"]
    assert (other.kind, said(other.label)) == (Kind.TEXT, {"bg": "Моля, уточнете.", "en": "Please specify."})
    assert other.relevant.text == "selected(../q, 'other')"
    assert made.order.index("q") < made.order.index("q_other")


def test_an_author_s_own_other_keeps_its_words():
    made = form("""
| survey |
|        | type                  | name | label::Български (bg) |
|        | select_one c or_other | q    | В                     |
| choices |
|         | list_name | name  | label::Български (bg) |
|         | c         | other | Съвсем друго          |
""")
    assert said(made.lists["c"].by_name["other"].label) == {"bg": "Съвсем друго"}


def test_allowed_duplicates_pass():
    made = form("""
| settings |
|          | allow_choice_duplicates |
|          | yes                     |
| survey |
|        | type         | name | label |
|        | select_one c | q    | Q     |
| choices |
|         | list_name | name | label | region |
|         | c         | a    | A     | n      |
|         | c         | a    | A     | s      |
""")
    assert [choice.columns["region"] for choice in made.lists["c"].choices] == ["n", "s"]


def test_a_file_named_in_instance_alone_is_there_too():
    made = form(
        """
| survey |
|        | type      | name | label | calculation                                           |
|        | text      | a    | A     |                                                       |
|        | calculate | b    |       | instance('towns')/root/item[name = ${a}]/region       |
""",
        towns__csv=TOWNS,
    )
    assert len(made.lists["towns"].node.child("root").children) == 2


def test_a_file_with_semicolons_is_read_as_spreadsheet_programs_write_it():
    table = "| survey |\n| | type | name | label |\n| | select_one_from_file t.csv | q | Q |\n"
    made = form(table, t__csv="\ufeffname;label\r\nSF;София, България\r\n\r\n")
    assert [(choice.name, said(choice.label)) for choice in made.lists["t"].choices] == [
        ("SF", {"en": "София, България"})
    ]


def test_the_texts_of_choices_can_be_looked_up_by_their_ids():
    made = form("""
| survey |
|        | type         | name | label::Български (bg) | label::English (en) |
|        | select_one c | q    | Кое?                  | Which?              |
| choices |
|         | list_name | name | label::Български (bg) | label::English (en) |
|         | c         | a    | Ябълка                | Apple               |
""")
    item = made.lists["c"].node.child("root").child("item")
    assert said(made.texts[item.child("itextId").text]) == {"bg": "Ябълка", "en": "Apple"}
