"""Blocks → Markdown that is read as these very blocks, as a person would write it.

A sign is escaped only where it would mean something. Where Markdown can't say it (bold inside a word next to a
bracket, a table without a heading), a way with more HTML is taken: `Way` lists them, from the plainest to the safest.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from enum import Enum, auto

from storefront.catalog.richtext.blocks import (
    CAPTION,
    Block,
    Header,
    Item,
    ListBlock,
    Paragraph,
    Quote,
    Rule,
    Runs,
    Table,
)
from storefront.catalog.richtext.runs import BREAK, Mark, Run, end_tag, inline_html, start_tag, steps


class Way(Enum):
    """How to write a block down: Markdown; Markdown with tags for its marks; HTML throughout."""

    MARKDOWN = auto()
    TAGS = auto()
    HTML = auto()


HARD_BREAK = "  \n"
_MARKERS = {"b": "**", "i": "*", "s": "~~"}
_PUNCTUATION = r"!-/:-@\[-`{-~"
_SPECIAL = re.compile(
    rf"\\(?=[{_PUNCTUATION}]|$)"  # before what it would escape
    r"|`"
    r"|\*(?!(?<= \*) )"  # but not in "2 * 3"
    r"|_(?!(?<=[^\W_]_)[^\W_]|(?<= _) )"  # but not in "a_b"
    r"|~(?=~|$)|(?<=~)~|^~"
    r"|\](?=[(:])"
    r"|<(?=[A-Za-z/!?])"
    r"|&(?=#?\w{1,31};)"
)
_BRACKET = re.compile(r"[\[\]]")
_PIPE = re.compile(r"(?<!\\)\|")
_ALL = re.compile(rf"[{_PUNCTUATION}]")
# What begins a block where a line begins; the group is the place of the backslash.
_LINE_START = re.compile(
    r"\A(?:()(?:#{1,6}(?:\s|$)|>|[-+*](?:\s|$)|=+\s*$|-+\s*$|(?=[:| ]*-)[-:|][-:| ]*$)|\d{1,9}()[.)](?:\s|$))"
)
_FENCE = re.compile(r"`+")


def write_blocks(blocks: Sequence[Block], ways: Sequence[Way]) -> str:
    """Return the Markdown of blocks, each written in its way."""
    parts: list[str] = []
    before: Block | None = None
    is_second = False
    for block, way in zip(blocks, ways, strict=True):
        # A list right after a list of its kind has other bullets, or the two would be one.
        is_second = are_alike(before, block) and not is_second
        parts.append(_separator(before, block) + write_block(block, way, is_second=is_second))
        before = block
    return "".join(parts)


def are_alike(before: Block | None, block: Block) -> bool:
    return isinstance(before, ListBlock) and isinstance(block, ListBlock) and before.is_ordered == block.is_ordered


def write_block(block: Block, way: Way, *, is_second: bool = False) -> str:
    if way is Way.HTML:
        return html_of(block)
    match block:
        case Paragraph():
            return _text(block.runs, way)
        case Rule():
            return "---"
        case Header():
            return f"{'#' * block.level} {_one_line(block.runs, way)}"
        case Quote():
            written = _text(block.runs, way)
            if block.caption:
                written += f"\n\n{CAPTION}{_text(block.caption, way)}"
            return "\n".join(f"> {line}" if line else ">" for line in written.split("\n"))
        case Table():
            return _table(block, way) if block.is_headed else _html_table(block, between="\n")
        case ListBlock():
            return _list(block, way, is_second=is_second)


def _separator(before: Block | None, block: Block) -> str:
    if before is None:
        return ""
    # Paragraphs of one quotation; a dash would make the second the first's caption.
    joins = isinstance(before, Quote) and isinstance(block, Quote) and not block.runs[0].text.startswith(CAPTION)
    return "\n>\n" if joins else "\n\n"


def _list(block: ListBlock, way: Way, *, is_second: bool = False) -> str:
    lines: list[str] = []
    for number, item in enumerate(block.items, block.start):
        marker = marker_of(block, number, is_second=is_second)
        content = _item(item, way).split("\n")
        indent = " " * (len(marker) + 1)
        lines.append(f"{marker} {content[0]}" if content[0] else marker)
        lines += [indent + line for line in content[1:]]
    return "\n".join(lines)


def marker_of(block: ListBlock, number: int, *, is_second: bool) -> str:
    if block.is_ordered:
        return f"{number})" if is_second else f"{number}."
    return "*" if is_second else "-"


def _item(item: Item, way: Way) -> str:
    content = _text(item.runs, way)
    return f"{content}\n{_list(item.items, way)}" if item.items else content


def _table(block: Table, way: Way) -> str:
    rows = [[_in_cell(cell, way) for cell in row] for row in block.rows]
    rows.insert(1, ["---"] * len(rows[0]))
    return "\n".join(f"| {' | '.join(row)} |" for row in rows)


def _in_cell(runs: Runs, way: Way) -> str:
    return _PIPE.sub(r"\\|", _one_line(runs, way))


def _one_line(runs: Runs, way: Way) -> str:
    return _inline(runs, way).replace(HARD_BREAK, "<br>")


def _text(runs: Runs, way: Way) -> str:
    """Inline Markdown that no line of it takes for the beginning of another block."""
    return HARD_BREAK.join(map(_line_escaped, _inline(runs, way).split(HARD_BREAK)))


def _line_escaped(line: str) -> str:
    result = _LINE_START.match(line)
    if not result:
        return line
    place = max(result.start(1), result.start(2))
    return f"{line[:place]}\\{line[place:]}"


def _inline(runs: Runs, way: Way) -> str:
    if len(runs) == 1 and not runs[0].marks:
        return escaped(runs[0].text, is_alone=True)
    parts: list[str] = []
    links = 0
    for step in steps(runs):
        mark = step.mark
        if mark is None:
            parts.append(_words(step.text, is_code=step.is_code, in_link=links > 0))
            continue
        is_link = mark.kind == "a"
        links += (-1 if step.is_end else 1) if is_link else 0
        if is_link and not step.is_end and parts and parts[-1].endswith("!"):
            parts[-1] = parts[-1][:-1] + "\\!"
        parts.append(_marked(mark, way, is_end=step.is_end))
    return "".join(parts)


def _marked(mark: Mark, way: Way, *, is_end: bool) -> str:
    if mark.kind == "a":
        return _target(mark) if is_end else "["
    if way is Way.MARKDOWN and mark.kind in _MARKERS:
        return _MARKERS[mark.kind]
    return end_tag(mark) if is_end else start_tag(mark)


def _target(mark: Mark) -> str:
    """Return the end of a link: `](address "title")`."""
    href = _SPECIAL_IN_ADDRESS.sub("&amp;", mark.href)
    address = f"<{href}>" if "(" in href or ")" in href else href
    title = f' "{_ALL.sub(_backslash, mark.title)}"' if mark.title else ""
    return f"]({address}{title})"


_SPECIAL_IN_ADDRESS = re.compile(r"&(?=#?\w{1,31};)")


def _words(text: str, *, is_code: bool, in_link: bool) -> str:
    if text.startswith(BREAK):
        return HARD_BREAK if len(text) == 1 else "<br>" * len(text)
    if is_code:
        return code_span(text)
    text = escaped(text)
    return _BRACKET.sub(_backslash_once(text), text) if in_link else text


def code_span(text: str) -> str:
    fences = {len(fence) for fence in _FENCE.findall(text)}
    fence = "`" * next(length for length in range(1, len(fences) + 2) if length not in fences)
    space = " " if text.startswith("`") or text.endswith("`") else ""
    return f"{fence}{space}{text}{space}{fence}"


def escaped(text: str, *, is_alone: bool = False) -> str:
    """Return a text in which no sign is read as markup. `is_alone`: its block says no more, a single * is safe."""
    if is_alone:
        single = {sign for sign in "*_`~" if text.count(sign) == 1}
        return _SPECIAL.sub(lambda match: match[0] if match[0] in single else _escape(match), text)
    return _SPECIAL.sub(_escape, text)


def _escape(match: re.Match[str]) -> str:
    # Entities instead of backslashes, as tagging's plain text takes tags away before it looks at backslashes.
    return {"<": "&lt;", "&": "&amp;"}.get(match[0], f"\\{match[0]}")


def _backslash(match: re.Match[str]) -> str:
    return f"\\{match[0]}"


def _backslash_once(text: str) -> Callable[[re.Match[str]], str]:
    def replace(match: re.Match[str]) -> str:
        return match[0] if text.endswith("\\", 0, match.start()) else f"\\{match[0]}"

    return replace


def html_of(block: Block) -> str:
    """Return the block as HTML of one line, in which nothing is Markdown."""
    match block:
        case Paragraph():
            return f"<p>{inline_html(block.runs)}</p>"
        case Rule():
            return "<hr>"
        case Header():
            return f"<h{block.level}>{inline_html(block.runs)}</h{block.level}>"
        case Quote():
            caption = (Run(CAPTION), *block.caption)
            written = f"<p>{inline_html(caption)}</p>" if block.caption else ""
            return f"<blockquote><p>{inline_html(block.runs)}</p>{written}</blockquote>"
        case Table():
            return _html_table(block)
        case ListBlock():
            return _html_list(block)


def _html_table(block: Table, *, between: str = "") -> str:
    return between.join(("<table>", *_html_rows(block), "</table>"))


def _html_rows(block: Table) -> Iterator[str]:
    for number, row in enumerate(block.rows):
        tag = "th" if block.is_headed and number == 0 else "td"
        yield f"<tr>{''.join(f'<{tag}>{inline_html(cell)}</{tag}>' for cell in row)}</tr>"


def _html_list(block: ListBlock) -> str:
    tag = "ol" if block.is_ordered else "ul"
    start = f' start="{block.start}"' if block.is_ordered and block.start != 1 else ""
    items = "".join(
        f"<li>{inline_html(item.runs)}{_html_list(item.items) if item.items else ''}</li>" for item in block.items
    )
    return f"<{tag}{start}>{items}</{tag}>"
