"""`check`: files read and explained, without a shop and without a database."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from catalog_import.enrich import enrich_guide, enrich_product
from catalog_import.matching import GuideIndex
from catalog_import.plan import gaps
from catalog_import.problems import Problem, ProblemCode, warning_at
from catalog_import.reading import Catalogue
from storefront.catalog.fields import product_fields
from storefront.catalog.records import GuideLink, LinkRole, Tag, TaggedGuide, TaggedProduct
from storefront.catalog.taxonomy import Taxonomy


@dataclass(frozen=True, slots=True)
class Checked:
    products: Sequence[TaggedProduct]
    guides: Sequence[TaggedGuide]
    problems: Sequence[Problem]


def check(catalogue: Catalogue, taxonomy: Taxonomy) -> Checked:
    """Tag and link what was read. What only a shop can know (taken SKUs, pins) is said by the plan."""
    guides = [enrich_guide(guide.record, taxonomy) for guide in catalogue.guides]
    index = GuideIndex(guides, taxonomy)
    slugs = {guide.record.slug for guide in guides}
    products, problems = [], list(catalogue.problems)
    used: set[str] = set()
    for product in catalogue.products:
        tagged = enrich_product(product.record, index, taxonomy)
        products.append(tagged)
        used |= {link.guide for link in tagged.links}
        own = product_fields(product.record).own
        found = gaps(product.place, own, tagged.tags, tagged.links, slugs)
        # Without guides at hand nothing can be linked, and the shop may have them.
        problems += found if guides else [item for item in found if item.code is ProblemCode.NO_AREA]
    if catalogue.products:
        for guide in catalogue.guides:
            if guide.record.slug not in used:
                message = "No product of the file is linked to this guide."
                problems.append(warning_at(guide.place, "slug", ProblemCode.UNUSED_GUIDE, message))
    return Checked(products, guides, problems)


def as_json(checked: Checked) -> dict[str, Any]:
    """The answer of `check --json`: by SKU what was interpreted, worked out and why."""
    return {
        "products": {
            variant.sku: product_json(product, index)
            for product in checked.products
            for index, variant in enumerate(product.record.variants)
        },
        "guides": {guide.record.slug: guide_json(guide) for guide in checked.guides},
        "problems": [problem.as_json() for problem in checked.problems],
    }


def product_json(product: TaggedProduct, index: int) -> dict[str, Any]:
    record = product.record
    variant = record.variants[index]
    own = product_fields(record).own
    price = next(iter(variant.prices.values()), None)
    return {
        "reference": record.reference,
        "variant_reference": variant.reference,
        "name": record.name,
        "variant": variant.name,
        "options": dict(variant.options),
        "price": str(price.amount) if price else None,
        "compare_at_price": str(price.compare_at) if price and price.compare_at is not None else None,
        "currency": price.currency if price else None,
        "prices": {channel: str(money.amount) for channel, money in variant.prices.items()},
        "stock": sum(variant.stock.values()) if variant.stock else None,
        "weight_g": variant.weight_g,
        "barcode": variant.barcode,
        **{
            name: own.get(name)
            for name in (
                *("slug", "description", "brand", "category", "seo_title", "seo_description", "cautions"),
                *("media", "material", "warranty_years", "fsa_hsa_eligible"),
            )
        },
        "status": record.status.value,
        "attributes": dict(record.attributes),
        "target_areas": slugs(product.tags.target_areas),
        "tool_type": next(iter(slugs(product.tags.tool_types)), None),
        "conditions": slugs(product.tags.conditions),
        "primary_guide": next(iter(guides_of(product.links, LinkRole.PRIMARY)), None),
        "related_guides": guides_of(product.links, LinkRole.RELATED),
        "guides": [link.model_dump(mode="json") for link in product.links],
        "evidence": {
            "target_areas": evidence(product.tags.target_areas),
            "tool_type": evidence(product.tags.tool_types),
            "conditions": evidence(product.tags.conditions),
        },
    }


def guide_json(guide: TaggedGuide) -> dict[str, Any]:
    return {
        "title": guide.record.title,
        "summary": guide.record.summary,
        "target_areas": slugs(guide.tags.target_areas),
        "tool_types": slugs(guide.tags.tool_types),
        "conditions": slugs(guide.tags.conditions),
        "techniques": slugs(guide.tags.techniques),
        "cautions": [caution.model_dump(mode="json") for caution in guide.record.cautions],
        "sources": [source.model_dump(mode="json") for source in guide.record.sources],
        "reviewed_on": guide.record.reviewed_on.isoformat() if guide.record.reviewed_on else None,
        "status": guide.record.status.value,
        "evidence": {
            "target_areas": evidence(guide.tags.target_areas),
            "tool_types": evidence(guide.tags.tool_types),
            "conditions": evidence(guide.tags.conditions),
            "techniques": evidence(guide.tags.techniques),
        },
    }


def slugs(tags: Sequence[Tag]) -> list[str]:
    return [tag.slug for tag in tags]


def guides_of(links: Sequence[GuideLink], role: LinkRole) -> list[str]:
    return [link.guide for link in links if link.role is role]


def evidence(tags: Sequence[Tag]) -> dict[str, Any]:
    return {tag.slug: tag.model_dump(mode="json", exclude={"slug"}) for tag in tags}
