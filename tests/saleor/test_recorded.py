"""The fake answers as a real Saleor did when it was recorded: status, errors with their paths and codes, data."""

from __future__ import annotations

import functools
import json
from collections.abc import Iterator
from typing import Any

import pytest

from storefront.saleor.client.transport import Saleor
from tests.saleor.cases import CASES
from tests.saleor.cases.registry import create
from tests.saleor.fake import FakeSaleor, Fault, Kind
from tests.saleor.fake.server import TOKEN
from tests.saleor.record import RACING, RECORDED, recorded
from tests.saleor.world import World

ALL = [(group, name) for group, cases in CASES.items() for name in cases]


@functools.cache
def recordings(group: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads((RECORDED / f"{group}.json").read_text(encoding="utf-8"))
    return found


@pytest.fixture(scope="module")
def place() -> Iterator[tuple[FakeSaleor, World]]:
    with FakeSaleor() as fake, Saleor(fake.url, TOKEN, patience_s=1) as saleor:
        fake.add_app("limited", ["MANAGE_PRODUCTS"])
        yield fake, World(saleor)


def unordered(value: Any) -> Any:
    """With lists of ids, which Saleor keeps in sets, in order."""
    if isinstance(value, dict):
        return {key: unordered(part) for key, part in value.items()}
    if isinstance(value, list) and all(isinstance(part, str) for part in value):
        return sorted(value)
    return [unordered(part) for part in value] if isinstance(value, list) else value


@pytest.mark.parametrize(("group", "name"), ALL, ids=[f"{group}-{name}" for group, name in ALL])
def test_the_fake_answers_as_saleor_did(group: str, name: str, place: tuple[FakeSaleor, World]) -> None:
    fake, world = place
    expected = recordings(group)[name]

    found = recorded(CASES[group][name], world, fake.url, TOKEN, document=expected.get("document", ""))

    assert found["status"] == expected["status"]
    assert unordered(found["answer"]) == unordered(expected["answer"])


@pytest.mark.parametrize(
    ("kind", "race"), [(Kind.DEADLOCK, "new_values_in_opposite_order"), (Kind.RACE, "new_values_in_one_order")]
)
def test_who_loses_a_race_is_answered_as_by_saleor(kind: Kind, race: str, place: tuple[FakeSaleor, World]) -> None:
    fake, world = place
    fake.faults.add(Fault(kind, "productBulkCreate"))

    found = recorded(lambda world: create(world.product_input()), world, fake.url, TOKEN)

    assert {name: found[name] for name in ("status", "answer")} == recordings(RACING)[race]


def test_every_recording_has_its_case() -> None:
    files = {path.stem for path in RECORDED.glob("*.json")}

    assert files == {*CASES, RACING}
    assert {group: set(recordings(group)) for group in CASES} == {group: set(cases) for group, cases in CASES.items()}
