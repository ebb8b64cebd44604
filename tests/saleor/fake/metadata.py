"""Metadata: merged by key."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from tests.saleor.fake.refusals import Refused, error, not_found
from tests.saleor.fake.registry import Asked, performs
from tests.saleor.fake.rows import keeper_of
from tests.saleor.fake.state import Product, Row, Variant, parse_id

Given = Mapping[str, Any]
Json = dict[str, Any]


def find(asked: Asked, gid: str) -> Row:
    if parse_id(gid) is None:
        raise Refused(error(None, "INVALID", f"“{gid}” is not a valid UUID."))
    row = asked.shop.node(gid)
    if row is None:
        raise not_found(gid)
    asked.require(keeper_of(row))
    return row  # type: ignore[no-any-return]


def stamp(row: Row) -> None:
    if isinstance(row, Product | Variant):
        row.updated_at = datetime.now(UTC)


def entries(given: Sequence[Given]) -> dict[str, str]:
    if any(not item["key"].strip() for item in given):
        raise Refused(error("input", "REQUIRED", "Metadata key cannot be empty."))
    return {item["key"]: item["value"] for item in given}


@performs("updatePrivateMetadata")
def update_private_metadata(asked: Asked, id: str, input: Sequence[Given]) -> Json:
    row = find(asked, id)
    row.private_metadata.update(entries(input))
    stamp(row)
    return {"item": row}


@performs("updateMetadata")
def update_metadata(asked: Asked, id: str, input: Sequence[Given]) -> Json:
    row = find(asked, id)
    row.metadata.update(entries(input))
    stamp(row)
    return {"item": row}


@performs("deletePrivateMetadata")
def delete_private_metadata(asked: Asked, id: str, keys: Sequence[str]) -> Json:
    row = find(asked, id)
    for key in keys:
        row.private_metadata.pop(key, None)
    stamp(row)
    return {"item": row}
