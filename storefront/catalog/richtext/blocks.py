"""Sanitized HTML → blocks, the one form in which a text is compared; and blocks as Editor.js keeps them.

What the blocks have no place for is kept as words: a table in a list becomes lines of its item, code becomes lines
in `code`. Their words stay in their order.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any, Literal

from storefront.catalog.richtext.html import HEADINGS, INLINE, Token, attribute, tokens
from storefront.catalog.richtext.runs import BREAK, PLAIN, Marks, Run, inline_html, tidy, with_mark

Runs = tuple[Run, ...]
# Saleor refuses lists that are nested deeper.
MAX_DEPTH = 10
MAX_START = 999_999_999
CAPTION = "— "
RULE = "⁂"


@dataclass(frozen=True, slots=True)
class Paragraph:
    runs: Runs


@dataclass(frozen=True, slots=True)
class Header:
    runs: Runs
    level: int


@dataclass(frozen=True, slots=True)
class Quote:
    """A paragraph of a quotation; `caption` says who said it: its last paragraph, where that begins with a dash."""

    runs: Runs
    caption: Runs = ()


@dataclass(slots=True)
class Item:
    runs: Runs = ()
    items: ListBlock | None = None


@dataclass(slots=True)
class ListBlock:
    is_ordered: bool
    start: int = 1
    items: list[Item] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Table:
    """Rows of equal length; `is_headed`: the first names the columns."""

    rows: tuple[tuple[Runs, ...], ...]
    is_headed: bool


@dataclass(frozen=True, slots=True)
class Rule:
    """A break between sections. Saleor has no block for it, so there it is a paragraph of the sign for it."""


Block = Paragraph | Header | Quote | ListBlock | Table | Rule


def read_blocks(html: str) -> list[Block]:
    """Return the blocks of sanitized HTML."""
    reader = _Reader()
    for token in tokens(html):
        reader.take(token)
    reader.end_paragraph()
    return reader.blocks


@dataclass(slots=True)
class _Reader:
    blocks: list[Block] = field(default_factory=list)
    runs: list[Run] = field(default_factory=list)
    marks: list[Marks] = field(default_factory=list)
    lists: list[ListBlock] = field(default_factory=list)
    tables: int = 0
    rows: list[list[list[Runs]]] = field(default_factory=list)
    is_cell: bool = False
    is_headed: bool = True
    preformatted: int = 0
    quotes: int = 0
    quoted: Quote | None = None

    def take(self, token: Token) -> None:
        tag = token.tag
        if not tag:
            self.add_text(token.text)
        elif tag == "br":
            self.runs.append(Run(BREAK, self.marks_here()))
        elif tag in INLINE:
            self.take_inline(token)
        elif tag == "table":
            self.take_table(token)
        elif self.tables:
            self.take_part(token)
        elif tag in ("ul", "ol"):
            self.end_list() if token.is_end else self.begin_list(token)
        elif tag == "li" and self.lists and not token.is_end:
            self.end_paragraph()
            self.lists[-1].items.append(Item())
        elif tag in HEADINGS and token.is_end and not self.lists:
            if runs := self.take_runs():
                self.blocks.append(Header(runs, int(tag[1])))
        else:
            self.end_paragraph()
            if tag == "hr" and not self.lists:
                self.blocks.append(Rule())
            elif tag == "blockquote":
                self.quotes += -1 if token.is_end else 1
                self.quoted = None
            elif tag == "pre":
                self.preformatted += -1 if token.is_end else 1

    def take_inline(self, token: Token) -> None:
        if not token.is_end:
            self.marks.append(with_mark(self.marks_here(), token))
        elif self.marks:
            self.marks.pop()

    def take_table(self, token: Token) -> None:
        self.end_paragraph()
        self.tables += -1 if token.is_end else 1
        if self.lists:
            return
        if not token.is_end and self.tables == 1:
            self.rows, self.is_headed = [], True
        elif token.is_end and not self.tables:
            self.end_table()

    def take_part(self, token: Token) -> None:
        """A tag inside a table: only the outermost one that stands in no list is a table."""
        tag = token.tag
        if self.lists or self.tables > 1:
            if tag in ("td", "th"):
                self.runs.append(Run(" "))
            else:
                self.end_paragraph()
        elif tag == "tr" and not token.is_end:
            self.rows.append([])
        elif tag in ("td", "th"):
            self.end_paragraph()
            self.is_cell = not token.is_end
            if self.is_cell:
                self.rows[-1].append([])
                self.is_headed = self.is_headed and (tag == "th") == (len(self.rows) == 1)
        else:
            self.end_paragraph()

    def end_table(self) -> None:
        width = max(map(len, self.rows), default=0)
        rows = [tuple(lines(cell) for cell in row) + ((),) * (width - len(row)) for row in self.rows if row]
        self.rows = []
        if any(cell for row in rows for cell in row):
            self.blocks.append(Table(tuple(rows), self.is_headed))

    def begin_list(self, token: Token) -> None:
        self.end_paragraph()
        made = ListBlock(token.tag == "ol", start_of(token))
        if len(self.lists) >= MAX_DEPTH:
            made = self.lists[-1]
        elif self.lists:
            items = self.lists[-1].items
            if not items:
                items.append(Item())
            made = items[-1].items = items[-1].items or made
        self.lists.append(made)

    def end_list(self) -> None:
        self.end_paragraph()
        if self.lists:
            done = self.lists.pop()
            if not self.lists and trim(done):
                self.blocks.append(done)

    def add_text(self, text: str) -> None:
        if self.preformatted and BREAK in text:
            marks = self.marks_here()
            for number, line in enumerate(text.split(BREAK)):
                if number:
                    self.runs.append(Run(BREAK, marks))
                self.runs.append(Run(line, marks))
        else:
            # A new line between two tags is a space, no break.
            self.runs.append(Run(" " if text == BREAK else text, self.marks_here()))

    def marks_here(self) -> Marks:
        return self.marks[-1] if self.marks else PLAIN

    def take_runs(self) -> Runs:
        runs = tidy(self.runs)
        self.runs.clear()
        return runs

    def end_paragraph(self) -> None:
        """What was gathered goes where it belongs: the open cell or list item, the quote, or a paragraph."""
        runs = self.take_runs() if self.runs else ()
        if not runs:
            return
        if self.is_cell and self.rows:
            self.rows[-1][-1].append(runs)
        elif self.lists:
            items = self.lists[-1].items
            # Words after an inner list begin an item, so that they stay where they are.
            if not items or items[-1].items is not None:
                items.append(Item())
            items[-1].runs = lines((items[-1].runs, runs))
        elif self.quotes:
            self.add_quote(runs)
        else:
            self.blocks.append(Rule() if len(runs) == 1 and runs[0].text == RULE else Paragraph(runs))

    def add_quote(self, runs: Runs) -> None:
        stated = self.quoted
        if stated and self.blocks[-1] is stated and (caption := caption_of(runs)):
            self.blocks[-1] = Quote(stated.runs, caption)
            self.quoted = None
        else:
            self.quoted = Quote(runs)
            self.blocks.append(self.quoted)


def lines(paragraphs: Iterable[Runs]) -> Runs:
    """Several paragraphs as one, each on a line of its own."""
    result: list[Run] = []
    for runs in paragraphs:
        if result and runs:
            result.append(Run(BREAK, result[-1].marks & runs[0].marks))
        result += runs
    return tidy(result)


def caption_of(runs: Runs) -> Runs:
    """Return what follows the dash; nothing where there is none."""
    rest = runs
    while rest[0].text.startswith(CAPTION):
        rest = tidy((Run(rest[0].text.removeprefix(CAPTION), rest[0].marks), *rest[1:]))
    return () if rest is runs else rest


def trim(made: ListBlock) -> bool:
    """Take out inner lists and items that hold no word; return whether any is left."""
    kept = []
    for item in made.items:
        if item.items is not None and not trim(item.items):
            item.items = None
        if item.runs or item.items:
            kept.append(item)
    made.items = kept
    return bool(kept)


def start_of(token: Token) -> int:
    start = attribute(token, "start")
    return min(int(start), MAX_START) if token.tag == "ol" and start.isascii() and start.isdigit() else 1


def editorjs_block(block: Block) -> dict[str, Any]:
    """Return the block as Editor.js writes it, with the inline markup of its own buttons."""
    match block:
        case Paragraph():
            return _typed("paragraph", text=inline_html(block.runs))
        case Rule():
            return _typed("paragraph", text=RULE)
        case Header():
            return _typed("header", text=inline_html(block.runs), level=block.level)
        case Quote():
            return _typed("quote", text=inline_html(block.runs), caption=inline_html(block.caption), alignment="left")
        case Table():
            content = [[inline_html(cell) for cell in row] for row in block.rows]
            return _typed("table", withHeadings=block.is_headed, content=content)
        case ListBlock():
            meta = {"meta": {"start": block.start}} if block.start != 1 else {}
            return _typed("list", style=_style(block), items=_items(block), **meta)


def _typed(kind: str, **data: Any) -> dict[str, Any]:
    return {"type": kind, "data": data}


def _style(made: ListBlock) -> Literal["ordered", "unordered"]:
    return "ordered" if made.is_ordered else "unordered"


def _items(made: ListBlock) -> list[dict[str, Any]]:
    """Editor.js has one style for a list and all in it. Where an inner one differs, its item's `meta` says so."""
    result = []
    for item in made.items:
        inner = item.items
        entry: dict[str, Any] = {"content": inline_html(item.runs), "items": _items(inner) if inner else []}
        meta: dict[str, Any] = {}
        if inner and inner.is_ordered != made.is_ordered:
            meta["style"] = _style(inner)
        if inner and inner.start != 1:
            meta["start"] = inner.start
        result.append(entry | ({"meta": meta} if meta else {}))
    return result
