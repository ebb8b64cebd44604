"""`check`: files read and explained, without a shop and without a database."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, BinaryIO

import orjson

from catalog_import.claims import claim_problems, claims_in
from catalog_import.gaps import gaps
from catalog_import.inference import Inference, Inferred
from catalog_import.problems import Problem, ProblemCode, warning_at
from catalog_import.reading import Reading
from catalog_import.sources.native import ReadProduct
from storefront.catalog.fields import own_fields
from storefront.catalog.records import GuideLink, LinkRole, Tag, TaggedGuide, TaggedProduct, VariantRecord


class Check:
    """What the files say, tagged and linked, product by product.

    `problems` and the reading's `interpretations` are complete once the products were taken. What only a shop can
    know (taken SKUs, pins) is said by the plan.
    """

    def __init__(self, reading: Reading, inference: Inference) -> None:
        self.reading = reading
        self.inference = inference
        self.guides = inference.guides
        self.found: list[Problem] = []

    @property
    def problems(self) -> list[Problem]:
        return [*self.reading.problems, *self.found]

    def products(self) -> Iterator[TaggedProduct]:
        used: set[str] = set()
        is_empty = True
        for product, inferred in self.inference.stream(self.reading.products(), lambda product: product.record):
            is_empty = False
            tagged = TaggedProduct(record=product.record, tags=inferred.tags, links=inferred.links)
            used.update(link.guide for link in tagged.links)
            self.warn(product, inferred)
            yield tagged
        for guide in self.reading.guides:
            self.found += claim_problems(guide.place, claims_in("body", guide.record.body))
            if guide.record.slug not in used and not is_empty:
                message = "No product of the file is linked to this guide."
                self.found.append(warning_at(guide.place, "slug", ProblemCode.UNUSED_GUIDE, message))

    def warn(self, product: ReadProduct, inferred: Inferred) -> None:
        record = product.record
        stated = {"guide": record.guide, "related_guides": record.related_guides, "status": record.status}
        found = gaps(product.place, stated, inferred.tags, inferred.links, self.inference.index.slugs)
        # Without guides at hand nothing can be linked, and the shop may have them.
        self.found += found if self.guides else [item for item in found if item.code is ProblemCode.NO_AREA]
        self.found += claim_problems(product.place, inferred.claims)


def write_json(check: Check, stream: BinaryIO) -> None:
    """The answer of `check --json`, a product at a time: by SKU what was interpreted, worked out and why."""
    stream.write(b'{"products": {')
    separator = b"\n"
    for product in check.products():
        shared = product_json(product)
        for variant in product.record.variants:
            answer = variant_json(variant) | shared
            stream.write(separator + orjson.dumps(variant.sku) + b": " + orjson.dumps(answer))
            separator = b",\n"
    guides = {guide.record.slug: guide_json(guide) for guide in check.guides}
    stream.write(b'\n},\n"guides": ' + orjson.dumps(guides, option=orjson.OPT_INDENT_2))
    stream.write(b',\n"interpretations": ' + orjson.dumps(check.reading.interpretations, option=orjson.OPT_INDENT_2))
    stream.write(b',\n"problems": [')
    separator = b"\n"
    for problem in check.problems:
        stream.write(separator + orjson.dumps(problem.as_json()))
        separator = b",\n"
    stream.write(b"\n]}\n")


def variant_json(variant: VariantRecord) -> dict[str, Any]:
    """What a row says of its variant alone."""
    price = next(iter(variant.prices.values()), None)
    return {
        "variant_reference": variant.reference,
        "variant": variant.name,
        "options": dict(variant.options),
        "price": str(price.amount) if price else None,
        "compare_at_price": str(price.compare_at) if price and price.compare_at is not None else None,
        "currency": price.currency if price else None,
        "prices": {channel: str(money.amount) for channel, money in variant.prices.items()},
        "stock": sum(variant.stock.values()) if variant.stock else None,
        "weight_g": variant.weight_g,
        "barcode": variant.barcode,
    }


OWN = (
    *("slug", "description", "brand", "category", "seo_title", "seo_description", "cautions", "media", "material"),
    *("warranty_years", "fsa_hsa_eligible"),
)


def product_json(product: TaggedProduct) -> dict[str, Any]:
    """What the file says of the product, and what was worked out and why."""
    record = product.record
    own = own_fields(record)
    return {
        "reference": record.reference,
        "name": record.name,
        **{name: own.get(name) for name in OWN},
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
