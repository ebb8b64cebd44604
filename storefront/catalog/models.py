"""The catalogue store: what every read of the shop is answered from.

Models hold columns, constraints and facts of one row. Reads are in `queries/`; the one writer is
`writer/`. Every row that GraphQL gives out has a `public_id`.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from decimal import Decimal
from typing import Any

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex, OpClass
from django.contrib.postgres.search import SearchVector, SearchVectorField
from django.db import models
from django.db.models import F, Func, Q, Value
from django.db.models.functions import MD5, Lower, Upper

from storefront.catalog.records import CautionKind, LinkRole, Origin, Status
from storefront.leases import Leased


def choices_of(enum: type[Status] | type[Origin] | type[LinkRole] | type[CautionKind]) -> list[tuple[str, str]]:
    return [(member.value, member.value) for member in enum]


def compact(text: Any) -> Upper:
    """Return the text in capitals, without anything but letters and digits."""
    return Upper(Func(text, Value("[^A-Za-z0-9]+"), Value(""), Value("g"), function="regexp_replace"))


class PublicIdField(models.CharField):  # type: ignore[type-arg]
    """Saleor's global id, or one made once when embedded (`public_ids.py`)."""

    def __init__(self, **kwargs: object) -> None:
        super().__init__(**({"max_length": 120, "unique": True, "editable": False} | kwargs))  # type: ignore[arg-type]


class ReadAtField(models.DateTimeField):  # type: ignore[type-arg]
    """With Saleor: when the read began that the row is from. A row takes no read that began before."""

    def __init__(self, **kwargs: object) -> None:
        super().__init__(**({"null": True, "blank": True, "editable": False} | kwargs))  # type: ignore[arg-type]


class NamedRow(models.Model):
    """What has a slug, by which it is known, and a name."""

    public_id = PublicIdField()
    slug = models.SlugField(max_length=255, unique=True)
    name = models.CharField(max_length=250)

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return self.name


class Channel(NamedRow):
    currency = models.CharField(max_length=3)
    is_active = models.BooleanField(default=True)

    def __str__(self) -> str:
        return self.slug


class Warehouse(NamedRow):
    def __str__(self) -> str:
        return self.slug


class Category(NamedRow):
    slug = models.SlugField(max_length=255, unique=True, allow_unicode=True)
    name = models.CharField(max_length=250, help_text="Files name a category by it.")
    parent = models.ForeignKey("self", models.CASCADE, null=True, blank=True, related_name="children")
    level = models.PositiveSmallIntegerField(default=0, editable=False, help_text="How many it lies in.")
    position = models.PositiveIntegerField(
        default=0, editable=False, help_text="With Saleor: its place in Saleor's list."
    )
    description = models.TextField(blank=True, help_text="Markdown.")

    class Meta:
        verbose_name_plural = "categories"
        # Saleor allows duplicate names: a lookup by name alone takes the first.
        indexes = [models.Index(fields=("name", "level", "slug"), name="category_by_name")]


class ProductType(NamedRow):
    """What kind of thing is sold, which in Saleor says what attributes it has."""


class PageType(NamedRow):
    """What kind of page it is: a guide, or one of the shop's own kinds."""


class Vocabulary(models.TextChoices):
    AREA = "area"
    TOOL_TYPE = "tool_type"
    CONDITION = "condition"
    TECHNIQUE = "technique"
    CONTRAINDICATION = "contraindication"


class Term(models.Model):
    """A word of a vocabulary: a body area, tool type, condition, technique or contraindication (`never:pregnancy`).

    Rows mirror the data files in `taxonomy/`; `position` keeps the files' order.
    """

    public_id = PublicIdField()
    vocabulary = models.CharField(max_length=20, choices=Vocabulary.choices)
    slug = models.SlugField(max_length=100)
    name = models.CharField(max_length=120)
    default_name = models.CharField(
        max_length=120, blank=True, default="", help_text="The taxonomy's; `name` is another one where it was renamed."
    )
    parent = models.ForeignKey("self", models.CASCADE, null=True, blank=True, related_name="children")
    position = models.PositiveSmallIntegerField(default=0)
    sides = models.JSONField(default=list, help_text='Where an area is drawn: "front", "back" or both.')

    class Meta:
        ordering = ("vocabulary", "position")
        constraints = [
            models.UniqueConstraint(fields=("vocabulary", "slug"), name="term_slug_is_unique_in_its_vocabulary")
        ]

    def __str__(self) -> str:
        return self.name


