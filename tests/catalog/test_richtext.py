"""Texts as they are shown: HTML that can do no harm, and the blocks that Saleor's clients know."""

from __future__ import annotations

from html.parser import HTMLParser
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from storefront.catalog.richtext import to_editorjs, to_html, to_plain

ALLOWED_BLOCKS = {"paragraph", "header", "list", "quote", "table"}


def blocks(text: str) -> list[tuple[str, dict[str, Any]]]:
    return [(block["type"], block["data"]) for block in to_editorjs(text)["blocks"]]


def paragraph(text: str) -> tuple[str, dict[str, Any]]:
    return "paragraph", {"text": text}


def item(content: str, *items: dict[str, Any]) -> dict[str, Any]:
    return {"content": content, "items": list(items)}


# --- HTML ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "html"),
    [
        ("<script>alert(1)</script>Hello", "Hello"),
        ("<style>p{}</style>Hello", "Hello"),
        ('<p onclick="x()">Hello</p>', "<p>Hello</p>"),
        ('<p style="color:red" class="a" id="b">Hello</p>', "<p>Hello</p>"),
        ('<a href="javascript:x()">Hello</a>', '<a rel="noopener noreferrer">Hello</a>'),
        ('<a href="JaVaScRiPt:x()">Hello</a>', '<a rel="noopener noreferrer">Hello</a>'),
        ('<a href="data:text/html,x">Hello</a>', '<a rel="noopener noreferrer">Hello</a>'),
        ('<img src="x" onerror="x()">Hello', "Hello"),
        ("<iframe src='https://example.org'></iframe>Hello", "Hello"),
        ("<form><input><button>Hello</button></form>", "Hello"),
        ("<svg><script>x()</script></svg>Hello", "Hello"),
        ("<!-- secret -->Hello", "Hello"),
    ],
)
def test_what_could_do_harm_is_taken_out(text: str, html: str) -> None:
    found = to_html(text).replace("<p>", "").replace("</p>", "").strip()

    assert found == html.replace("<p>", "").replace("</p>", "")


@pytest.mark.parametrize(
    ("text", "html"),
    [
        ("Hello **you**", "<p>Hello <strong>you</strong></p>\n"),
        ("Hello <b>you</b>", "<p>Hello <b>you</b></p>\n"),
        ("~~gone~~", "<p><s>gone</s></p>\n"),
        ("- one\n- two", "<ul>\n<li>one</li>\n<li>two</li>\n</ul>\n"),
        (
            "[a](https://example.org)",
            '<p><a href="https://example.org" rel="noopener noreferrer">a</a></p>\n',
        ),
        ("1 < 2 & 3", "<p>1 &lt; 2 &amp; 3</p>\n"),
        ("", ""),
    ],
)
def test_markdown_and_simple_html_are_shown(text: str, html: str) -> None:
    assert to_html(text) == html


@pytest.mark.parametrize(
    ("text", "top_level", "levels"),
    [
        ("# One\n\n## Two\n\n###### Six", 1, ["h1", "h2", "h6"]),
        ("# One\n\n## Two\n\n###### Six", 2, ["h2", "h3", "h6"]),
        ("# One\n\n## Two\n\n###### Six", 3, ["h3", "h4", "h6"]),
        ("## Two\n\n### Three", 2, ["h2", "h3"]),
        ("### Three\n\n## Two", 3, ["h4", "h3"]),
        ("None", 2, []),
    ],
)
def test_headings_go_down_together_to_the_level_that_is_free(text: str, top_level: int, levels: list[str]) -> None:
    html = to_html(text, top_level=top_level)

    assert [level for level in Read(html).tags if level.startswith("h")] == levels
    assert all(f"</{level}>" in html for level in levels)


