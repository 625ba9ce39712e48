"""Reading numbers, dates, times, places, telephones and texts as people type them."""

from datetime import date, timedelta, timezone
from zoneinfo import ZoneInfo

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from conversations.reading import (
    REASONS,
    Misread,
    clean_text,
    date_in_words,
    looks_like_egn,
    read_date,
    read_datetime,
    read_decimal,
    read_geopoint,
    read_integer,
    read_month_year,
    read_phone,
    read_time,
    read_year,
    show_date,
    show_decimal,
    show_integer,
    show_phone,
    show_time,
)

TODAY = date(2026, 3, 5)
SOFIA = ZoneInfo("Europe/Sofia")


@pytest.mark.parametrize(
    ("typed", "stored"),
    [
        ("12", "12"),
        (" 12 ", "12"),
        ("+12", "12"),
        ("-7", "-7"),
        ("−7", "-7"),
        ("- 7", "-7"),
        ("-0", "0"),
        ("007", "7"),
        ("1 200", "1200"),
        ("1\u00a0200", "1200"),
        ("1\u2009200\u2009300", "1200300"),
        ("1.200.300", "1200300"),
        ("1,200,300", "1200300"),
        ("12,0", "12"),
        ("85%", "85"),
        ("85 %", "85"),
        ("١٢", "12"),
        ("１２", "12"),
        ("\u200b12", "12"),
        ("нула", "0"),
        ("Двама", "2"),
        ("дванайсет", "12"),
        ("дванадесет", "12"),
        ("двайсет и пет", "25"),
        ("сто и двайсет", "120"),
        ("сто двадесет и пет", "125"),
        ("хиляда двеста", "1200"),
        ("хиляда и двеста", "1200"),
        ("две хиляди и пет", "2005"),
        ("деветстотин деветдесет и девет хиляди деветстотин деветдесет и девет", "999999"),
        ("twelve", "12"),
        ("twenty-five", "25"),
        ("999999999999999", "999999999999999"),
    ],
)
def test_a_whole_number_is_read_however_it_is_written(typed, stored):
    assert read_integer(typed) == stored


@pytest.mark.parametrize(
    ("typed", "reason"),
    [
        ("", "empty"),
        ("  \u200b ", "empty"),
        ("12,5", "not_whole"),
        ("0.5", "not_whole"),
        ("1.200", "ambiguous_number"),
        ("12,000", "ambiguous_number"),
        ("дванайсет деца", "not_a_number"),
        ("пет двайсет", "not_a_number"),
        ("и пет", "not_a_number"),
        ("двайсет и", "not_a_number"),
        ("двайсет нула", "not_a_number"),
        ("хиляди", "not_a_number"),
        ("12 5", "not_a_number"),
        ("0888 123 456", "not_a_number"),
        ("1e3", "not_a_number"),
        ("inf", "not_a_number"),
        ("nan", "not_a_number"),
        ("5²", "not_a_number"),
        ("--5", "not_a_number"),
        ("12-15", "not_a_number"),
        ("1234567890123456", "too_long"),
        ("9" * 100_000, "too_long"),
    ],
)
def test_what_is_no_whole_number_is_refused_with_its_reason(typed, reason):
    assert read_integer(typed) == Misread(reason)


@pytest.mark.parametrize(
    ("typed", "stored"),
    [
        ("12,5", "12.5"),
        ("12.50", "12.5"),
        ("5,00", "5"),
        ("1.200", "1.2"),
        ("1 200,50", "1200.5"),
        ("1.200,50", "1200.5"),
        ("1,200.50", "1200.5"),
        ("1,200,300.25", "1200300.25"),
        ("-0,25", "-0.25"),
        ("-0,0", "0"),
        ("٣٫٥", "3.5"),
        ("12,5 %", "12.5"),
        ("дванайсет", "12"),
    ],
)
def test_a_decimal_number_is_read_with_comma_or_point(typed, stored):
    assert read_decimal(typed) == stored


@pytest.mark.parametrize(
    ("typed", "reason"),
    [
        ("1.20,5,3", "not_a_number"),
        ("1.20.300", "not_a_number"),
        (",5", "not_a_number"),
        ("5,", "not_a_number"),
        ("1e5", "not_a_number"),
        ("0,1234567890123456", "too_long"),
    ],
)
def test_what_is_no_decimal_number_is_refused(typed, reason):
    assert read_decimal(typed) == Misread(reason)