class Attribute(models.Model):
    """A further attribute of products or pages, or a variant's option.

    Files and records call it `said`, and `key` is that in the form in which it is compared. `slug` and `name` are for
    clients and people; with Saleor they are Saleor's.
    """

    class Kind(models.TextChoices):
        PRODUCT = "product"
        VARIANT = "variant"
        PAGE = "page"

    public_id = PublicIdField(unique=False)
    kind = models.CharField(max_length=10, choices=Kind.choices)
    key = models.SlugField(max_length=255, allow_unicode=True)
    said = models.CharField(max_length=255)
    slug = models.SlugField(max_length=255, allow_unicode=True)
    name = models.CharField(max_length=255)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=("kind", "key"), name="attribute_key_is_unique_in_its_kind"),
            # In Saleor one attribute may be of products of one type and of variants of another.
            models.UniqueConstraint(fields=("kind", "public_id"), name="attribute_id_is_unique_in_its_kind"),
        ]

    def __str__(self) -> str:
        return self.name


class AttributeValue(models.Model):
    public_id = PublicIdField()
    attribute = models.ForeignKey(Attribute, models.CASCADE, related_name="values")
    slug = models.SlugField(max_length=255, allow_unicode=True)
    name = models.TextField()

    class Meta:
        constraints = [
            # By its hash: PostgreSQL has no index entries of more than some 2,700 bytes.
            models.UniqueConstraint("attribute", MD5("name"), name="attribute_value_is_unique")
        ]

    def __str__(self) -> str:
        return self.name


class Page(models.Model):
    """A page. Of the type "guide" it is an educational guide; `body` is CommonMark."""

    public_id = PublicIdField()
    slug = models.SlugField(max_length=255, unique=True, allow_unicode=True)
    title = models.CharField(max_length=250)
    page_type = models.ForeignKey(PageType, models.PROTECT, related_name="pages")
    summary = models.TextField(blank=True)
    body = models.TextField(blank=True)
    cautions = models.JSONField(default=list, help_text="A list of {kind, text}.")
    sources = models.JSONField(default=list, help_text="A list of {title, citation, url, supports}.")
    reviewed_on = models.DateField(null=True, blank=True)
    status = models.CharField(max_length=10, choices=choices_of(Status), default=Status.ACTIVE.value)
    published_at = models.DateTimeField(
        null=True, blank=True, editable=False, help_text="Until then it is not shown, whatever its status."
    )
    search = SearchVectorField(null=True, editable=False)
    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(auto_now=True)
    read_at = ReadAtField()

    # What `queries/` fetches along with a row.
    shown_tags: list[PageTag]

    class Meta:
        indexes = [
            GinIndex(fields=("search",), name="page_search"),
            GinIndex(fields=("title",), opclasses=("gin_trgm_ops",), name="page_by_similar_title"),
            # For suggestions: words as they are typed, not their stems.
            GinIndex(SearchVector("title", config="simple"), name="page_by_words_of_title"),
        ]

    def __str__(self) -> str:
        return self.title


