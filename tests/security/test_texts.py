"""Texts that were written to keep a worker or a web thread busy."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from catalog_import.sources.guides import MAX_FRONT_MATTER, parse_guide
from catalog_import.sources.problems import ProblemCode
from catalog_import.tagging import tag_product
from catalog_import.tagging.claims import claims_in
from catalog_import.tagging.text import headings_of, lead_ins_of, plain_text
from storefront.catalog.richtext import MAX_LENGTH, html, normalise, to_html
from storefront.catalog.richtext.html import rendered
from storefront.catalog.richtext.kept import Kept
from tests.builders import GUIDE_TEXT, TAXONOMY, a_product
from tests.effort import IS_SAMPLE, is_in_sample
from tests.security.test_expressions import maker, seconds

SHORT, LONG = 3_000, 12_000
# Four times the text; the parsers' own tables and the machine's other work have their part.
MOST = 12
NOTICEABLE_S = 0.2
UNITS = (
    *"[*_`|> #~\\<&\n\t",
    *(
        "> ",
        "- ",
        "| a",
        "![",
        "](",
        "[a](",
        "**a",
        "*a_ ",
        "<!--",
        "<?",
        "<!A",
        "<![CDATA[",
        "<a ",
        "<p ",
        "<b>a</b> ",
    ),
    *(
        "<ul><li>a",
        "a<br>",
        "- a\n\n  b\n\n  ",
        "* a\n",
        "1. a\n",
        "|a|b|\n|-|-|\n",
        "``a` ",
        "[a]: b\n",
        "# #",
        "# b\n",
    ),
    *("# a\n", "**a** b\n\n", "neck ", "cures ", "not neck ", "neck pain cure "),
)


def read_plainly(text: str) -> None:
    plain = plain_text(text)
    headings_of(text, plain)
    lead_ins_of(text, plain)
    claims_in("body", text)


def tag(text: str) -> None:
    tag_product(a_product(description=text), TAXONOMY)


@pytest.mark.parametrize("use", [rendered, normalise, read_plainly, tag])
def test_no_text_takes_more_than_linear_time(use: Callable[[str], object]) -> None:
    use("a")
    slow = []
    for unit in UNITS:
        if IS_SAMPLE and not is_in_sample(f"{use.__name__} {unit}"):
            continue
        make = maker(unit, "a", "b|c", is_bytes=False)
        long = seconds(use, make(LONG))
        if long > NOTICEABLE_S and long > MOST * (short := seconds(use, make(SHORT))):
            slow.append(f"{unit!r}: {short:.3f} s became {long:.3f} s")

    assert slow == []


def test_a_text_is_rendered_once(monkeypatch: pytest.MonkeyPatch) -> None:
    times: list[str] = []

    def counted(text: str, *, top_level: int) -> str:
        times.append(text)
        return rendered(text, top_level=top_level)

    monkeypatch.setattr(html, "rendered", counted)
    text = "A *text* that nobody rendered before"

    assert to_html(text, top_level=2) == to_html(text, top_level=2)
    assert times == [text]


def test_what_is_kept_is_bounded() -> None:
    kept = Kept(limit=1_000)
    for number in range(100):
        assert kept.get(str(number), 1, lambda: "x" * 300) == "x" * 300

    assert kept._size <= 1_000
    assert len(kept._found) == 3


def test_a_text_beyond_all_bounds_is_shown_as_it_stands() -> None:
    assert to_html("<b>*" * MAX_LENGTH).startswith("<p>&lt;b&gt;*&lt;b&gt;*")


@pytest.mark.parametrize(
    ("body", "more", "column"),
    [("a" * (MAX_LENGTH + 1), "", "body"), ("a", "x: " + "[" * (MAX_FRONT_MATTER + 1) + "\n", "")],
)
def test_a_guide_that_is_too_long_is_told_and_not_cut(body: str, more: str, column: str) -> None:
    text = GUIDE_TEXT.format(slug="feet", title="Feet", summary="Slowly.", more=more, body=body)

    guide, (problem,) = parse_guide(text, Path("feet.md").name, TAXONOMY)

    assert guide is None
    assert (problem.code, problem.file, problem.column) == (ProblemCode.TOO_LONG, "feet.md", column)
    assert "at most 100,000" in problem.message


def test_a_guide_of_nothing_but_unknown_names_is_read_in_one_pass() -> None:
    def read(count: int) -> Callable[[str], object]:
        more = "".join(f"n{number}: x\n" for number in range(count))
        text = GUIDE_TEXT.format(slug="feet", title="Feet", summary="Slowly.", more=more, body="Roll.")
        return lambda _: parse_guide(text, "feet.md", TAXONOMY)

    assert seconds(read(4_000), "") < 10 * seconds(read(1_000), "") + NOTICEABLE_S
