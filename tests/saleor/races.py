"""Two writers at once, who get in each other's way: recorded from a real Saleor, which the faults of the fake cite."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any, Final

from storefront.saleor.schema import documents as d
from tests.saleor.asking import Asking, call, send
from tests.saleor.world import World

TRIES: Final = 10
WRITERS: Final = 2
VALUES: Final = 10


def writers(world: World, order: Callable[[list[str]], list[str]]) -> list[Asking]:
    """Requests that make products with the same new values; the second has them in an order of its own."""
    given = world.named("attribute") | {"type": "PRODUCT_TYPE", "inputType": "DROPDOWN"}
    attribute = world.make(d.ATTRIBUTE_CREATE, "attribute", input=given)
    given = world.named("type") | {"productAttributes": [attribute]}
    kind = world.make(d.PRODUCT_TYPE_CREATE, "productType", input=given)
    values = [world.name("value") for _ in range(VALUES)]

    def request(references: Sequence[str]) -> Asking:
        choices = [{"value": reference, "externalReference": reference} for reference in references]
        products = [
            world.product_input(productType=kind, attributes=[{"id": attribute, "dropdown": choice}])
            for choice in choices
        ]
        return call(d.PRODUCT_BULK_CREATE, products=products)

    return [request(values), request(order(values))]


def backwards(values: list[str]) -> list[str]:
    return values[::-1]


def the_same(values: list[str]) -> list[str]:
    return values


RACES: Final[dict[str, tuple[Callable[[list[str]], list[str]], str]]] = {
    "new_values_in_opposite_order": (backwards, "OperationalError"),
    "new_values_in_one_order": (the_same, "IntegrityError"),
}


def run(name: str, world: World, url: str, token: str) -> tuple[int, Any]:
    """Status and answer of who loses. Raises `LookupError` where nobody did in so many tries."""
    order, code = RACES[name]
    for _ in range(TRIES):
        askings = writers(world, order)
        with ThreadPoolExecutor(WRITERS) as pool:
            answers = list(pool.map(lambda asking: send(asking, url, token), askings))
        for _, answer in answers:
            world.note((answer.get("data") or {}).get("m0") or {})
        for status, answer in answers:
            if f'"{code}"' in json.dumps(answer):
                return status, answer
    raise LookupError(f"{name}: nobody lost with {code}")