class Product(models.Model):
    public_id = PublicIdField()
    source = models.CharField(max_length=50, blank=True, help_text="Whose reference it is.")
    reference = models.CharField(max_length=250, blank=True, help_text="Empty: made in the shop, not imported.")
    slug = models.SlugField(max_length=255, unique=True, allow_unicode=True)
    name = models.CharField(max_length=250)
    description = models.TextField(blank=True, help_text="Markdown or simple HTML.")
    brand = models.CharField(max_length=250, blank=True)
    material = models.CharField(max_length=250, blank=True)
    warranty_years = models.DecimalField(max_digits=5, decimal_places=2, null=True, blank=True)
    fsa_hsa_eligible = models.BooleanField(null=True, blank=True, help_text="Yes: without any condition.")
    fsa_hsa_condition = models.CharField(
        max_length=250, blank=True, default="", help_text="Under what condition it is eligible, if there is one."
    )
    seo_title = models.CharField(max_length=70, blank=True)
    seo_description = models.CharField(max_length=300, blank=True)
    product_type = models.ForeignKey(ProductType, models.PROTECT, related_name="products")
    category = models.ForeignKey(Category, models.SET_NULL, null=True, blank=True, related_name="products")
    category_is_default = models.BooleanField(
        default=False, editable=False, help_text="With Saleor: no source names it; the import chose it by tool type."
    )
    cautions = models.JSONField(default=list, help_text="A list of {kind, text}.")
    status = models.CharField(max_length=10, choices=choices_of(Status), default=Status.ACTIVE.value)
    search = SearchVectorField(null=True, editable=False)
    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(auto_now=True)
    read_at = ReadAtField()
    remote_updated_at = models.CharField(
        max_length=40, blank=True, default="", help_text="With Saleor: its `updatedAt` as of that read."
    )
    remote_print = models.CharField(
        max_length=32, blank=True, default="", help_text="With Saleor: what tells whether it changed since that read."
    )

    # What `queries/` fetches along with a row, or works out in the database.
    pictures: list[ProductMedia]
    shown_tags: list[ProductTag]
    shown_links: list[GuideLink]
    shown_variants: list[ProductVariant]
    price_start: Decimal
    price_stop: Decimal
    compare_at_stop: Decimal | None
    units: int

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=("source", "reference"),
                condition=~Q(reference=""),
                name="product_reference_is_unique_in_its_source",
            )
        ]
        indexes = [
            GinIndex(fields=("search",), name="product_search"),
            GinIndex(
                fields=("name", "brand"), opclasses=("gin_trgm_ops", "gin_trgm_ops"), name="product_by_similar_name"
            ),
            GinIndex(SearchVector("name", config="simple"), name="product_by_words_of_name"),
            models.Index(fields=("name", "id"), name="product_by_name"),
            models.Index(fields=("updated_at", "id"), name="product_by_update"),
            models.Index(fields=("created_at", "id"), name="product_by_creation"),
        ]

    def __str__(self) -> str:
        return self.name


class Unlisted(models.Model):
    """A channel in which a product stands in no list, though it may in others. With Saleor: it is unpublished there."""

    product = models.ForeignKey(Product, models.CASCADE, related_name="unlisted")
    channel = models.ForeignKey(Channel, models.CASCADE, related_name="unlisted")
    is_reachable = models.BooleanField(default=False, help_text="It has its page there all the same.")

    class Meta:
        verbose_name_plural = "unlisted"
        constraints = [models.UniqueConstraint(fields=("product", "channel"), name="product_is_unlisted_once")]

    def __str__(self) -> str:
        return f"{self.product_id} in {self.channel_id}"


class Tombstone(models.Model):
    """With Saleor: an object that was no longer there when it was looked for. A read that began before does not bring
    it back."""

    public_id = PublicIdField()
    read_at = ReadAtField(null=False)

    class Meta:
        verbose_name_plural = "tombstones"

    def __str__(self) -> str:
        return str(self.public_id)


