"""Data for tests: each builder gives a good thing, and a test names only what it is about."""

from __future__ import annotations

import csv
import hashlib
import io
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from PIL import Image

from catalog_import.actions.make_plan import finish_plan, new_run, store_items
from catalog_import.models import ImportRun
from catalog_import.planning.plan import Kind, PlanItem, counts_of
from catalog_import.planning.planner import Piece, Planner, plan_guides
from catalog_import.runs.lifecycle import RunInProgress, begin
from catalog_import.runs.stored_plans import store_findings
from catalog_import.sources.guides import ReadGuide
from catalog_import.sources.native import ReadProduct
from catalog_import.sources.problems import Place, Problem
from catalog_import.sources.products import ProductsReading
from catalog_import.tagging.inference import Inference
from catalog_import.tagging.proposals import without_proposals
from storefront.catalog.fields import Fields, guide_fields, product_fields, product_record
from storefront.catalog.models import (
    CatalogVersion,
    Channel,
    Page,
    PageType,
    Product,
    ProductType,
    Warehouse,
)
from storefront.catalog.public_ids import new_public_id
from storefront.catalog.queries.lookups import Lookup
from storefront.catalog.queries.pages import load_pages
from storefront.catalog.records import (
    DEFAULT_CHANNEL,
    DEFAULT_CURRENCY,
    DEFAULT_SOURCE,
    DEFAULT_WAREHOUSE,
    GuideLink,
    GuideRecord,
    LinkRole,
    Money,
    Origin,
    ProductRecord,
    Tag,
    Tags,
    VariantRecord,
)
from storefront.catalog.snapshots import (
    ShopFacts,
    ShopGuide,
    ShopProduct,
    load_shop_facts,
    load_shop_guides,
    load_shop_products,
)
from storefront.catalog.taxonomy import Taxonomy, load_taxonomy
from storefront.catalog.writer import (
    GuideWrite,
    ProductWrite,
    StoredPicture,
    keep_pictures,
    write_guides,
    write_products,
    write_taxonomy,
)

TAXONOMY: Taxonomy = load_taxonomy()
CURRENCIES = {DEFAULT_CHANNEL: DEFAULT_CURRENCY}
PRICE = f"price: {DEFAULT_CHANNEL}"
COMPARE_AT = f"compare_at_price: {DEFAULT_CHANNEL}"
STOCK = f"stock: {DEFAULT_WAREHOUSE}"


# --- records ------------------------------------------------------------------------------------------------


def a_price(amount: str = "19.90", **changes: Any) -> Money:
    return Money.model_validate({"amount": amount, "currency": DEFAULT_CURRENCY} | changes)


def a_variant(**changes: Any) -> VariantRecord:
    """A variant with a price. Its reference is its SKU, as in a file without references."""
    sku = changes.get("sku", "R-1")
    return VariantRecord.model_validate(
        {"sku": sku, "reference": sku, "prices": {DEFAULT_CHANNEL: a_price()}} | changes,
    )


def a_product(**changes: Any) -> ProductRecord:
    """A product with one variant. Its reference is that variant's SKU, as in a file without handles."""
    variants = changes.pop("variants", None) or (a_variant(),)
    return ProductRecord.model_validate(
        {"reference": variants[0].sku, "name": "Cork Ball", "variants": variants} | changes
    )


def a_guide(**changes: Any) -> GuideRecord:
    return GuideRecord.model_validate(
        {"slug": "calm-feet", "title": "Calm feet", "summary": "Slow rolling.", "body": "Roll slowly."} | changes
    )


def a_tag(slug: str, origin: Origin = Origin.STATED, **changes: Any) -> Tag:
    return Tag.model_validate({"slug": slug, "origin": origin} | changes)


