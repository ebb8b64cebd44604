"""Numbers as people write them: ``1.234,56``, ``1 234.56``, ``CHF 1'234.50``, ``€ 9,90``, ``1.5 lb``.

A lone separator with three digits behind it ("1.234", "1,250") may be a decimal or a thousands separator. What the
other cells of its column show decides (`decimal_sign`); where they show nothing, or both, it is refused, since nobody
could say which was meant.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal

from catalog_import.sources.values.word_lists import word_list

MAX_CHARACTERS = 40
SIGNS: dict[str, tuple[str, ...]] = {
    "$": ("USD", "CAD", "AUD", "NZD", "SGD", "HKD", "MXN"),
    "US$": ("USD",),
    "C$": ("CAD",),
    "CA$": ("CAD",),
    "A$": ("AUD",),
    "AU$": ("AUD",),
    "€": ("EUR",),
    "Euro": ("EUR",),
    "euro": ("EUR",),
    "£": ("GBP",),
    "¥": ("JPY", "CNY"),
    "₹": ("INR",),
    "zł": ("PLN",),
    "kr": ("SEK", "NOK", "DKK", "ISK"),
    "kr.": ("DKK", "SEK", "NOK", "ISK"),
    "Fr.": ("CHF",),
    "Kč": ("CZK",),
    "₴": ("UAH",),
    "₺": ("TRY",),
    "R$": ("BRL",),
    "₪": ("ILS",),
    "₩": ("KRW",),
}
GRAMS_IN = {
    "g": Decimal(1),
    "gram": Decimal(1),
    "grams": Decimal(1),
    "kg": Decimal(1000),
    "kgs": Decimal(1000),
    "mg": Decimal("0.001"),
    # The international avoirdupois pound (1959) is exactly 0.45359237 kg, the ounce a sixteenth of it.
    "lb": Decimal("453.59237"),
    "lbs": Decimal("453.59237"),
    "oz": Decimal("28.349523125"),
}
_SIGN = "|".join(re.escape(sign) for sign in sorted(SIGNS, key=len, reverse=True))
_MONEY = re.compile(
    rf"(?P<minus>[-−]?)\s*(?P<before>{_SIGN}|[A-Za-z]{{3}})?\s*"
    rf"(?P<number>[-−+]?[.,]?\d[\d.,'’ ]*?)(?P<dash>[.,][-–—])?\s*(?P<after>{_SIGN}|[A-Za-z]{{3}})?"
)
_SPACES = str.maketrans(dict.fromkeys("\u00a0\u2007\u2009\u202f", " "))
_WEIGHT = re.compile(r"(?P<number>[\d.,' ]*\d)\s*(?P<unit>[a-z]*)\.?", re.IGNORECASE)


# What a column shows of its separators besides a decimal sign: whole numbers only, so that a lone separator parts
# thousands; or both decimal signs.
WHOLE = "whole"
MIXED = "mixed"
CURRENCIES = frozenset(word_list("currencies"))


class NumberError(ValueError):
    """The text is no number; the message is for staff and begins after the quoted text."""


@dataclass(frozen=True, slots=True)
class Number:
    """A number and how it was understood: the currencies that stand beside it, and what was not literal."""

    value: Decimal
    currencies: tuple[str, ...] = ()
    how: tuple[str, ...] = ()


def read_money(text: str, decimal: str = "") -> Number:
    """An amount with or without a currency. `decimal`: the column's decimal sign, where its cells show one."""
    found = _MONEY.fullmatch(text.translate(_SPACES).strip()) if len(text) <= MAX_CHARACTERS else None
    if found is None or (found["before"] and found["after"]):
        raise NumberError("is not a decimal number" + letter_hint(text))
    beside = found["before"] or found["after"] or ""
    if beside and beside not in SIGNS and beside.upper() not in CURRENCIES:
        raise NumberError(f"is not a price: {beside} is no currency")
    plain = read_number(found["minus"] + found["number"], decimal)
    how = plain.how
    if found["dash"]:
        how += ("a dash instead of cents",)
    if beside:
        how += ("a currency beside the number",)
    return Number(plain.value, SIGNS.get(beside, (beside.upper(),)) if beside else (), how)


