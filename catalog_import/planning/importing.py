"""Files × shop, piece by piece: the items of a plan as they are worked out, whatever the size of the files."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field, replace
from functools import cached_property
from itertools import islice
from pathlib import Path

from django.conf import settings

from catalog_import.planning.plan import Action, PlanItem
from catalog_import.planning.planner import Piece, Planner, plan_guides
from catalog_import.planning.shop import Shop
from catalog_import.sources.native import ReadProduct
from catalog_import.sources.problems import Problem, has_errors
from catalog_import.sources.reading import Reading, open_catalogue
from catalog_import.tagging.inference import Inference
from catalog_import.tagging.proposals import without_proposals
from storefront.catalog.records import DEFAULT_CHANNEL, DEFAULT_SOURCE, ProductRecord, Record
from storefront.catalog.snapshots import (
    ShopGuide,
    ShopProduct,
    count_shop_products,
    each_shop_product,
    load_shop_facts,
    load_shop_guides,
    load_shop_products,
    load_unchanged,
    shown_references,
)
from storefront.catalog.taxonomy import load_taxonomy

PIECE = 400
DEFAULT_PRUNE_PERCENT = 10.0


class Options(Record):
    """How an import is to be understood, as it is kept with a run or a schedule.

    `channel`: whose prices the plain `price` column has. `overwrite`: fields in which the file wins conflicts, "all"
    for every one. `prune_percent`: how many of the source's products may be archived at most; None archives none.
    """

    source: str = DEFAULT_SOURCE
    channel: str = DEFAULT_CHANNEL
    overwrite: tuple[str, ...] = ()
    prune_percent: float | None = None
    mapping: Path | dict[str, str] | None = None

    def overwrites(self, name: str) -> bool:
        return "all" in self.overwrite or name in self.overwrite


class ImportRefused(Exception):
    """The import is refused; the text says why, for staff."""


class PruneRefused(ImportRefused):
    """Pruning would archive too much, or the file has errors."""


class UnknownChannel(ImportRefused):
    """The shop has no such channel."""


@dataclass
class Importing:
    """One import being planned. `problems` is complete once the items were taken."""

    options: Options
    reading: Reading
    planner: Planner
    shop: Shop
    guide_items: list[PlanItem]
    found: list[Problem]
    has_products: bool
    listed: set[str] = field(default_factory=set)

    @property
    def problems(self) -> list[Problem]:
        return [*self.reading.problems, *self.found, *self.planner.problems]

    def items(self) -> Iterator[PlanItem]:
        """The plan's items, guides first.

        Where guides change and no products are brought, the shop's products are tagged and linked again.
        Raises `PruneRefused` when pruning is asked for and must not be.
        """
        yield from self.guide_items
        yield from self.planner.products(self.pieces())
        if not self.has_products and any(item.action is not Action.UNCHANGED for item in self.guide_items):
            yield from self.retagged()
        if self.options.prune_percent is not None:
            yield from self.planner.archived(self.unlisted(self.options.prune_percent))

    def pieces(self) -> Iterator[Piece]:
        """The files' records, some at a time, with the shop's products that they may be."""
        products = self.reading.products()
        source = self.options.source
        while piece := [in_channel(product, self.options.channel) for product in islice(products, PIECE)]:
            records = [product.record for product in piece]
            self.listed.update(record.reference for record in records)
            digests: dict[str, str] = {}
            for record in records:
                # A product may stand in several places of a file.
                digests[record.reference] = self.digest(record, digests.get(record.reference, ""))
            skus = [variant.sku for record in records for variant in record.variants]
            # What had no SKU once is known by the one that was made up for it.
            skus += [sku for product in piece for sku in product.made_up.values()]
            self.shop.refresh_matching(source, (record.reference for record in records), skus, digests)
            # With --overwrite edits in the shop are reported, which needs a comparison field by field.
            unchanged = {} if self.options.overwrite else load_unchanged(source, digests)
            others = [record for record in records if record.reference not in unchanged]
            current = load_shop_products(
                source,
                [record.reference for record in others],
                [
                    sku
                    for product in piece
                    if product.record.reference not in unchanged
                    for sku in (*(variant.sku for variant in product.record.variants), *product.made_up.values())
                ],
            )
            self.listed.update(product.reference for product in current)
            if self.shop.has_proposals:
                current = [without_proposals(product) for product in current]
            yield Piece(piece, current, digests, unchanged)

    def digest(self, record: ProductRecord, earlier: str) -> str:
        """Stands for all that a file says of a product, and for what its tags and prices depend on besides.

        A shortcut to "unchanged" and nothing more: what it does not recognise is compared field by field.
        """
        said = earlier + record.model_dump_json(exclude_unset=True) + self.facts_of(record)
        return hashlib.blake2b(said.encode(), key=self.salt, digest_size=32).hexdigest()

    def facts_of(self, record: ProductRecord) -> str:
        """What the shop has of the channels and warehouses that a record names. Others may come and go."""
        facts = self.planner.facts
        channels = {slug: facts.currencies.get(slug) for variant in record.variants for slug in variant.prices}
        stocked = {slug for variant in record.variants for slug in variant.stock}
        return json.dumps([sorted(channels.items()), sorted(stocked & facts.warehouses)])

    @cached_property
    def salt(self) -> bytes:
        known = json.dumps(self.options.channel)
        return hashlib.blake2b(known.encode(), key=self.planner.inference.salt, digest_size=32).digest()

    def retagged(self) -> Iterator[PlanItem]:
        """Yield what recomputing tags and links would change in the shop; unchanged products are left out."""
        self.shop.refresh_all()
        items = self.planner.retagged(each_shop_product())
        return (item for item in items if item.action is not Action.UNCHANGED)

    def unlisted(self, percent: float) -> Iterator[ShopProduct]:
        """The source's products that the files no longer list and that are not archived yet."""
        if not self.listed:
            raise PruneRefused("Pruning needs a products file with at least one product in it.")
        if has_errors(self.reading.problems):
            raise PruneRefused(
                "Nothing is archived while the file has errors: a row that could not be read may be one of those "
                "products. Fix the errors first."
            )
        self.shop.refresh_all()
        shown = shown_references(self.options.source)
        gone = [public_id for public_id, reference in shown if reference not in self.listed]
        limit = count_shop_products(self.options.source) * percent / 100
        if len(gone) > limit:
            raise PruneRefused(
                f"{len(gone)} products of the source {self.options.source!r} are not in the file, more than "
                f"{percent:g} % of it. If that is intended, raise --prune-limit."
            )
        for start in range(0, len(gone), PIECE):
            self.shop.refresh_products(gone[start : start + PIECE])
            yield from load_shop_products(self.options.source, (), (), gone[start : start + PIECE])