class ProductVariant(models.Model):
    public_id = PublicIdField()
    product = models.ForeignKey(Product, models.CASCADE, related_name="variants")
    reference = models.CharField(max_length=250, blank=True, help_text="Empty: made in the shop, not imported.")
    sku = models.CharField(max_length=250, unique=True)
    name = models.CharField(max_length=250, blank=True)
    position = models.PositiveIntegerField(default=0)
    weight_g = models.PositiveIntegerField(null=True, blank=True)
    barcode = models.CharField(max_length=14, blank=True)

    # What `queries/` fetches along with a row.
    shown_prices: list[VariantPrice]
    shown_stocks: list[Stock]
    shown_options: list[VariantOption]

    class Meta:
        ordering = ("position", "id")
        # SKUs are looked up without regard to case: two that differ in it alone are one to the people who read them.
        indexes = [
            models.Index(Lower("sku"), name="variant_sku_lower"),
            # As shoppers type it: in any case, with or without its dashes, or its beginning alone.
            models.Index(OpClass(compact(F("sku")), name="text_pattern_ops"), name="variant_by_compact_sku"),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=("product", "reference"),
                condition=~Q(reference=""),
                name="variant_reference_is_unique_in_its_product",
            )
        ]

    def __str__(self) -> str:
        return self.sku


def keys_of(variants: Iterable[ProductVariant]) -> dict[int, str]:
    """Return primary key → what a variant is known by within its product: its reference; a SKU finds one that was made
    in the shop, unless it is another one's reference, whose own SKU was changed."""
    rows = list(variants)
    taken = {(row.product_id, row.reference) for row in rows if row.reference}
    return {row.pk: row.reference or (row.public_id if (row.product_id, row.sku) in taken else row.sku) for row in rows}


class ProductAttributeValue(models.Model):
    product = models.ForeignKey(Product, models.CASCADE, related_name="attribute_values")
    value = models.ForeignKey(AttributeValue, models.CASCADE, related_name="+")

    class Meta:
        constraints = [models.UniqueConstraint(fields=("product", "value"), name="product_has_a_value_once")]

    def __str__(self) -> str:
        return f"{self.product_id}: {self.value_id}"


class VariantOption(models.Model):
    """The value that a variant has for an option, like Firmness: Firm."""

    variant = models.ForeignKey(ProductVariant, models.CASCADE, related_name="options")
    value = models.ForeignKey(AttributeValue, models.CASCADE, related_name="+")
    position = models.PositiveSmallIntegerField(default=0)

    class Meta:
        ordering = ("position", "id")
        constraints = [models.UniqueConstraint(fields=("variant", "value"), name="variant_has_a_value_once")]

    def __str__(self) -> str:
        return f"{self.variant_id}: {self.value_id}"


class VariantPrice(models.Model):
    """A variant's listing in a channel: without one it is not sold there."""

    variant = models.ForeignKey(ProductVariant, models.CASCADE, related_name="prices")
    channel = models.ForeignKey(Channel, models.CASCADE, related_name="prices")
    amount = models.DecimalField(max_digits=12, decimal_places=3)
    compare_at_amount = models.DecimalField(max_digits=12, decimal_places=3, null=True, blank=True)
    available = models.PositiveIntegerField(
        null=True,
        editable=False,
        help_text="With Saleor: the units that can be had in the channel, as it says. Else all that is in stock.",
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=("variant", "channel"), name="variant_has_one_price_in_a_channel"),
            models.CheckConstraint(condition=Q(amount__gte=0), name="price_is_not_negative"),
        ]
        indexes = [models.Index(fields=("channel", "amount"), name="price_by_amount")]

    def __str__(self) -> str:
        return f"{self.variant_id}: {self.amount}"


class Stock(models.Model):
    """Units of a variant in a warehouse."""

    variant = models.ForeignKey(ProductVariant, models.CASCADE, related_name="stocks")
    warehouse = models.ForeignKey(Warehouse, models.CASCADE, related_name="stocks")
    quantity = models.PositiveIntegerField(default=0)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=("variant", "warehouse"), name="variant_has_one_stock_in_a_warehouse")
        ]

    def __str__(self) -> str:
        return f"{self.variant_id}: {self.quantity}"


