"""What is to be written, and why Saleor did not take it, in words for staff and at the column of their file."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from storefront.catalog.fields import ATTRIBUTE, PRICE, STOCK
from storefront.catalog.writer import ProductWrite
from storefront.saleor.client.mutations import Refusal
from storefront.saleor.read.answers import SaleorProduct
from storefront.saleor.schema import documents
from storefront.saleor.schema.documents import Call

_COLUMNS = {
    "externalReference": "product_reference",
    "seoTitle": "seo_title",
    "seoDescription": "seo_description",
    "weight": "weight_g",
    "price": "price",
    "priorPrice": "compare_at_price",
    "quantity": "stock",
    "warehouse": "stock",
    "channelId": "price",
    "mediaUrl": "image",
}


@dataclass(frozen=True, slots=True)
class PendingWrite:
    """A product to write, and as Saleor has it; None: it is to be made."""

    write: ProductWrite
    existing: SaleorProduct | None = None


@dataclass(frozen=True, slots=True)
class Failure:
    """Why a product was not written, for staff: the column that it is about, and the variant, where it is known."""

    message: str
    column: str = ""
    variant: str = ""


def unexpected(error: Exception) -> Failure:
    """Return the failure of an unforeseen error: one item must not stop the others."""
    return Failure(f"An unexpected error ({type(error).__name__}). See the worker's log for details.")


def failure_of_refusals(refusals: Sequence[Refusal], pending: PendingWrite, call: Call | None = None) -> Failure:
    """Return Saleor's reasons for refusing an input, at the column of the file that they are about."""
    # A bulk mutation says the same of the whole first.
    placed = [refusal for refusal in refusals if refusal.row is not None]
    first = next(iter((*placed, *refusals)), Refusal("Saleor gave no reason."))
    column, variant = place_of(first, pending, call)
    message = "; ".join(dict.fromkeys(refusal.message for refusal in refusals)) or first.message
    return Failure(f"Saleor rejected it: {message}", column, variant)


def place_of(refusal: Refusal, pending: PendingWrite, call: Call | None) -> tuple[str, str]:
    """Return (column, variant's reference) of a refusal with a path like ``variants.0.channelListings.0.price``."""
    parts = refusal.field.split(".")
    numbers = [int(part) for part in parts if part.isdigit()]
    names = [part for part in parts if not part.isdigit()]
    references = list(pending.write.fields.variants)
    is_of_variant = call is not None and call.mutation in (documents.VARIANT_BULK_CREATE, documents.VARIANT_BULK_UPDATE)
    variant = ""
    if names[:1] == ["variants"] and numbers:
        names, variant = names[1:], references[numbers[0]] if numbers[0] < len(references) else ""
    elif call is not None and is_of_variant and refusal.row is not None:
        variant = variant_at(call.values["variants"][refusal.row], pending)
    is_of_variant = is_of_variant or bool(variant) or refusal.message.startswith("Product variant with this")
    if is_of_variant and len(references) == 1:
        variant = references[0]
    last = names[-1] if names else ""
    fields = pending.write.fields.variants.get(variant, {})
    if last in ("price", "channelId", "priorPrice"):
        return next((name for name in fields if name.startswith(PRICE)), "price"), variant
    if last in ("quantity", "warehouse"):
        return next((name for name in fields if name.startswith(STOCK)), "stock"), variant
    if last == "externalReference" and is_of_variant:
        return "variant_reference", variant
    if last == "attributes":
        # Which of them is not told.
        names_said = [name for name in pending.write.fields.own if name.startswith(ATTRIBUTE)]
        return names_said[0] if len(names_said) == 1 else "", variant
    return _COLUMNS.get(last, last), variant


def variant_at(given: Mapping[str, Any], pending: PendingWrite) -> str:
    """Return the reference of the variant that a row of a bulk mutation is about."""
    adopted = {key: reference for reference, key in pending.write.adopted_variants.items()}
    if pending.existing is not None and "id" in given:
        return next(
            (adopted.get(key, key) for key, one in pending.existing.variants.items() if one.id == given["id"]), ""
        )
    variants = pending.write.fields.variants.items()
    return next((reference for reference, fields in variants if fields.get("sku") == given.get("sku")), "")
