"""Imports into a Saleor, done in this process: what the tests of them share."""

from __future__ import annotations

import uuid
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from django.core.files.storage import default_storage

from catalog_import.actions.make_plan import new_run, open_import
from catalog_import.models import ImportItem, ImportRun
from catalog_import.planning.importing import Options
from catalog_import.planning.plan import PlanItem
from catalog_import.runs.lifecycle import begin
from catalog_import.runs.pictures import keep_planned_pictures
from catalog_import.runs.stored_plans import store_findings
from catalog_import.sources.problems import Problem
from catalog_import.targets import current_target
from storefront.catalog.fields import Fields
from storefront.catalog.models import Category, ImportBase, Page, Product
from storefront.catalog.records import DEFAULT_SOURCE, GuideRecord, ProductRecord
from storefront.catalog.snapshots import ShopGuide, ShopProduct, load_shop_guides, load_shop_products
from storefront.catalog.writer.remote.differences import plain
from storefront.saleor.client.mutations import do, do_one
from storefront.saleor.client.transport import Saleor
from storefront.saleor.provision.setup import setup_plan
from storefront.saleor.read.shop import load_shop
from storefront.saleor.schema import documents
from storefront.saleor.schema.documents import Call, Mutation
from storefront.saleor.schema.model import Slugs
from tests.builders import TAXONOMY, Plan, plan_in_shop, start_run, store_plan
from tests.catalog_import.running import do_all
from tests.saleor import dashboard
from tests.saleor.asking import put_away
from tests.saleor.fake import FakeSaleor
from tests.saleor.fake.state import Attribute, Shop
from tests.saleor.fake.state import Product as SaleorRow


def set_up(saleor: Saleor, slugs: Slugs | None = None) -> list[str]:
    """Have a Saleor set up; gives what was done, in words."""
    shop = load_shop(saleor, slugs or Slugs({}))
    steps = setup_plan(shop, TAXONOMY)
    for step in steps:
        step.do(saleor, shop)
    return [step.text for step in steps]


@dataclass(repr=False)
class Importer:
    """Imports into the Saleor of the settings, and what the store and Saleor have then."""

    saleor: Saleor
    prefix: str = field(default_factory=lambda: f"fk-{uuid.uuid4().hex[:8]}")

    def plan(
        self,
        *products: ProductRecord,
        guides: Sequence[GuideRecord] = (),
        source: str = DEFAULT_SOURCE,
        overwrite: Sequence[str] = (),
    ) -> Plan:
        skus = [variant.sku for product in products for variant in product.variants]
        with current_target().open_shop() as shop:
            shop.refresh_matching(source, [product.reference for product in products], skus)
            return plan_in_shop(
                *products,
                guides=guides,
                source=source,
                overwrite=overwrite,
                has_proposals=shop.has_proposals,
            )

    def begin(self, *products: ProductRecord, **options: Any) -> ImportRun:
        return start_run(self.plan(*products, **options))

    def records(self, *products: ProductRecord, **options: Any) -> ImportRun:
        """Plan these records and have the plan applied whole."""
        run = self.begin(*products, **options)
        do_all(run)
        return run

    def plan_files(
        self, products: Path | None, guides: Path | None = None, **options: Any
    ) -> tuple[list[PlanItem], list[Problem]]:
        with open_import(products, guides, Options(**options)) as importing:
            items = list(importing.items())
            return items, importing.problems

    def begin_files(self, products: Path | None, guides: Path | None = None, **options: Any) -> ImportRun:
        with open_import(products, guides, Options(**options)) as importing:
            run = new_run(importing.options.source, files=importing.reading.files)
            store_plan(run, importing.items())
            keep_planned_pictures(run.pk, importing.reading.folder, default_storage)
            store_findings(run, importing.problems)
        begin(run)
        return run

    def files(self, products: Path | None, guides: Path | None = None, **options: Any) -> ImportRun:
        """Plan these files and have the plan applied whole."""
        run = self.begin_files(products, guides, **options)
        do_all(run)
        return run

    def refresh(self) -> None:
        """Have the store take over all of Saleor."""
        with current_target().open_shop() as shop:
            shop.refresh_all()


