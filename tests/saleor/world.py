"""What tests need of a Saleor, fake or real: names of their own, a small catalogue, and mutations in a line."""

from __future__ import annotations

import itertools
import json
import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, Final

from storefront.saleor.client.transport import Answer, Saleor
from storefront.saleor.schema import documents
from storefront.saleor.schema.documents import Call, Mutation, document_of
from tests.saleor import dashboard

Json = dict[str, Any]


class RefusedHere(AssertionError):
    """A mutation of a test's given part was refused."""


def paragraph(text: str) -> str:
    """An EditorJS document of one paragraph."""
    return as_text({"blocks": [{"type": "paragraph", "data": {"text": text}}]})


def as_text(value: Any) -> str:
    return json.dumps(value)


@dataclass
class World:
    """One Saleor, and the names by which its things are called in one test.

    A real one cannot be made fresh for a test, so all names have a prefix, and `clean_up` deletes what was made.
    """

    saleor: Saleor
    prefix: str = field(default_factory=lambda: f"fk-{uuid.uuid4().hex[:8]}")
    names: dict[str, str] = field(default_factory=dict)
    made: list[tuple[Mutation, str]] = field(default_factory=list)
    counter: Any = field(default_factory=itertools.count)

    # Names -----------------------------------------------------------------------------------------------------------

    def name(self, label: str) -> str:
        """A name that nothing in the shop has; it can stand for a slug, a reference or a SKU."""
        found = f"{self.prefix}-{next(self.counter)}-{label}"
        self.names[found] = label
        return found

    # Asking ----------------------------------------------------------------------------------------------------------

    def attempt(self, mutation: Mutation, **values: Any) -> Json:
        """The mutation's payload, with its errors. Raises `RequestFailed` where Saleor failed as a whole."""
        payload: Json = self.send(mutation, **values).data["m0"]
        if mutation in CREATING:
            self.note(payload)
        return payload

    def send(self, mutation: Mutation, **values: Any) -> Answer:
        return self.saleor.send(*document_of([Call(mutation, values)]), may_repeat=False)

    def do(self, mutation: Mutation, **values: Any) -> Json:
        """The payload of a mutation that must succeed."""
        payload = self.attempt(mutation, **values)
        errors = [*payload["errors"], *(fault for row in payload.get("results") or () for fault in row["errors"] or ())]
        if errors:
            raise RefusedHere(f"{mutation.field}: {errors}")
        return payload

    def ask(self, document: str, **variables: Any) -> Mapping[str, Any]:
        return self.saleor.ask(document, variables)

    # A catalogue -----------------------------------------------------------------------------------------------------

    @cached_property
    def channel(self) -> Json:
        found: Json = next(
            channel for channel in self.ask(documents.SHOP)["channels"] if channel["slug"] == "default-channel"
        )
        return found

    @cached_property
    def warehouse(self) -> Json:
        edges = self.ask(documents.WAREHOUSES, first=100)["warehouses"]["edges"]
        found: Json = next(edge["node"] for edge in edges if edge["node"]["slug"] == "default-warehouse")
        return found

    @cached_property
    def category(self) -> str:
        return self.make(documents.CATEGORY_CREATE, "category", input=self.named("category"))

    @cached_property
    def page_type(self) -> str:
        given = self.named("page-type") | {"addAttributes": [self.attributes[name] for name in PAGE_ATTRIBUTES]}
        return self.make(documents.PAGE_TYPE_CREATE, "pageType", input=given)

    @cached_property
    def other_page_type(self) -> str:
        return self.make(documents.PAGE_TYPE_CREATE, "pageType", input=self.named("other-page-type"))

    @cached_property
    def product_type(self) -> str:
        given = self.named("product-type") | {
            "productAttributes": [self.attributes[name] for name in PRODUCT_ATTRIBUTES] + [self.guide, self.guides]
        }
        kind = self.make(documents.PRODUCT_TYPE_CREATE, "productType", input=given)
        operation = {"id": self.attributes["size"], "type": "VARIANT", "variantSelection": True}
        self.do(documents.PRODUCT_ATTRIBUTE_ASSIGN, productTypeId=kind, operations=[operation])
        return kind

    @cached_property
    def references(self) -> dict[str, str]:
        """The attributes' external references, by the names of `ATTRIBUTES`."""
        return {name: self.name(name) for name in (*ATTRIBUTES, "guide", "guides")}

    @cached_property
    def values(self) -> dict[str, str]:
        """The external references of vocabularies' values: "areas:neck" …"""
        return {
            f"{name}:{value}": f"{self.references[name]}:{value}" for name, values in VALUES.items() for value in values
        }

    @cached_property
    def attributes(self) -> dict[str, str]:
        """The ids of attributes of all kinds but references."""
        return {name: self.make_attribute(name, *kind) for name, kind in ATTRIBUTES.items()}

    @cached_property
    def guide(self) -> str:
        return self.make_attribute(
            "guide", "PRODUCT_TYPE", "SINGLE_REFERENCE", entityType="PAGE", referenceTypes=[self.page_type]
        )

    @cached_property
    def guides(self) -> str:
        return self.make_attribute(
            "guides", "PRODUCT_TYPE", "REFERENCE", entityType="PAGE", referenceTypes=[self.page_type]
        )

    def make_attribute(self, name: str, kind: str, input_type: str, **more: Any) -> str:
        reference = self.references[name]
        given = {"name": name.title(), "slug": reference, "type": kind, "inputType": input_type} | more
        values = [
            {"name": value.title(), "externalReference": self.values[f"{name}:{value}"]}
            for value in VALUES.get(name, ())
        ]
        if values:
            given["values"] = values
        return self.make(documents.ATTRIBUTE_CREATE, "attribute", input=given | {"externalReference": reference})

    def named(self, label: str) -> Json:
        return {"name": label.title(), "slug": self.name(label)}

    def make(self, mutation: Mutation, result: str, **values: Any) -> str:
        return str(self.do(mutation, **values)[result]["id"])

    # Things ----------------------------------------------------------------------------------------------------------

    def product_input(self, **changes: Any) -> Json:
        """One product for `productBulkCreate`."""
        name = self.name("ball")
        given = {"name": "Ball", "slug": name, "externalReference": name, "productType": self.product_type}
        return {key: value for key, value in (given | {"category": self.category} | changes).items() if value != ""}

    def variant_input(self, **changes: Any) -> Json:
        sku = self.name("sku")
        return {"sku": sku, "externalReference": sku, "name": "Firm", "attributes": []} | changes

    def listed(self, **changes: Any) -> Json:
        """That a product is listed in the channel."""
        shown = {"isPublished": True, "visibleInListings": True, "isAvailableForPurchase": True}
        return {"channelListings": [{"channelId": self.channel["id"], **shown, **changes}]}

    def sold(self, price: Any = "12.50", quantity: int = 10) -> Json:
        """A variant's price and stock."""
        return {
            "channelListings": [{"channelId": self.channel["id"], "price": price}],
            "stocks": [{"warehouse": self.warehouse["id"], "quantity": quantity}],
        }

    def create(self, *products: Json, policy: str = "REJECT_FAILED_ROWS") -> Json:
        return self.attempt(documents.PRODUCT_BULK_CREATE, products=list(products), errorPolicy=policy)

    def a_product(self, **changes: Any) -> str:
        """The id of a new product."""
        given = self.product_input(**changes)
        payload = self.do(documents.PRODUCT_BULK_CREATE, products=[given], errorPolicy="REJECT_FAILED_ROWS")
        return str(payload["results"][0]["product"]["id"])

    def read(self, *ids: str) -> list[Json]:
        edges = self.ask(documents.PRODUCTS_BY_ID, ids=list(ids), first=100)["products"]["edges"]
        nodes = {edge["node"]["id"]: edge["node"] for edge in edges}
        return [nodes[gid] for gid in ids if gid in nodes]

    def a_page(self, **changes: Any) -> str:
        given = {"title": "Neck", "slug": self.name("neck"), "pageType": self.page_type} | changes
        return self.make(documents.PAGE_CREATE, "page", input=given)

    def read_page(self, gid: str) -> Json:
        found: Json = self.ask(dashboard.PAGE, id=gid)["page"]
        return found

    # Afterwards ------------------------------------------------------------------------------------------------------

    def note(self, payload: Json) -> None:
        """Remembers what was made, to delete it."""
        for result, delete in DELETES.items():
            if (payload.get(result) or {}).get("id"):
                self.made.append((delete, payload[result]["id"]))
        for row in payload.get("results") or ():
            if (row.get("product") or {}).get("id"):
                self.made.append((dashboard.PRODUCT_DELETE, row["product"]["id"]))

    def clean_up(self) -> None:
        """Deletes what was made, the last first."""
        for mutation, gid in reversed(self.made):
            self.send(mutation, id=gid)
        self.made.clear()


