"""The law of imports on a fixed sample, on the fake and on a real Saleor alike."""

from __future__ import annotations

import random
from typing import Any

from catalog_import.planning.plan import Action
from catalog_import.targets import current_target
from storefront.catalog.fields import own_fields, variant_fields
from storefront.catalog.models import Channel
from storefront.catalog.records import (
    DEFAULT_CHANNEL,
    DEFAULT_WAREHOUSE,
    GuideRecord,
    ProductRecord,
    Status,
    VariantRecord,
)
from storefront.catalog.richtext import normalise
from storefront.catalog.writer.remote.products import cleared
from storefront.saleor.client.mutations import do_one
from storefront.saleor.schema import documents
from storefront.saleor.schema.documents import Call
from tests.builders import TAXONOMY, a_price, a_product, a_variant
from tests.catalog_import.running import undo
from tests.saleor.importing import Importer, comparable, drop_store, left_over, store_products
from tests.saleor.texts import AWKWARD, BODIES

TAGGING = (*("target_areas", "tool_type", "conditions", "techniques", "contraindications", "guide", "related_guides"),)
COUNT = 100


def some_guides(importer: Importer) -> list[GuideRecord]:
    said: dict[str, Any] = {
        "cautions": [{"kind": "stop", "text": 'When it "hurts" & <b>'}],
        "sources": [
            {"title": "A study", "citation": "J. 2020", "url": "https://example.org/a?b=1&c=2", "supports": "x"}
        ],
        "reviewed_on": "2026-02-03",
        "techniques": tuple(TAXONOMY.techniques)[:2],
    }
    return [
        GuideRecord.model_validate(
            said
            | {"slug": f"{importer.prefix}-{n}", "title": AWKWARD[n], "summary": AWKWARD[-n], "body": normalise(body)}
        )
        for n, body in enumerate(BODIES)
    ]


def some_products(importer: Importer, count: int = COUNT) -> list[ProductRecord]:
    """The same each time, but for the prefix of what they are known by."""
    chance = random.Random(1)
    guides = [guide.slug for guide in some_guides(importer)]
    found = []
    for number in range(count):

        def words() -> str:
            return chance.choice(AWKWARD)

        variants = tuple(
            a_variant(
                sku=(sku := f"{importer.prefix}-S-{number}-{index}"),
                reference=f"V/{index} é" if index else sku,
                prices={
                    DEFAULT_CHANNEL: a_price(
                        f"{chance.randint(1, 99999) / 100:.2f}",
                        **({"compare_at": f"{chance.randint(1, 99999) / 100:.2f}"} if chance.random() < 0.3 else {}),
                    )
                },
                stock={DEFAULT_WAREHOUSE: chance.randint(0, 500)},
                weight_g=chance.choice((None, chance.randint(1, 9000))),
                barcode=chance.choice(("", "4006381333931")),
                options={"Size": chance.choice(("S", "M", 'L "large" & <b>'))} if chance.random() < 0.5 else {},
            )
            for index in range(chance.randint(1, 3))
        )
        stated = {
            "description": normalise(chance.choice((*BODIES, words()))),
            "brand": words(),
            "seo_title": words()[:70],
            "seo_description": words(),
            "material": words(),
            "cautions": [{"kind": chance.choice(("stop", "limit", "not-for")), "text": words()}],
            "warranty_years": f"{chance.randint(1, 99) / 10}",
            "fsa_hsa_eligible": chance.choice((True, False, None)),
            "status": chance.choice(("active", "active", "draft", "archived")),
            "target_areas": chance.sample(tuple(TAXONOMY.areas), 2),
            "tool_type": chance.choice(tuple(TAXONOMY.tool_types)),
            "conditions": chance.sample(tuple(TAXONOMY.conditions), 1),
            "techniques": chance.sample(tuple(TAXONOMY.techniques), 1),
            "contraindications": chance.sample(tuple(TAXONOMY.contraindications), 2),
            "fsa_hsa_condition": words(),
            "guide": guides[0],
            "related_guides": guides[1:],
        }
        said = {name: value for name, value in stated.items() if chance.random() < 0.6}
        record = {"reference": f"{importer.prefix}-p & <{number}>", "name": f"{words()} {number}", "variants": variants}
        found.append(ProductRecord.model_validate(record | said))
    return found


