"""A mapping proposed for a table of unknown columns, from its headers and from what stands below them."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

from rapidfuzz import fuzz, process

from catalog_import.sources.cells import MAX_LOCATION, CellError
from catalog_import.sources.columns import columns_of
from catalog_import.sources.dialects.headers import (
    LIKELY,
    OPTIONS,
    SPELLINGS,
    likely_column,
    our_column,
    plain,
    stated_currencies,
    stated_unit,
)
from catalog_import.sources.dialects.recognition import header_score
from catalog_import.sources.dialects.systems import system_of
from catalog_import.sources.formats.tables import Table
from catalog_import.sources.notes import Notes
from catalog_import.sources.opening import read_tables
from catalog_import.sources.problems import Problem
from storefront.catalog.taxonomy import Taxonomy, load_taxonomy

Tests = dict[str, Callable[[str], object]]

LOOKED_AT = 200
MOST = 0.8
# How alike a header and a word must be (of 100) where no value speaks against it.
ALIKE = 86
SHOWN_BY_VALUES = (
    *("barcode", "price", "compare_at_price", "stock", "weight_g", "warranty_years", "currency", "status"),
    *("fsa_hsa_eligible", "tool_type", "target_areas", "conditions"),
)


@dataclass(frozen=True, slots=True)
class ProposedColumn:
    """A column of the file, what it would be mapped to (None: left out), and why; `example` is its first value."""

    theirs: str
    ours: str | None
    reason: str
    example: str = ""


@dataclass(frozen=True, slots=True)
class Proposal:
    """What a mapping file could say. `problems` tell why there is none."""

    columns: tuple[ProposedColumn, ...] = ()
    problems: tuple[Problem, ...] = ()

    def as_yaml(self) -> str:
        """The mapping file, with the reasons as comments."""
        lines = ["# their column: our column"]
        for column in self.columns:
            theirs = yaml_text(column.theirs)
            reason = " ".join(column.reason.split())
            ours = f'"{column.ours}"' if column.ours and ":" in column.ours else column.ours
            lines.append(f"{theirs}: {ours}  # {reason}" if ours else f"# {theirs}:  # {reason}")
        return "\n".join(lines) + "\n"


def propose_mapping(path: Path, taxonomy: Taxonomy | None = None) -> Proposal:
    """A mapping for the first table of a file. Writes nothing."""
    taxonomy = taxonomy or load_taxonomy()
    tests = value_tests(taxonomy)
    known = tuple(columns_of(taxonomy))
    tables, problem = read_tables(path, header_score(known), Notes(path.name))
    if not tables:
        return Proposal(problems=(problem,) if problem else ())
    table = tables[0]
    values = column_values(table)
    if (system := system_of(table.header)) is not None:
        named = system.columns_for(table.header)
        reason = f"a column of the {system.name}"
        chosen = {place: (name, reason) for place, name in enumerate(named) if name}
    else:
        chosen = chosen_columns(table.header, values, tests)
    found: list[ProposedColumn] = []
    for place, head in enumerate(table.header):
        mapped, reason = chosen.get(place, (None, "no similar column"))
        if head:
            found.append(ProposedColumn(head, mapped, reason, next(iter(values[place]), "")[:80]))
    return Proposal(tuple(found))


def chosen_columns(header: Sequence[str], values: Sequence[Sequence[str]], tests: Tests) -> dict[int, tuple[str, str]]:
    """Place → (our column, why): for each column of ours the one that is surest, pictures from all of theirs."""
    chosen: dict[int, tuple[str, str]] = {}
    candidates = [
        (sure, place, ours, reason)
        for place, head in enumerate(header)
        for sure, ours, reason in guesses(head, values[place], tests)
    ]
    for _, place, ours, reason in sorted(candidates, key=lambda candidate: -candidate[0]):
        taken = {name.partition(" (")[0] for name, _ in chosen.values()}
        if place not in chosen and (ours == "image" or ours.partition(" (")[0] not in taken):
            chosen[place] = ours, reason
    return chosen


def column_values(table: Table) -> list[list[str]]:
    """The filled cells of each column, in the first rows."""
    values: list[list[str]] = [[] for _ in table.header]
    for _, row in islice(table.read(), LOOKED_AT):
        if isinstance(row, list):
            for place, cell in enumerate(row[: len(values)]):
                if text := cell.strip():
                    values[place].append(text)
    return values


def value_tests(taxonomy: Taxonomy) -> Tests:
    """Our column → what reads its cells, for those whose cells show what they are."""
    columns = columns_of(taxonomy)
    return {name: columns[name].parse for name in SHOWN_BY_VALUES} | {"image": parse_picture_name}


def guesses(head: str, values: Sequence[str], tests: Tests) -> list[tuple[float, str, str]]:
    """(how sure, our column, why) for a column, by its header and by its values."""
    found: list[tuple[float, str, str]] = []
    if by_header := guess_by_header(head):
        sure, ours, reason = by_header
        test = None if stated_unit(head) else tests.get(ours)
        if not values:
            # Of two columns for one thing, the filled one is meant.
            found.append((sure - 8, ours, reason))
        elif test is None or share(values, test) >= MOST:
            found.append((sure + (0.5 if test else 0), ours, reason))
    return found + guess_by_values(values, tests)


def guess_by_header(head: str) -> tuple[float, str, str] | None:
    if not head or len(head) > 100:
        return None
    if ours := our_column(head, SPELLINGS):
        codes = stated_currencies(head, SPELLINGS)
        ours = f"{ours} ({codes[0]})" if codes else ours
        return 10.0, ours, f'"{head}" is another word for {ours}'
    if ours := likely_column(head):
        return 9.0, ours, f'"{head}" may mean {ours}'
    words = plain(head)
    if OPTIONS.intersection(words.split()):
        return 8.0, f"option: {head}", "variants differ by it"
    known = {plain(word): ours for ours, more in SPELLINGS.items() for word in (ours, *more)}
    known |= {word: ours for ours, more in LIKELY.items() for word in more if len(word) > 4}
    near = process.extractOne(words, list(known), scorer=fuzz.token_sort_ratio, score_cutoff=ALIKE)
    if near is None:
        return None
    return near[1] / 20, known[near[0]], f'"{head}" is like "{near[0]}"'


def guess_by_values(values: Sequence[str], tests: Tests) -> list[tuple[float, str, str]]:
    """What the cells alone say; only where hardly anything else could look like that."""
    if len(values) < 2:
        return []
    found = []
    for ours, reason in (
        ("barcode", "its numbers have the check digit of a GTIN"),
        ("tool_type", "its words are tool types"),
        ("target_areas", "its words are body areas"),
        ("conditions", "its words are conditions"),
        ("image", "its cells are names or addresses of pictures"),
    ):
        if share(values, tests[ours]) >= MOST:
            found.append((3.0, ours, reason))
    if all(re.fullmatch(r"\D{0,4}\d[\d.,' ]*[.,]\d{2}\D{0,4}", value) for value in values):
        found.append((2.0, "price", "its cells are amounts with two decimals"))
    is_code = all(re.fullmatch(r"[\w./-]{2,40}", value) and re.search(r"\d", value) for value in values)
    if is_code and len(set(values)) == len(values) and any(re.search(r"[A-Za-z]", value) for value in values):
        found.append((1.5, "sku", "its cells are codes, each only once"))
    length = sum(map(len, values)) / len(values)
    if length > 80:
        found.append((1.0, "description", "its cells are long texts"))
    elif length > 8 and len(set(values)) > 0.5 * len(values) and all(" " in value for value in values):
        found.append((0.5, "name", "its cells are short texts, mostly different"))
    return found


def share(values: Sequence[str], test: Callable[[str], object]) -> float:
    """How many of the values the test reads."""
    return sum(1 for value in values if reads(test, value)) / len(values)


def reads(test: Callable[[str], object], value: str) -> bool:
    try:
        test(value)
    except CellError:
        return False
    return True


def parse_picture_name(cell: str) -> str:
    if len(cell) > MAX_LOCATION or not re.search(r"\.(?:jpe?g|png|webp|gif|avif)(?:\?\S*)?\s*$", cell, re.IGNORECASE):
        raise CellError("no picture")
    return cell


def yaml_text(text: str) -> str:
    """A text as a YAML key; JSON's quotes are YAML's too."""
    is_plain = re.fullmatch(r"[A-Za-zÀ-ÿ][\wÀ-ÿ ()./%-]*", text) is not None
    escaped = "".join(sign if sign.isprintable() else " " for sign in text).replace("\\", "\\\\").replace('"', '\\"')
    return (
        text if is_plain and text.lower() not in ("yes", "no", "true", "false", "null", "on", "off") else f'"{escaped}"'
    )
