"""Who wins, field by field: what the source said before, what it says now, what the shop has."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from catalog_import.planning.threeway import Change, Comparison, Conflict, compare, same

NOT_SAID = object()
A, B, C = "a", "b", "c"


def compared(base: Any, file: Any, shop: Any, **options: Any) -> Comparison:
    """One field, in each of the three said or not said."""
    sides = [{} if value is NOT_SAID else {"field": value} for value in (file, shop, base)]
    return compare(*sides, **options)


@pytest.mark.parametrize(
    ("base", "file", "shop", "becomes", "is_conflict"),
    [
        # Said for the first time: the file's value is new, and is written.
        (NOT_SAID, A, NOT_SAID, A, False),
        (NOT_SAID, A, B, A, False),
        (NOT_SAID, A, A, A, False),
        # Not said now: whatever is there stays.
        (A, NOT_SAID, A, A, False),
        (A, NOT_SAID, B, B, False),
        (NOT_SAID, NOT_SAID, B, B, False),
        # As it was said before: the shop's edit stays.
        (A, A, A, A, False),
        (A, A, B, B, False),
        (A, A, NOT_SAID, NOT_SAID, False),
        # The file alone changed.
        (A, B, A, B, False),
        (A, "", A, "", False),
        ("", B, NOT_SAID, B, False),
        # Both changed: to the same, or each to something else.
        (A, B, B, B, False),
        (A, B, C, C, True),
        (A, "", C, C, True),
        (A, B, "", "", True),
        (A, B, NOT_SAID, NOT_SAID, True),
    ],
)
def test_a_field_is_written_only_where_the_file_changed_and_the_shop_did_not(
    base: Any, file: Any, shop: Any, becomes: Any, is_conflict: bool
) -> None:
    found = compared(base, file, shop)

    after = found.changes["field"].after if found.changes else shop
    assert after is becomes or after == becomes
    assert bool(found.conflicts) is is_conflict


def test_a_change_says_what_was_and_what_will_be() -> None:
    assert compared(A, B, A).changes == {"field": Change(before=A, after=B)}
    assert compared(NOT_SAID, B, NOT_SAID).changes == {"field": Change(before=None, after=B)}


def test_a_conflict_keeps_its_base_and_is_told_again() -> None:
    found = compared(A, B, C, variant="R-1")

    assert found.conflicts == [Conflict(field="field", variant="R-1", base=A, file=B, shop=C)]
    assert found.changes == {}
    assert found.base == {"field": A}
    assert compare({"field": B}, {"field": C}, found.base, variant="R-1").conflicts == found.conflicts


def test_where_file_and_shop_agree_the_base_follows() -> None:
    found = compared(A, B, B)

    assert (found.changes, found.conflicts, found.base) == ({}, [], {"field": B})


def test_overwriting_lets_the_file_win() -> None:
    found = compared(A, B, C, overwrites=lambda name: name == "field")

    assert (found.changes, found.conflicts, found.base) == ({"field": Change(before=C, after=B)}, [], {"field": B})


def test_overwriting_another_field_changes_nothing() -> None:
    assert compared(A, B, C, overwrites=lambda name: name == "other") == compared(A, B, C)


def test_what_the_source_said_before_and_no_longer_says_stays_in_the_base() -> None:
    assert compare({"name": A}, {}, {"brand": B}).base == {"name": A, "brand": B}


@pytest.mark.parametrize(("one", "other"), [(None, ""), ("", []), ([], None), ("a", "a"), (0, 0), (["a"], ["a"])])
def test_nothing_in_all_its_forms_is_the_same(one: Any, other: Any) -> None:
    assert same(one, other)
    assert same(other, one)


@pytest.mark.parametrize(("one", "other"), [(0, None), (False, None), (0, ""), (False, ""), ("0", ""), ("a", "A")])
def test_zero_and_no_are_something(one: Any, other: Any) -> None:
    assert not same(one, other)
    assert not same(other, one)


names = st.sampled_from(["name", "brand", "price: default-channel", "stock: default-warehouse"])
values = st.sampled_from(["a", "b", "", None, 0, 1, []])
sides = st.dictionaries(names, values)


def applied(shop: dict[str, Any], found: Comparison) -> dict[str, Any]:
    return shop | {name: change.after for name, change in found.changes.items()}


@given(sides, sides)
def test_a_file_that_says_what_the_shop_has_changes_nothing(shop: dict[str, Any], base: dict[str, Any]) -> None:
    found = compare(shop, shop, base)

    assert (found.changes, found.conflicts) == ({}, [])


@given(sides, sides, sides)
def test_a_second_comparison_has_nothing_left_to_write(
    file: dict[str, Any], shop: dict[str, Any], base: dict[str, Any]
) -> None:
    first = compare(file, shop, base)

    second = compare(file, applied(shop, first), first.base)

    assert second.changes == {}
    assert second.base == first.base
    assert second.conflicts == first.conflicts


@given(sides, sides, sides)
def test_every_field_of_the_file_is_settled_in_one_way(
    file: dict[str, Any], shop: dict[str, Any], base: dict[str, Any]
) -> None:
    found = compare(file, shop, base)

    conflicts = {conflict.field for conflict in found.conflicts}
    assert set(found.changes) | conflicts <= set(file)
    assert set(found.changes).isdisjoint(conflicts)
    for name, change in found.changes.items():
        assert not same(change.before, change.after)
        assert change.after == file[name]


@given(sides, sides, sides)
def test_after_overwriting_all_the_shop_says_what_the_file_changed(
    file: dict[str, Any], shop: dict[str, Any], base: dict[str, Any]
) -> None:
    found = compare(file, shop, base, overwrites=lambda name: True)
    after = applied(shop, found)

    assert found.conflicts == []
    for name, value in file.items():
        assert same(after.get(name), value) or (name in base and same(value, base[name]))


@given(sides, sides, sides)
def test_comparing_changes_none_of_its_sides(file: dict[str, Any], shop: dict[str, Any], base: dict[str, Any]) -> None:
    before = (dict(file), dict(shop), dict(base))

    compare(file, shop, base)

    assert (file, shop, base) == before