ATTRIBUTES: Final[Mapping[str, tuple[str, str]]] = {
    "areas": ("PRODUCT_TYPE", "MULTISELECT"),
    "tool": ("PRODUCT_TYPE", "DROPDOWN"),
    "brand": ("PRODUCT_TYPE", "PLAIN_TEXT"),
    "notes": ("PRODUCT_TYPE", "RICH_TEXT"),
    "warranty": ("PRODUCT_TYPE", "NUMERIC"),
    "fsa": ("PRODUCT_TYPE", "BOOLEAN"),
    "since": ("PRODUCT_TYPE", "DATE"),
    "size": ("PRODUCT_TYPE", "DROPDOWN"),
    "page-areas": ("PAGE_TYPE", "MULTISELECT"),
    "summary": ("PAGE_TYPE", "PLAIN_TEXT"),
    "reviewed": ("PAGE_TYPE", "DATE"),
}
VALUES: Final[Mapping[str, tuple[str, ...]]] = {
    "areas": ("neck", "jaw", "back"),
    "tool": ("ball", "roller"),
    "size": ("small", "large"),
    "page-areas": ("neck", "jaw"),
}
PRODUCT_ATTRIBUTES: Final = ("areas", "tool", "brand", "notes", "warranty", "fsa", "since")
PAGE_ATTRIBUTES: Final = ("page-areas", "summary", "reviewed")
DELETES: Final[Mapping[str, Mutation]] = {
    "page": documents.PAGE_DELETE,
    "pageType": dashboard.PAGE_TYPE_DELETE,
    "productType": dashboard.PRODUCT_TYPE_DELETE,
    "attribute": dashboard.ATTRIBUTE_DELETE,
    "category": dashboard.CATEGORY_DELETE,
    "collection": dashboard.COLLECTION_DELETE,
    "menu": dashboard.MENU_DELETE,
    "channel": dashboard.CHANNEL_DELETE,
    "warehouse": dashboard.WAREHOUSE_DELETE,
}
CREATING: Final = (
    *(documents.PAGE_CREATE, documents.PAGE_TYPE_CREATE, documents.PRODUCT_TYPE_CREATE, documents.ATTRIBUTE_CREATE),
    *(documents.CATEGORY_CREATE, documents.COLLECTION_CREATE, documents.PRODUCT_BULK_CREATE),
    *(dashboard.CHANNEL_CREATE, dashboard.WAREHOUSE_CREATE, dashboard.MENU_CREATE),
)


def values_of(row: Mapping[str, Any], slug: str) -> list[Json]:
    """What a product, variant or page has for an attribute."""
    found: list[Json] = next(entry["values"] for entry in row["attributes"] if entry["attribute"]["slug"] == slug)
    return found