class RetryableJob(Leased):
    """Part of a row for which a worker has something lengthy to do, like asking another server, under a lease.

    From `next_try_at` on it may be taken (None: nothing is to be done).
    """

    next_try_at = models.DateTimeField(null=True, blank=True)
    message = models.TextField(blank=True, help_text="Why the last try failed, for staff.")

    class Meta:
        abstract = True


class Picture(RetryableJob):
    """A picture's content, stored once, and the smaller ones made of it. The job is to make those."""

    class Todo(models.TextChoices):
        # Stored by a version that kept what a camera notes: the file is written again without it.
        STRIP = "strip"
        WEBP = "webp"
        AVIF = "avif"
        NOTHING = ""

    digest = models.CharField(max_length=64, unique=True, help_text="SHA-256 of the file it was stored from, hex.")
    file = models.CharField(max_length=200, help_text="Its name in the storage.")
    format = models.CharField(max_length=10, help_text='As Pillow names it, like "PNG".')
    width = models.PositiveIntegerField()
    height = models.PositiveIntegerField()
    size_bytes = models.PositiveIntegerField(null=True, help_text="Unknown for those stored by the first version.")
    renditions = models.JSONField(default=list, help_text="A list of {format, width, height, file}, by width.")
    todo = models.CharField(max_length=10, choices=Todo.choices, default=Todo.WEBP, blank=True)
    unused_since = models.DateTimeField(null=True, blank=True, help_text="Since when no product has it.")

    class Meta:
        indexes = [
            models.Index(fields=("next_try_at",), condition=Q(next_try_at__isnull=False), name="picture_by_next_try")
        ]

    def __str__(self) -> str:
        return self.file

    def in_format(self, name: str) -> list[dict[str, Any]]:
        """Return its renditions in a format ("webp", "avif"), the smallest first."""
        return [rendition for rendition in self.renditions if rendition["format"] == name]

    def file_for(self, longest_side: int | None, formats: Sequence[str]) -> str:
        """Return the file in the first of these formats that there is, at least as large as asked or the largest.

        The stored content itself where there is none, or for no size, a size of 0 and no format.
        """
        if not longest_side and not formats:
            return self.file
        for name in formats or ("webp",):
            made = self.in_format(name)
            large = [form for form in made if longest_side and max(form["width"], form["height"]) >= longest_side]
            if made:
                return str((large[0] if large else made[-1])["file"])
        return self.file


class ProductMedia(RetryableJob):
    """A picture of a product. The job is to fetch it; one that is not stored is not shown."""

    class State(models.TextChoices):
        PENDING = "pending"
        STORED = "stored"
        FAILED = "failed"

    public_id = PublicIdField()
    product = models.ForeignKey(Product, models.CASCADE, related_name="media")
    position = models.PositiveSmallIntegerField(default=0)
    location = models.TextField(help_text="What the file said: a URL, or a path relative to it.")
    alt = models.CharField(max_length=250, blank=True)
    state = models.CharField(max_length=10, choices=State.choices, default=State.PENDING)
    picture = models.ForeignKey(Picture, models.PROTECT, null=True, blank=True, related_name="media")
    remote_id = models.CharField(
        max_length=120, blank=True, default="", help_text="With Saleor: its id there, once it was uploaded."
    )
    stated_digest = models.CharField(
        max_length=64, blank=True, default="", help_text="The hash of its content, as its file stated it."
    )
    remote_url = models.TextField(
        blank=True, default="", help_text="With Saleor: where it is there, for a picture that is not stored here."
    )

    class Meta:
        ordering = ("position", "id")
        constraints = [
            models.UniqueConstraint(fields=("product", "location"), name="product_has_a_picture_once"),
            models.CheckConstraint(
                condition=Q(state="stored", picture__isnull=False) | (~Q(state="stored") & Q(picture__isnull=True)),
                name="media_is_stored_when_it_has_its_picture",
            ),
        ]
        indexes = [
            models.Index(fields=("next_try_at",), condition=Q(next_try_at__isnull=False), name="media_by_next_try"),
            models.Index(fields=("state",), condition=Q(picture__isnull=True), name="media_that_is_not_stored"),
        ]

    def __str__(self) -> str:
        return self.location

    @property
    def content(self) -> Picture:
        """What is stored. Raises `Picture.DoesNotExist` while it is not."""
        if self.picture is None:
            raise Picture.DoesNotExist
        return self.picture