def in_channel(product: ReadProduct, channel: str) -> ReadProduct:
    """The product with its plain prices in this channel."""
    if channel == DEFAULT_CHANNEL:
        return product
    variants = tuple(
        variant.model_copy(
            update={
                "prices": {
                    channel if name == DEFAULT_CHANNEL else name: price for name, price in variant.prices.items()
                }
            }
        )
        for variant in product.record.variants
    )
    return replace(product, record=product.record.model_copy(update={"variants": variants}))


@contextmanager
def open_import(shop: Shop, products: Path | None, guides: Path | None, options: Options) -> Iterator[Importing]:
    """Open files for planning against the shop; what they need is released at the end.

    Raises `UnknownChannel` when the shop does not have the channel of the options.
    """
    taxonomy = load_taxonomy(settings.TAXONOMY_FOLDER)
    with ExitStack() as stack:
        facts = load_shop_facts()
        if options.channel not in facts.currencies:
            raise UnknownChannel(
                f'The shop has no channel "{options.channel}". It has: {", ".join(sorted(facts.currencies))}.'
            )
        # The plain price is in the currency of the channel that it is for.
        currencies = {**facts.currencies, DEFAULT_CHANNEL: facts.currencies[options.channel]}
        names = [name for twins in facts.categories.values() for name in twins]
        current: list[ShopGuide] = load_shop_guides(options.source)
        reading = stack.enter_context(
            open_catalogue(products, guides, taxonomy, currencies, mapping=options.mapping, categories=names)
        )
        guide_items, tagged, found = plan_guides(reading.guides, current, taxonomy, options.overwrites)
        inference = stack.enter_context(
            Inference(tagged, taxonomy, taxonomy_folder=settings.TAXONOMY_FOLDER, cache_folder=settings.CACHE_FOLDER)
        )
        planner = Planner(inference, facts, source=options.source, overwrites=options.overwrites, lists=reading.lists)
        yield Importing(options, reading, planner, shop, guide_items, found, has_products=products is not None)
