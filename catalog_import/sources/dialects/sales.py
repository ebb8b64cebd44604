"""Sale prices that count for a time only: outside of it the regular price holds."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, time

from catalog_import.sources.dialects.native_rows import Fault
from catalog_import.sources.dialects.texts import ForeignRow
from catalog_import.sources.problems import ProblemCode

_EUROPEAN = re.compile(r"(\d{1,2})\.(\d{1,2})\.(\d{4})")


class SaleWindow:
    """Decides on sale prices as of now, when the table is read."""

    def __init__(self, now: datetime | None = None) -> None:
        self.now = now or datetime.now(UTC)

    def price(self, row: ForeignRow, sale: str, starts: str, ends: str, head: str) -> tuple[str, tuple[Fault, ...]]:
        """Return the sale price if it holds now, else nothing; and what is wrong with its dates, whose column is
        `head`."""
        if not sale or not (starts or ends):
            return sale, ()
        try:
            begin, end = moment(starts, is_end=False), moment(ends, is_end=True)
        except ValueError:
            message = (
                f'"{f"{starts} / {ends}"[:100]}" are no dates like 2026-11-30, so the regular price was used. '
                "Correct them, or remove the sale price."
            )
            return "", (Fault(head, ProblemCode.INVALID_VALUE, message, starts or ends, is_fatal=False),)
        if begin is not None and begin > self.now:
            row.note("a sale that has not begun yet: the regular price was used", head, starts)
            return "", ()
        if end is not None and end < self.now:
            row.note("a sale that is over: the regular price was used", head, ends)
            return "", ()
        return sale, ()


def moment(text: str, *, is_end: bool) -> datetime | None:
    """Return a date or time as the moment when it begins (or, of an end, when it is over). Raise `ValueError`."""
    text = text.strip()
    if not text:
        return None
    if found := _EUROPEAN.fullmatch(text):
        text = f"{found[3]}-{int(found[2]):02}-{int(found[1]):02}"
    if len(text) == 10:
        day = date.fromisoformat(text)
        return datetime.combine(day, time.max if is_end else time.min, UTC)
    if re.fullmatch(r"\d{10}", text):
        return datetime.fromtimestamp(int(text), UTC)
    found_time = datetime.fromisoformat(text.replace(" +", "+").replace(" UTC", "+00:00"))
    return found_time if found_time.tzinfo else found_time.replace(tzinfo=UTC)