class Tag(models.Model):
    """A vocabulary's word on a product or a page, who said so, and on what evidence."""

    term = models.ForeignKey(Term, models.CASCADE, related_name="+")
    vocabulary = models.CharField(max_length=20, choices=Vocabulary.choices)
    position = models.PositiveSmallIntegerField(default=0)
    origin = models.CharField(max_length=10, choices=choices_of(Origin))
    score = models.FloatField(default=1.0)
    evidence = models.JSONField(default=list, help_text="A list of {field, quote, start}.")

    class Meta:
        abstract = True
        ordering = ("position",)

    def __str__(self) -> str:
        return f"{self.vocabulary} {self.term_id} ({self.origin})"


class ProductTag(Tag):
    product = models.ForeignKey(Product, models.CASCADE, related_name="tags")

    class Meta(Tag.Meta):
        constraints = [
            models.UniqueConstraint(fields=("product", "term"), name="product_has_a_tag_once"),
            models.UniqueConstraint(
                fields=("product",),
                condition=Q(vocabulary=Vocabulary.TOOL_TYPE.value),
                name="product_has_one_tool_type",
            ),
        ]
        indexes = [models.Index(fields=("term", "product"), name="product_by_term")]


class PageTag(Tag):
    page = models.ForeignKey(Page, models.CASCADE, related_name="tags")

    class Meta(Tag.Meta):
        constraints = [models.UniqueConstraint(fields=("page", "term"), name="page_has_a_tag_once")]
        indexes = [models.Index(fields=("term", "page"), name="page_by_term")]


