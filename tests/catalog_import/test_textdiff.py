"""Two texts shown as one."""

from __future__ import annotations

import re

from hypothesis import given
from hypothesis import strategies as st

from catalog_import.staff.display.textdiff import MAX_WORDS, pieces, text_diff


def test_what_goes_and_what_comes_is_marked_and_said_in_words() -> None:
    found = text_diff("For the neck.", "For the calves.")

    assert re.sub("<.*?>", "", found) == "For the [removed: neck.][added: calves.]"
    assert "<del>" in found
    assert "<ins>" in found


def test_what_a_file_says_is_escaped() -> None:
    found = text_diff("A <b>ball</b>", "A <script>alert(1)</script>")

    assert "<script>" not in found
    assert "<b>" not in found


def test_a_long_stretch_that_stays_is_cut_to_what_is_around_the_changes() -> None:
    text = " ".join(f"word{number}" for number in range(500))

    found = text_diff(f"old {text} end", f"new {text} stop")

    assert "word0 " in found
    assert "word499" in found
    assert "word250" not in found


def test_a_very_long_text_is_compared_by_lines() -> None:
    lines = [f"Line {number} of many words here." for number in range(MAX_WORDS // 4)]

    found = list(pieces("\n".join(lines), "\n".join([*lines[:-1], "Another end."])))

    assert [kind for kind, _ in found] == ["same", "gone", "new"]
    assert found[-1] == ("new", "Another end.")


@given(st.text(max_size=200), st.text(max_size=200))
def test_both_texts_can_be_read_from_the_pieces(before: str, after: str) -> None:
    found = list(pieces(before, after))

    assert "".join(text for kind, text in found if kind != "new") == before
    assert "".join(text for kind, text in found if kind != "gone") == after
