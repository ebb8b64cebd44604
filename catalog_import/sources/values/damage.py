"""What spreadsheets and programs do to cells: errors of formulas, dates and rounded numbers where a code stood, words
for "nothing".

Such a cell no longer says what it said. It is reported where it stands, and is never taken for a name, a SKU or any
other value.
"""

from __future__ import annotations

import re

from catalog_import.sources.values.word_lists import word_list

# "#N/A", "#WERT!", "#¿NOMBRE?" and a column that was too narrow.
_ERROR = re.compile(
    r"#(?:[¡¿]?[^\W\d_]{2,12}(?:/0)?[!?]|N/?A|N/?[VDB]|ND|BRAK|I/T|Н/Д|DIV/0!?|"
    r"GETTING_DATA|SPILL!?|CALC!?|FIELD!?|BLOCKED!?|CONNECT!?|BUSY!?|#{2,})",
    re.IGNORECASE,
)
# What programs write for an empty cell, as they write it.
_NOTHING = frozenset({"nan", "null", "none", "n/a", "undefined", "(null)", "<null>", "\\n", "nil", "<na>", "nat"})
# Words that may also be an option ("Handle: None") or a value of an attribute.
_MAY_BE_VALUES = frozenset({"none", "n/a", "nil"})
_DASHES = frozenset("–—―−")
_LONGEST_NOTHING = max(map(len, _NOTHING))
# How cells begin that `error_in` and `stands_for_nothing` have something to say of.
SUSPECT_BEGINS = frozenset(
    {"#", "=", *_DASHES, *(word[0] for word in _NOTHING), *(word[0].upper() for word in _NOTHING)}
)

_MONTHS = word_list("months")
_MONTH = "(?:" + "|".join(sorted({*_MONTHS, *(month.title() for month in _MONTHS)}, key=len, reverse=True)) + r")\.?"
_MONTH_BEGINS = frozenset(month[:3].lower() for month in _MONTHS)
# As spreadsheets show dates: "2-Apr", "02. Mai", "Oct-12", "Jan 15". Capitals throughout are people's: "MAR-15".
_DATE = re.compile(
    rf"\d{{1,2}}[-. /]{{1,2}}{_MONTH}(?:[-. /]{{1,2}}\d{{2}}(?:\d{{2}})?)?"
    rf"|{_MONTH}[-. /]{{1,2}}\d{{2}}(?:\d{{2}})?"
    r"|(?:19|20)\d{2}-(?:0[1-9]|1[0-2])-(?:0[1-9]|[12]\d|3[01])(?:[T ]\d{2}:\d{2}(?::\d{2}(?:\.\d+)?)?)?"
    r"|(?:0?[1-9]|[12]\d|3[01])([./])(?:0?[1-9]|[12]\d|3[01])\1(?:19|20)\d{2}"
)
_SCIENTIFIC = re.compile(r"\d(?:(?:[.,]\d{1,17})?E\+\d{1,3}|[.,]\d{2,17}E\d{1,2})", re.IGNORECASE | re.ASCII)
# "Gr??e": letters that the character set did not have, inside a word; no address.
_LOST_LETTERS = re.compile(r"(?<![^\s;,\"'(>-])[^\W\d_]+(?:\?\?+[^\W\d_]*|\?[a-zß-ÿ]+)(?![\w./=&?-])")
# "=A2", "=12+3", "=VLOOKUP(A2;…)"; "=>" and "== x ==" are texts.
_FORMULA = re.compile(r"=\s?[-+]?(?:\$?[A-Z]{1,3}\$?\d{1,7}\b|\d[\d.,]*\s?[-+*/^]|[A-Za-zÄÖÜ.]{1,30}\()")
_DECIMAL = re.compile(r"\A(\d{3,})[.,]0", re.ASCII)


def error_in(cell: str) -> str:
    """Return what is wrong with a cell that holds a formula or its error; empty where it holds none."""
    if cell[:1] == "=":
        return (
            f'"{cell[:100]}" is a formula, and nothing tells its result. Save the values instead of the formulas.'
            if _FORMULA.match(cell)
            else ""
        )
    if cell[:1] == "#" and len(cell) <= 24 and _ERROR.fullmatch(cell):
        if not cell.strip("#"):
            return f'"{cell}" is what a spreadsheet shows of a column that is too narrow. Widen it and save again.'
        return f'"{cell}" is the error of a formula. Repair the formula, or type the value, and save the file again.'
    return ""


def lost_letters(cell: str) -> str:
    """Return what is wrong with a text with question marks where letters were; empty where there are none."""
    if "?" in cell and (found := _LOST_LETTERS.search(cell)) and found[0].rstrip("?").count("?"):
        return f'"{found[0][:50]}" has question marks where letters were lost. Export the file again as UTF-8.'
    return ""


def stands_for_nothing(cell: str, *, may_be_value: bool = False) -> bool:
    """Return whether a cell is what a program writes for nothing. `may_be_value`: "None" may be meant."""
    if len(cell) > _LONGEST_NOTHING:
        return False
    word = cell.lower()
    return (word in _NOTHING and not (may_be_value and word in _MAY_BE_VALUES)) or cell in _DASHES


def damage_of_code(cell: str) -> str:
    """Return what happened to a code, a size or another text that a spreadsheet took for a number or a date."""
    if len(cell) > 40 or not (cell[:1].isdigit() or cell[:3].lower() in _MONTH_BEGINS):
        return ""
    if _SCIENTIFIC.fullmatch(cell):
        return (
            f'"{cell}" is what a spreadsheet makes of a long number; its last digits are lost. '
            "Format the column as text and enter it again."
        )
    if _DATE.fullmatch(cell):
        return (
            f'"{cell}" is a date, as a spreadsheet makes of codes and sizes like 2-4 or MAR1. '
            "Format the column as text and enter what stood there."
        )
    if found := _DECIMAL.fullmatch(cell):
        return (
            f'"{cell}" is what a program makes of {found[1]} when it takes the column for numbers. '
            "Have the column read as text and export it again."
        )
    return ""


def is_date(cell: str) -> bool:
    return len(cell) <= 40 and _DATE.fullmatch(cell) is not None
