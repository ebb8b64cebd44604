"""`check`: files read and explained, without a shop and without a database."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, BinaryIO

import orjson

from catalog_import.claims import Claim, claim_problems, claims_in
from catalog_import.gaps import gaps
from catalog_import.inference import Inference
from catalog_import.problems import Problem, ProblemCode, warning_at
from catalog_import.reading import Reading
from catalog_import.sources.native import ReadProduct
from storefront.catalog.fields import own_fields
from storefront.catalog.records import LinkRole, ProductRecord, Status, TaggedGuide, VariantRecord

Answer = dict[str, Any]
"""What was inferred for a product, as plain JSON (`Inferred`): checking a large file makes no more of it."""


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

    def products(self) -> Iterator[tuple[ProductRecord, Answer]]:
        used: set[str] = set()
        is_empty = True
        for product, answer in self.inference.answers(self.reading.products(), lambda product: product.record):
            is_empty = False
            inferred = orjson.loads(answer)
            used.update(link["guide"] for link in inferred["links"])
            self.warn(product, inferred)
            yield product.record, inferred
        for guide in self.reading.guides:
            self.found += claim_problems(guide.place, claims_in("body", guide.record.body))
            if guide.record.slug not in used and not is_empty:
                message = "No product of the file is linked to this guide."
                self.found.append(warning_at(guide.place, "slug", ProblemCode.UNUSED_GUIDE, message))

    def warn(self, product: ReadProduct, inferred: Answer) -> None:
        record = product.record
        found = gaps(
            product.place,
            guide=record.guide,
            related_guides=record.related_guides,
            known_guides=self.inference.index.slugs,
            is_shown=record.status is Status.ACTIVE,
            has_area=bool(inferred["tags"]["target_areas"]),
            has_guide=bool(guides_of(inferred, LinkRole.PRIMARY)),
        )
        # Without guides at hand nothing can be linked, and the shop may have them.
        self.found += found if self.guides else [item for item in found if item.code is ProblemCode.NO_AREA]
        if inferred["claims"]:
            self.found += claim_problems(product.place, (Claim.model_validate(claim) for claim in inferred["claims"]))


def write_json(check: Check, stream: BinaryIO) -> None:
    """The answer of `check --json`, a product at a time: by SKU what was interpreted, worked out and why."""
    stream.write(b'{"products": {')
    separator = b"\n"
    for record, inferred in check.products():
        shared = product_json(record, inferred)
        for variant in record.variants:
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


def product_json(record: ProductRecord, inferred: Answer) -> dict[str, Any]:
    """What the file says of the product, and what was worked out and why."""
    own = own_fields(record)
    tags = inferred["tags"]
    return {
        "reference": record.reference,
        "name": record.name,
        **{name: own.get(name) for name in OWN},
        "status": record.status.value,
        "attributes": dict(record.attributes),
        "target_areas": slugs(tags["target_areas"]),
        "tool_type": next(iter(slugs(tags["tool_types"])), None),
        "conditions": slugs(tags["conditions"]),
        "primary_guide": next(iter(guides_of(inferred, LinkRole.PRIMARY)), None),
        "related_guides": guides_of(inferred, LinkRole.RELATED),
        "guides": inferred["links"],
        "evidence": {
            "target_areas": evidence(tags["target_areas"]),
            "tool_type": evidence(tags["tool_types"]),
            "conditions": evidence(tags["conditions"]),
        },
    }


def guide_json(guide: TaggedGuide) -> dict[str, Any]:
    tags = guide.tags.model_dump(mode="json")
    lists = ("target_areas", "tool_types", "conditions", "techniques")
    return {
        "title": guide.record.title,
        "summary": guide.record.summary,
        **{name: slugs(tags[name]) for name in lists},
        "cautions": [caution.model_dump(mode="json") for caution in guide.record.cautions],
        "sources": [source.model_dump(mode="json") for source in guide.record.sources],
        "reviewed_on": guide.record.reviewed_on.isoformat() if guide.record.reviewed_on else None,
        "status": guide.record.status.value,
        "evidence": {name: evidence(tags[name]) for name in lists},
    }


def slugs(tags: Sequence[Answer]) -> list[str]:
    return [tag["slug"] for tag in tags]


def guides_of(inferred: Answer, role: LinkRole) -> list[str]:
    return [link["guide"] for link in inferred["links"] if link["role"] == role]


def evidence(tags: Sequence[Answer]) -> dict[str, Answer]:
    """Slug → who said it, its score, and the words."""
    return {tag["slug"]: {name: tag[name] for name in ("origin", "score", "evidence")} for tag in tags}