def tags(
    *areas: str,
    tool_type: str | None = None,
    conditions: Sequence[str] = (),
    techniques: Sequence[str] = (),
    contraindications: Sequence[str] = (),
    origin: Origin = Origin.STATED,
) -> Tags:
    return Tags(
        target_areas=tuple(a_tag(slug, origin) for slug in areas),
        tool_types=(a_tag(tool_type, origin),) if tool_type else (),
        conditions=tuple(a_tag(slug, origin) for slug in conditions),
        techniques=tuple(a_tag(slug, origin) for slug in techniques),
        contraindications=tuple(a_tag(slug, origin) for slug in contraindications),
    )


def a_link(guide: str = "calm-feet", role: LinkRole = LinkRole.PRIMARY, **changes: Any) -> GuideLink:
    return GuideLink.model_validate({"guide": guide, "role": role, "origin": Origin.STATED} | changes)


# --- what was read of files ---------------------------------------------------------------------------------


def a_read(record: ProductRecord | None = None, *, row: int = 2, file: str = "products.csv") -> ReadProduct:
    """A record as it comes from a file, its variants in rows one below the other."""
    record = record or a_product()
    places = {variant.reference: Place(file, row + index) for index, variant in enumerate(record.variants)}
    return ReadProduct(record, Place(file, row), places)


def a_read_guide(record: GuideRecord | None = None, *, file: str = "guide.md") -> ReadGuide:
    return ReadGuide(record or a_guide(), Place(file, 1))


