"""Each function of the language, by what it gives."""

import pytest

from conversations.xpath import Node, compile_expression, evaluate, to_text
from tests.conversations.xpath.desk import environment, node_at, text_of, texts_of, value_of

LOGIC = [
    ("if(1 = 1, 'yes', 'no')", "yes"),
    ("if(/data/blank != '', 'yes', 'no')", "no"),
    ("coalesce(/data/blank, /data/age)", "12"),
    ("coalesce('', /data/blank, 'third')", "third"),
    ("coalesce('', '')", ""),
    ("true() and not(false())", "true"),
    ("boolean('x')", "true"),
    ("boolean-from-string('1')", "true"),
    ("boolean-from-string('true')", "true"),
    ("boolean-from-string('yes')", "false"),
    ("checklist(1, 2, true(), false(), 1 = 1)", "true"),
    ("checklist(3, -1, true(), false(), 1 = 1)", "false"),
    ("checklist(-1, 1, '1', '0', '')", "true"),
    ("checklist(2, 2, /data/member/years)", "true"),
    ("weighted-checklist(5, -1, true(), 3, 1 = 1, 2)", "true"),
    ("weighted-checklist(5, -1, true(), 3, false(), 2)", "false"),
    ("weighted-checklist(8, 8, /data/member/years, /data/member/years)", "true"),
]
NUMBERS = [
    ("1 + 2 * 3 - 4 div 2", "5"),
    ("-2 + 1", "-1"),
    ("--2", "2"),
    ("7 mod 3", "1"),
    ("-7 mod 3", "-1"),
    ("1.5 mod 0.5", "0"),
    ("5 mod 0", ""),
    ("1 div 0", "Infinity"),
    ("-1 div 0", "-Infinity"),
    ("0 div 0", ""),
    ("round(2.5)", "3"),
    ("round(-1.5)", "-1"),
    ("round(-2.5)", "-2"),
    ("round(2.45, 1)", "2.5"),
    ("round(1.005, 2)", "1.01"),
    ("round(1234, -2)", "1200"),
    ("round(/data/blank)", ""),
    ("round(0.4)", "0"),
    ("int(2.9)", "2"),
    ("int(-2.9)", "-2"),
    ("int('x')", ""),
    ("floor(-2.1)", "-3"),
    ("ceiling(2.1)", "3"),
    ("abs(-3)", "3"),
    ("pow(2, 10)", "1024"),
    ("pow(0, -1)", "Infinity"),
    ("pow(-8, 0.5)", ""),
    ("pow(10, 999)", "Infinity"),
    ("sqrt(9)", "3"),
    ("sqrt(-1)", ""),
    ("exp(0)", "1"),
    ("exp10(2)", "100"),
    ("exp(9999)", "Infinity"),
    ("log(1)", "0"),
    ("log(0)", "-Infinity"),
    ("log(-1)", ""),
    ("log10(1000)", "3"),
    ("round(pi(), 5)", "3.14159"),
    ("sin(0) + tan(0) + asin(0) + atan(0)", "0"),
    ("cos(0) + acos(1)", "1"),
    ("acos(2)", ""),
    ("round(atan2(1, 1) * 4, 5)", "3.14159"),
    ("number('12.50')", "12.5"),
    ("number(true())", "1"),
    ("number()", "12"),
]
TEXTS = [
    ("string(1.0)", "1"),
    ("string()", "12"),
    ("string(1 = 1)", "true"),
    ("concat('a', 1, /data/age)", "a112"),
    ("concat(/data/member/name)", "АнаБоянВяра"),
    ("join(', ', /data/member/name)", "Ана, Боян, Вяра"),
    ("join('-', 'a', 2, 'c')", "a-2-c"),
    ("substr('abcde', 1, 3)", "bc"),
    ("substr('abcde', 2)", "cde"),
    ("substr('abcde', -2)", "de"),
    ("substr('abcde', 3, 1)", ""),
    ("substr('abcde', 1, 99)", "bcde"),
    ("substring('12345', 2, 3)", "234"),
    ("substring('12345', 2)", "2345"),
    ("substring('12345', 1.5, 2.6)", "234"),
    ("substring('12345', 0, 3)", "12"),
    ("substring('12345', 0 div 0, 3)", ""),
    ("substring-before('1999/04/01', '/')", "1999"),
    ("substring-before('abc', 'x')", ""),
    ("substring-after('1999/04/01', '/')", "04/01"),
    ("substring-after('abc', 'x')", ""),
    ("substring-after('abc', '')", "abc"),
    ("string-length('жълт')", "4"),
    ("string-length()", "2"),
    ("contains('ябълка', 'бъл')", "true"),
    ("contains('abc', '')", "true"),
    ("starts-with('abc', 'ab')", "true"),
    ("ends-with('abc', 'bc')", "true"),
    ("ends-with('abc', 'x')", "false"),
    ("translate('--aaa--', 'abc-', 'ABC')", "AAA"),
    ("normalize-space('  a   b ')", "a b"),
    ("regex('абв', '[а-я]+')", "true"),
    ("regex('абв1', '[а-я]+')", "false"),
    (r"regex('Ябълка', '\p{L}+')", "true"),
    (r"regex('я', '\w')", "false"),
    ("regex(/data/age, '[0-9]{2}')", "true"),
]
DATES = [
    ("today()", "2026-03-31"),
    ("now()", "2026-03-31T01:30:00.000+03:00"),
    ("date('2026-03-30T22:30:00Z')", "2026-03-31"),
    ("date(0)", "1970-01-01"),
    ("date('20484')", "2026-01-31"),
    ("date(99999999)", ""),
    ("date-time('2026-03-31')", "2026-03-31T00:00:00.000+03:00"),
    ("date-time('2026-01-31T10:00:00Z')", "2026-01-31T12:00:00.000+02:00"),
    ("date-time(0.5)", "1970-01-01T12:00:00.000+02:00"),
    ("date-time('x')", ""),
    ("date('0001-01-01')", "0001-01-01"),
    ("date('0000-01-01')", ""),
    ("date(/data/names)", ""),
    ("date('2026-03-29T03:30:00')", "2026-03-29"),
    ("date('9999-12-31T23:30:00Z')", ""),
    ("decimal-date-time('1970-01-03')", "2"),
    ("decimal-date-time('x')", ""),
    ("decimal-time('06:00:00.000+02:00')", "0.25"),
    ("decimal-time('2026-03-31T18:00:00+03:00')", "0.75"),
    ("decimal-time('later')", ""),
    ("format-date('2026-03-05', '%d.%m.%Y')", "05.03.2026"),
    ("format-date('2026-03-05', '%e %B %Y, %A')", "5 март 2026, четвъртък"),
    ("format-date('2026-03-05', '%n/%y %b %a 100%%')", "3/26 март чт 100%"),
    ("format-date(/data/blank, '%Y')", ""),
    ("format-date(today() + 1, '%d')", "01"),
    ("format-date-time('2026-03-05T07:08:09.012+02:00', '%H:%h:%M:%S.%3')", "07:7:08:09.012"),
    ("format-date-time(now(), '%Y-%m-%d %H:%M')", "2026-03-31 01:30"),
]
LISTS = [
    ("count(/data/member)", "3"),
    ("count(/data/nowhere)", "0"),
    ("count(/data/member[years != ''])", "2"),
    ("count-selected(/data/names)", "2"),
    ("count-selected('')", "0"),
    ("selected(/data/names, 'ann')", "true"),
    ("selected(/data/names, 'an')", "false"),
    ("selected(/data/names, 'ann bob')", "false"),
    ("selected('', '')", "false"),
    ("selected-at(/data/names, 0)", "ann"),
    ("selected-at(/data/names, 1)", "bob"),
    ("selected-at(/data/names, 2)", ""),
    ("selected-at(/data/names, -1)", ""),
    ("max(1, 5, 3)", "5"),
    ("min(4, /data/member/years)", "3"),
    ("max('2026-01-01', '2025-01-01') = '2026-01-01'", "true"),
    ("max('a', 1)", ""),
    ("indexed-repeat(/data/member/name, /data/member, 3)", "Вяра"),
    ("indexed-repeat(/data/member/name, /data/member, 4)", ""),
    ("indexed-repeat(/data/member/name, /data/member, /data/blank)", ""),
]
LOOKUPS = [
    ("pulldata('schools', 'label', 'name', 's2')", "Второ"),
    ("pulldata('schools', 'label', 'name', 's9')", ""),
    ("pulldata('schools', 'label', 'name', /data/blank)", ""),
    ("pulldata('schools', 'nothing', 'name', 's2')", ""),
    ("instance('schools')/root/item[name = 's3']/label", "Трето"),
    ("count(instance('schools')/root/item)", "3"),
    ("jr:choice-name(/data/place, ' /data/place ')", "place:p1"),
    ("jr:choice-name(/data/blank, '/data/blank')", ""),
    ("jr:choice-name('x', '/data/group/inner')", "group/inner:x"),
    ("jr:itext('/data/age:label')", "[/data/age:label]"),
]
ENCODING = [
    ("digest('abc', 'MD5', 'hex')", "900150983cd24fb0d6963f7d28e17f72"),
    ("digest('abc', 'SHA-1', 'hex')", "a9993e364706816aba3e25717850c26c9cd0d89d"),
    ("digest('abc', 'SHA-256')", "ungWv48Bz+pBQUDeXa4iI7ADYaOWF3qctBD/YfIAFa0="),
    ("string-length(digest('abc', 'SHA-384', 'hex'))", "96"),
    ("string-length(digest('abc', 'SHA-512', 'hex'))", "128"),
    ("base64-decode('0LA=')", "а"),
    ("base64-decode('***')", ""),
    ("base64-decode('/w==')", ""),
]


