"""Where cases are noted, and what many of them ask."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from typing import Any, Final

from storefront.saleor.schema import documents as d
from tests.saleor.asking import Asking, call
from tests.saleor.world import World

Case = Callable[[World], Asking]
CASES: Final[dict[str, dict[str, Case]]] = {}

NO_ID: Final = "UHJvZHVjdDo5OTk5OTk5"  # Product:9999999
NO_PAGE: Final = "UGFnZTo5OTk5OTk5"
NO_WAREHOUSE: Final = "V2FyZWhvdXNlOjAwMDAwMDAwLTAwMDAtMDAwMC0wMDAwLTAwMDAwMDAwMDAwMA=="
NO_CHANNEL: Final = "Q2hhbm5lbDo5OTk5OTk5"
NO_VARIANT: Final = "UHJvZHVjdFZhcmlhbnQ6OTk5OTk5OQ=="
NO_MEDIA: Final = "UHJvZHVjdE1lZGlhOjk5OTk5OTk="
NO_ATTRIBUTE: Final = "QXR0cmlidXRlOjk5OTk5OTk="
NO_TYPE: Final = "UHJvZHVjdFR5cGU6OTk5OTk5OQ=="
NO_CATEGORY: Final = "Q2F0ZWdvcnk6OTk5OTk5OQ=="
BAD_TEXT: Final = json.dumps({"blocks": [{"type": "code", "data": {"code": "x"}}]})
WITH_CODE: Final = d.Mutation(
    "productBulkCreate", d.PRODUCT_BULK_CREATE.arguments, "results { product { name } errors { path code } }"
)
WITH_COUNT: Final = d.Mutation(
    "productBulkCreate", d.PRODUCT_BULK_CREATE.arguments, "count results { errors { path } } errors { path message }"
)


def case(group: str) -> Callable[[Case], Case]:
    def register(found: Case) -> Case:
        CASES.setdefault(group, {})[found.__name__] = found
        return found

    return register


def create(*products: Any, policy: str = "REJECT_FAILED_ROWS", mutation: d.Mutation = d.PRODUCT_BULK_CREATE) -> Asking:
    return call(mutation, products=list(products), errorPolicy=policy)


def loosely(asking: Asking) -> Asking:
    return replace(asking, loose=True)


def change(world: World, **given: Any) -> Asking:
    return call(d.PRODUCT_UPDATE, id=world.a_product(), input=given)
