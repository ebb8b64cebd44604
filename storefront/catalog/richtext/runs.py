"""The inside of a block: runs of text that carry the same marks.

Nested tags that say the same in several ways (`<b><i>`, `<i><b>`, `<strong>`, a space inside or outside) become equal
runs, and are written in one way.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from html import escape
from typing import NamedTuple

from storefront.catalog.richtext.html import Token, attribute, canonical_address

BREAK = "\n"
CODE = "code"
# Editor.js' own buttons make b and i, and its clean-up in the browser takes strong and em away.
_MARK_OF = {
    **{tag: tag for tag in ("b", "i", "u", "s", "mark", "sub", "sup", CODE)},
    "strong": "b",
    "em": "i",
    "ins": "u",
    "del": "s",
    "strike": "s",
}
# Which mark is outermost where several begin and end together.
_ORDER = {mark: place for place, mark in enumerate(("b", "i", "s", "u", "mark", "sub", "sup", "a", CODE))}
_SPACE = re.compile(r"(\s+)")


class Mark(NamedTuple):
    """What a run is: bold, a link with its address and title …"""

    kind: str
    href: str = ""
    title: str = ""


Marks = frozenset[Mark]
PLAIN: Marks = frozenset()


class Run(NamedTuple):
    """A text and its marks. Spaces are single; `BREAK`s stand alone."""

    text: str
    marks: Marks = PLAIN


class Step(NamedTuple):
    """One step of writing runs down: a mark that opens or closes, or a text."""

    mark: Mark | None
    is_end: bool = False
    text: str = ""
    is_code: bool = False


def with_mark(marks: Marks, token: Token) -> Marks:
    """Return the marks inside a tag that stands where these are. Of links in links the inner one counts."""
    if token.tag == "a":
        href = canonical_address(attribute(token, "href"))
        outside = frozenset(mark for mark in marks if mark.kind != "a")
        return outside | {Mark("a", href, " ".join(attribute(token, "title").split()))} if href else marks
    kind = _MARK_OF.get(token.tag)
    return marks | {Mark(kind)} if kind else marks


def tidy(result: Sequence[Run]) -> tuple[Run, ...]:
    """Return the same runs in their one form: spaces collapsed and outside of marks that begin or end there, equals
    joined."""
    if all(not run.marks and run.text != BREAK for run in result):
        text = " ".join("".join(run.text for run in result).split())
        return (Run(text),) if text else ()
    runs: list[tuple[Marks, list[str]]] = []
    gap: list[Run] = []
    for piece in _pieces(result):
        if piece.text.isspace():
            gap.append(piece)
            continue
        if gap and runs:
            _join(runs, _space(gap, runs[-1][0] & piece.marks))
        gap = []
        _join(runs, piece)
    return tuple(Run("".join(texts), marks) for marks, texts in runs)


def _pieces(result: Sequence[Run]) -> Iterator[Run]:
    for run in result:
        if run.text == BREAK:
            yield run
        else:
            yield from (Run(piece, run.marks) for piece in _SPACE.split(run.text.replace(BREAK, " ")) if piece)


def _space(gap: Sequence[Run], around: Marks) -> Run:
    """A gap between two words carries what it carries itself and both words do."""
    marks = around.intersection(*(run.marks for run in gap))
    breaks = sum(run.text == BREAK for run in gap)
    # A line of code ends with its line.
    return Run(BREAK * breaks, marks - {Mark(CODE)}) if breaks else Run(" ", marks)


def _join(runs: list[tuple[Marks, list[str]]], run: Run) -> None:
    """Add a run; texts of equal marks are gathered, and joined once."""
    is_text = not run.text.startswith(BREAK)
    if runs and runs[-1][0] == run.marks and is_text and not runs[-1][1][0].startswith(BREAK):
        runs[-1][1].append(run.text)
    else:
        runs.append((run.marks, [run.text]))


def steps(runs: Sequence[Run]) -> Iterator[Step]:
    """Return how to write runs: of marks that begin together the one that ends last is outermost, code is innermost."""
    stack: list[Mark] = []
    for index, run in enumerate(runs):
        wanted = {mark for mark in run.marks if mark.kind != CODE}
        while not wanted.issuperset(stack):
            yield Step(stack.pop(), is_end=True)
        for mark in sorted(
            wanted.difference(stack), key=lambda mark: (-_reach(runs, index, mark), _ORDER[mark.kind], mark)
        ):
            stack.append(mark)
            yield Step(mark)
        yield Step(None, text=run.text, is_code=Mark(CODE) in run.marks)
    while stack:
        yield Step(stack.pop(), is_end=True)


def _reach(runs: Sequence[Run], index: int, mark: Mark) -> int:
    """Return how many runs from here on carry the mark."""
    return next((place for place in range(index, len(runs)) if mark not in runs[place].marks), len(runs)) - index


def inline_html(runs: Sequence[Run]) -> str:
    """Runs as the HTML inside a block of Editor.js."""
    return "".join(_html_parts(runs))


def _html_parts(runs: Iterable[Run]) -> Iterator[str]:
    for step in steps(tuple(runs)):
        if step.mark:
            yield end_tag(step.mark) if step.is_end else start_tag(step.mark)
        elif step.text.startswith(BREAK):
            yield "<br>" * len(step.text)
        else:
            text = escape(step.text, quote=False)
            yield f"<code>{text}</code>" if step.is_code else text


def end_tag(mark: Mark) -> str:
    return f"</{mark.kind}>"


def start_tag(mark: Mark) -> str:
    title = f' title="{escape(mark.title)}"' if mark.title else ""
    return f'<a href="{escape(mark.href)}"{title}>' if mark.kind == "a" else f"<{mark.kind}>"