def delete_made(importer: Importer) -> None:
    """Delete the products and guides whose names begin with the importer's prefix."""
    products = Product.objects.filter(reference__startswith=importer.prefix)
    for id in products.values_list("public_id", flat=True):
        do(importer.saleor, [Call(dashboard.PRODUCT_DELETE, {"id": id})])
    for id in Page.objects.filter(slug__startswith=importer.prefix).values_list("public_id", flat=True):
        do(importer.saleor, [Call(documents.PAGE_DELETE, {"id": id})])


@dataclass(repr=False)
class FakeImporter(Importer):
    """The same into a fake, which shows what it was asked and what it has."""

    fake: FakeSaleor = field(kw_only=True)
    empty: bytes = b""

    def __repr__(self) -> str:
        return "a fake"

    def _repr_pretty_(self, printer: Any, _is_cycle: bool) -> None:
        """For hypothesis, which else tells all that the fake has."""
        printer.text(repr(self))

    def product(self, reference: str = "R-1") -> SaleorRow:
        found = self.fake.shop.products.first(external_reference=reference)
        assert found is not None, f"Saleor has no product {reference}"
        return found

    @contextmanager
    def watched(self) -> Iterator[list[str]]:
        """The fields that are asked for meanwhile, those of mutations as often as they are in a document."""
        start = len(self.fake.seen)
        found: list[str] = []
        yield found
        for seen in self.fake.seen[start:]:
            is_mutation = seen.query.lstrip().startswith("mutation")
            for name in sorted(seen.fields):
                times = seen.query.count(f": {name}(") if is_mutation else 1
                found += [name] * max(1, times)


def mutations(asked: Sequence[str]) -> dict[str, int]:
    """How often each of them was asked for, but for those that only keep what Knotwise knows."""
    found: dict[str, int] = {}
    for name in asked:
        if name.endswith(_VERBS):
            found[name] = found.get(name, 0) + 1
    return found


_VERBS = ("Create", "Update", "Delete", "Assign", "Reorder", "Metadata")


# What staff do ------------------------------------------------------------------------------------------------


def edit(importer: FakeImporter, mutation: Mutation, **values: object) -> None:
    """What somebody does in the dashboard."""
    do_one(importer.saleor, Call(mutation, values))


def edit_product(importer: FakeImporter, reference: str = "R-1", **given: object) -> None:
    edit(importer, documents.PRODUCT_UPDATE, id=importer.product(reference).id, input=given)


def attribute(importer: FakeImporter, slug: str) -> Attribute:
    found = importer.fake.shop.attributes.first(slug=slug)
    assert found is not None
    return found


# What there is ----------------------------------------------------------------------------------------------


def store_products(source: str | None = None) -> dict[str, ShopProduct]:
    """Reference → product as the store has it; without a reference by its slug."""
    rows = Product.objects.all() if source is None else Product.objects.filter(source=source)
    ids = list(rows.values_list("public_id", flat=True))
    sources = {source} if source is not None else set(rows.values_list("source", flat=True))
    found: dict[str, ShopProduct] = {}
    for one in sorted(sources):
        found |= {
            p.reference or p.fields.own["slug"]: p for p in load_shop_products(one, (), (), ids) if p.source == one
        }
    return found


def store_guides(source: str = DEFAULT_SOURCE) -> dict[str, ShopGuide]:
    return {guide.slug: guide for guide in load_shop_guides(source)}


def comparable(product: ShopProduct) -> dict[str, Any]:
    """A product without its id, and without fields that say nothing."""
    return {
        "source": product.source,
        "reference": product.reference,
        "fields": without_nothing(product.fields),
        "tags": product.tags.model_dump(mode="json"),
        "links": [link.model_dump(mode="json") for link in product.links],
        "base": product.base.model_dump(mode="json"),
        "nameless": sorted(product.nameless),
    }


def comparable_guide(guide: ShopGuide) -> dict[str, Any]:
    return {
        "fields": without_nothing(guide.fields),
        "tags": guide.tags.model_dump(mode="json"),
        "base": guide.base.model_dump(mode="json"),
    }


def without_nothing(fields: Fields) -> dict[str, Any]:
    return plain(fields).model_dump(mode="json")


def store(source: str | None = None) -> dict[str, Any]:
    """All of the store, comparable."""
    found: dict[str, Any] = {key: comparable(product) for key, product in store_products(source).items()}
    return found | {f"guide {slug}": comparable_guide(guide) for slug, guide in store_guides(source or "main").items()}


def drop_store() -> None:
    """Delete all that the store could read again from Saleor."""
    Product.objects.all().delete()
    Page.objects.all().delete()
    Category.objects.all().delete()
    ImportBase.objects.all().delete()