class GuideLink(models.Model):
    """Product → guide, who says so and why."""

    product = models.ForeignKey(Product, models.CASCADE, related_name="guide_links")
    page = models.ForeignKey(Page, models.CASCADE, related_name="product_links")
    role = models.CharField(max_length=10, choices=choices_of(LinkRole))
    position = models.PositiveSmallIntegerField(default=0)
    origin = models.CharField(max_length=10, choices=choices_of(Origin))
    score = models.FloatField(default=1.0)
    reasons = models.JSONField(default=list, help_text="Sentences for people.")

    class Meta:
        ordering = ("position",)
        constraints = [
            models.UniqueConstraint(fields=("product", "page"), name="product_links_a_guide_once"),
            models.UniqueConstraint(
                fields=("product",),
                condition=Q(role=LinkRole.PRIMARY.value),
                name="product_has_one_primary_guide",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.product_id} → {self.page_id} ({self.role})"


class ProductListing(models.Model):
    """The read model: what lists need of a product in a channel. There is a row where the product stands in lists.

    Derived by `writer.listings` in the transaction that writes the product. `facets` are all values under which it is
    counted and narrowed (`catalog.facets`), like "area:neck"; `keeps_off` the slugs of areas on which it must not be
    used.
    """

    product = models.ForeignKey(Product, models.CASCADE, related_name="listings", db_constraint=False, db_index=False)
    channel = models.ForeignKey(Channel, models.CASCADE, related_name="+", db_constraint=False, db_index=False)
    price_start = models.DecimalField(max_digits=12, decimal_places=3)
    price_stop = models.DecimalField(max_digits=12, decimal_places=3)
    compare_at_stop = models.DecimalField(max_digits=12, decimal_places=3, null=True)
    units = models.IntegerField()
    facets = ArrayField(models.TextField())
    keeps_off = ArrayField(models.TextField())

    class Meta:
        constraints = [models.UniqueConstraint(fields=("product", "channel"), name="product_is_listed_once")]
        indexes = [
            models.Index(fields=("channel", "price_start", "product"), name="listing_by_price"),
            GinIndex(fields=("facets",), name="listing_by_facet"),
        ]

    def __str__(self) -> str:
        return f"{self.product_id} in {self.channel_id}"


class AreaOffer(models.Model):
    """The read model: a product is offered in a channel for an area, its own or one above, so many steps away."""

    product = models.ForeignKey(Product, models.CASCADE, related_name="offers", db_constraint=False, db_index=False)
    channel = models.ForeignKey(Channel, models.CASCADE, related_name="+", db_constraint=False, db_index=False)
    area = models.ForeignKey(Term, models.CASCADE, related_name="+", db_constraint=False, db_index=False)
    distance = models.PositiveSmallIntegerField()
    name = models.CharField(max_length=250)

    class Meta:
        constraints = [models.UniqueConstraint(fields=("product", "channel", "area"), name="product_is_offered_once")]
        indexes = [models.Index(fields=("channel", "area", "distance", "name", "product"), name="offer_in_list_order")]

    def __str__(self) -> str:
        return f"{self.product_id} for {self.area_id} in {self.channel_id}"


class FacetCount(models.Model):
    """The read model: how many listed products a channel has under a facet's value, as numbers to be added up.

    Each write adds what it changed, so that no write waits for another; now and then they are made one.
    """

    channel = models.ForeignKey(Channel, models.CASCADE, related_name="+", db_constraint=False, db_index=False)
    facet = models.TextField()
    number = models.IntegerField()
    is_sum = models.BooleanField(default=False)

    class Meta:
        indexes = [
            models.Index(fields=("channel",), include=("facet", "number"), name="count_by_channel"),
            models.Index(fields=("id",), condition=Q(is_sum=False), name="count_to_add"),
        ]

    def __str__(self) -> str:
        return f"{self.facet}: {self.number}"


class ImportBase(models.Model):
    """What a source last imported for one of its objects: the base of the three-way comparison."""

    class Kind(models.TextChoices):
        PRODUCT = "product"
        GUIDE = "guide"

    source = models.CharField(max_length=50)
    kind = models.CharField(max_length=10, choices=Kind.choices)
    reference = models.CharField(max_length=250)
    fields = models.JSONField(default=dict, help_text="Field path → value, as the file last said it.")
    digest = models.CharField(
        max_length=64, blank=True, default="", help_text="Of all that the file said and that tags depend on."
    )
    stamp = models.DateTimeField(null=True, help_text="The product's `updated_at` when it was as the file says.")

    class Meta:
        constraints = [models.UniqueConstraint(fields=("source", "kind", "reference"), name="import_base_is_unique")]

    def __str__(self) -> str:
        return f"{self.source}: {self.kind} {self.reference}"


class Collection(NamedRow):
    """Products that Saleor's staff put together."""

    slug = models.SlugField(max_length=255, unique=True, allow_unicode=True)
    description = models.TextField(blank=True, help_text="Markdown.")


def to_elsewhere(model: type[models.Model]) -> Any:
    """Return a key to what is read by itself, by its public id: it may come later, or be gone already."""
    return models.ForeignKey(
        model, models.DO_NOTHING, to_field="public_id", db_constraint=False, null=True, blank=True, related_name="+"
    )


class CollectionListing(models.Model):
    """A collection's place in a channel: without one it is not shown there."""

    collection = models.ForeignKey(Collection, models.CASCADE, related_name="listings")
    channel = to_elsewhere(Channel)
    is_published = models.BooleanField(default=False)
    published_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=("collection", "channel"), name="collection_is_listed_once_in_a_channel")
        ]

    def __str__(self) -> str:
        return f"{self.collection_id} in {self.channel_id}"


class CollectionProduct(models.Model):
    collection = models.ForeignKey(Collection, models.CASCADE, related_name="members")
    product = to_elsewhere(Product)
    position = models.PositiveIntegerField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=("collection", "product"), name="collection_has_a_product_once")]

    def __str__(self) -> str:
        return f"{self.collection_id}: {self.product_id}"