def csv_text(rows: Iterable[Mapping[str, str]], delimiter: str = ",") -> str:
    """Rows as a CSV text; the header has every column that any row names."""
    rows = list(rows)
    header = list(dict.fromkeys(name for row in rows for name in row))
    text = io.StringIO(newline="")
    writer = csv.DictWriter(text, header, restval="", delimiter=delimiter, lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    return text.getvalue()


def a_row(**cells: str) -> dict[str, str]:
    """One good row of a products file."""
    return {"sku": "R-1", "name": "Cork Ball", "price": "19.90"} | cells


def a_products_file(folder: Path, *rows: Mapping[str, str], name: str = "products.csv") -> Path:
    path = folder / name
    path.write_text(csv_text(rows), encoding="utf-8")
    return path


def read_file(path: Path) -> tuple[list[ReadProduct], list[Problem]]:
    """What the importer reads of a products file."""
    return read_products(path, CURRENCIES)


def read_products(path: Path, currencies: Mapping[str, str]) -> tuple[list[ReadProduct], list[Problem]]:
    reading = ProductsReading(path, TAXONOMY, currencies)
    return list(reading.products()), reading.problems


def read_rows(folder: Path, *rows: Mapping[str, str]) -> tuple[list[ReadProduct], list[Problem]]:
    """What the importer reads of a products file with these rows."""
    return read_file(a_products_file(folder, *rows))


GUIDE_TEXT = """---
slug: {slug}
title: {title}
summary: {summary}
{more}---
{body}
"""


def a_guide_file(folder: Path, more: str = "", **changes: str) -> Path:
    """A guide's Markdown file; `more` are further lines of its front matter."""
    said = {"slug": "calm-feet", "title": "Calm feet", "summary": "Slow rolling.", "body": "Roll the foot."} | changes
    path = folder / f"{said['slug']}.md"
    path.write_text(GUIDE_TEXT.format(more=more, **said), encoding="utf-8")
    return path


def a_picture_file(folder: Path, name: str = "ball.png", size: tuple[int, int] = (4, 3), color: str = "red") -> Path:
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    Image.new("RGB", size, color).save(path)
    return path


def digest_of(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


# --- a shop as a plan sees it, without a database -----------------------------------------------------------

FACTS = ShopFacts(currencies=CURRENCIES, warehouses=frozenset({DEFAULT_WAREHOUSE}))


def in_shop(record: ProductRecord | None = None, **changes: Any) -> ShopProduct:
    """A product as the shop has it after this record was imported, tags and links aside."""
    fields = product_fields(record or a_product())
    reference = (record or a_product()).reference
    own = {name: value for name, value in fields.own.items() if name not in _TAG_FIELDS}
    found: dict[str, Any] = {
        "public_id": new_public_id("Product"),
        "source": DEFAULT_SOURCE,
        "reference": reference,
        "fields": Fields(own={"status": "active"} | own, variants=fields.variants),
        "tags": Tags(),
        "links": (),
        "base": fields,
    }
    return ShopProduct(**(found | changes))


_TAG_FIELDS = (
    *("target_areas", "tool_type", "conditions", "techniques", "contraindications", "guide", "related_guides"),
)


def guide_in_shop(record: GuideRecord | None = None, **changes: Any) -> ShopGuide:
    record = record or a_guide()
    found: dict[str, Any] = {
        "public_id": new_public_id("Page"),
        "slug": record.slug,
        "fields": guide_fields(record),
        "tags": Tags(),
        "base": guide_fields(record),
    }
    return ShopGuide(**(found | changes))


@dataclass(frozen=True, slots=True)
class Shop:
    """What a plan is made against: the shop's facts, its guides, and the products that the files name."""

    facts: ShopFacts
    guides: Sequence[ShopGuide] = ()
    products: Sequence[ShopProduct] = ()


def a_shop(*products: ShopProduct, guides: Sequence[ShopGuide] = (), facts: ShopFacts = FACTS) -> Shop:
    return Shop(facts, guides=guides, products=products)


@dataclass(frozen=True, slots=True)
class Plan:
    """What would be done with some records, whole."""

    source: str
    items: list[PlanItem]
    problems: list[Problem]

    def counts(self) -> dict[str, int]:
        return counts_of(self.items)

    def to_apply(self) -> list[PlanItem]:
        return [item for item in self.in_order() if item.writes]

    def in_order(self) -> list[PlanItem]:
        """Guides first: products link to them."""
        return sorted(self.items, key=lambda item: item.kind is not Kind.GUIDE)


def plan_for(
    *products: ProductRecord | ReadProduct,
    shop: Shop | None = None,
    guides: Sequence[GuideRecord] = (),
    source: str = DEFAULT_SOURCE,
    overwrite: Sequence[str] = (),
) -> Plan:
    """The plan for these records against a shop; an empty one if none is named."""
    shop = shop or a_shop()
    read = [found if isinstance(found, ReadProduct) else a_read(found) for found in products]

    def overwrites(name: str) -> bool:
        return name in overwrite

    items, tagged, problems = plan_guides([a_read_guide(guide) for guide in guides], shop.guides, TAXONOMY, overwrites)
    with Inference(tagged, TAXONOMY) as inference:
        planner = Planner(inference, shop.facts, source=source, overwrites=overwrites)
        items += planner.products([Piece(read, shop.products)])
    return Plan(source, items, problems + planner.problems)


def store_plan(run: ImportRun, items: Iterable[PlanItem]) -> None:
    """Store a plan's items; the run is planned then."""
    finish_plan(run, store_items(run, items))


def start_run(
    plan: Plan,
    *,
    files: Sequence[str] = (),
    pictures: Mapping[str, StoredPicture] | None = None,
    started_by: str = "",
    is_all_or_nothing: bool = False,
) -> ImportRun:
    """Store a plan and begin with it, as `catalog-import apply` does; nothing is stored if another run is going on."""
    run = new_run(plan.source, files=list(files), started_by=started_by)
    store_plan(run, plan.in_order())
    store_findings(run, plan.problems)
    try:
        keep_pictures((pictures or {}).values())
        begin(run, is_all_or_nothing=is_all_or_nothing)
    except RunInProgress:
        run.delete()
        raise
    return run


# --- a shop in the database ---------------------------------------------------------------------------------


def open_shop() -> Channel:
    """The rows that every shop has, and the taxonomy's; gives its channel. Safe to call again."""
    made = (
        (Warehouse, DEFAULT_WAREHOUSE, "Default warehouse"),
        (ProductType, "massage-tool", "Massage tool"),
        (PageType, "guide", "Guide"),
        (PageType, "page", "Page"),
    )
    for model, slug, name in made:
        model.objects.get_or_create(slug=slug, defaults={"name": name, "public_id": new_public_id(model.__name__)})
    CatalogVersion.objects.get_or_create(pk=1)
    channel, _ = Channel.objects.get_or_create(
        slug=DEFAULT_CHANNEL,
        defaults={"name": "Default channel", "currency": DEFAULT_CURRENCY, "public_id": new_public_id("Channel")},
    )
    write_taxonomy(TAXONOMY)
    return channel


def a_write(
    record: ProductRecord | None = None,
    *,
    tags: Tags | None = None,
    links: Sequence[GuideLink] | None = None,
    **changes: Any,
) -> ProductWrite:
    """The writing of all that a record says."""
    record = record or a_product()
    return ProductWrite.model_validate(
        {
            "source": DEFAULT_SOURCE,
            "reference": record.reference,
            "fields": product_fields(record),
            "tags": tags,
            "links": links,
        }
        | changes
    )


def sell(record: ProductRecord | None = None, *areas: str, **changes: Any) -> Product:
    """Put a product on sale with these areas; gives its row."""
    write = a_write(record, **({"tags": tags(*areas)} | changes))
    write_products([write])
    return Product.objects.get(source=write.source, reference=write.reference)


def sell_named(name: str, *areas: str, **changes: Any) -> Product:
    """Put a product of this name on sale; its SKU is the name."""
    stock = {DEFAULT_WAREHOUSE: changes.pop("units", 10)}
    price = a_price(changes.pop("price", "19.90"))
    extra = {key: changes.pop(key) for key in ("tags", "links", "pictures") if key in changes}
    variant = a_variant(sku=name, prices={DEFAULT_CHANNEL: price}, stock=stock)
    return sell(a_product(name=name, variants=(variant,), **changes), *areas, **extra)


def publish(record: GuideRecord | None = None, *areas: str, tags_: Tags | None = None) -> Page:
    """Put a guide into the shop with these areas; gives its row."""
    record = record or a_guide()
    write_guides(
        [GuideWrite(source=DEFAULT_SOURCE, slug=record.slug, fields=guide_fields(record), tags=tags_ or tags(*areas))]
    )
    return Page.objects.get(slug=record.slug)


def plan_in_shop(
    *products: ProductRecord | ReadProduct,
    guides: Sequence[GuideRecord] = (),
    source: str = DEFAULT_SOURCE,
    overwrite: Sequence[str] = (),
    has_proposals: bool = False,
) -> Plan:
    """The plan for these records against the shop in the database. `has_proposals`: as the target's shop says."""
    reads = [found if isinstance(found, ReadProduct) else a_read(found) for found in products]
    records = [read.record for read in reads]
    current = load_shop_products(
        source,
        [record.reference for record in records],
        [variant.sku for record in records for variant in record.variants],
    )
    if has_proposals:
        current = [without_proposals(product) for product in current]
    shop = Shop(load_shop_facts(), guides=load_shop_guides(source), products=current)
    return plan_for(*reads, shop=shop, guides=guides, source=source, overwrite=overwrite)


def shop_product(reference: str = "R-1", source: str = DEFAULT_SOURCE) -> ShopProduct:
    """A product read back from the database."""
    return next(
        product
        for product in load_shop_products(source, [reference], [])
        if product.reference == reference and product.source == source
    )


def a_stored_picture(name: str = "ball") -> StoredPicture:
    return StoredPicture(
        digest=hashlib.sha256(name.encode()).hexdigest(),
        file=f"pictures/{name}.png",
        format="PNG",
        width=4,
        height=3,
        size_bytes=80,
    )


def renditions_of(name: str = "ball", *formats: str) -> list[dict[str, Any]]:
    """What a picture's row says of the smaller ones that were made of it."""
    return [
        {"format": kind, "width": width, "height": width // 2, "file": f"pictures/{name}-{width}.{kind}"}
        for kind in formats
        for width in (320, 640, 1280)
    ]


def record_of(product: ShopProduct) -> ProductRecord:
    """What the shop has, as a record."""
    return product_record(product.reference, product.fields, CURRENCIES)


def find_page(slug: str) -> Page | None:
    """Return the page of that slug as clients see it."""
    return load_pages([Lookup("slug", slug)])[0]
