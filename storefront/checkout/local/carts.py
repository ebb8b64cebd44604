"""Carts: what is in them, at today's prices and stock."""

from __future__ import annotations

from dataclasses import asdict
from datetime import timedelta
from uuid import UUID

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from storefront.catalog.models import Channel, Product, ProductVariant
from storefront.catalog.queries.availability import units_of
from storefront.catalog.queries.products import reachable_products, with_details
from storefront.catalog.queries.safety import product_contraindications
from storefront.catalog.safety import lower_first
from storefront.checkout import records
from storefront.checkout.local.totals import rounded
from storefront.checkout.models import Cart, CartLine, Order
from storefront.checkout.records import MAX_LINES, MAX_QUANTITY, Address, Caution, Money, NoSuchCart, Refused

KEPT_FOR = timedelta(days=30)


def open_carts() -> QuerySet[Cart]:
    return Cart.objects.filter(updated_at__gt=timezone.now() - KEPT_FOR)


def find_cart(id: str, *, lock: bool = False) -> Cart:
    """Return an open cart. Raise `NoSuchCart`. `lock`: until the transaction ends."""
    try:
        key = UUID(id)
    except ValueError as error:
        raise NoSuchCart from error
    carts = open_carts().select_related("channel")
    cart = (carts.select_for_update(of=("self",)) if lock else carts).filter(pk=key).first()
    if cart is None or Order.objects.filter(cart_id=key).exists():
        raise NoSuchCart
    return cart


def view_of(cart: Cart) -> records.Cart:
    lines = list(cart.lines.select_related("variant__product"))
    products = shown_by_key(cart.channel, {line.variant.product_id for line in lines})
    return records.Cart(
        id=str(cart.pk),
        lines=[line_of(line, products.get(line.variant.product_id), cart.channel) for line in lines],
        currency=cart.channel.currency,
        email=cart.email,
        address=Address(**cart.address),
        delivery=cart.delivery,
        note=cart.note,
    )


def shown_by_key(channel: Channel, keys: set[int]) -> dict[int, Product]:
    """Return those of the products that the channel sells, with their variants, prices and units."""
    if not keys:
        return {}
    products = with_details(reachable_products(channel).filter(pk__in=keys), channel)
    return {product.pk: product for product in products}


def variant_in(product: Product, key: int) -> ProductVariant | None:
    return next((variant for variant in product.shown_variants if variant.pk == key), None)


def line_of(line: CartLine, product: Product | None, channel: Channel) -> records.CartLine:
    sold = variant_in(product, line.variant_id) if product else None
    price = rounded(sold.shown_prices[0].amount if sold else line.price_when_added, channel.currency)
    before = rounded(line.price_when_added, channel.currency)
    return records.CartLine(
        variant=line.variant.public_id,
        product_name=line.variant.product.name,
        product_slug=line.variant.product.slug if product else "",
        variant_name=line.variant.name,
        sku=line.variant.sku,
        quantity=line.quantity,
        available=max(units_of(sold), 0) if sold else 0,
        price=Money(price, channel.currency),
        was=Money(before, channel.currency) if sold and before != price else None,
        cautions=cautions_of(line.variant.product, product),
        is_sold=sold is not None,
    )


def cautions_of(row: Product, shown: Product | None) -> list[Caution]:
    """Return who must not use a product or must ask first, what it keeps off, and its further cautions.

    `shown`: the product as its channel shows it, with its tags.
    """
    names: dict[str, list[str]] = {}
    for each in product_contraindications(shown) if shown else ():
        names.setdefault(each.severity, []).append(lower_first(each.name))
    return [
        *(Caution(severity, "; ".join(words)) for severity, words in names.items()),
        *(Caution(each["kind"], each["text"]) for each in row.cautions),
    ]


@transaction.atomic
def add(id: str | None, channel: Channel, variant_id: str, quantity: int) -> records.Cart:
    require_quantity(quantity, least=1)
    variant = ProductVariant.objects.filter(public_id=variant_id).first()
    product = shown_by_key(channel, {variant.product_id}).get(variant.product_id) if variant else None
    sold = variant_in(product, variant.pk) if variant and product else None
    if sold is None:
        raise Refused("This is no longer sold.")
    available = units_of(sold)
    if available <= 0:
        raise Refused(f"{sold.product.name} has sold out.")
    cart = None
    if id is not None:
        try:
            cart = find_cart(id, lock=True)
        except NoSuchCart:
            cart = None
    if cart is None or cart.channel_id != channel.pk:
        cart = Cart.objects.create(channel=channel)
    line = cart.lines.filter(variant=sold).first()
    if line is None and cart.lines.count() >= MAX_LINES:
        raise Refused(f"A cart holds at most {MAX_LINES} different things.")
    wanted = quantity + (line.quantity if line else 0)
    # More than there is cannot be bought; nobody is told off for clicking twice.
    kept = min(wanted, available, MAX_QUANTITY)
    price = sold.shown_prices[0].amount
    CartLine.objects.update_or_create(cart=cart, variant=sold, defaults={"quantity": kept, "price_when_added": price})
    cart.save(update_fields=["updated_at"])
    return view_of(cart)


def require_quantity(quantity: int, *, least: int) -> None:
    """Raise `Refused` for a number of units that cannot be ordered."""
    if not least <= quantity <= MAX_QUANTITY:
        raise Refused({"quantity": f"Enter a number from {least} to {MAX_QUANTITY}."})


@transaction.atomic
def set_quantity(id: str, variant_id: str, quantity: int) -> records.Cart:
    require_quantity(quantity, least=0)
    cart = find_cart(id, lock=True)
    line = cart.lines.select_related("variant").filter(variant__public_id=variant_id).first()
    if line is not None and quantity == 0:
        line.delete()
    elif line is not None:
        line.quantity = quantity
        line.save(update_fields=["quantity"])
    cart.save(update_fields=["updated_at"])
    return view_of(cart)


@transaction.atomic
def remember(id: str, email: str, address: Address, delivery: str, note: str) -> records.Cart:
    cart = find_cart(id, lock=True)
    cart.email, cart.address, cart.delivery, cart.note = email[:254], asdict(address), delivery[:40], note[:500]
    cart.save()
    return view_of(cart)


@transaction.atomic
def accept_prices(id: str) -> records.Cart:
    """Take today's prices as those that the shopper knows of."""
    cart = find_cart(id, lock=True)
    view = view_of(cart)
    for line in view.lines:
        if line.was:
            cart.lines.filter(variant__public_id=line.variant).update(price_when_added=line.price.amount)
    cart.save(update_fields=["updated_at"])
    return view_of(cart)


def delete_expired() -> int:
    """Delete carts that nobody has touched for 30 days; return how many."""
    old = timezone.now() - KEPT_FOR
    deleted, _ = Cart.objects.filter(updated_at__lte=old).delete()
    return deleted
