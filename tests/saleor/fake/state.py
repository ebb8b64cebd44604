"""What a shop has: tables of rows that name each other by their keys, as in a database."""

from __future__ import annotations

import base64
import binascii
import pickle
import uuid
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any, ClassVar, Generic, Self, TypeVar

Metadata = dict[str, str]
# An attribute's key → its values' keys, in their order.
Assigned = dict[int, list[int]]


@dataclass(kw_only=True)
class Row:
    """A row of a table. `kind` is the name of its type in the schema."""

    kind: ClassVar[str] = ""
    pk: Any = 0
    metadata: Metadata = field(default_factory=dict)
    private_metadata: Metadata = field(default_factory=dict)

    @property
    def id(self) -> str:
        return global_id(self.kind, self.pk)


@dataclass(kw_only=True)
class App(Row):
    kind = "App"
    name: str
    permissions: frozenset[str]
    is_active: bool = True
    # The id in the manifest; apps made by hand have none.
    identifier: str | None = None


@dataclass(kw_only=True)
class Channel(Row):
    kind = "Channel"
    name: str
    slug: str
    currency_code: str
    country: str = "US"
    is_active: bool = True
    allow_unpaid_orders: bool = False
    # Codes of countries. A fresh shop has no shipping zone.
    ships_to: list[str] = field(default_factory=list)
    warehouses: list[uuid.UUID] = field(default_factory=list)


@dataclass(kw_only=True)
class Warehouse(Row):
    kind = "Warehouse"
    pk: uuid.UUID = field(default_factory=uuid.uuid4)
    name: str
    slug: str
    external_reference: str | None = None


@dataclass(kw_only=True)
class Attribute(Row):
    kind = "Attribute"
    name: str
    slug: str
    type: str
    input_type: str = "DROPDOWN"
    entity_type: str | None = None
    external_reference: str | None = None
    value_required: bool = False
    unit: str | None = None
    # Rows of what it may refer to: ("PageType", 3). None: all of them.
    allowed: list[tuple[str, int]] = field(default_factory=list)


@dataclass(kw_only=True)
class Value(Row):
    kind = "AttributeValue"
    attribute: int
    name: str
    slug: str
    external_reference: str | None = None
    value: str = ""
    plain_text: str | None = None
    rich_text: Any = None
    boolean: bool | None = None
    date_time: datetime | None = None
    reference: tuple[str, int] | None = None
    file_url: str | None = None


@dataclass(kw_only=True)
class ProductType(Row):
    kind = "ProductType"
    name: str
    slug: str
    is_shipping_required: bool = True
    has_variants: bool = True
    product_attributes: list[int] = field(default_factory=list)
    # Attribute → whether customers choose the variant by it.
    variant_attributes: dict[int, bool] = field(default_factory=dict)


@dataclass(kw_only=True)
class PageType(Row):
    kind = "PageType"
    name: str
    slug: str
    attributes: list[int] = field(default_factory=list)


@dataclass(kw_only=True)
class Category(Row):
    kind = "Category"
    name: str
    slug: str
    description: Any = None
    parent: int | None = None


@dataclass(kw_only=True)
class Collection(Row):
    kind = "Collection"
    name: str
    slug: str
    description: Any = None
    # By channel: whether it is published there, and since when.
    listings: dict[int, tuple[bool, datetime | None]] = field(default_factory=dict)
    products: list[int] = field(default_factory=list)


@dataclass(kw_only=True)
class Menu(Row):
    kind = "Menu"
    name: str
    slug: str


@dataclass(kw_only=True)
class MenuItem(Row):
    kind = "MenuItem"
    menu: int
    name: str
    parent: int | None = None
    place: int = 0
    url: str | None = None
    category: int | None = None
    collection: int | None = None
    page: int | None = None


@dataclass(kw_only=True)
class Page(Row):
    kind = "Page"
    title: str
    slug: str
    page_type: int
    content: Any = None
    is_published: bool = False
    published_at: datetime | None = None
    assigned: Assigned = field(default_factory=dict)


@dataclass(kw_only=True)
class Product(Row):
    kind = "Product"
    name: str
    slug: str
    product_type: int
    category: int | None = None
    external_reference: str | None = None
    description: Any = None
    seo_title: str | None = None
    seo_description: str | None = None
    rating: float | None = None
    weight: Decimal | None = None
    default_variant: int | None = None
    updated_at: datetime = field(default_factory=lambda: datetime.now(UTC))
    assigned: Assigned = field(default_factory=dict)


@dataclass(kw_only=True)
class Listing(Row):
    kind = "ProductChannelListing"
    product: int
    channel: int
    is_published: bool = False
    published_at: datetime | None = None
    visible_in_listings: bool = False
    available_at: datetime | None = None


@dataclass(kw_only=True)
class Variant(Row):
    kind = "ProductVariant"
    product: int
    name: str = ""
    sku: str | None = None
    external_reference: str | None = None
    weight: Decimal | None = None
    track_inventory: bool = True
    updated_at: datetime = field(default_factory=lambda: datetime.now(UTC))
    assigned: Assigned = field(default_factory=dict)


@dataclass(kw_only=True)
class Price(Row):
    kind = "ProductVariantChannelListing"
    variant: int
    channel: int
    price: Decimal | None = None
    cost_price: Decimal | None = None
    prior_price: Decimal | None = None


