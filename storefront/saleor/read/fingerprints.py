"""A product's print: it tells whether anything of a product changed without the product being read whole.

`updatedAt` moves neither with prices, stock, publication and pictures, nor with variants that were changed in bulk
(seen on 3.23.28), so those are in it beside. What only a whole read shows: an option that was exchanged in bulk.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

import orjson
from django.utils import timezone

Node = Mapping[str, Any]

# Saleor's clock and ours may differ.
TOLERANCE = timedelta(minutes=1)


def fingerprint_of(node: Node) -> str:
    """Return the print of a product, 32 hex digits, from an answer that has the fields of the fragment `ProductPrint`
    and what can be had of its variants (`reads.add_available`)."""
    parts = [
        node["updatedAt"],
        (node["category"] or {}).get("id"),
        sorted(
            [
                listing["channel"]["slug"],
                is_shown(listing),
                listing["visibleInListings"],
                listing["isAvailableForPurchase"],
            ]
            for listing in node["channelListings"] or ()
        ),
        [[picture["id"], picture["alt"]] for picture in node["media"] or ()],
        sorted(variant_fingerprint(variant) for variant in node["variants"] or ()),
    ]
    return hashlib.blake2b(orjson.dumps(parts), digest_size=16).hexdigest()


def variant_fingerprint(node: Node) -> list[Any]:
    prices = {
        listing["channel"]["slug"]: [amount_of(listing["price"]), amount_of(listing["priorPrice"])]
        for listing in node["channelListings"] or ()
    }
    stocks = {stock["warehouse"]["slug"]: stock["quantity"] for stock in node["stocks"] or ()}
    weight = node["weight"] or {}
    return [
        node["id"],
        node["sku"] or "",
        node["name"] or "",
        node["updatedAt"],
        [weight.get("unit"), weight.get("value")],
        sorted(prices.items()),
        sorted(stocks.items()),
        sorted(node["available"].items()),
    ]


def amount_of(money: Node | None) -> float | None:
    return None if money is None else money["amount"]


def is_shown(listing: Node) -> bool:
    """Return whether a product may be shown in a channel by now, by its listing there."""
    since = listing["publishedAt"]
    return bool(listing["isPublished"]) and (
        since is None or datetime.fromisoformat(since) <= timezone.now() + TOLERANCE
    )