@pytest.mark.parametrize(
    ("stored", "in_bulgarian", "in_english"),
    [
        ("12.5", "12,5", "12.5"),
        ("1200", "1200", "1200"),
        ("12000", "12\u00a0000", "12\u00a0000"),
        ("-1234567.25", "-1\u00a0234\u00a0567,25", "-1\u00a0234\u00a0567.25"),
        ("няма", "няма", "няма"),
        ("", "", ""),
    ],
)
def test_a_number_is_shown_as_the_language_writes_it(stored, in_bulgarian, in_english):
    assert show_decimal(stored, "bg") == in_bulgarian
    assert show_decimal(stored, "en-GB") == in_english


@given(st.integers(-(10**15) + 1, 10**15 - 1), st.sampled_from(["bg", "en"]))
def test_a_whole_number_shown_is_read_back(number, language):
    assert read_integer(show_integer(str(number), language)) == str(number)


@given(st.decimals(-(10**9), 10**9, places=4), st.sampled_from(["bg", "en"]))
def test_a_decimal_number_shown_is_read_back(number, language):
    stored = read_decimal(f"{number:f}")
    assert isinstance(stored, str)
    assert read_decimal(show_decimal(stored, language)) == stored


@pytest.mark.parametrize(
    ("typed", "stored"),
    [
        ("31.12.2026", "2026-12-31"),
        ("31.12.2026 г.", "2026-12-31"),
        ("31.12.2026г", "2026-12-31"),
        ("31. 12. 2026", "2026-12-31"),
        ("1.9.26", "2026-09-01"),
        ("1.9.85", "1985-09-01"),
        ("31/12/2026", "2026-12-31"),
        ("31–12–2026", "2026-12-31"),
        ("2026-12-31", "2026-12-31"),
        ("2026.12.31", "2026-12-31"),
        ("31.12", "2026-12-31"),
        ("31.12.", "2026-12-31"),
        ("1 септември 2026", "2026-09-01"),
        ("1 септември 2026 г.", "2026-09-01"),
        ("1-ви септември", "2026-09-01"),
        ("1 септември", "2026-09-01"),
        ("1 септ.", "2026-09-01"),
        ("1 Sept", "2026-09-01"),
        ("1st of September 2026", "2026-09-01"),
        ("Sept 1, 2026", "2026-09-01"),
        ("29 февруари 2024", "2024-02-29"),
        ("Днес", "2026-03-05"),
        ("вчера", "2026-03-04"),
        ("утре", "2026-03-06"),
        ("today", "2026-03-05"),
        ("yesterday", "2026-03-04"),
        ("tomorrow", "2026-03-06"),
        ("٣١.١٢.٢٠٢٦", "2026-12-31"),
    ],
)
def test_a_date_is_read_however_it_is_written(typed, stored):
    assert read_date(typed, TODAY) == stored


@pytest.mark.parametrize(
    ("typed", "reason"),
    [
        ("", "empty"),
        ("31.02.2026", "no_such_date"),
        ("29.02.2025", "no_such_date"),
        ("12/31/2026", "no_such_date"),
        ("0.1.2026", "no_such_date"),
        ("1.0.2026", "not_a_date"),
        ("5 петък", "not_a_date"),
        ("1 ма", "not_a_date"),
        ("скоро", "not_a_date"),
        ("2026", "not_a_date"),
        ("31.12.202", "not_a_date"),
        ("1" * 200, "too_long"),
    ],
)
def test_what_is_no_date_is_refused_with_its_reason(typed, reason):
    assert read_date(typed, TODAY) == Misread(reason)


def test_tomorrow_after_the_last_day_of_the_calendar_is_no_date():
    assert read_date("утре", date.max) == Misread("no_such_date")


@pytest.mark.parametrize("typed", ["2015", "2015 г.", "2015 година", "2015-01-01"])
def test_a_year_is_stored_as_its_first_day(typed):
    assert read_year(typed) == "2015-01-01"


@pytest.mark.parametrize("typed", ["15", "0015", "20155", "година"])
def test_what_is_no_year_is_refused(typed):
    assert read_year(typed) == Misread("not_a_year")


@pytest.mark.parametrize(
    "typed", ["09.2026", "9/2026", "2026-09", "септември 2026 г.", "Sept 2026", "септ. 2026", "2026-09-01"]
)
def test_a_month_is_stored_as_its_first_day(typed):
    assert read_month_year(typed) == "2026-09-01"


@pytest.mark.parametrize("typed", ["13.2026", "септември", "2026", "00.2026", "нищо 2026"])
def test_what_is_no_month_is_refused(typed):
    assert read_month_year(typed) == Misread("not_a_month")


