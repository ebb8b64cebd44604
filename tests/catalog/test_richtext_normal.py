"""The one form of a text: Markdown, simple HTML and Editor.js documents that say the same become the same string."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import nh3
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from storefront.catalog.richtext import from_editorjs, normalise, to_editorjs, to_plain
from storefront.catalog.richtext.normal import full_form, quick_form

SAMPLES = Path(__file__).parents[2] / "sample_data"
MARKS = ("<b>", "</b>", "<i>", "</i>", "<u>", "</u>", "<mark>", "</mark>", "<sup>", "</sup>", "<code>", "</code>")
BLOCKS = ("<p>", "</p>", "<ul>", "</ul>", "<ol start=3>", "</ol>", "<li>", "</li>", "<div>", "</div>", "<h2>", "</h2>")
TABLES = ("<table>", "</table>", "<tr>", "</tr>", "<td>", "</td>", "<th>", "<pre>", "</pre>", "<blockquote>", "<hr>")
LINKS = ('<a href="https://example.org/?a=1&b=(2)">', '<a href="a b" title="&quot;t\\">', "</a>", "[x](/y)", "![x](z)")
SIGNS = (
    "*",
    "**",
    "_",
    "~~",
    "`",
    "``",
    "[",
    "]",
    "(",
    ")",
    "!",
    "<",
    ">",
    "&",
    "&amp;",
    "&copy;",
    "\\",
    "|",
    "#",
    "+",
)
LINES = (
    "\n",
    "\n\n",
    "  \n",
    "\n> ",
    "\n- ",
    "\n  - ",
    "\n1. ",
    "\n3) ",
    "\n    ",
    "\n| a | b |\n|---|---|\n| ",
    "<br>",
)
WORDS = (
    "a",
    "b",
    "word",
    "1.",
    "2)",
    "5 kg",
    "=",
    "==",
    "-",
    "---",
    "—",
    "— ",
    "•",
    "é",
    "ß",
    "\u00a0",
    "\u3000",
    "😀",
    ":",
    '"',
)
WORDS += (
    "http://x.y/_z_",
    "C:\\dir",
    "#",
    "```",
    "~~~",
    " ",
    "  ",
    "\t",
    "\x0b",
    "\x85",
    "\u2028",
    "\x00",
    "&#0;",
    "&nbsp;",
    "\ufeff",
)

texts = st.lists(
    st.sampled_from(MARKS + BLOCKS + TABLES + LINKS + SIGNS + LINES + WORDS * 2 + ("\ud800",)), max_size=25
).map("".join)
markdown = st.lists(st.sampled_from(LINKS + SIGNS + LINES + WORDS), max_size=25).map("".join)
any_text = st.one_of(texts, markdown, st.text(max_size=60))
inline = st.lists(st.sampled_from(MARKS + LINKS + SIGNS + WORDS + ("<br>", "&lt;b&gt;")), max_size=10).map("".join)
patient = settings(max_examples=3000, deadline=None, suppress_health_check=[HealthCheck.too_slow])


def paragraph(text: str) -> dict[str, Any]:
    return {"id": "x1", "type": "paragraph", "data": {"text": text}}


def block(kind: str, **data: Any) -> dict[str, Any]:
    return {"type": kind, "data": data}


def document(*blocks: dict[str, Any]) -> dict[str, Any]:
    return {"time": 1, "blocks": list(blocks), "version": "2.30.7"}


def item(content: str, *items: Any, **meta: Any) -> dict[str, Any]:
    return {"content": content, "items": list(items), "meta": meta}


items = st.recursive(
    inline.map(item),
    lambda inner: st.builds(lambda text, below: item(text, *below), inline, st.lists(inner, max_size=3)),
    max_leaves=6,
)
styles = st.sampled_from(["ordered", "unordered", "checklist"])
documents = st.lists(
    st.one_of(
        inline.map(paragraph),
        st.builds(lambda text, level: block("header", text=text, level=level), inline, st.integers(1, 6)),
        st.builds(lambda text, caption: block("quote", text=text, caption=caption), inline, inline),
        st.builds(lambda style, inner: block("list", style=style, items=inner), styles, st.lists(items, max_size=4)),
        st.builds(lambda style, inner: block("list", style=style, items=inner), styles, st.lists(inline, max_size=3)),
        st.builds(
            lambda heads, rows: block("table", withHeadings=heads, content=rows),
            st.booleans(),
            st.lists(st.lists(inline, max_size=3), max_size=3),
        ),
        st.builds(lambda words: block("image", file={"url": "https://example.org/i.png"}, caption=words), inline),
        st.builds(lambda words: block("embed", source="https://youtu.be/x", caption=words), inline),
    ),
    max_size=5,
).map(lambda blocks: document(*blocks))


def cleaned(value: Any) -> Any:
    """A document as Saleor gives it back: every text cleaned, keys in another order."""
    if isinstance(value, dict):
        return {key: value[key] if key == "type" else cleaned(value[key]) for key in sorted(value, reverse=True)}
    if isinstance(value, list):
        return [cleaned(part) for part in value]
    return nh3.clean(value, url_schemes={"http", "https", "mailto", "tel"}) if isinstance(value, str) else value


def sample_texts() -> Iterator[str]:
    for path in sorted((SAMPLES / "guides").glob("*.md")):
        yield path.read_text(encoding="utf-8").split("\n---\n", 1)[1].strip()
    with (SAMPLES / "products.csv").open(encoding="utf-8", newline="") as file:
        yield from (row["description"] for row in csv.DictReader(file) if row["description"])


def assert_lawful(text: str) -> None:
    normal = normalise(text)
    blocks = to_editorjs(text)

    assert to_editorjs(normal) == blocks
    assert normalise(normal) == normal
    assert normalise(normal, keeps_lines=True) == normal
    assert from_editorjs(blocks) == normal
    assert from_editorjs(cleaned(blocks)) == normal
    assert to_plain(normal) == to_plain(text)


# --- laws ---------------------------------------------------------------------------------------------------


@patient
@given(any_text)
def test_the_form_of_a_text_means_the_same_and_stays(text: str) -> None:
    assert_lawful(text)


@patient
@given(any_text)
def test_so_does_the_form_that_keeps_lines(text: str) -> None:
    normal = normalise(text, keeps_lines=True)

    assert_lawful(normal)
    assert normalise(normal) == normal
    assert to_plain(normal) == to_plain(text)


@patient
@given(documents)
def test_a_document_has_one_text(made: dict[str, Any]) -> None:
    text = from_editorjs(made)

    assert from_editorjs(to_editorjs(text)) == text
    assert from_editorjs(cleaned(made)) == text
    assert normalise(text) == text


SIMPLE = (
    *("word", "5", "1.", "1)", "#", "#a", "-", "- ", "•", "& ", "&", "&amp", "&amp;", "=", "+", ":", "é", "!", "("),
    *(" ", " ", "\n", "\n", "  \n", "\n\n", "\n- ", "\n\n- ", "<p>", "</p>", "<p>", "</p>\n", "<ul>", "</ul>"),
    *("<li>", "</li>", "<li>a</li>", "</li></ul>", "<ul><li>", "\ufeff", "\ufffe", "\x80"),
)
simple_texts = st.lists(st.sampled_from(SIMPLE), max_size=12).map("".join)


@patient
@given(simple_texts | st.text(max_size=20), st.booleans())
def test_the_quick_way_is_the_full_one(text: str, keeps_lines: bool) -> None:
    quick = quick_form(text, keeps_lines=keeps_lines)

    assert quick is None or quick == full_form(text, keeps_lines=keeps_lines)


def test_the_guides_and_products_that_come_along_are_lawful() -> None:
    for text in sample_texts():
        assert_lawful(text)


def test_the_guides_that_come_along_have_their_form_already() -> None:
    guides = [path.read_text(encoding="utf-8") for path in sorted((SAMPLES / "guides").glob("*.md"))]

    bodies = [text.split("\n---\n", 1)[1].strip() for text in guides]

    assert [body for body in bodies if normalise(body) != body] == []
