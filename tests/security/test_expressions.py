"""Every regular expression of ours takes time in proportion to the text, whatever the text is.

The expressions are found by importing every module, so that a new one is tried like the others. Only growth is
compared: four times the text may take no more than ten times as long, and the quickest of several tries counts.
"""

from __future__ import annotations

import importlib
import pkgutil
import re
import time
from collections.abc import Callable, Iterator
from functools import cache
from typing import Any

import pytest

from catalog_import.sources import numbers
from catalog_import.tagging import claims
from tests.effort import IS_SAMPLE, is_in_sample

# Beyond the bounds that expressions have, so that one which has some is seen to be linear.
SHORT, LONG = 3_000, 12_000
MOST = 10
# Less is noise, whatever it grows by.
NOTICEABLE_S = 0.02
# Read of texts of a few characters only, which the function that uses them sees to.
CAPPED = {numbers._MONEY, numbers._WEIGHT}

UNITS = (
    *"a1 \t\n*_`[](){}<>!|-=#~\\&.,'\"/:;+$@é\u3000\0",
    *("a ", "1 ", "a.", "1,", "a;", "a:", "a-", "a_", "//", "\n ", " \n", "\n\n", "a\n", "a\\"),
    *(
        "<a",
        "<p",
        "<p ",
        "</p",
        "<p>",
        "<p>a</p>",
        "<li>a",
        "<td ",
        "<br ",
        "<!--",
        "<!-- ",
        "<script>",
        "<style ",
        '<a href="',
    ),
    *(
        "](",
        "![",
        "[a](",
        "![a](",
        "[a]( ",
        "**a",
        "__a",
        "~~a",
        "*a ",
        "_a_",
        "\\|",
        " |",
        "| ",
        "\t|",
        "> ",
        "- ",
        "1. ",
        "# #",
    ),
    *(
        "&a",
        "&#1",
        "&amp;",
        'x="',
        "r = '",
        "ount=",
        "1,111",
        "-1-",
        "not a",
        "ends all ",
        "cures ",
        "a@b",
        ".jpg?",
        "0x",
    ),
)
ENDS = (("", ""), ("a", "b|c"), ("# ", "x"), ("<a ", "!"), ("1", "e"))


@cache
def expressions() -> dict[str, re.Pattern[Any]]:
    """All compiled expressions of our modules by name, those in containers and behind functions included."""
    found: dict[str, re.Pattern[Any]] = {f"claims.rules.{rule.says}": rule.pattern for rule in claims.rules()}
    found["claims.any_rule"] = claims.any_rule()
    for module in modules():
        for name, value in vars(module).items():
            is_many = isinstance(value, list | tuple | set | frozenset)
            parts = list(value) if is_many else list(value.values()) if isinstance(value, dict) else [value]
            for number, part in enumerate(parts):
                if isinstance(part, re.Pattern) and part not in found.values() and part not in CAPPED:
                    found[f"{module.__name__}.{name}" + (f".{number}" if number else "")] = part
    return found


def modules() -> Iterator[Any]:
    for root in ("storefront", "catalog_import"):
        for module in pkgutil.walk_packages(importlib.import_module(root).__path__, f"{root}."):
            # Loading wsgi limits the statements of this whole process.
            if not module.name.endswith(("__main__", ".wsgi")) and ".migrations" not in module.name:
                yield importlib.import_module(module.name)


def seconds(use: Callable[[Any], object], text: Any) -> float:
    quickest = float("inf")
    for _ in range(3):
        began = time.process_time()
        use(text)
        quickest = min(quickest, time.process_time() - began)
        if quickest < NOTICEABLE_S:
            break
    return quickest


def too_fast_growing(use: Callable[[Any], object], make: Callable[[int], Any]) -> str:
    """What is wrong with the growth of this use; nothing where all is well."""
    long = seconds(use, make(LONG))
    if long < NOTICEABLE_S:
        return ""
    short = seconds(use, make(SHORT))
    return f"{short:.4f} s became {long:.4f} s" if long > MOST * short else ""


def maker(unit: str, before: str, after: str, *, is_bytes: bool) -> Callable[[int], Any]:
    def make(length: int) -> Any:
        text = before + unit * (length // len(unit)) + after
        return text.encode() if is_bytes else text

    return make


def uses(pattern: re.Pattern[Any]) -> Callable[[Any], object]:
    def use(text: Any) -> None:
        pattern.match(text)
        pattern.fullmatch(text)
        for _ in pattern.finditer(text):
            pass

    return use


def units_for(name: str) -> tuple[str, ...]:
    """Return what to repeat before an expression: in a sample another part for each expression."""
    return tuple(unit for unit in UNITS if is_in_sample(f"{name} {unit}")) if IS_SAMPLE else UNITS


def test_all_expressions_are_found() -> None:
    names = " ".join(expressions())

    assert len(expressions()) > 60
    for name in ("richtext.markdown._SPECIAL", "tagging.text._STRONG", "cells._LISTED", "claims.any_rule"):
        assert name in names


def test_no_expression_takes_more_than_linear_time() -> None:
    slow = []
    for name, pattern in expressions().items():
        use = uses(pattern)
        for unit in units_for(name):
            for before, after in ENDS:
                make = maker(unit, before, after, is_bytes=isinstance(pattern.pattern, bytes))
                if wrong := too_fast_growing(use, make):
                    slow.append(f"{name} on {before!r} + {unit!r}… + {after!r}: {wrong}")
                    break
            else:
                continue
            break

    assert slow == []


@pytest.mark.parametrize(
    "text", ["1" * 100_000, " " * 100_000 + "1", "$" + " 1" * 50_000], ids=["ones", "spaces", "money"]
)
def test_what_reads_only_short_texts_refuses_long_ones(text: str) -> None:
    for read in (numbers.read_money, numbers.read_grams):
        with pytest.raises(numbers.NumberError):
            read(text)
