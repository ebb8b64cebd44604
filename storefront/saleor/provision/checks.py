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


def findings(saleor: Saleor, shop: Shop) -> list[Finding]:
    """Return what a shop has and lacks: version, permissions, channels, warehouses, shipping and payment."""
    found = [Finding(f"Saleor {shop.version}"), Finding(f"all {len(PERMISSIONS)} permissions that are needed")]
    active = [channel for channel in shop.channels.values() if channel.is_active]
    found.append(
        Finding(
            f"channel: {', '.join(f'{channel.slug} ({channel.currency})' for channel in active)}"
            if active
            else "an active channel (dashboard: Configuration → Channels)",
            not active,
        )
    )
    found.append(
        Finding(
            f"warehouse: {', '.join(shop.warehouses)}"
            if shop.warehouses
            else "a warehouse (dashboard: Configuration → Warehouses)",
            not shop.warehouses,
        )
    )
    try:
        details = saleor.ask(documents.CHANNEL_DETAILS)
    except SaleorError as error:
        return [*found, Finding(f"how the channels ship and are paid cannot be read: {error}", True)]
    unpaid = unpaid_channels(saleor)
    for channel in details["channels"] or ():
        if any(each.slug == channel["slug"] for each in active):
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
    """Return whether anything can be bought in a channel. `unpaid`: the channels that take unpaid orders, if that is
    known."""
    slug = channel["slug"]
    shipped_to = [
        country["countryCode"]
        for country in channel["availableShippingMethodsPerCountry"] or ()
        if country["shippingMethods"]
    ]
    is_unpaid = unpaid is not None and slug in unpaid
    found = [
        Finding(f"{slug}: a warehouse of its own; make it with: {OPEN_SHOP}", True)
        if not channel["warehouses"]
        else Finding(f"{slug}: ships from {', '.join(warehouse['slug'] for warehouse in channel['warehouses'])}"),
        Finding(
            f"{slug}: a shipping zone with a shipping price; without one all stock counts as none. "
            f"Make it with: {OPEN_SHOP}",
            True,
        )
        if not shipped_to
        else Finding(f"{slug}: ships to {len(shipped_to)} countries"),
    ]
    if gateways or is_unpaid:
        ways = list(gateways) + (["orders may be placed unpaid"] if is_unpaid else [])
        found.append(Finding(f"{slug}: paid by {', '.join(ways)}"))
    elif unpaid is None:
        found.append(Finding(f"{slug}: no payment app; whether it takes unpaid orders only MANAGE_CHANNELS may know"))
    else:
        found.append(Finding(f"{slug}: a way to pay (a payment app, or unpaid orders allowed in the channel)", True))
    return found
