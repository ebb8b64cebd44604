"""A text with the words marked that a tag rests on."""

from __future__ import annotations

from collections.abc import Iterable

from django.utils.html import escape, format_html
from django.utils.safestring import SafeString, mark_safe

from catalog_import.tagging.text import plain_text
from storefront.catalog.records import Evidence

AROUND = 160
WHOLE = 420


def spans_of(plain: str, field: str, evidence: Iterable[Evidence]) -> list[tuple[int, int]]:
    """Where the evidence of a field stands in its plain text, in order and without overlaps.

    A text that was changed since has other words there: such a piece is left out.
    """
    found = sorted(
        {
            (piece.start, piece.start + len(piece.quote))
            for piece in evidence
            if piece.field == field
            and piece.start is not None
            and plain[piece.start : piece.start + len(piece.quote)] == piece.quote
        },
        key=lambda span: (span[0], -span[1]),
    )
    apart: list[tuple[int, int]] = []
    for span in found:
        if not apart or span[0] >= apart[-1][1]:
            apart.append(span)
    return apart


def highlighted(source: str, field: str, evidence: Iterable[Evidence], *, is_whole: bool = False) -> SafeString:
    """The words of a text (Markdown or HTML, as the record has it) as safe HTML, what speaks for tags in <mark>.

    A long text is cut to what stands around the marks, unless `is_whole`.
    """
    plain = plain_text(source)
    spans = spans_of(plain, field, evidence)
    parts = [(0, len(plain))] if is_whole or len(plain) <= WHOLE else windows(plain, spans)
    shown = []
    for start, end in parts:
        shown.append("… " if start else "")
        at = start
        for first, last in spans:
            if start <= first and last <= end:
                shown.append(escape(plain[at:first]))
                shown.append(format_html("<mark>{}</mark>", plain[first:last]))
                at = last
        shown.append(escape(plain[at:end]))
    if parts and parts[-1][1] < len(plain):
        shown.append(" …")
    return mark_safe("".join(shown))  # noqa: S308 - each part is escaped


def windows(plain: str, spans: Iterable[tuple[int, int]]) -> list[tuple[int, int]]:
    """The parts of a long text around its marks, cut between words; without marks its beginning."""
    found: list[tuple[int, int]] = []
    for first, last in spans:
        start, end = word_start(plain, first - AROUND), word_end(plain, last + AROUND)
        if found and start <= found[-1][1]:
            found[-1] = (found[-1][0], max(end, found[-1][1]))
        else:
            found.append((start, end))
    return found or [(0, word_end(plain, 2 * AROUND))]


def word_start(plain: str, at: int) -> int:
    return 0 if at <= 0 else plain.rfind(" ", 0, at) + 1


def word_end(plain: str, at: int) -> int:
    end = plain.find(" ", at)
    return len(plain) if at >= len(plain) or end < 0 else end