def test_a_date_is_shown_in_figures_and_in_words():
    assert show_date("2026-12-31", "bg") == "31.12.2026"
    assert show_date("2026-12-31T14:30:00.000+02:00", "bg") == "31.12.2026 14:30"
    assert date_in_words("2026-12-31", "bg") == "31 декември 2026 г."
    assert date_in_words("2026-05-01", "en") == "1 May 2026"
    assert show_date("скоро") == date_in_words("скоро", "bg") == "скоро"


@given(st.dates(min_value=date(1000, 1, 1)), st.sampled_from(["bg", "en"]))
def test_a_date_shown_is_read_back(day, language):
    stored = day.isoformat()
    assert read_date(show_date(stored, language), TODAY) == stored
    assert read_date(date_in_words(stored, language), TODAY) == stored
    assert read_date(stored, TODAY) == stored


@pytest.mark.parametrize(
    ("typed", "stored"),
    [
        ("14:30", "14:30:00.000+02:00"),
        ("14.30", "14:30:00.000+02:00"),
        ("14.30 ч.", "14:30:00.000+02:00"),
        ("9 ч.", "09:00:00.000+02:00"),
        ("9:05 ч.", "09:05:00.000+02:00"),
        ("в 9 часа", "09:00:00.000+02:00"),
        ("9", "09:00:00.000+02:00"),
        ("9ч30", "09:30:00.000+02:00"),
        ("23:59:58", "23:59:58.000+02:00"),
        ("2:30 pm", "14:30:00.000+02:00"),
        ("12 am", "00:00:00.000+02:00"),
        ("14:30:00.000+02:00", "14:30:00.000+02:00"),
    ],
)
def test_a_time_of_day_is_read_however_it_is_written(typed, stored):
    assert read_time(typed, "+02:00") == stored


@pytest.mark.parametrize("typed", ["24:00", "12:60", "14:3", "по обед", "15 pm", "0 am", "1430"])
def test_what_is_no_time_is_refused(typed):
    assert read_time(typed, "+02:00") == Misread("not_a_time")


@pytest.mark.parametrize(
    ("typed", "stored"),
    [
        ("31.12.2026 14:30", "2026-12-31T14:30:00.000+02:00"),
        ("31.12.2026 г., 14.30 ч.", "2026-12-31T14:30:00.000+02:00"),
        ("1 юли 2026 г. в 9 ч.", "2026-07-01T09:00:00.000+03:00"),
        ("2026-07-01T09:00:00.000+03:00", "2026-07-01T09:00:00.000+03:00"),
        ("утре 9:15", "2026-03-06T09:15:00.000+02:00"),
        ("1 юли", Misread("not_a_time")),
        ("31.02.2026 9:00", Misread("no_such_date")),
        ("скоро 9:00", Misread("not_a_date")),
        ("", Misread("empty")),
    ],
)
def test_a_moment_is_read_in_the_zone_of_the_form(typed, stored):
    assert read_datetime(typed, TODAY, SOFIA) == stored


@given(st.datetimes(), st.sampled_from([SOFIA, timezone(timedelta(hours=2))]))
def test_a_moment_shown_is_read_back_to_the_minute(moment, zone):
    typed = f"{moment:%H:%M}"
    stored = read_datetime(f"31.12.2026 {typed}", TODAY, zone)
    assert isinstance(stored, str)
    assert read_datetime(show_date(stored), TODAY, zone) == stored
    assert show_time(stored.partition("T")[2]) == typed


@pytest.mark.parametrize(
    ("typed", "stored"),
    [
        ("42.5, 25.1", "42.5 25.1 0 0"),
        ("42.5,25.1", "42.5 25.1 0 0"),
        ("42,5; 25,1", "42.5 25.1 0 0"),
        ("42,5 25,1", "42.5 25.1 0 0"),
        ("42.50° 25.10°", "42.5 25.1 0 0"),
        ("-33, 151", "-33 151 0 0"),
        ("−0.0, +5", "0 5 0 0"),
        ("42.5 25.1 300 4.5", "42.5 25.1 300 4.5"),
        ("90.1, 25", Misread("not_a_place")),
        ("42, 180.5", Misread("not_a_place")),
        ("42.5", Misread("not_a_place")),
        ("тук", Misread("not_a_place")),
        (" ", Misread("empty")),
    ],
)
def test_a_point_is_two_numbers_in_range(typed, stored):
    assert read_geopoint(typed) == stored