def forget_runs() -> None:
    ImportRun.objects.all().delete()


def left_over(run: ImportRun) -> list[tuple[str, str, str, int, str]]:
    """(reference, outcome, column, row, message) of what was not applied."""
    items = ImportItem.objects.filter(run=run).exclude(outcome=ImportItem.Outcome.INHERITED).order_by("position")
    return [(one.reference, one.outcome, one.column, one.row, one.message) for one in items]


def listed(importer: FakeImporter, reference: str = "R-1") -> tuple[bool, bool, bool]:
    """Whether a product is published, listed and for sale."""
    shop = importer.fake.shop
    listing = shop.listings.first(product=importer.product(reference).pk)
    assert listing is not None
    return listing.is_published, listing.visible_in_listings, listing.available_at is not None


def saleor_now(shop: Shop) -> dict[str, Any]:
    """All that a fake has, by names in place of ids, so that two of them can be compared."""
    found = {
        "categories": sorted(row.name for row in shop.categories),
        "attributes": sorted((row.slug, row.input_type) for row in shop.attributes),
        "choices": sorted((str(row.external_reference), row.name) for row in shop.values if row.external_reference),
        "pages": sorted((page_now(shop, row) for row in shop.pages), key=lambda page: page["slug"]),
        "products": sorted((product_now(shop, row) for row in shop.products), key=lambda row: row["reference"]),
    }
    assert len({row["reference"] for row in found["products"] if row["reference"]}) == len(
        [row for row in found["products"] if row["reference"]]
    )
    return put_away(found, {})  # type: ignore[no-any-return]


def page_now(shop: Shop, row: Any) -> dict[str, Any]:
    return {
        "slug": row.slug,
        "title": row.title,
        "content": row.content,
        "is_published": row.is_published,
        "assigned": assigned_now(shop, row.assigned),
        "metadata": dict(sorted(row.private_metadata.items())),
    }


def product_now(shop: Shop, row: Any) -> dict[str, Any]:
    channels = {channel.pk: channel.slug for channel in shop.channels}
    category = shop.categories.get(row.category)
    return {
        "reference": row.external_reference or "",
        "name": row.name,
        "slug": row.slug,
        "type": shop.product_types[row.product_type].slug,
        "category": category.name if category else "",
        "description": row.description,
        "seo": (row.seo_title or "", row.seo_description or ""),
        "assigned": assigned_now(shop, row.assigned),
        "metadata": {**row.metadata, **dict(sorted(row.private_metadata.items()))},
        "listings": {
            channels[one.channel]: (one.is_published, one.visible_in_listings, one.available_at is not None)
            for one in shop.listings.where(product=row.pk)
        },
        "variants": sorted(
            (variant_now(shop, one, channels) for one in shop.variants.where(product=row.pk)),
            key=lambda one: str(one["sku"]),
        ),
        "media": [
            (one.alt, one.private_metadata)
            for one in sorted(shop.media.where(product=row.pk), key=lambda one: (one.sort_order, one.pk))
        ],
    }


def variant_now(shop: Shop, row: Any, channels: Mapping[Any, str]) -> dict[str, Any]:
    warehouses = {warehouse.pk: warehouse.slug for warehouse in shop.warehouses}
    return {
        "sku": row.sku,
        "reference": row.external_reference,
        "name": row.name,
        "weight": str(row.weight),
        "metadata": dict(row.metadata),
        "assigned": assigned_now(shop, row.assigned),
        "prices": {
            channels[one.channel]: (str(one.price), str(one.prior_price)) for one in shop.prices.where(variant=row.pk)
        },
        "stocks": {warehouses[one.warehouse]: one.quantity for one in shop.stocks.where(variant=row.pk)},
    }


def assigned_now(shop: Shop, assigned: Mapping[int, Sequence[int]]) -> dict[str, list[Any]]:
    found = {}
    for attribute, values in assigned.items():
        if said := [value_now(shop, shop.values[value]) for value in values]:
            found[shop.attributes[attribute].slug] = said
    return dict(sorted(found.items()))


def value_now(shop: Shop, value: Any) -> Any:
    if value.reference is not None:
        page = shop.table(value.reference[0]).get(value.reference[1])
        return page.slug if page else None
    return (
        value.plain_text,
        value.rich_text,
        value.boolean,
        str(value.date_time),
        value.name if value.plain_text is None else "",
    )
