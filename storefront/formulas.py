"""Cells of CSV files that a spreadsheet would run as formulas: defused on the way out, restored on the way in.

An apostrophe goes before such a cell, also where apostrophes stand before it already, so that exactly this one can be
taken away again: `restored(defused(text)) == text` for every text.
"""

from __future__ import annotations

import re

# What a spreadsheet takes for the beginning of a formula (OWASP, "CSV Injection"), behind spaces and apostrophes, too.
_FORMULA = re.compile(r"\A(?:[\s']*+[=+\-@＝＋－＠]|'*+[\t\r\n])")
# How a file clears a field; alone it runs nowhere.
_CLEAR = "-"


def defused(cell: str) -> str:
    """Return the text as a cell that runs nowhere."""
    return f"'{cell}" if _FORMULA.match(cell) and cell != _CLEAR else cell


def restored(cell: str) -> str:
    """Return the text that was made to run nowhere; any other cell as it is."""
    return cell[1:] if cell.startswith("'") and _FORMULA.match(cell[1:]) else cell


def unwrapped(cell: str) -> str:
    """Return the text that a file keeps from a spreadsheet's reading as a number: ``="0123"`` is ``0123``."""
    return cell[2:-1].replace('""', '"') if cell.startswith('="') and cell.endswith('"') and len(cell) > 2 else cell