@dataclass(kw_only=True)
class Stock(Row):
    kind = "Stock"
    variant: int
    warehouse: uuid.UUID
    quantity: int = 0
    # What open orders wait for. It counts as sold, and stays in `quantity` until it is sent.
    allocated: int = 0


@dataclass(kw_only=True)
class Order(Row):
    kind = "Order"
    # Variant → units.
    lines: dict[int, int] = field(default_factory=dict)
    updated_at: datetime = field(default_factory=lambda: datetime.now(UTC))


@dataclass(kw_only=True)
class Webhook(Row):
    kind = "Webhook"
    app: int
    target_url: str
    query: str
    identifier: str | None = None
    is_active: bool = True


@dataclass(kw_only=True)
class Media(Row):
    kind = "ProductMedia"
    product: int
    alt: str = ""
    sort_order: int = 0
    file: str = ""
    external_url: str = ""


R = TypeVar("R", bound=Row)


@dataclass
class Table(Generic[R]):
    """Rows by their keys. Keys are never used twice."""

    rows: dict[Any, R] = field(default_factory=dict)
    last: int = 0

    def add(self, row: R) -> R:
        if not row.pk:
            self.last += 1
            row.pk = self.last
        self.rows[row.pk] = row
        return row

    def get(self, pk: object) -> R | None:
        return self.rows.get(pk)

    def __getitem__(self, pk: object) -> R:
        return self.rows[pk]

    def __iter__(self) -> Iterator[R]:
        return iter(list(self.rows.values()))

    def __len__(self) -> int:
        return len(self.rows)

    def first(self, **wanted: object) -> R | None:
        return next(self.where(**wanted), None)

    def where(self, **wanted: object) -> Iterator[R]:
        """The rows with these values. The last is looked at first, row by row: let it be the rarest."""
        (name, value), *others = reversed(wanted.items())
        for row in self:
            if getattr(row, name) == value and all(getattr(row, other) == found for other, found in others):
                yield row

    def remove(self, rows: Iterable[R]) -> None:
        for row in list(rows):
            self.rows.pop(row.pk, None)


@dataclass
class Shop:
    """All tables."""

    channels: Table[Channel] = field(default_factory=Table)
    warehouses: Table[Warehouse] = field(default_factory=Table)
    attributes: Table[Attribute] = field(default_factory=Table)
    values: Table[Value] = field(default_factory=Table)
    product_types: Table[ProductType] = field(default_factory=Table)
    page_types: Table[PageType] = field(default_factory=Table)
    categories: Table[Category] = field(default_factory=Table)
    collections: Table[Collection] = field(default_factory=Table)
    menus: Table[Menu] = field(default_factory=Table)
    items: Table[MenuItem] = field(default_factory=Table)
    pages: Table[Page] = field(default_factory=Table)
    products: Table[Product] = field(default_factory=Table)
    listings: Table[Listing] = field(default_factory=Table)
    variants: Table[Variant] = field(default_factory=Table)
    prices: Table[Price] = field(default_factory=Table)
    stocks: Table[Stock] = field(default_factory=Table)
    media: Table[Media] = field(default_factory=Table)
    orders: Table[Order] = field(default_factory=Table)
    webhooks: Table[Webhook] = field(default_factory=Table)
    files: dict[str, bytes] = field(default_factory=dict)

    @classmethod
    def fresh(cls) -> Self:
        """What Saleor's first migration leaves."""
        shop = cls()
        warehouse = shop.warehouses.add(Warehouse(name="Default Warehouse", slug="default-warehouse"))
        shop.channels.add(
            Channel(name="Default Channel", slug="default-channel", currency_code="USD", warehouses=[warehouse.pk])
        )
        shop.product_types.add(ProductType(name="Default Type", slug="default-type", has_variants=False))
        shop.categories.add(Category(name="Default Category", slug="default-category"))
        return shop

    def table(self, kind: str) -> Table[Any]:
        return getattr(self, TABLES[kind])  # type: ignore[no-any-return]

    def node(self, gid: str, *kinds: str) -> Any:
        """The row with this global id, or None. Only of these kinds, where any are given."""
        found = parse_id(gid)
        if found is None or (kinds and found[0] not in kinds) or found[0] not in TABLES:
            return None
        return self.table(found[0]).get(found[1])

    def dump(self) -> bytes:
        return pickle.dumps(self)

    def restore(self, dumped: bytes) -> None:
        before = pickle.loads(dumped)  # noqa: S301 - our own
        vars(self).update(vars(before))


TABLES = {
    "Channel": "channels",
    "Warehouse": "warehouses",
    "Attribute": "attributes",
    "AttributeValue": "values",
    "ProductType": "product_types",
    "PageType": "page_types",
    "Category": "categories",
    "Collection": "collections",
    "Menu": "menus",
    "MenuItem": "items",
    "Page": "pages",
    "Product": "products",
    "ProductChannelListing": "listings",
    "ProductVariant": "variants",
    "ProductVariantChannelListing": "prices",
    "Stock": "stocks",
    "ProductMedia": "media",
    "Order": "orders",
    "Webhook": "webhooks",
}


def global_id(kind: str, pk: object) -> str:
    return base64.b64encode(f"{kind}:{pk}".encode()).decode()


def parse_id(gid: str) -> tuple[str, Any] | None:
    """Kind and key, or None where it is no id at all."""
    try:
        kind, _, pk = base64.b64decode(gid, validate=True).decode().partition(":")
        return (kind, uuid.UUID(pk) if kind == "Warehouse" else int(pk))
    except (ValueError, binascii.Error):
        return None
