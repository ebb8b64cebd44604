"""References of the kernel ↔ Saleor's `externalReference`, which is unique over the whole shop.

A product of the source `main` has its own reference there, so that a shop whose products carry references already can
be imported into; another source's has the source before it. A variant known by its SKU has that; another has its
product's before it.
"""

from __future__ import annotations

from storefront.catalog.records import DEFAULT_SOURCE


def product_external(source: str, reference: str) -> str:
    return reference if source in ("", DEFAULT_SOURCE) else f"{source}:{reference}"


def product_reference(source: str, external: str | None) -> str:
    """Return the reference within its source; empty where the product has none."""
    prefix = "" if source in ("", DEFAULT_SOURCE) else f"{source}:"
    return (external or "").removeprefix(prefix)


def variant_external(product: str, reference: str, sku: str) -> str:
    """Return a variant's `externalReference`; `product`: its product's."""
    return reference if reference == sku else f"{product}:{reference}"


def variant_reference(product: str | None, external: str | None, sku: str | None) -> str:
    """Return the reference within its product; empty where the variant has none."""
    if not external or external == sku or not product:
        return external or ""
    return external.removeprefix(f"{product}:")
