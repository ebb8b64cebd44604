"""`check`: files read and explained, without a shop and without a database."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from functools import partial
from typing import Any

import orjson

from catalog_import.sources.native import ReadProduct
from catalog_import.sources.problems import Problem, ProblemCode, warning_at
from catalog_import.sources.reading import Reading
from catalog_import.tagging.claims import Claim, claim_problems, claims_in
from catalog_import.tagging.gaps import gaps, keep_off_problems
from catalog_import.tagging.inference import Answer, Inference, Inferred
from catalog_import.tagging.quality import Judged, Quality
from storefront.catalog.fields import own_fields
from storefront.catalog.records import GuideLink, ProductRecord, Status, TaggedGuide, Tags, VariantRecord


class Check:
    """What the files say, tagged and linked, product by product.

    `problems` and the reading's `interpretations` are complete once the products were taken. What only a shop can
    know (taken SKUs, pins) is reported by the plan.
    """

    def __init__(self, reading: Reading, inference: Inference) -> None:
        self.reading = reading
        self.inference = inference
        self.guides = inference.guides
        self.found: list[Problem] = []
        self.quality = Quality()

    @property
    def problems(self) -> list[Problem]:
        return [*self.reading.problems, *self.found]

    def products(self) -> Iterator[tuple[ProductRecord, Answer]]:
        used: set[str | None] = set()
        is_empty = True
        for product, answer in self.inference.answers(self.reading.products(), lambda product: product.record):
            is_empty = False
            used.add(answer.summary["primary_guide"])
            used.update(answer.summary["related_guides"])
            self.warn(product, answer.summary)
            judged = Judged(*answer.summary["judged"])
            name, reference = product.record.name, product.record.reference
            self.quality.add(judged, name, reference, product.place, partial(explained, answer))
            yield product.record, answer
        for guide in self.reading.guides:
            self.found += claim_problems(guide.place, claims_in("body", guide.record.body))
            if guide.record.slug not in used and not is_empty:
                message = "No product of the file is linked to this guide."
                self.found.append(warning_at(guide.place, "slug", ProblemCode.UNUSED_GUIDE, message))

    def warn(self, product: ReadProduct, summary: dict[str, Any]) -> None:
        record = product.record
        found = gaps(
            product.place,
            record,
            self.inference.index.slugs,
            is_shown=record.status is Status.ACTIVE,
            has_area=bool(summary["target_areas"]),
            has_guide=summary["primary_guide"] is not None,
        )
        # Without guides at hand nothing can be linked, and the shop may have them.
        self.found += found if self.guides else [item for item in found if item.code is ProblemCode.NO_AREA]
        self.found += keep_off_problems(product.place, summary["kept_off"])
        self.found += lacks(product)
        if summary["claims"]:
            self.found += claim_problems(product.place, (Claim.model_validate(claim) for claim in summary["claims"]))


def explained(answer: Answer) -> tuple[Tags, Sequence[GuideLink]]:
    inferred = Inferred.model_validate_json(answer.inferred)
    return inferred.tags, inferred.links


def lacks(product: ReadProduct) -> list[Problem]:
    """Warn of what a product would lack if it is new: only the shop knows whether it is."""
    record = product.record
    priceless = [variant for variant in record.variants if not variant.prices]
    missing = [what for what, lacking in (("name", not record.name), ("price", bool(priceless))) if lacking]
    if not missing:
        return []
    first = priceless[0] if record.name and priceless else record.variants[0]
    place = product.variant_places.get(first.reference, product.place)
    what = " and ".join(f"a {name}" for name in missing)
    message = f"If this product is new to the shop, it lacks {what}: it can be updated by this file, but not made."
    return [warning_at(place, product.head(missing[0]), ProblemCode.LACKS, message)]


def write_json(check: Check, write: Callable[[bytes], object]) -> None:
    """The answer of `check --json`, a product at a time: by SKU what was interpreted, worked out and why."""
    write(b'{"products": {')
    separator = b"\n"
    waiting: list[bytes] = []
    for record, answer in check.products():
        shared = orjson.dumps(product_json(record, answer))
        for variant in record.variants:
            own = orjson.dumps(variant_json(variant))
            # Two objects as one: what the rows of a product share is written once.
            waiting += (separator, orjson.dumps(variant.sku), b": ", own[:-1], b",", shared[1:])
            separator = b",\n"
        if len(waiting) > WAITING:
            write(b"".join(waiting))
            waiting.clear()
    write(b"".join(waiting))
    guides = {guide.record.slug: guide_json(guide) for guide in check.guides}
    write(b'\n},\n"guides": ' + orjson.dumps(guides, option=orjson.OPT_INDENT_2))
    write(b',\n"interpretations": ' + orjson.dumps(check.reading.interpretations, option=orjson.OPT_INDENT_2))
    write(b',\n"quality": ' + orjson.dumps(check.quality.as_json(), option=orjson.OPT_INDENT_2))
    write(b',\n"problems": [')
    separator = b"\n"
    for problem in check.problems:
        write(separator + orjson.dumps(problem.as_json()))
        separator = b",\n"
    write(b"\n]}\n")


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
    *("warranty_years", "fsa_hsa_eligible", "fsa_hsa_condition"),
)


# Pieces of the answer that are written at once.
WAITING = 1500
INFERRED = (
    *("target_areas", "tool_type", "conditions", "techniques", "contraindications", "primary_guide", "related_guides"),
)


def product_json(record: ProductRecord, answer: Answer) -> dict[str, Any]:
    """What the file says of the product, and what was worked out and why."""
    own = own_fields(record)
    summary = answer.summary
    return {
        "reference": record.reference,
        "name": record.name,
        **{name: own.get(name) for name in OWN},
        "status": record.status.value,
        "attributes": dict(record.attributes),
        **{name: summary[name] for name in INFERRED},
        "evidence": orjson.Fragment(answer.inferred),
    }


def guide_json(guide: TaggedGuide) -> dict[str, Any]:
    tags = guide.tags.model_dump(mode="json")
    return {
        "title": guide.record.title,
        "summary": guide.record.summary,
        **{name: [tag["slug"] for tag in found] for name, found in tags.items()},
        "cautions": [caution.model_dump(mode="json") for caution in guide.record.cautions],
        "sources": [source.model_dump(mode="json") for source in guide.record.sources],
        "reviewed_on": guide.record.reviewed_on.isoformat() if guide.record.reviewed_on else None,
        "status": guide.record.status.value,
        "evidence": {"tags": tags},
    }
