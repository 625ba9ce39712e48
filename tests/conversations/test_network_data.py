"""The shipped call as data: its lists are sound, every text speaks both languages, and it claims only what is known."""

import csv
import re
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

import conversations

FOLDER = Path(conversations.__file__).parent / "forms" / "network"
BULGARIAN, ENGLISH = "Български (bg)", "English (en)"
LABEL_EN = f"label::{ENGLISH}"
Row = dict[str, str]


def rows(name: str) -> list[Row]:
    with (FOLDER / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def load(name: str) -> Any:
    return yaml.load((FOLDER / name).read_text(encoding="utf-8"), Loader=yaml.BaseLoader)


SCHOOLS, NOT_LISTED = rows("schools.csv")[:-1], rows("schools.csv")[-1]
SETTLEMENTS, MUNICIPALITIES = rows("settlements.csv"), rows("municipalities.csv")
FORM, CALL = load("form.yaml"), load("call.yaml")
SURVEY: list[Row] = FORM["survey"]
BY_NAME = {row["name"]: row for row in SURVEY if "name" in row}
CHOICES: list[Row] = FORM["choices"]


def choice_names(list_name: str) -> list[str]:
    return [row["name"] for row in CHOICES if row["list_name"] == list_name]


def texts(node: Any, path: str = "call") -> Iterator[tuple[str, dict[str, str]]]:
    """Every mapping language → text below `node`, with where it stands."""
    if isinstance(node, dict):
        if node and set(node) <= {"bg", "en"}:
            yield path, node
        else:
            for key, value in node.items():
                yield from texts(value, f"{path}.{key}")
    elif isinstance(node, list):
        for at, value in enumerate(node):
            yield from texts(value, f"{path}[{at}]")


def spoken(language: str) -> str:
    """All the desk says in one language, without the privacy notice."""
    return "\n".join(text[language] for path, text in texts(CALL) if ".notice" not in path)


# ── Lists ────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_the_lists_are_as_long_as_their_sources():
    found = (len(choice_names("region")), len(MUNICIPALITIES), len(SETTLEMENTS), len(SCHOOLS))
    assert found == (28, 265, 5256, 2357)


@pytest.mark.parametrize("name", ["schools.csv", "settlements.csv", "municipalities.csv"])
def test_names_in_a_list_are_unique_and_short_and_labels_are_never_blank(name: str):
    listed = rows(name)
    assert max(Counter(row["name"] for row in listed).values()) == 1
    assert all(0 < len(row["name"]) <= 64 for row in listed)
    assert all(row["label"].strip() and row[LABEL_EN].strip() for row in listed)


def test_every_place_lies_in_a_place_that_exists():
    municipalities = {row["name"]: row["region_code"] for row in MUNICIPALITIES}
    assert set(municipalities.values()) == set(choice_names("region"))
    assert {row["municipality_code"] for row in SETTLEMENTS} == set(municipalities)
    assert all(municipalities[row["municipality_code"]] == row["region_code"] for row in SETTLEMENTS)


def test_every_school_lies_in_a_settlement_that_exists_except_two_abroad():
    settlements = {row["name"]: (row["municipality_code"], row["region_code"]) for row in SETTLEMENTS}
    abroad = [row["name"] for row in SCHOOLS if not row["settlement_code"]]
    at_home = [row for row in SCHOOLS if row["settlement_code"]]
    assert abroad == ["2900001", "2900102"]
    assert all(settlements[row["settlement_code"]] == (row["municipality_code"], row["region_code"]) for row in at_home)


def test_school_codes_have_the_form_that_the_form_accepts():
    pattern = re.compile(r"(0?[1-9][0-9]{5}|[12][0-9]{6})")
    assert [row["name"] for row in SCHOOLS if not pattern.fullmatch(row["name"])] == []
    assert Counter(len(row["name"]) for row in SCHOOLS) == {6: 730, 7: 1627}


def test_two_schools_stay_two_when_their_codes_are_padded():
    assert len({row["name"].zfill(7) for row in SCHOOLS}) == len(SCHOOLS)


def test_every_kind_of_school_is_a_choice_of_the_form():
    assert {row["kind"] for row in SCHOOLS} <= set(choice_names("inst_kind"))


@pytest.mark.parametrize("column", ["label", LABEL_EN])
def test_no_two_schools_show_the_same_label(column: str):
    assert [label for label, count in Counter(row[column] for row in SCHOOLS).items() if count > 1] == []


@pytest.mark.parametrize("column", ["label", LABEL_EN])
def test_no_two_settlements_of_a_municipality_show_the_same_label(column: str):
    labels = Counter((row["municipality_code"], row[column]) for row in SETTLEMENTS)
    assert [label for label, count in labels.items() if count > 1] == []


def test_a_school_is_shown_short_and_found_by_its_full_name_and_place():
    school = next(row for row in SCHOOLS if row["name"] == "1302566")
    assert school["label"] == "ОУ „Асен Златаров“ – с. Черногорово"
    assert school[LABEL_EN] == "OU “Asen Zlatarov” – Chernogorovo"
    assert school["full_name"] in school["keywords"]
    assert "Пазарджик" in school["keywords"]


def test_school_labels_fit_a_button():
    assert max(len(row["label"]) for row in SCHOOLS) <= 64


def test_the_last_row_is_for_schools_that_are_not_listed():
    assert NOT_LISTED["name"] == "none"
    assert (NOT_LISTED["label"], NOT_LISTED[LABEL_EN]) == ("Моето училище не е в списъка", "My school is not listed")
    assert not NOT_LISTED["full_name"]
    assert not NOT_LISTED["region_code"]


# ── The form ─────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("row", [*SURVEY, *CHOICES], ids=lambda row: f"{row.get('list_name', '')}/{row.get('name')}")
def test_every_text_of_a_row_is_there_in_both_languages(row: Row):
    def columns(language: str) -> set[str]:
        return {key.partition("::")[0] for key, value in row.items() if key.endswith(language) and value}

    assert columns(BULGARIAN) == columns(ENGLISH)
    assert not any(key in row for key in ("label", "hint", "constraint_message", "required_message"))


def test_rows_hold_no_curly_quotation_marks_because_pyxform_would_straighten_them():
    assert [row["name"] for row in [*SURVEY, *CHOICES] if re.search("[“”‘’]", "".join(row.values()))] == []


def test_whatever_a_row_refers_to_exists():
    referred = {name for row in SURVEY for text in row.values() for name in re.findall(r"\$\{(\w+)\}", text)}
    assert referred <= set(BY_NAME)


def test_every_choice_list_is_used_and_every_used_list_exists():
    used = {row["type"].split()[1] for row in SURVEY if re.match(r"select_(one|multiple) ", row["type"])}
    assert used == {row["list_name"] for row in CHOICES}


def test_choices_fit_a_phone_button():
    assert [row for row in CHOICES if max(len(row[f"label::{BULGARIAN}"]), len(row[LABEL_EN])) > 36] == []


def test_relevance_and_constraints_look_only_backwards():
    order = list(BY_NAME)
    forward = [
        (row["name"], name)
        for row in BY_NAME.values()
        for column in ("relevant", "constraint", "choice_filter")
        for name in re.findall(r"\$\{(\w+)\}", row.get(column, ""))
        if order.index(name) > order.index(row["name"])
    ]
    assert forward == []


def test_every_criterion_has_its_two_follow_ups():
    criteria = [row["name"] for row in SURVEY if row["type"] == "select_one crit_answer"]
    assert len(criteria) == 9
    for name in criteria:
        assert BY_NAME[f"{name}_by"]["relevant"] == f"${{{name}}} = 'planned'"
        assert BY_NAME[f"{name}_help"]["relevant"] == f"${{{name}}} = 'support'"
        assert BY_NAME[f"{name}_help"].get("required") is None


def test_questions_about_shares_are_hidden_where_a_child_could_be_singled_out():
    for name in ("vulnerable_band", "roma_band"):
        assert "${pupils_total} >= 30" in BY_NAME[name]["relevant"]
        assert "required" not in BY_NAME[name]


def test_no_year_of_a_call_is_written_into_the_form():
    conditions = [row.get(column, "") for row in SURVEY for column in ("constraint", "calculation", "relevant")]
    years = {year for text in conditions for year in re.findall(r"\b20[0-9]{2}\b", text)}
    assert years == {"2010"}


# ── The desk ─────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(("path", "text"), list(texts(CALL)), ids=[path for path, _ in texts(CALL)])
def test_every_text_of_the_desk_is_there_in_both_languages(path: str, text: dict[str, str]):
    assert set(text) == {"bg", "en"}
    assert bool(text["bg"]) == bool(text["en"])
    assert text["bg"] or path == "call.controller.id"


def test_roles_and_card_name_questions_of_the_form():
    named = [CALL["region_question"], CALL["region_labels"], CALL["kind_question"], CALL["key_question"]]
    assert {*named, *CALL["title_question"], *CALL["place_question"], *CALL["card_questions"]} <= set(BY_NAME)
    assert len(CALL["card_questions"]) <= 6


def test_the_staff_card_shows_nobodys_name_phone_or_email():
    assert [name for name in CALL["card_questions"] if re.search("name|phone|email|contact", name)] == []


def test_staff_can_decide_what_the_programme_knows():
    keys = [decision["key"] for decision in CALL["decisions"]]
    assert keys == ["accepted_full", "accepted_associate", "waitlisted", "declined"]


@pytest.mark.parametrize("language", ["bg", "en"])
def test_about_tells_six_goals_and_who_pays(language: str):
    about = CALL["about"]["text"][language]
    funder, active = {
        "bg": ("Тръст за социална алтернатива", "не формално"),
        "en": ("Trust for Social Achievement", "not formally"),
    }[language]
    assert re.findall(r"^(\d)\. ", about, re.MULTILINE) == ["1", "2", "3", "4", "5", "6"]
    assert funder in about
    assert active in about


@pytest.mark.parametrize("language", ["bg", "en"])
def test_criteria_tell_the_six_elements_and_say_that_the_wording_is_a_proposal(language: str):
    criteria = CALL["criteria"]["text"][language]
    elements = {
        "bg": [
            "Интеркултурно",
            "родителски клуб",
            "ученически съвет",
            "наставници",
            "Приемаща среда",
            "педагогическия екип",
        ],
        "en": ["Intercultural", "parents' club", "student council", "mentors", "welcoming", "teaching team"],
    }[language]
    assert [element for element in elements if element not in criteria] == []
    assert {"bg": "предложение за текст", "en": "proposed text"}[language] in criteria


FORBIDDEN = {
    "bg": r"официалн\w+ критери|гарантира|свободни места|остават \d+ места|класиран|задължен\w+ по закон|062",
    "en": r"official criteria|guarantee|places left|ranking|ranked|legally (?:bound|required)|062",
}


@pytest.mark.parametrize("language", ["bg", "en"])
def test_nothing_is_claimed_that_is_not_known(language: str):
    said = spoken(language)
    assert re.findall(FORBIDDEN[language], said, re.IGNORECASE) == []
    assert re.findall(r"[^@\s]+@[^@\s]+\.\w+|\+?\d[\d ]{7,}\d", said) == []
    assert "2023" not in said


@pytest.mark.parametrize("language", ["bg", "en"])
def test_the_notice_answers_what_article_13_asks(language: str):
    notice = CALL["notice"]["text"][language]
    asked = {
        "bg": [
            "{controller}",
            "{contact}",
            "законният интерес",
            "извън ЕС",
            "30 дни",
            "КЗЛД",
            "решението вземат хора",
        ],
        "en": [
            "{controller}",
            "{contact}",
            "legitimate interest",
            "outside the EU",
            "30 days",
            "CPDP",
            "people decide",
        ],
    }[language]
    assert [part for part in asked if part not in notice] == []
    assert CALL["notice"]["version"] == "1"
