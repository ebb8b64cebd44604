"""JSON as rows: an array of objects (streamed), an object with such a list somewhere in it, or one object a line (JSON
Lines).

What an object is as rows is decided by whoever opens the file (`dialects/json_objects`). Rows count the objects from 1;
in JSON Lines they are the lines.
"""

from __future__ import annotations

import io
import json
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Any

import ijson

from catalog_import.sources.formats.encoding import Encoding
from catalog_import.sources.formats.limits import Bounded, TooMuch
from catalog_import.sources.formats.tables import Damaged, Item, Table, table_of
from catalog_import.sources.notes import Notes

MAX_LINE_CHARACTERS = 4_000_000
MAX_DEPTH = 20
# How deep the list of the rows may stand: {"data": {"products": {"edges": [ … ]}}}.
MAX_WRAPPED = 5
# Lists that belong to one product, whatever holds them.
_PARTS = frozenset(
    {"variants", "options", "images", "media", "attributes", "categories", "prices", "metafields", "stocks"}
)
# SystemError: the parser refuses an integer of thousands of digits only after it gave what stands before it, so that
# the refusal meets whatever Python does next.
UNREADABLE = (ijson.JSONError, TooMuch, ValueError, ArithmeticError, SystemError)
Events = Iterator[tuple[str, Any]]
# Makes what turns an object into its rows, anew for each reading.
RowsOf = Callable[[], Callable[[dict[str, Any]], Iterable["dict[str, str] | Damaged"]]]


def open_json_lines(path: Path, encoding: Encoding, rows_of: RowsOf) -> Table | None:
    def items() -> Iterator[Item]:
        rows = rows_of()
        with path.open("rb") as binary, io.TextIOWrapper(binary, encoding=encoding.name, errors="replace") as text:
            number = 0
            while line := text.readline(MAX_LINE_CHARACTERS):
                number += 1
                if len(line) >= MAX_LINE_CHARACTERS and not line.endswith("\n"):
                    while (rest := text.readline(MAX_LINE_CHARACTERS)) and not rest.endswith("\n"):
                        pass
                    yield number, Damaged("The line has more than four million characters.")
                elif line.strip(" \t\r\n\ufeff"):
                    found = parsed_line(line.lstrip("\ufeff"))
                    if isinstance(found, Damaged):
                        yield number, found
                    else:
                        yield from ((number, row) for row in rows(found))

    return table_of(path, items)


def parsed_line(line: str) -> dict[str, Any] | Damaged:
    try:
        # Numbers stay the text they are: 1e999999 is nothing to count with.
        found = json.loads(
            line, parse_int=str, parse_float=str, parse_constant=no_number, object_pairs_hook=with_repeated
        )
        require_depth(found)
    except (ValueError, RecursionError) as error:
        return Damaged(f"The line is not JSON ({error}). Export the file again.", line[:200])
    if not isinstance(found, dict):
        return Damaged('The line is no JSON object. Write it like {"sku": "A-1", "price": "12.50"}.', line[:200])
    return repeated_in(found) or found


@dataclass(frozen=True, slots=True)
class Repeated:
    """Two values that one object gives under the same key."""

    values: tuple[Any, Any]


def with_repeated(pairs: Iterable[tuple[str, Any]]) -> dict[str, Any]:
    """Return the pairs as a dict; under a key that has two different values both stand, as `Repeated`."""
    found: dict[str, Any] = {}
    for name, value in pairs:
        found[name] = Repeated((found[name], value)) if name in found and found[name] != value else value
    return found


def repeated_in(value: Any, key: str = "") -> Damaged | None:
    """Return what is wrong with an object that gives two values under one key, which is not ours to choose from."""
    if isinstance(value, Repeated):
        first, second = (str(part)[:40] for part in value.values)
        return Damaged(
            f'The key "{key[:40]}" is there twice, with "{first}" and with "{second}". Keep one.', second, key
        )
    parts = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    return next((found for name, part in parts if (found := repeated_in(part, str(name)))), None)


def no_number(name: str) -> str:
    raise ValueError(f"{name} is no number")


