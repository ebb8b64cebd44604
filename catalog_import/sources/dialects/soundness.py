"""Native rows without the cells that say nothing, or nothing any more: see `catalog_import.sources.values.damage`."""

from __future__ import annotations

from dataclasses import replace

from catalog_import.sources.dialects.native_rows import Fault, NativeRow
from catalog_import.sources.problems import ProblemCode
from catalog_import.sources.values.damage import SUSPECT_BEGINS, error_in, lost_letters, stands_for_nothing

# What a spreadsheet or its reader makes of a truth value; no name and no SKU.
_TRUTHS = frozenset({"yes", "no", "true", "false", "wahr", "falsch", "vrai", "faux", "verdadero", "falso"})
_NAMES = ("name", "variant", "category", "brand")
_OPEN_TEXTS = ("option: ", "attribute: ")


def truth_in(name: str, cell: str) -> str:
    """Return what is wrong with a SKU or a name that is a truth value; empty where it is none."""
    if name not in ("sku", "name") or cell.lower() not in _TRUTHS:
        return ""
    return f'"{cell}" is a truth value, as a formula or a spreadsheet leaves it. Enter what should stand there as text.'


def sound(row: NativeRow, forgiving: frozenset[str]) -> NativeRow:
    """Return the row without cells that a program or a formula left behind; each is a fault of the row.

    The error of a formula costs the row, but for forgiving columns (see `Origin`): something stood there that nobody
    knows. A word for nothing costs its cell.
    """
    said = row.cells
    suspects = [(name, cell) for name, cell in said.items() if cell[:1] in SUSPECT_BEGINS]
    suspects += [(name, said[name]) for name in _NAMES if "?" in said.get(name, "")]
    suspects += [(name, said[name]) for name in ("sku", "name") if said.get(name, "").lower() in _TRUTHS]
    if not suspects:
        return row
    faults: list[Fault] = []
    kept = dict(said)
    for name, cell in suspects:
        if name not in kept:
            continue
        if error := error_in(cell) or (lost_letters(cell) if name in _NAMES else "") or truth_in(name, cell):
            faults.append(Fault(name, ProblemCode.INVALID_VALUE, error, cell, is_fatal=name not in forgiving))
            del kept[name]
        elif stands_for_nothing(cell, may_be_value=name.startswith(_OPEN_TEXTS)):
            message = f'"{cell}" stands for nothing, so the cell was taken as empty. Write - to clear the field.'
            faults.append(Fault(name, ProblemCode.INVALID_VALUE, message, cell, is_fatal=False))
            del kept[name]
    return replace(row, cells=kept, faults=(*row.faults, *faults)) if faults else row
