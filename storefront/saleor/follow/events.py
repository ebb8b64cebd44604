"""Saleor's events: what is subscribed to, and what each of them says is to be read again.

They come in any order, twice, or never, and say nothing of prices in a channel; so an event is only ever taken as "this
changed". What it is now is asked of Saleor (`following`).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from storefront.saleor.mirror import changes
from storefront.saleor.models import Kind

_EDITED: Final = ("Created", "Updated", "Deleted")
# Thing → what is selected of its events, one id in the end; what kind it is; what may happen to it.
_THINGS: Final[Mapping[str, tuple[str, Kind, Sequence[str]]]] = {
    "Product": ("product { id }", Kind.PRODUCT, _EDITED),
    "ProductMedia": ("productMedia { productId }", Kind.PRODUCT, _EDITED),
    "ProductVariant": (
        "productVariant { product { id } }",
        Kind.PRODUCT,
        (*_EDITED, "StockUpdated", "OutOfStock", "BackInStock"),
    ),
    # Its variant is never null, and two fields of one name must be of one type.
    "ProductVariantDiscountedPrice": ("variant: productVariant { product { id } }", Kind.PRODUCT, ("Updated",)),
    "Page": ("page { id }", Kind.PAGE, _EDITED),
    "PageType": ("pageType { id }", Kind.PAGE, _EDITED),
    "Category": ("category { id }", Kind.CATEGORY, _EDITED),
    "Collection": ("collection { id }", Kind.COLLECTION, _EDITED),
    "Attribute": ("attribute { id }", Kind.ATTRIBUTE, _EDITED),
    "Channel": ("channel { id }", Kind.SHOP, (*_EDITED, "StatusChanged")),
    "Warehouse": ("warehouse { id }", Kind.SHOP, _EDITED),
    "Menu": ("menu { id }", Kind.MENU, _EDITED),
    "MenuItem": ("menuItem { id }", Kind.MENU, _EDITED),
}
# Event → its selection and kind.
EVENTS: Final[Mapping[str, tuple[str, Kind]]] = {
    thing + what: (selection, kind) for thing, (selection, kind, acts) in _THINGS.items() for what in acts
}
# Of orders Saleor tells only an app that may manage them. With an order units are allocated, of which no other event
# tells as long as some are left (saleor/saleor#19449).
ORDER_EVENTS: Final[Mapping[str, tuple[str, Kind]]] = {
    f"Order{what}": ("order { lines { variant { product { id } } } }", Kind.PRODUCT)
    for what in ("Created", "Updated", "Cancelled", "Expired", "Fulfilled")
}
ORDER_PERMISSION: Final = "MANAGE_ORDERS"
# Several of these come of every product that an import makes, and each costs Saleor more than making the product does.
# So they are a webhook of their own, which is paused while an import writes (`app.own_webhooks`). None tells of a sale.
EVENTS_OF_EDITS: Final = frozenset(
    {
        *("ProductCreated", "ProductUpdated", "ProductMediaCreated", "ProductMediaUpdated"),
        *("ProductVariantCreated", "ProductVariantUpdated", "ProductVariantDiscountedPriceUpdated"),
    }
)
_KINDS: Final = {name: kind for name, (_, kind) in {**EVENTS, **ORDER_EVENTS}.items()}

# Selected of every event.
COMMON: Final = frozenset({"__typename", "issuedAt", "issuingPrincipal"})


def product_edits_subscription() -> str:
    """Return the subscription of the events that imports cause by the thousand."""
    return _subscription({name: found for name, found in EVENTS.items() if name in EVENTS_OF_EDITS})


def subscription(*, has_orders: bool) -> str:
    """Return the subscription of all other events; `has_orders`: those of orders, too."""
    others = {name: found for name, found in EVENTS.items() if name not in EVENTS_OF_EDITS}
    return _subscription({**others, **(ORDER_EVENTS if has_orders else {})})


def _subscription(events: Mapping[str, tuple[str, Kind]]) -> str:
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


@dataclass(frozen=True, slots=True)
class Event:
    """What an event says. `changed`: kinds and ids ("" where the kind is read as a whole), none for what concerns
    nothing here; `issuer`: the id of the app that caused it, empty for people and for Saleor itself."""

    changed: tuple[tuple[Kind, str], ...]
    issuer: str
    issued_at: datetime | None


def parse_event(payload: Mapping[str, Any]) -> Event:
    """Return the event of a payload, whatever is in it."""
    principal = payload.get("issuingPrincipal")
    return Event(
        changed=tuple(changed_by(payload)),
        issuer=str(principal.get("id") or "") if isinstance(principal, Mapping) else "",
        issued_at=moment(payload.get("issuedAt")),
    )


def changed_by(payload: Mapping[str, Any]) -> Iterator[tuple[Kind, str]]:
    kind = _KINDS.get(str(payload.get("__typename")))
    if kind is Kind.PRODUCT:
        ids = texts_in([value for name, value in payload.items() if name not in COMMON])
        yield from ((kind, id) for id in dict.fromkeys(ids))
    elif kind is not None:
        # Read as a whole: one mark stands for any number of events.
        yield kind, ""


def texts_in(selection: Any) -> Iterator[str]:
    """Yield the texts in an event's selection: one id, or those of an order's products."""
    if isinstance(selection, str):
        if selection:
            yield selection
    elif isinstance(selection, list | Mapping):
        for part in selection.values() if isinstance(selection, Mapping) else selection:
            yield from texts_in(part)


def moment(text: Any) -> datetime | None:
    """Return a moment with its time zone; None for anything else."""
    try:
        found = datetime.fromisoformat(text)
    except (TypeError, ValueError):
        return None
    return found if found.tzinfo else None


def note_event(event: Event) -> bool:
    """Mark what an event says has changed; return whether there was anything. Safe to repeat."""
    changes.mark(event.changed)
    return bool(event.changed)