@pytest.mark.parametrize(("expression", "expected"), [*LOGIC, *NUMBERS, *TEXTS, *DATES, *LISTS, *LOOKUPS, *ENCODING])
def test_a_function_gives(expression, expected):
    assert text_of(expression) == expected


def test_only_the_chosen_branch_is_evaluated():
    missing = "instance('missing')/root"
    assert text_of(f"if(true(), 'kept', {missing})") == "kept"
    assert text_of(f"coalesce('kept', {missing})") == "kept"
    assert value_of(f"true() or {missing}") is True
    assert value_of(f"false() and {missing}") is False


def test_once_keeps_what_is_there():
    assert text_of("once('new')", at="kept") == "old"
    assert text_of("once('new')", at="blank") == "new"


def test_position_counts_among_siblings_of_the_same_name():
    assert text_of("position(..)", at="member[2]/name") == "2"
    assert text_of("position(/data/group)") == "1"
    assert text_of("position(/data/nowhere)") == "0"


def test_position_and_last_count_within_a_filter():
    assert texts_of("/data/member[position() = last()]/name") == ["Вяра"]
    assert texts_of("/data/member[position() > 1]/name") == ["Боян", "Вяра"]


def test_current_is_the_question_even_inside_a_filter_on_a_list():
    assert texts_of("instance('schools')/root/item[place = current()/../place]/name") == ["s1", "s2"]
    assert texts_of("instance('schools')/root/item[size = current()]/name", at="member[1]/years") == []
    assert text_of("string(current())") == "12"


