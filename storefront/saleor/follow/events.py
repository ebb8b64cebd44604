"""Saleor's events: what is subscribed to, and what each of them says is to be read again.

They come in any order, twice, or never, and say nothing of prices in a channel; so an event is only ever taken as "this
changed". What it is now is asked of Saleor (`following`).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final

from storefront.saleor.mirror import changes
from storefront.saleor.models import Kind

# Event → what is selected of it, one id in the end, and what kind of thing it says has changed.
EVENTS: Final[Mapping[str, tuple[str, Kind]]] = {
    **{f"Product{what}": ("product { id }", Kind.PRODUCT) for what in ("Created", "Updated", "Deleted")},
    **{
        f"ProductMedia{what}": ("productMedia { productId }", Kind.PRODUCT)
        for what in ("Created", "Updated", "Deleted")
    },
    **{
        f"ProductVariant{what}": ("productVariant { product { id } }", Kind.PRODUCT)
        for what in (
            "Created",
            "Updated",
            "Deleted",
            "StockUpdated",
            "OutOfStock",
            "BackInStock",
        )
    },
    # Its variant is never null, and two fields of one name must be of one type.
    "ProductVariantDiscountedPriceUpdated": ("variant: productVariant { product { id } }", Kind.PRODUCT),
    **{f"Page{what}": ("page { id }", Kind.PAGE) for what in ("Created", "Updated", "Deleted")},
    **{f"PageType{what}": ("pageType { id }", Kind.PAGE) for what in ("Created", "Updated", "Deleted")},
    **{f"Category{what}": ("category { id }", Kind.CATEGORY) for what in ("Created", "Updated", "Deleted")},
    **{f"Collection{what}": ("collection { id }", Kind.COLLECTION) for what in ("Created", "Updated", "Deleted")},
    **{f"Attribute{what}": ("attribute { id }", Kind.ATTRIBUTE) for what in ("Created", "Updated", "Deleted")},
    **{f"Channel{what}": ("channel { id }", Kind.SHOP) for what in ("Created", "Updated", "Deleted", "StatusChanged")},
    **{f"Warehouse{what}": ("warehouse { id }", Kind.SHOP) for what in ("Created", "Updated", "Deleted")},
    **{f"Menu{what}": ("menu { id }", Kind.MENU) for what in ("Created", "Updated", "Deleted")},
    **{f"MenuItem{what}": ("menuItem { id }", Kind.MENU) for what in ("Created", "Updated", "Deleted")},
}
# Of orders Saleor tells only an app that may manage them. With an order units are allocated, of which no other event
# tells as long as some are left (saleor/saleor#19449).
ORDER_EVENTS: Final[Mapping[str, tuple[str, Kind]]] = {
    f"Order{what}": ("order { lines { variant { product { id } } } }", Kind.PRODUCT)
    for what in ("Created", "Updated", "Cancelled", "Expired", "Fulfilled")
}
ORDER_PERMISSION: Final = "MANAGE_ORDERS"
_KINDS: Final = {name: kind for name, (_, kind) in {**EVENTS, **ORDER_EVENTS}.items()}
# Kinds that are always read as a whole: one mark stands for any number of events.
WHOLE: Final = frozenset({Kind.SHOP, Kind.ATTRIBUTE, Kind.CATEGORY, Kind.PAGE, Kind.COLLECTION, Kind.MENU})

# Selected of every event.
COMMON: Final = frozenset({"__typename", "issuedAt", "issuingPrincipal"})


def subscription(*, has_orders: bool) -> str:
    """Return the subscription of all events; `has_orders`: those of orders, too."""
    events = {**EVENTS, **(ORDER_EVENTS if has_orders else {})}
    return "\n".join(
        [
            "subscription Knotwise {",
            "  event {",
            "    __typename issuedAt issuingPrincipal { __typename ... on App { id } }",
            *(f"    ... on {name} {{ {selection} }}" for name, (selection, _) in events.items()),
            "  }",
            "}",
        ]
    )


SUBSCRIPTION: Final = subscription(has_orders=False)


def note_event(event: Mapping[str, Any]) -> bool:
    """Mark what an event (of a verified webhook) says has changed; gives whether there was anything. Safe to repeat."""
    found = changed_by(event)
    changes.mark(found)
    return bool(found)


def changed_by(event: Mapping[str, Any]) -> list[tuple[Kind, str]]:
    """What an event says has changed: kinds and ids ("" where the kind is read as a whole). None of it: an event that
    concerns nothing here."""
    kind = _KINDS.get(str(event.get("__typename")))
    if kind is None:
        return []
    if kind in WHOLE:
        return [(kind, "")]
    ids = texts_in([value for name, value in event.items() if name not in COMMON])
    return [(kind, id) for id in dict.fromkeys(ids)]


def texts_in(found: Any) -> Iterator[str]:
    """The texts in an event's selection: one id, or those of an order's products."""
    if isinstance(found, str):
        if found:
            yield found
    elif isinstance(found, list | Mapping):
        for part in found.values() if isinstance(found, Mapping) else found:
            yield from texts_in(part)


def issuer(event: Mapping[str, Any]) -> str:
    """The id of the app that caused an event; empty for people and for Saleor itself."""
    principal = event.get("issuingPrincipal")
    return str(principal.get("id") or "") if isinstance(principal, Mapping) else ""
