"""JSON as rows: an array of objects (streamed), an object with such a list in it, or one object a line (JSON Lines).

A column is a key; its cell is a text, a number, true or false, a list of these, or an object of named values
("options": {"Size": "S"} is the column `option: Size`). Rows count from 1; in JSON Lines they are the lines.
"""

from __future__ import annotations

import io
import json
from collections.abc import Iterator
from itertools import islice
from pathlib import Path
from typing import Any

import ijson

from catalog_import.sources.cells import as_part
from catalog_import.sources.formats.encoding import Encoding
from catalog_import.sources.formats.limits import Bounded, TooMuch
from catalog_import.sources.formats.tables import Damaged, Item, Table, table_of
from catalog_import.sources.notes import Notes

MAX_LINE_CHARACTERS = 4_000_000
MAX_LISTED = 1_000
_SINGULAR = {"options": "option", "attributes": "attribute", "prices": "price", "stocks": "stock"}
MAX_DEPTH = 20
# SystemError: the parser refuses an integer of thousands of digits only after it gave what stands before it, so that
# the refusal meets whatever Python does next.
UNREADABLE = (ijson.JSONError, TooMuch, ValueError, ArithmeticError, SystemError)
Events = Iterator[tuple[str, Any]]


def open_json_lines(path: Path, encoding: Encoding) -> Table | None:
    def items() -> Iterator[Item]:
        with path.open("rb") as binary, io.TextIOWrapper(binary, encoding=encoding.name, errors="replace") as text:
            number = 0
            while line := text.readline(MAX_LINE_CHARACTERS):
                number += 1
                if len(line) >= MAX_LINE_CHARACTERS and not line.endswith("\n"):
                    while (rest := text.readline(MAX_LINE_CHARACTERS)) and not rest.endswith("\n"):
                        pass
                    yield number, Damaged("The line has more than four million characters.")
                elif line.strip(" \t\r\n\ufeff"):
                    yield number, parsed_line(line.lstrip("\ufeff"))

    return table_of(path, items)


def parsed_line(line: str) -> dict[str, str] | Damaged:
    try:
        # Numbers stay the text they are: 1e999999 is nothing to count with.
        found = json.loads(line, parse_int=str, parse_float=str, parse_constant=str)
    except (ValueError, RecursionError) as error:
        return Damaged(f"The line is not JSON ({error}). Export the file again.", line[:200])
    if not isinstance(found, dict):
        return Damaged('The line is no JSON object. Write it like {"sku": "A-1", "price": "12.50"}.', line[:200])
    return flat(found)


def open_json_array(path: Path, encoding: Encoding, notes: Notes, *, is_wrapped: bool = False) -> Table | None:
    """The table of an array of objects, or of the first such array in an object (`is_wrapped`)."""
    key = ""
    if is_wrapped:
        key = wrapping_key(path, encoding)
        if not key:
            return None
        notes.add("the rows are the list under one key of the file", example=key)

    def items() -> Iterator[Item]:
        number = 0
        with Bounded(path, encoding.name) as stream:
            try:
                for found in listed_values(ijson.basic_parse(stream), key):
                    number += 1
                    stream.took_one()
                    is_object = isinstance(found, dict)
                    yield number, flat(found) if is_object else Damaged("The entry is no JSON object.")
            except UNREADABLE as error:
                message = f"The file cannot be read on from here ({first_line(error)}). Export it again."
                yield number + 1, Damaged(message)

    return table_of(path, items)


def listed_values(events: Events, key: str) -> Iterator[Any]:
    """The values of the array that the file is, or that stands under `key` in it.

    Built here, with a limit on depth: the library's own builder goes down with its process on 100,000 brackets.
    """
    depth = 0
    at_key = not key
    for event, value in events:
        if event == "start_array" and at_key:
            break
        if event == "map_key":
            at_key = depth == 1 and value == key
        depth += event.startswith("start_") - event.startswith("end_")
    for event, value in events:
        if event == "end_array":
            return
        yield built(events, event, value, 1)


def built(events: Events, event: str, value: Any, depth: int) -> Any:
    if depth > MAX_DEPTH:
        raise TooMuch("Its values are nested too deeply for a table.")
    if event == "start_map":
        found: dict[str, Any] = {}
        for inner, name in events:
            if inner == "end_map":
                return found
            inner, part = next(events, ("null", None))
            found[name] = built(events, inner, part, depth + 1) if inner.startswith("start_") else part
    if event == "start_array":
        values: list[Any] = []
        for inner, part in events:
            if inner == "end_array":
                return values
            values.append(built(events, inner, part, depth + 1))
    return value


def wrapping_key(path: Path, encoding: Encoding) -> str:
    """The key of the first list of objects in a JSON object; empty when there is none near its begin."""
    key, depth, before = "", 0, ""
    with Bounded(path, encoding.name) as stream:
        try:
            for event, value in islice(ijson.basic_parse(stream), 10_000):
                if event == "start_map" and before == "start_array" and depth == 2:
                    return key
                if event == "map_key" and depth == 1:
                    key = str(value)
                depth += event.startswith("start_") - event.startswith("end_")
                before = event
        except UNREADABLE:
            return ""
    return ""


def flat(found: dict[str, Any]) -> dict[str, str]:
    """An object as column → text."""
    row: dict[str, str] = {}
    for key, value in found.items():
        if type(value) is str:
            row[key] = value
        elif isinstance(value, dict) and key in _SINGULAR | {"price": "", "stock": "", "option": "", "attribute": ""}:
            prefix = _SINGULAR.get(key, key)
            row |= {f"{prefix}: {name}": cell_of(part) for name, part in value.items()}
        else:
            row[key] = cell_of(value)
    return row


def cell_of(value: Any) -> str:
    """A value as the text of a cell; lists are parted by semicolons, named values are "name: value"."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, list):
        return "; ".join(part_of(part) for part in value[:MAX_LISTED])
    return part_of(value, in_list=False)


def part_of(value: Any, *, in_list: bool = True) -> str:
    if isinstance(value, dict):
        if set(value) == {"kind", "text"}:
            text = f"{value['kind']}: {value['text']}"
        elif "location" in value or "url" in value or "src" in value:
            location = value.get("location") or value.get("url") or value.get("src")
            text = f"{value['alt']} | {location}" if value.get("alt") else str(location)
        else:
            text = str(json.dumps(list(map(str, value)))[:200])
    elif isinstance(value, list):
        text = f"({len(value)} values)"
    else:
        text = str(value).strip()
    return as_part(text) if in_list else text


def first_line(error: Exception) -> str:
    return str(error).strip().partition("\n")[0][:200]
