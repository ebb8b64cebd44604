"""What a cell says: text → value, or a message for staff on what was found and expected.

`Absent` (no column or an empty cell) leaves a field as it is; `CLEAR` (``-``) empties it.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Mapping
from decimal import Decimal, InvalidOperation
from typing import TypeVar

from rapidfuzz import process

from storefront.catalog.records import Caution, CautionKind, MediaRecord, Status

CLEAR = "-"
MAX_PRICE = Decimal(1_000_000)
MAX_STOCK = 10_000_000
_LISTED = re.compile(r"\s*;\s*")
_NUMBER = re.compile(r"\d+(\.\d+)?")

T = TypeVar("T")
Parser = Callable[[str], T]


class CellError(ValueError):
    """The cell does not say what its column needs; the text is for staff."""


def text_of(limit: int) -> Parser[str]:
    def parse(cell: str) -> str:
        if len(cell) > limit:
            raise CellError(f"The text has {len(cell)} characters, the shop keeps {limit}. Shorten it.")
        return cell

    return parse


def parse_price(cell: str) -> Decimal:
    try:
        amount = Decimal(cell)
    except InvalidOperation as error:
        hint = " (a letter O?)" if "o" in cell.lower() else ""
        raise CellError(f'"{cell}" is not a decimal number{hint}. Write it like 12.50.') from error
    if not amount.is_finite() or amount < 0:
        raise CellError(f'"{cell}" is not a price: it must be 0 or more.')
    if amount > MAX_PRICE:
        raise CellError(f'"{cell}" is above {MAX_PRICE}, which is surely a slip. Check the decimal point.')
    exponent = amount.normalize().as_tuple().exponent
    if isinstance(exponent, int) and exponent < -2:
        raise CellError(f'"{cell}" has more than two decimals. Round it.')
    return amount


def parse_units(cell: str) -> int:
    if not re.fullmatch(r"[+-]?\d+", cell):
        raise CellError(f'"{cell}" is not a whole number. Write the units like 25.')
    units = int(cell)
    if units < 0:
        raise CellError(f'"{cell}" is below 0. Stock counts what can be sold: 0 when there is none.')
    if units > MAX_STOCK:
        raise CellError(f'"{cell}" is more than {MAX_STOCK:,} units, which is surely a slip.')
    return units


def parse_grams(cell: str) -> int:
    if not re.fullmatch(r"\d{1,7}", cell):
        raise CellError(f'"{cell}" is not a weight in whole grams. Write it like 450.')
    return int(cell)


def parse_years(cell: str) -> Decimal:
    if not _NUMBER.fullmatch(cell) or Decimal(cell) > 100:
        raise CellError(f'"{cell}" is not a number of years. Write it like 2 or 1.5.')
    years = Decimal(cell)
    if years != round(years, 2):
        raise CellError(f'"{cell}" has more than two decimals. Round it.')
    return years


def parse_yes_no(cell: str) -> bool:
    known = {"yes": True, "true": True, "1": True, "no": False, "false": False, "0": False}
    if cell.lower() not in known:
        raise CellError(f'"{cell}" is neither yes nor no.')
    return known[cell.lower()]


def parse_status(cell: str) -> Status:
    try:
        return Status(cell.lower())
    except ValueError as error:
        raise CellError(f'"{cell}" is not a status. It may be active, draft or archived.') from error


def parse_currency(cell: str) -> str:
    if not re.fullmatch(r"[A-Za-z]{3}", cell):
        raise CellError(f'"{cell}" is not a currency. Write its three letters, like USD.')
    return cell.upper()


def parse_barcode(cell: str) -> str:
    """A GTIN-8, -12, -13 or -14 with a right check digit (GS1 General Specifications, 7.9)."""
    digits = cell.replace(" ", "")
    if not re.fullmatch(r"\d{8}|\d{12}|\d{13}|\d{14}", digits):
        raise CellError(f'"{cell}" is not a GTIN: it has 8, 12, 13 or 14 digits.')
    *body, check = (int(digit) for digit in digits)
    expected = -sum(digit * (3 if place % 2 == 0 else 1) for place, digit in enumerate(reversed(body))) % 10
    if check != expected:
        raise CellError(f'The last digit of "{cell}" should be {expected}. Compare the number with the package.')
    return digits


def parse_lines(cell: str) -> tuple[str, ...]:
    return tuple(dict.fromkeys(part for part in _LISTED.split(cell) if part))


def parse_cautions(cell: str) -> tuple[Caution, ...]:
    return tuple(parse_caution(line) for line in parse_lines(cell))


def parse_caution(line: str) -> Caution:
    """A caution with its kind before a colon; without a kind it is a limit."""
    kind, colon, text = line.partition(":")
    name = kind.strip().lower()
    if colon and name in list(CautionKind) and text.strip():
        return Caution(kind=CautionKind(name), text=text.strip())
    return Caution(kind=CautionKind.LIMIT, text=line)


def parse_media(cell: str) -> tuple[MediaRecord, ...]:
    found = []
    for part in parse_lines(cell):
        alt, bar, location = part.rpartition("|")
        found.append(MediaRecord(location=location.strip(), alt=alt.strip() if bar else ""))
    return tuple({media.location: media for media in found}.values())


def slugs_of(what: str, known: Mapping[str, object]) -> Parser[tuple[str, ...]]:
    def parse(cell: str) -> tuple[str, ...]:
        return tuple(dict.fromkeys(known_slug(part, what, known) for part in parse_lines(cell)))

    return parse


def slug_of(what: str, known: Mapping[str, object]) -> Parser[str]:
    def parse(cell: str) -> str:
        return known_slug(cell, what, known)

    return parse


def known_slug(cell: str, what: str, known: Mapping[str, object]) -> str:
    slug = re.sub(r"[\s_]+", "-", cell.strip().lower())
    if slug not in known:
        near = nearest(slug, known)
        raise CellError(f'"{cell}" is not {what}.' + (f' Did you mean "{near}"?' if near else ""))
    return slug


def nearest(word: str, known: Collection[str] | Mapping[str, object]) -> str | None:
    """The known word that is most like this one, if any is like it."""
    found = process.extractOne(word, list(known), score_cutoff=60)
    return found[0] if found else None