def require_depth(value: Any, depth: int = 1) -> None:
    """Raise `ValueError` where a value is nested too deeply for a table."""
    if depth > MAX_DEPTH:
        raise ValueError("its values are nested too deeply for a table")
    if isinstance(value, dict | list):
        for part in value.values() if isinstance(value, dict) else value:
            require_depth(part, depth + 1)


def open_json_array(
    path: Path, encoding: Encoding, notes: Notes, rows_of: RowsOf, *, is_wrapped: bool = False
) -> Table | None:
    """The table of an array of objects, of the first such array in an object (`is_wrapped`), or of the one
    product that the object is."""
    keys: tuple[str, ...] | None = ()
    of_one: tuple[str, ...] = ()
    if is_wrapped:
        keys, of_one = wrapping_keys(path, encoding)
        if keys:
            notes.add("the rows are the list under one key of the file", example=".".join(keys))
        else:
            keys = None

    def items() -> Iterator[Item]:
        number, rows = 0, rows_of()
        with Bounded(path, encoding.name) as stream:
            try:
                events = ijson.basic_parse(stream)
                for found in one_value(events, of_one) if keys is None else listed_values(events, keys):
                    number += 1
                    stream.took_one()
                    if isinstance(found, dict):
                        damaged = repeated_in(found)
                        yield from ((number, row) for row in ([damaged] if damaged else rows(found)))
                    else:
                        yield number, Damaged("The entry is no JSON object.")
            except UNREADABLE as error:
                message = f"The file cannot be read on from here ({first_line(error)}). Export it again."
                yield number + 1, Damaged(message)

    return table_of(path, items)


def listed_values(events: Events, keys: tuple[str, ...]) -> Iterator[Any]:
    """The values of the array that the file is, or that stands under `keys` in it.

    Built here, with a limit on depth: the library's own builder goes down with its process on 100,000 brackets.
    """
    for path, event, _ in with_keys(events):
        if event == "start_array" and path == keys:
            break
    for event, value in events:
        if event == "end_array":
            return
        yield built(events, event, value, 1)


def one_value(events: Events, keys: tuple[str, ...]) -> Iterator[Any]:
    """The object that stands under `keys`."""
    for path, event, value in with_keys(events):
        if event == "start_map" and path == keys:
            yield built(events, event, value, 1)
            return


def built(events: Events, event: str, value: Any, depth: int) -> Any:
    if depth > MAX_DEPTH:
        raise TooMuch("Its values are nested too deeply for a table.")
    if event == "start_map":
        pairs: list[tuple[str, Any]] = []
        for inner, name in events:
            if inner == "end_map":
                return with_repeated(pairs)
            inner, part = next(events, ("null", None))
            pairs.append((name, built(events, inner, part, depth + 1) if inner.startswith("start_") else part))
    if event == "start_array":
        values: list[Any] = []
        for inner, part in events:
            if inner == "end_array":
                return values
            values.append(built(events, inner, part, depth + 1))
    return value


def with_keys(events: Events) -> Iterator[tuple[tuple[str, ...], str, Any]]:
    """Each event with the keys that lead to it; what stands inside of lists has those of the list, and "[]"."""
    path: list[str] = []
    for event, value in events:
        if event == "map_key":
            path[-1] = str(value)
            continue
        if event.startswith("end_"):
            path.pop()
        yield tuple(path), event, value
        if event.startswith("start_"):
            path.append("" if event == "start_map" else "[]")


def wrapping_keys(path: Path, encoding: Encoding) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The keys to the first list of objects in a JSON object; without one near its begin, or where that list is a part
    of a product, nothing and the keys to the object that is the only product."""
    with Bounded(path, encoding.name) as stream:
        try:
            for keys, event, _ in islice(with_keys(ijson.basic_parse(stream)), 10_000):
                if event == "start_map" and len(keys) > 1 and keys[-1] == "[]" and "[]" not in keys[:-1]:
                    part = next((place for place, key in enumerate(keys) if key in _PARTS), None)
                    if part is not None:
                        return (), keys[:part]
                    return keys[:-1] if len(keys) <= MAX_WRAPPED else (), ()
        except UNREADABLE:
            pass
    return (), ()


def first_line(error: Exception) -> str:
    return str(error).strip().partition("\n")[0][:200]
