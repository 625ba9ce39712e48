"""Telephone numbers, and the personal number (ЕГН) that nobody should send us."""

import re
from datetime import date

import phonenumbers

from conversations.reading.misread import Misread
from conversations.reading.texts import plain

_PHONE_WORD = re.compile(r"^(?:телефон|тел|моб|gsm|tel|phone|т)\.? ?[:.]? ?")
_PHONE_SIGNS = re.compile(r"\+?[0-9 ()/.-]+")
_BULGARIAN_MOBILE = re.compile(r"\+359((?:8[7-9]|98|99)[0-9])([0-9]{3})([0-9]{3})")

_TEN_DIGITS = re.compile(r"(?<![\d+])(\d{6})[ \u00a0-]?(\d{4})(?!\d)")
# Mobile numbers with the trunk zero: the only Bulgarian telephone numbers of ten digits. Source: libphonenumber, BG.
_MOBILE_AS_TYPED = re.compile(r"0(?:(?:8[7-9]|98)[0-9]{7}|99[69][0-9]{6})")
_EGN_WEIGHTS = (2, 4, 8, 5, 10, 9, 7, 3, 6)


def read_phone(text: str, country: str = "BG") -> str | Misread:
    """A telephone number as E.164, "+359888123456"; `country` (ISO 3166-1) is that of numbers without a country code.

    Blanks, dashes, slashes, brackets and a leading „тел.“ are fine. Misread: "empty", "too_long", "not_a_phone" (also
    when libphonenumber knows no such number).
    """
    line = plain(text)
    if isinstance(line, Misread):
        return line
    digits = _PHONE_WORD.sub("", line)
    if not _PHONE_SIGNS.fullmatch(digits):
        return Misread("not_a_phone")
    try:
        number = phonenumbers.parse(digits, country)
    except phonenumbers.NumberParseException:
        return Misread("not_a_phone")
    if not phonenumbers.is_valid_number(number):
        return Misread("not_a_phone")
    return str(phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164))


def show_phone(value: str) -> str:
    """A stored number as people write it: Bulgarian mobiles as `0888 123 456`, others in groups; else unchanged."""
    if mobile := _BULGARIAN_MOBILE.fullmatch(value):
        return f"0{mobile[1]} {mobile[2]} {mobile[3]}"
    if not re.fullmatch(r"\+[0-9]{6,15}", value):
        return value
    try:
        number = phonenumbers.parse(value)
    except phonenumbers.NumberParseException:
        return value
    return str(phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.INTERNATIONAL))


def looks_like_egn(text: str) -> bool:
    """Whether the text holds ten digits that pass as an ЕГН: no mobile number, a real date, the right check digit.

    A blank or dash after the sixth digit does not hide it.
    """
    return any(_is_egn("".join(str(int(digit)) for digit in first + last)) for first, last in _TEN_DIGITS.findall(text))


def _is_egn(digits: str) -> bool:
    if _MOBILE_AS_TYPED.fullmatch(digits):
        return False
    year, month, day = int(digits[:2]), int(digits[2:4]), int(digits[4:6])
    # Births before 1900 carry month + 20, from 2000 on month + 40.
    century, month = (2000, month - 40) if month > 40 else (1800, month - 20) if month > 20 else (1900, month)
    try:
        date(century + year, month, day)
    except ValueError:
        return False
    total = sum(weight * int(digit) for weight, digit in zip(_EGN_WEIGHTS, digits[:9], strict=True))
    return total % 11 % 10 == int(digits[9])