def test_choice_name_understands_a_path_from_the_question():
    assert text_of("jr:choice-name('x', ' ../name ')", at="member[2]/years") == "member/name:x"


def test_month_names_follow_the_language_of_the_turn():
    english = environment(language="en")
    assert text_of("format-date('2026-03-05', '%a %e %B')", env=english) == "Thu 5 March"
    assert text_of("format-date('2026-03-05', '%B')", env=environment(language="xx-none")) == "March"


def test_chance_follows_from_the_seed_and_the_place():
    draws = {text_of("random()", at=path) for path in ("age", "blank", "member[1]/name", "member[2]/name")}
    assert len(draws) == 4
    assert text_of("random()") == text_of("random()")
    assert text_of("random()") != text_of("random()", env=environment(seed=8))
    assert value_of("random() >= 0 and random() < 1") is True
    assert value_of("random() = random()") is False


def test_uuid_is_a_version_4_uuid_or_as_long_as_asked():
    assert value_of(r"regex(uuid(), '[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}')") is True
    assert text_of("uuid()") == text_of("uuid()")
    assert value_of("regex(uuid(70), '[0-9A-Za-z]{70}')") is True
    assert text_of("uuid(0)") == ""


@pytest.mark.parametrize(
    ("seed", "order"),
    [("42", "AFCBDE"), ("'42'", "AFCBDE"), ("-42", "EDAFBC"), ("1", "BFEACD"), ("11111111", "ACDBFE")],
)
def test_a_seed_gives_the_order_that_other_engines_give(seed: str, order: str):
    data = Node("data")
    for name in "ABCDEF":
        data.add("letter", name)
    shuffled = evaluate(compile_expression(f"join('', randomize(/data/letter, {seed}))"), data, environment())
    assert shuffled == order


def test_randomize_shuffles_the_same_way_for_the_same_seed():
    names = ["s1", "s2", "s3"]
    shuffled = texts_of("randomize(instance('schools')/root/item, 42)/name")
    assert sorted(shuffled) == names
    assert texts_of("randomize(instance('schools')/root/item, 42)/name", at="blank") == shuffled
    seeds = range(10**6, 10**9, 10**7)
    orders = {tuple(texts_of(f"randomize(instance('schools')/root/item, {seed})/name")) for seed in seeds}
    assert len(orders) == 6
    unseeded = texts_of("randomize(instance('schools')/root/item)/name")
    assert sorted(unseeded) == names
    assert texts_of("randomize(instance('schools')/root/item, 'word')/name") != []
    assert texts_of("instance('schools')/root/item/name") == names


def test_a_nested_repeat_is_indexed_from_the_outside_in():
    top = node_at("")
    for entry in ("a", "b"):
        outer = top.add("outer")
        for number in ("1", "2"):
            outer.add("inner").add("leaf", entry + number)
    expression = compile_expression("indexed-repeat(/data/outer/inner/leaf, /data/outer, 2, /data/outer/inner, 1)")
    assert to_text(evaluate(expression, top, environment())) == "b1"