def said_of(product: ProductRecord) -> dict[str, Any]:
    own = {name: value for name, value in own_fields(product).items() if name not in TAGGING}
    return {"own": own, "variants": {variant.reference: variant_fields(variant) for variant in product.variants}}


def read_back(product: ProductRecord) -> dict[str, Any]:
    said, have = said_of(product), store_products()[product.reference].fields

    def empty(value: Any) -> Any:
        return [] if isinstance(value, list) else "" if isinstance(value, str) else None

    return {
        "own": {name: have.own.get(name, empty(value)) for name, value in said["own"].items()},
        "variants": {
            key: {name: have.variants[key].get(name, cleared(name)) for name in fields}
            for key, fields in said["variants"].items()
        },
    }


def read_anew() -> None:
    """Drop the store's products and have it read them again."""
    ids = [product.public_id for product in store_products().values()]
    drop_store()
    with current_target().open_shop() as shop:
        for start in range(0, len(ids), 100):
            shop.refresh_products(ids[start : start + 100])


def test_a_sample_is_read_back_as_it_was_imported(real_or_fake: Importer) -> None:
    importer = real_or_fake
    guides, products = some_guides(importer), some_products(importer)

    run = importer.records(*products, guides=guides)

    assert left_over(run) == []
    assert [read_back(product) for product in products] == [said_of(product) for product in products]
    before = {key: comparable(product) for key, product in store_products().items()}
    read_anew()
    assert {key: comparable(product) for key, product in store_products().items()} == before
    assert {item.action for item in importer.plan(*products, guides=guides).items} == {Action.UNCHANGED}


def with_price(variant: VariantRecord, amount: str) -> VariantRecord:
    return variant.model_copy(update={"prices": {DEFAULT_CHANNEL: a_price(amount)}})


def test_a_change_and_its_undo_are_read_back(real_or_fake: Importer) -> None:
    importer = real_or_fake
    guides, products = some_guides(importer), some_products(importer, 8)
    importer.records(*products, guides=guides)
    before = {key: comparable(product) for key, product in store_products().items()}
    changed = [
        product.model_copy(
            update={
                "name": f"{product.name} new",
                "brand": "Another & <one>",
                "status": Status.ARCHIVED if number % 2 else Status.ACTIVE,
                "target_areas": ("feet",),
                "variants": tuple(with_price(variant, "7.77") for variant in product.variants),
            }
        )
        for number, product in enumerate(products)
    ]
    changed = [ProductRecord.model_validate(product.model_dump(exclude_unset=True)) for product in changed]

    run = importer.records(*changed)
    assert left_over(run) == []
    assert [read_back(product) for product in changed] == [said_of(product) for product in changed]
    undoing, _ = undo(run)

    assert left_over(undoing) == []
    after = {key: comparable(product) for key, product in store_products().items()}
    assert {key: one["fields"] for key, one in after.items()} == {key: one["fields"] for key, one in before.items()}
    assert {key: one["base"] for key, one in after.items()} == {key: one["base"] for key, one in before.items()}


def test_a_new_price_leaves_alone_how_staff_list_the_product(real_or_fake: Importer) -> None:
    importer = real_or_fake
    sku = f"{importer.prefix}-hidden"
    importer.records(a_product(variants=(a_variant(sku=sku),)))
    id = store_products()[sku].public_id
    channel = Channel.objects.get(slug=DEFAULT_CHANNEL).public_id
    hidden = {"channelId": channel, "visibleInListings": False, "isAvailableForPurchase": False}
    do_one(importer.saleor, Call(documents.PRODUCT_LISTING_UPDATE, {"id": id, "input": {"updateChannels": [hidden]}}))

    importer.records(a_product(variants=(a_variant(sku=sku, prices={DEFAULT_CHANNEL: a_price("5.00")}),)))

    [found] = importer.saleor.ask(LISTING, {"id": id})["product"]["channelListings"]
    assert found == {"isPublished": True, "visibleInListings": False, "availableForPurchaseAt": None}


LISTING = """
query Listing($id: ID!) {
  product(id: $id) { channelListings { isPublished visibleInListings availableForPurchaseAt } }
}
"""
