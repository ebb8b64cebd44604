"""What a Saleor shop has and lacks for selling what is imported into it, in words for people."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from storefront.saleor.client.errors import SaleorError
from storefront.saleor.client.transport import Saleor
from storefront.saleor.read.shop import Shop
from storefront.saleor.schema import documents
from storefront.saleor.schema.model import PERMISSIONS

OPEN_SHOP: Final = "storefront saleor open-shop"


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that is there or missing."""

    text: str
    is_missing: bool = False


def finding(has: object, found: str, missing: str) -> Finding:
    return Finding(found) if has else Finding(missing, is_missing=True)


def findings(saleor: Saleor, shop: Shop) -> list[Finding]:
    """Return what a shop has and lacks: version, permissions, channels, warehouses, shipping and payment."""
    active = {channel.slug: channel.currency for channel in shop.channels.values() if channel.is_active}
    named = ", ".join(f"{slug} ({currency})" for slug, currency in active.items())
    found = [
        Finding(f"Saleor {shop.version}"),
        Finding(f"all {len(PERMISSIONS)} permissions that are needed"),
        finding(active, f"channel: {named}", "an active channel (dashboard: Configuration → Channels)"),
        finding(
            shop.warehouses,
            f"warehouse: {', '.join(shop.warehouses)}",
            "a warehouse (dashboard: Configuration → Warehouses)",
        ),
    ]
    try:
        details = saleor.ask(documents.CHANNEL_DETAILS)
    except SaleorError as error:
        return [*found, Finding(f"how the channels ship and are paid cannot be read: {error}", True)]
    unpaid = unpaid_channels(saleor)
    for channel in details["channels"] or ():
        if channel["slug"] in active:
            found += selling(channel, gateways_of(saleor, channel["slug"]), unpaid)
    return found


def gateways_of(saleor: Saleor, channel: str) -> list[str]:
    """Return the names of the ways to pay in a channel: an app or plugin may take part in some alone."""
    found = saleor.ask(documents.PAYMENT_GATEWAYS, {"channel": channel})["shop"]["availablePaymentGateways"]
    return [str(gateway["name"]) for gateway in found or ()]


def unpaid_channels(saleor: Saleor) -> frozenset[str] | None:
    """Return slugs of the channels in which orders may be placed unpaid; None where the app may not know."""
    try:
        channels = saleor.ask(documents.UNPAID_ORDERS)["channels"]
    except SaleorError:
        return None
    return frozenset(channel["slug"] for channel in channels or () if channel["orderSettings"]["allowUnpaidOrders"])


def selling(channel: Mapping[str, Any], gateways: Sequence[str], unpaid: frozenset[str] | None) -> list[Finding]:
    """Return what a channel has and lacks for selling. `unpaid`: the channels that take unpaid orders, if known."""
    slug = channel["slug"]
    warehouses = [warehouse["slug"] for warehouse in channel["warehouses"]]
    countries = [each for each in channel["availableShippingMethodsPerCountry"] or () if each["shippingMethods"]]
    ways = [*gateways, *(["orders may be placed unpaid"] if unpaid is not None and slug in unpaid else [])]
    found = [
        finding(
            warehouses,
            f"{slug}: ships from {', '.join(warehouses)}",
            f"{slug}: a warehouse of its own; make it with: {OPEN_SHOP}",
        ),
        finding(
            countries,
            f"{slug}: ships to {len(countries)} countries",
            f"{slug}: a shipping zone with a shipping price; without one all stock counts as none. "
            f"Make it with: {OPEN_SHOP}",
        ),
    ]
    if not ways and unpaid is None:
        text = f"{slug}: no payment app; reading whether it takes unpaid orders needs MANAGE_CHANNELS"
        return [*found, Finding(text)]
    missing = f"{slug}: a way to pay (a payment app, or unpaid orders allowed in the channel)"
    return [*found, finding(ways, f"{slug}: paid by {', '.join(ways)}", missing)]