class Read(HTMLParser):
    def __init__(self, html: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.attributes: list[tuple[str, str | None]] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.attributes += attrs


@given(
    st.lists(st.sampled_from(["<", ">", "script", "a", " href=", '"', "javascript:", "x", "\n", "*", "&#", "/", "on="]))
)
def test_no_text_gets_through_as_code(parts: list[str]) -> None:
    read = Read(to_html("".join(parts)))

    assert not {"script", "style", "iframe", "img", "svg"} & set(read.tags)
    assert {name for name, _ in read.attributes} <= {"href", "title", "rel"}
    assert all(not (value or "").strip().lower().startswith("javascript") for name, value in read.attributes)


# --- Editor.js ----------------------------------------------------------------------------------------------


def test_a_document_says_its_version() -> None:
    assert to_editorjs("") == {"blocks": [], "version": "2.30.7"}


def test_paragraphs_keep_their_inline_markup() -> None:
    assert blocks("One **two** `x`\n\n[a](https://example.org)") == [
        paragraph("One <b>two</b> <code>x</code>"),
        paragraph('<a href="https://example.org">a</a>'),
    ]


def test_text_is_escaped_once() -> None:
    assert blocks("1 < 2 & 3") == [paragraph("1 &lt; 2 &amp; 3")]


def test_headings_keep_their_level() -> None:
    assert blocks("# One\n\n### Three") == [
        ("header", {"text": "One", "level": 1}),
        ("header", {"text": "Three", "level": 3}),
    ]


def test_lists_are_ordered_or_not() -> None:
    assert blocks("- one\n- two") == [("list", {"style": "unordered", "items": [item("one"), item("two")]})]
    assert blocks("1. one\n2. two") == [("list", {"style": "ordered", "items": [item("one"), item("two")]})]


def test_a_list_in_a_list_lies_in_its_item() -> None:
    assert blocks("- one\n  - inner\n    - innermost\n- two") == [
        (
            "list",
            {"style": "unordered", "items": [item("one", item("inner", item("innermost"))), item("two")]},
        )
    ]


def test_paragraphs_of_a_list_item_stay_in_it() -> None:
    assert blocks("- one\n\n  more\n\n- two\n\nafter") == [
        ("list", {"style": "unordered", "items": [item("one<br>more"), item("two")]}),
        paragraph("after"),
    ]


def test_quotes_are_quotes() -> None:
    assert blocks("> said\n\nafter") == [
        ("quote", {"text": "said", "caption": "", "alignment": "left"}),
        paragraph("after"),
    ]


def test_tables_have_headings_and_rows() -> None:
    assert blocks("| a | b |\n|---|---|\n| 1 | **2** |") == [
        ("table", {"withHeadings": True, "content": [["a", "b"], ["1", "<b>2</b>"]]})
    ]


def test_a_paragraph_in_a_table_cell_stays_in_its_cell() -> None:
    assert blocks("<table><tr><td><p>1</p></td><td>2</td></tr></table>") == [
        ("table", {"withHeadings": False, "content": [["1", "2"]]})
    ]


def test_a_list_in_a_table_cell_stays_in_its_cell() -> None:
    found = blocks("<table><tr><td><ul><li>1</li></ul></td><td>2</td></tr></table>")

    assert [kind for kind, _ in found] == ["table"]


def test_simple_html_becomes_the_same_blocks_as_markdown() -> None:
    assert blocks("<h2>A</h2><p>b</p><ul><li>c</li></ul>") == blocks("## A\n\nb\n\n- c")


def test_text_around_blocks_is_not_lost() -> None:
    found = blocks("<div>before<ul><li>one</li></ul>after</div>")

    assert [data.get("text") or data["items"] for _, data in found] == ["before", [item("one")], "after"]


@given(
    st.lists(
        st.sampled_from(
            ["# a", "- b", "  - c", "> d", "| a |\n|---|\n| 1 |", "word", "", "```\ncode\n```", "<div>x</div>", "---"]
        )
    )
)
def test_only_blocks_that_saleor_allows_are_made(lines: list[str]) -> None:
    document = to_editorjs("\n".join(lines))

    assert {block["type"] for block in document["blocks"]} <= ALLOWED_BLOCKS


@given(st.lists(st.sampled_from(["# {}", "- {}", "  - {}", "> {}", "{}", "", "1. {}", "**{}**"]), max_size=12))
def test_no_word_is_lost_in_blocks(lines: list[str]) -> None:
    text = "\n".join(line.format(f"word{number}") for number, line in enumerate(lines))

    said = str(to_editorjs(text))

    assert [word for word in to_plain(text).split() if word not in said] == []


# --- plain --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "plain"),
    [
        ("One **two**\n\n- three\n- four", "One two three four"),
        ("<p>One</p><p>two &amp; three</p>", "One two & three"),
        ("a<br>b", "a b"),
        ("<script>x</script>One", "One"),
        ("", ""),
    ],
)
def test_the_words_alone(text: str, plain: str) -> None:
    assert to_plain(text) == plain