@pytest.mark.parametrize(
    ("typed", "stored"),
    [
        ("0888 123 456", "+359888123456"),
        ("0888123456", "+359888123456"),
        ("088/812-34-56", "+359888123456"),
        ("+359 888 123 456", "+359888123456"),
        ("00359888123456", "+359888123456"),
        ("тел. 0888 123 456", "+359888123456"),
        ("02 981 2345", "+35929812345"),
        ("(062) 600 224", "+35962600224"),
        ("٠٨٨٨١٢٣٤٥٦", "+359888123456"),
        ("+40 21 312 3456", "+40213123456"),
        ("12", Misread("not_a_phone")),
        ("0888 123", Misread("not_a_phone")),
        ("нямам", Misread("not_a_phone")),
        ("0888 ABC DEF", Misread("not_a_phone")),
        ("0888 123 456 и 0899 123 456", Misread("not_a_phone")),
        ("", Misread("empty")),
    ],
)
def test_a_telephone_number_is_stored_with_its_country(typed, stored):
    assert read_phone(typed) == stored


def test_a_telephone_number_is_shown_as_people_write_it():
    assert show_phone("+359888123456") == "0888 123 456"
    assert show_phone("+35962600224") == "+359 62 600 224"
    assert show_phone("няма") == "няма"
    assert read_phone(show_phone("+35962600224")) == "+35962600224"


@pytest.mark.parametrize(
    ("typed", "stored"),
    [
        ("  Добър ден\r\nвсички\x00\x1b  ", "Добър ден\nвсички"),
        ("а\tб", "а б"),
        ("и\u0306", "й"),
        ("\u202eабв\u202c\u2066г\u2069", "абвг"),
        ("a\u200bb\ufeff", "ab"),
        ("👩\u200d🏫 браво ❤️", "👩\u200d🏫 браво ❤️"),
        ("👍🏽", "👍🏽"),
        ("a\u200db", "ab"),
        ("مدرسة", "مدرسة"),
        ("сам\ud800отен", "самотен"),
        ("", Misread("empty")),
        (" \u200b\u2060\n ", Misread("empty")),
    ],
)
def test_a_text_loses_only_what_cannot_be_seen(typed, stored):
    assert clean_text(typed) == stored


def test_a_text_may_be_as_long_as_the_limit_and_no_longer():
    assert clean_text("а" * 10_000) == "а" * 10_000
    assert clean_text("а" * 10_001) == Misread("too_long")
    assert clean_text("абв", limit=2) == Misread("too_long")


@given(st.text())
def test_a_cleaned_text_stays_as_it_is_and_can_be_stored(text):
    once = clean_text(text)
    if isinstance(once, str):
        assert clean_text(once) == once
        assert once.encode("utf-8").decode("utf-8") == once
    else:
        assert once == Misread("empty")


@pytest.mark.parametrize(
    "text",
    [
        "7501020018",
        "ЕГН: 7501020018.",
        "ученик 750102 0018 от 5 клас",
        "750102-0018",
        "0141010011",
        "٧٥٠١٠٢٠٠١٨",
    ],
)
def test_a_personal_number_is_recognised(text):
    assert looks_like_egn(text)


@pytest.mark.parametrize(
    "text",
    [
        "7501020019",  # wrong check digit
        "7513020018",  # no thirteenth month
        "0888123456",
        "+359888123456",
        "17501020018",
        "75010200181",
        "100020, 1603104",
        "няма цифри",
        "",
    ],
)
def test_telephones_codes_and_other_digits_are_no_personal_number(text):
    assert not looks_like_egn(text)


def test_no_mobile_number_is_taken_for_a_personal_number():
    mobiles = [f"0{start}{rest:06}" for start in (877, 888, 899, 988, 996) for rest in range(0, 1000, 7)]
    assert not any(looks_like_egn(mobile) for mobile in mobiles)


READERS = [
    read_integer,
    read_decimal,
    lambda text: read_date(text, TODAY),
    read_year,
    read_month_year,
    lambda text: read_time(text, "+02:00"),
    lambda text: read_datetime(text, TODAY, SOFIA),
    read_geopoint,
    read_phone,
    clean_text,
]
TYPED = st.text(max_size=60) | st.text("0123456789 .,:-+/%gгчти+ T٣５²½", max_size=30)


@settings(max_examples=400, deadline=None)
@given(TYPED)
@example("9" * 100_000)
@example("0" * 119)
@example("\ud800")
@example("0001-01-01 00:00")
@example("9999-12-31 23:59")
def test_any_text_gives_a_value_or_a_known_reason(text):
    for read in READERS:
        value = read(text)
        assert value.reason in REASONS if isinstance(value, Misread) else value
    assert looks_like_egn(text) in {True, False}


@given(st.text(max_size=40))
def test_any_stored_text_can_be_shown(text):
    assert isinstance(show_decimal(text, text), str)
    assert isinstance(show_date(text, text) + date_in_words(text, text) + show_time(text) + show_phone(text), str)
