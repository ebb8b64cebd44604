"""Staff who edit a fake Saleor in its dashboard, and the events that Saleor tells of it, as seen on 3.23.28."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from storefront.saleor.client.mutations import do_one
from storefront.saleor.follow import following
from storefront.saleor.follow.events import EVENTS, note_event, parse_event
from storefront.saleor.schema import documents
from storefront.saleor.schema.documents import Call, Mutation
from storefront.saleor.schema.model import Slugs
from storefront.saleor.write.pictures import Content, upload_picture
from tests.builders import a_picture_file, digest_of
from tests.saleor import dashboard
from tests.saleor.fake.state import Row, Shop, Variant, global_id
from tests.saleor.importing import FakeImporter
from tests.saleor.world import paragraph

Json = dict[str, Any]
SLUGS: Final = Slugs({})
KEY: Final = re.compile(r"\w+:?")


def an_event(name: str, id: str) -> Json:
    """An event as the subscription selects it."""
    selection, _ = EVENTS[name]
    keys = KEY.findall(selection)
    if keys[0].endswith(":"):
        keys = [keys[0].rstrip(":"), *keys[2:]]
    found: Any = id
    for key in reversed(keys):
        found = {key: found}
    return {
        "__typename": name,
        "issuedAt": "2030-01-01T00:00:00+00:00",
        "issuingPrincipal": {"__typename": "User"},
        **found,
    }


# Mutation → the events that tell of it. What is not here is told of by none.
TOLD: Final[Mapping[str, tuple[str, ...]]] = {
    documents.PRODUCT_BULK_CREATE.field: ("ProductCreated", "ProductVariantCreated"),
    documents.PRODUCT_UPDATE.field: ("ProductUpdated",),
    documents.PRODUCT_LISTING_UPDATE.field: ("ProductUpdated",),
    dashboard.PRODUCT_DELETE.field: ("ProductDeleted",),
    documents.MEDIA_CREATE.field: ("ProductUpdated", "ProductMediaCreated"),
    documents.MEDIA_UPDATE.field: ("ProductUpdated", "ProductMediaUpdated"),
    documents.MEDIA_DELETE.field: ("ProductUpdated", "ProductMediaDeleted"),
    documents.VARIANT_BULK_CREATE.field: ("ProductVariantCreated",),
    documents.VARIANT_BULK_UPDATE.field: ("ProductVariantUpdated",),
    documents.VARIANT_BULK_DELETE.field: ("ProductVariantDeleted",),
    dashboard.VARIANT_UPDATE.field: ("ProductVariantUpdated",),
    dashboard.PRICE_UPDATE.field: ("ProductVariantUpdated",),
    dashboard.STOCKS_UPDATE.field: ("ProductVariantStockUpdated",),
    documents.PAGE_CREATE.field: ("PageCreated",),
    documents.PAGE_UPDATE.field: ("PageUpdated",),
    documents.PAGE_DELETE.field: ("PageDeleted",),
    documents.CATEGORY_CREATE.field: ("CategoryCreated",),
    dashboard.CATEGORY_UPDATE.field: ("CategoryUpdated",),
    dashboard.CATEGORY_DELETE.field: ("CategoryDeleted",),
    documents.VALUE_UPDATE.field: ("AttributeUpdated",),
    dashboard.VALUE_DELETE.field: ("AttributeUpdated",),
    documents.COLLECTION_CREATE.field: ("CollectionCreated",),
    documents.COLLECTION_ADD.field: ("CollectionUpdated",),
    documents.COLLECTION_REMOVE.field: ("CollectionUpdated",),
    dashboard.MENU_CREATE.field: ("MenuCreated",),
    dashboard.MENU_UPDATE.field: ("MenuUpdated",),
    dashboard.ITEM_CREATE.field: ("MenuItemCreated",),
    dashboard.ITEM_UPDATE.field: ("MenuItemUpdated",),
    dashboard.CHANNEL_CREATE.field: ("ChannelCreated",),
    dashboard.CHANNEL_UPDATE.field: ("ChannelUpdated",),
    dashboard.WAREHOUSE_CREATE.field: ("WarehouseCreated",),
    dashboard.WAREHOUSE_UPDATE.field: ("WarehouseUpdated",),
}


@dataclass(repr=False)
class Staff:
    """What somebody does in the dashboard. `told`: the events of it, which nobody delivered yet."""

    importer: FakeImporter
    told: list[Json] = field(default_factory=list)

    @property
    def shop(self) -> Shop:
        return self.importer.fake.shop

    def do(self, mutation: Mutation, **values: Any) -> Mapping[str, Any]:
        product = self.product_of(values)
        payload = do_one(self.importer.saleor, Call(mutation, values))
        id = product or self.made_by(payload)
        self.told += [an_event(name, id) for name in TOLD.get(mutation.field, ())]
        return payload

    def product_of(self, values: Mapping[str, Any]) -> str:
        """The product that a mutation is about."""
        ids = [values.get(name) for name in ("id", "product", "variantId")] + list(values.get("ids") or ())
        ids.append((values.get("input") or {}).get("product") if isinstance(values.get("input"), dict) else None)
        row = next((found for id in ids if id and (found := self.shop.node(id))), None)
        if isinstance(row, Row) and hasattr(row, "product"):
            return global_id("Product", row.product)
        return row.id if row is not None else ""

    def made_by(self, payload: Mapping[str, Any]) -> str:
        rows = [*payload.values(), *(result.get("product") for result in payload.get("results") or ())]
        return next((str(row["id"]) for row in rows if isinstance(row, dict) and row.get("id")), "")

    # Following ----------------------------------------------------------------------------------------------------

    def deliver(self) -> None:
        """Have all events arrive that were not delivered yet, in their order."""
        told, self.told = self.told, []
        for event in told:
            assert note_event(parse_event(event))

    def follow(self) -> int:
        return following.follow(self.importer.saleor, SLUGS)

    def arrive(self) -> int:
        """Have all events arrive, and be followed."""
        self.deliver()
        return self.follow()

    # Edits --------------------------------------------------------------------------------------------------------

    def edit(self, reference: str = "R-1", **given: Any) -> None:
        self.do(documents.PRODUCT_UPDATE, id=self.importer.product(reference).id, input=given)

    def variant(self, sku: str = "R-1") -> Variant:
        found = self.shop.variants.first(sku=sku)
        assert found is not None, f"Saleor has no variant {sku}"
        return found

    def channel(self, slug: str = "default-channel") -> str:
        found = self.shop.channels.first(slug=slug)
        assert found is not None
        return found.id

    def price(self, amount: str, sku: str = "R-1", channel: str = "default-channel") -> None:
        given = [{"channelId": self.channel(channel), "price": amount}]
        self.do(dashboard.PRICE_UPDATE, id=self.variant(sku).id, input=given)

    def stock(self, quantity: int, sku: str = "R-1", warehouse: str = "default-warehouse") -> None:
        place = self.shop.warehouses.first(slug=warehouse)
        assert place is not None
        given = [{"warehouse": place.id, "quantity": quantity}]
        self.do(dashboard.STOCKS_UPDATE, variantId=self.variant(sku).id, stocks=given)

    def publish(self, reference: str = "R-1", channel: str = "default-channel", **given: Any) -> None:
        """Publish a product in a channel, or not: `isPublished`."""
        update = {"channelId": self.channel(channel), **given}
        product = self.importer.product(reference)
        self.do(documents.PRODUCT_LISTING_UPDATE, id=product.id, input={"updateChannels": [update]})

    def delete(self, reference: str = "R-1") -> None:
        self.do(dashboard.PRODUCT_DELETE, id=self.importer.product(reference).id)

    def value(self, reference: str) -> str:
        """The id of a value by its `externalReference`, else by its name."""
        found = self.shop.values.first(external_reference=reference) or self.shop.values.first(name=reference)
        assert found is not None, f"Saleor has no value {reference}"
        return found.id

    def rename_value(self, reference: str, name: str) -> None:
        self.do(documents.VALUE_UPDATE, id=self.value(reference), input={"name": name})

    def attribute(self, slug: str) -> str:
        found = self.shop.attributes.first(slug=slug)
        assert found is not None, f"Saleor has no attribute {slug}"
        return found.id

    def set_areas(self, *slugs: str, reference: str = "R-1") -> None:
        values = [{"id": self.value(f"target-areas:{slug}")} for slug in slugs]
        self.edit(reference, attributes=[{"id": self.attribute("target-areas"), "multiselect": values}])

    def set_guide(self, slug: str, reference: str = "R-1") -> None:
        self.edit(reference, attributes=[{"id": self.attribute("guide"), "reference": self.page(slug)}])

    def page(self, slug: str) -> str:
        found = self.shop.pages.first(slug=slug)
        assert found is not None, f"Saleor has no page {slug}"
        return found.id

    def add_picture(self, folder: Path, name: str = "hand.png", color: str = "blue", reference: str = "R-1") -> str:
        """Upload a picture; gives the hash of what it holds."""
        path = a_picture_file(folder, name, color=color)
        content = Content(digest_of(path), path.name, "image/png", path.read_bytes)
        product = self.importer.product(reference)
        assert upload_picture(self.importer.saleor, product.id, content, "by hand", known=set())
        self.told += [an_event("ProductMediaCreated", product.id), an_event("ProductUpdated", product.id)]
        return content.digest

    def make_product(self, name: str, sku: str = "H-1", description: str = "", **given: Any) -> str:
        """A product with a price and stock, as the dashboard makes one; gives its id."""
        kind = self.shop.product_types.first(slug=given.pop("type", "massage-tool"))
        category = self.shop.categories.first(slug="default-category")
        warehouse = self.shop.warehouses.first(slug="default-warehouse")
        assert kind is not None
        assert category is not None
        assert warehouse is not None
        listing = {"channelId": self.channel(), "isPublished": True, "visibleInListings": True}
        variant = {
            "sku": sku,
            "attributes": [],
            "channelListings": [{"channelId": self.channel(), "price": "12.00"}],
            "stocks": [{"warehouse": warehouse.id, "quantity": 3}],
        }
        product = {
            "name": name,
            "productType": kind.id,
            "category": category.id,
            "channelListings": [listing | {"isAvailableForPurchase": True}],
            "variants": [variant],
            "description": paragraph(description),
            **given,
        }
        found = self.do(documents.PRODUCT_BULK_CREATE, products=[product], errorPolicy="REJECT_FAILED_ROWS")
        return str(found["results"][0]["product"]["id"])