def read_number(text: str, decimal: str = "") -> Number:
    """A number with any separators. `decimal`: what its column shows of them."""
    if len(text) > MAX_CHARACTERS:
        raise NumberError("is not a decimal number")
    digits = text.translate(_SPACES).replace("−", "-").strip()
    sign, digits = (digits[0], digits[1:].strip()) if digits[:1] in ("-", "+") else ("", digits)
    if digits[:1] in (".", ","):
        digits = "0" + digits
    if not re.fullmatch(r"\d[\d.,'’ ]*", digits, re.ASCII) or not digits[-1].isdigit():
        raise NumberError("is not a decimal number" + letter_hint(text))
    mark = decimal_mark(digits, decimal)
    whole, _, fraction = digits.rpartition(mark) if mark else (digits, "", "")
    how: tuple[str, ...] = ("decimal comma",) if mark == "," else ()
    if not whole.isdigit():
        # Groups of three; in India, of two before the last three.
        if not re.fullmatch(r"\d{1,3}([., '’])\d{2,3}(?:\1\d{2,3})*", whole) or not re.search(r"\D\d{3}$", whole):
            raise NumberError("is not a decimal number: its groups of digits are uneven")
        how += ("separators between thousands",)
    if fraction and not fraction.isdigit():
        raise NumberError("is not a decimal number: there is a gap in its decimals")
    value = Decimal(f"{sign}{re.sub(r'[^0-9]', '', whole)}.{fraction or 0}")
    return Number(value if fraction else value.to_integral_value(), how=how)


def decimal_mark(digits: str, decimal: str) -> str:
    """Which sign parts the decimals of these digits: ``.``, ``,`` or none."""
    last = max(digits.rfind("."), digits.rfind(","))
    if last < 0:
        return ""
    mark, other = digits[last], "," if digits[last] == "." else "."
    if digits.count(mark) > 1:
        return ""
    behind = len(digits) - last - 1
    before = digits[:last]
    if other in before or " " in before or "'" in before or "’" in before or behind != 3:
        return mark
    if len(before) > 3 or before.startswith("0"):
        return mark
    if decimal == WHOLE:
        return ""
    if decimal and decimal != MIXED:
        return mark if mark == decimal else ""
    mixed = ", and the column has both decimal signs" if decimal == MIXED else ""
    fraction = digits[last + 1 :]
    raise NumberError(f"may mean {before}{fraction} or {f'{before}.{fraction}'.rstrip('0').rstrip('.')}{mixed}")


def decimal_sign(text: str) -> str:
    """The decimal sign that this cell shows beyond doubt, or nothing."""
    if text[-3:-2] == "." and "," not in text:
        return "."
    if text.isdigit():
        return ""
    digits = re.sub(r"[^\d.,]", "", text[:MAX_CHARACTERS])
    last = max(digits.rfind("."), digits.rfind(","))
    if last < 0 or digits.count(digits[last]) > 1:
        return ""
    behind = len(digits) - last - 1
    has_other = ("," if digits[last] == "." else ".") in digits
    return digits[last] if has_other or behind in (1, 2) else ""


def has_unit(text: str) -> bool:
    """Return whether a weight has a unit beside it."""
    found = _WEIGHT.fullmatch(text.translate(_SPACES).strip()) if len(text) <= MAX_CHARACTERS else None
    return bool(found and found["unit"])


def read_grams(text: str, unit: str = "g") -> int:
    """A weight as whole grams; a unit in the text goes before `unit`. Raises `NumberError`."""
    found = _WEIGHT.fullmatch(text.translate(_SPACES).strip()) if len(text) <= MAX_CHARACTERS else None
    factor = GRAMS_IN.get((found["unit"] or unit).lower()) if found else None
    if found is None or factor is None:
        raise NumberError("is not a weight. Write it like 450 g, 0.45 kg, 1 lb or 16 oz")
    # "0.125 kg" and "1.250 kg" have three decimals in earnest; so has a comma in kilograms and pounds.
    digits = found["number"].strip()
    decimal = WHOLE if factor == 1 else decimal_sign(digits) or ("," if "," in digits else ".")
    return int((read_number(digits, decimal).value * factor).to_integral_value())


def letter_hint(text: str) -> str:
    return " (a letter O?)" if "o" in text.lower() and any(sign.isdigit() for sign in text) else ""
