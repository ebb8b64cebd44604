"""The one form of a text: Markdown, simple HTML and Editor.js documents that say the same become the same string."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import nh3
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from storefront.catalog.richtext import from_editorjs, normalise, to_editorjs, to_plain
from storefront.catalog.richtext.normal import full_form, quick_form
from tests.effort import tries

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
patient = settings(max_examples=tries(200), deadline=None, suppress_health_check=[HealthCheck.too_slow])


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


# --- what a text becomes ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "text",
    [
        *(
            "2 * 3 * 4",
            "15*12 cm",
            "a_b_c",
            "<5 kg",
            "[x]",
            "C:\\dir",
            "5 > 3",
            "#1 of its kind",
            "R&D",
            "a | b",
            "~5 kg",
        ),
        *('It\'s 5 % off (today) - "only" $4.99!', "Size: 10-12 cm", "• a", "– a", "a --- b", "1.5 kg", "2024", "a+b"),
        *("**Bold** and *soft*, ~~gone~~, `code`", "[a](https://example.org/)", "One  \ntwo", "# One\n\ntwo"),
        *(
            "- a\n- b\n  1. c\n  2. d\n- e",
            "3. c\n4. d",
            "> said\n>\n> — Somebody",
            "a\n\n---\n\nb",
            "A <u>b</u> c<sup>2</sup>",
        ),
        *("| a | b |\n| --- | --- |\n| 1 | **2** |", "- a\n\n* b", "- a  \n  b", '[a](/b "c")', "a<br><br>b"),
    ],
)
def test_what_is_well_written_stays(text: str) -> None:
    assert normalise(text) == text
    assert normalise(text, keeps_lines=True) == text


@pytest.mark.parametrize(
    ("text", "normal"),
    [
        ("__Bold__ _soft_", "**Bold** *soft*"),
        (
            "<p>One &amp; <strong>two</strong></p><ul><li>a</li><li>b<ul><li>c</li></ul></li></ul>",
            "One & **two**\n\n- a\n- b\n  - c",
        ),
        ("* a\n* b", "- a\n- b"),
        ("Title\n=====\n\ntext", "# Title\n\ntext"),
        ("one\ntwo", "one two"),
        ("one<br>two", "one  \ntwo"),
        ("26&nbsp;cm", "26 cm"),
        ("<table><tr><td>a</td><td><p>b</p></td></tr></table>", "<table>\n<tr><td>a</td><td>b</td></tr>\n</table>"),
        ("```\nx = 1\n  y\n```", "`x = 1`  \n`y`"),
        ("![A ball](/ball.png)", "[A ball](/ball.png)"),
        ("a<b>(x)</b>b", "a<b>(x)</b>b"),
        ("<b> a </b>b", "**a** b"),
        ("<div>\n\n    <p>a</p>\n\n    <p>b</p>\n</div>", "a\n\nb"),
        ("&lt;b&gt; &amp;amp;", "&lt;b> &amp;amp;"),
        ("<script>x</script>", ""),
        ("", ""),
    ],
)
def test_what_says_the_same_becomes_the_same(text: str, normal: str) -> None:
    assert normalise(text) == normal


@pytest.mark.parametrize(
    ("text", "normal"),
    [
        ("• a\n• b", "• a  \n• b"),
        ("Speeds: 5\r\nNoise: **45 dB**", "Speeds: 5  \nNoise: **45 dB**"),
        ("one<br>\ntwo", "one  \ntwo"),
        ("<p>one\ntwo</p>", "one two"),
        ("- a\n- b", "- a\n- b"),
    ],
)
def test_lines_are_kept_where_they_are_meant(text: str, normal: str) -> None:
    assert normalise(text, keeps_lines=True) == normal


@pytest.mark.parametrize(
    "words",
    [
        *(
            "2 * 3 * 4",
            "1. May",
            "# no heading",
            "a_b_c",
            "<5 kg",
            "[x](y)",
            "C:\\dir",
            "5 > 3",
            "- dash",
            "+",
            "~~",
            "`",
        ),
        *("&amp;", "> said", "* a", "---", "===", "| a |", "<b>", "\\*", "[x]: /y", "*a*", "![a](b)", "10) a", "***"),
        *("``` a", "\\"),
    ],
)
@pytest.mark.parametrize("kind", ["paragraph", "header", "quote", "list", "table"])
def test_signs_stay_what_they_are(words: str, kind: str) -> None:
    text = words.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    data = {
        "text": text,
        "level": 2,
        "caption": "",
        "alignment": "left",
        "style": "unordered",
        "items": [{"content": text, "items": []}],
        "withHeadings": True,
        "content": [[text], [text]],
    }
    made = document(block(kind, **data))

    [back] = to_editorjs(from_editorjs(made))["blocks"]

    assert back["type"] == kind
    assert back["data"] == {key: data[key] for key in back["data"]}


def test_lists_of_the_old_form_and_checklists_are_lists() -> None:
    old = document(block("list", style="ordered", items=["a", "b <b>c</b>"]))
    ticked = document(block("list", style="checklist", items=[item("a", item("b", checked=True), checked=False)]))

    assert from_editorjs(old) == "1. a\n2. b **c**"
    assert from_editorjs(ticked) == "- a\n  - b"


def test_what_lists_of_editorjs_have_no_place_for_stands_in_their_meta() -> None:
    text = "3. a\n   - b\n4. c"

    [made] = to_editorjs(text)["blocks"]

    assert made["data"]["meta"] == {"start": 3}
    assert made["data"]["items"][0]["meta"] == {"style": "unordered"}
    assert from_editorjs(document(made)) == text


def test_pictures_and_films_become_links() -> None:
    picture = block("image", file={"url": "https://example.org/i.png"}, caption="A ball", stretched=True)
    film = block("embed", service="youtube", source="https://youtu.be/x", embed="https://y/x", caption="")

    text = from_editorjs(document(picture, film))

    assert text == "[A ball](https://example.org/i.png)\n\n[https://youtu.be/x](https://youtu.be/x)"


def test_words_of_an_unknown_block_are_not_lost() -> None:
    made = document(block("warning", title="Careful", message="Not on the <b>neck</b>"), paragraph("after"))

    assert from_editorjs(made) == "Careful  \nNot on the **neck**\n\nafter"


@pytest.mark.parametrize("made", [{}, {"blocks": None}, {"blocks": [1, {}, {"type": "list", "data": None}]}])
def test_a_document_without_words_is_an_empty_text(made: dict[str, Any]) -> None:
    assert from_editorjs(made) == ""


def test_what_the_dashboard_writes_is_read() -> None:
    made = document(
        paragraph('Soft&nbsp;<b>ball</b>, <i>red &amp; round</i><br>5 &lt; 6 <a href="https://example.org">more</a>'),
        block("header", text="Use", level=2),
    )

    assert from_editorjs(made) == "Soft **ball**, *red & round*  \n5 < 6 [more](https://example.org)\n\n## Use"


def test_a_text_of_absurd_length_is_left_alone() -> None:
    text = "__a__ " * 40_000

    assert normalise(text) == text


def test_a_list_that_is_nested_deeper_than_saleor_takes_keeps_its_words() -> None:
    text = "<ul><li>" * 14 + "deep" + "</li></ul>" * 14
    words = "".join(f"<ul><li>{number}" for number in range(14)) + "</li></ul>" * 14

    [made] = to_editorjs(words)["blocks"]

    assert depth_of(made["data"]["items"]) == 10
    assert to_plain(normalise(words)) == to_plain(words)
    assert to_plain(normalise(text)) == "deep"


def depth_of(items: list[dict[str, Any]]) -> int:
    return 1 + max((depth_of(entry["items"]) for entry in items if entry["items"]), default=0)