class Menu(NamedRow):
    slug = models.SlugField(max_length=255, unique=True, allow_unicode=True)

    def __str__(self) -> str:
        return self.slug


class MenuItem(models.Model):
    """A line of a menu. It leads to at most one of an address, a category, a collection and a page."""

    public_id = PublicIdField()
    menu = models.ForeignKey(Menu, models.CASCADE, related_name="items")
    parent = models.ForeignKey("self", models.CASCADE, null=True, related_name="children")
    position = models.PositiveIntegerField()
    level = models.PositiveSmallIntegerField(default=0)
    name = models.CharField(max_length=250)
    url = models.TextField(blank=True)
    category = to_elsewhere(Category)
    collection = to_elsewhere(Collection)
    page = to_elsewhere(Page)

    class Meta:
        ordering = ("menu", "level", "position", "id")

    def __str__(self) -> str:
        return self.name


class KindRead(models.Model):
    """When the read began from which the store has all things of a kind. A read that began before is not taken."""

    kind = models.CharField(max_length=20, unique=True)
    read_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.kind} as of {self.read_at}"


class SearchSynonym(models.Model):
    """A phrase that the shop's staff say stands for a word of the vocabularies. Imports leave these rows alone.

    The word is named, not referred to: it may come back to a taxonomy that was without it.
    """

    phrase = models.CharField(max_length=80, help_text="As it is searched: lower case, without accents.")
    vocabulary = models.CharField(max_length=20)
    slug = models.CharField(max_length=255)

    class Meta:
        ordering = ("phrase", "pk")
        constraints = [models.UniqueConstraint(fields=("phrase", "vocabulary", "slug"), name="synonym_is_said_once")]

    def __str__(self) -> str:
        return f"{self.phrase} → {self.slug}"


class SearchPin(models.Model):
    """A product or guide that staff put first for a search, or take out. Imports leave these rows alone.

    It is named by its slug: it may be deleted and come back. Pins stand in the order in which they were made.
    """

    query = models.CharField(max_length=100, help_text="As it is searched: lower case, without accents.")
    is_guide = models.BooleanField()
    slug = models.CharField(max_length=255)
    is_hidden = models.BooleanField(default=False)

    class Meta:
        ordering = ("query", "pk")
        constraints = [models.UniqueConstraint(fields=("query", "is_guide", "slug"), name="pin_is_set_once")]

    def __str__(self) -> str:
        return f"{self.query}: {self.slug}"


class SearchCount(models.Model):
    """How often something was searched on a day, and how often that found nothing. Nothing is kept of who did."""

    day = models.DateField()
    query = models.CharField(max_length=100)
    searches = models.PositiveIntegerField()
    empty = models.PositiveIntegerField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=("day", "query"), name="search_is_counted_once_a_day")]

    def __str__(self) -> str:
        return f"{self.query}: {self.searches}"


class SearchOpening(models.Model):
    """How often a product or guide was opened from the answer to a search on a day."""

    day = models.DateField()
    query = models.CharField(max_length=100)
    is_guide = models.BooleanField()
    slug = models.CharField(max_length=255)
    number = models.PositiveIntegerField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=("day", "query", "is_guide", "slug"), name="opening_is_counted_once_a_day")
        ]

    def __str__(self) -> str:
        return f"{self.query}: {self.slug}"


class CatalogVersion(models.Model):
    """One row: a number that grows with every write of the catalogue, in that write's transaction.

    `taxonomy` is the version of the taxonomy that the whole read model was last derived with.
    """

    number = models.PositiveBigIntegerField(default=0)
    taxonomy = models.CharField(max_length=12, default="", blank=True)

    class Meta:
        constraints = [models.CheckConstraint(condition=Q(id=1), name="catalog_version_is_one_row")]

    def __str__(self) -> str:
        return str(self.number)

    @classmethod
    def bump(cls) -> None:
        """Count up; call it inside the transaction that writes."""
        cls.objects.filter(pk=1).update(number=F("number") + 1)
