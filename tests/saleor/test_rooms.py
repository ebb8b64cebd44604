"""The rooms of `storefront.saleor`: others import only the modules that a room names in `__all__`."""

from __future__ import annotations

import ast
from collections import defaultdict
from importlib import import_module
from pathlib import Path

import storefront

ROOT = Path(storefront.__file__).parents[1]
SALEOR = ROOT / "storefront" / "saleor"
ROOMS = sorted(path.parent.name for path in SALEOR.glob("*/__init__.py") if path.parent.name != "migrations")
PREFIX = "storefront.saleor."
MOST_MODULES = 15


def imported_from_outside() -> dict[str, set[str]]:
    """Return room → its modules that other code of the project imports, or names in a string."""
    found: dict[str, set[str]] = defaultdict(set)
    for path in (*ROOT.glob("storefront/**/*.py"), *ROOT.glob("catalog_import/**/*.py")):
        own_room = path.parent.name if path.parent.parent == SALEOR else ""
        for name in names_in(ast.parse(path.read_text(encoding="utf-8"))):
            room, _, rest = name.removeprefix(PREFIX).partition(".")
            if name.startswith(PREFIX) and room in ROOMS and room != own_room and rest:
                found[room].add(rest.partition(".")[0])
    return found


def names_in(tree: ast.AST) -> list[str]:
    found = []
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom) and node.module:
            found += [f"{node.module}.{each.name}" for each in node.names]
        elif isinstance(node, ast.Constant) and isinstance(node.value, str):
            found.append(node.value)
    return found


def test_rooms_export_what_others_import() -> None:
    exported = {room: set(import_module(PREFIX + room).__all__) for room in ROOMS}

    # A salt of passes that were issued before; not a module.
    used = {room: names - {"pass"} for room, names in imported_from_outside().items()}
    assert exported == used


def test_rooms_say_what_goes_in_and_out() -> None:
    for room in ROOMS:
        text = import_module(PREFIX + room).__doc__ or ""
        assert "In:" in text, room
        assert "Out:" in text, room


def test_no_room_is_crowded() -> None:
    for room in ROOMS:
        assert len(list((SALEOR / room).glob("*.py"))) <= MOST_MODULES, room
