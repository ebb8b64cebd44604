"""The store read back as the kernel's records: what the importer compares a file with.

Pages and GraphQL read through `queries/`; this is for whoever needs a product whole.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.db.models import Exists, OuterRef, Prefetch, Q
from django.db.models.functions import Lower

from storefront.catalog.fields import (
    ATTRIBUTE,
    COMPARE_AT,
    OPTION,
    PRICE,
    STOCK,
    VARIANT_COLUMNS,
    Fields,
    guide_record,
    to_json,
)
from storefront.catalog.models import (
    Category,
    Channel,
    ImportBase,
    Page,
    PageTag,
    Picture,
    Product,
    ProductMedia,
    ProductTag,
    ProductVariant,
    Vocabulary,
    Warehouse,
    keys_of,
)
from storefront.catalog.models import GuideLink as GuideLinkRow
from storefront.catalog.records import (
    GUIDE_TYPE,
    Evidence,
    GuideLink,
    LinkRole,
    Origin,
    Status,
    Tag,
    TaggedGuide,
    Tags,
    is_url,
)
from storefront.catalog.twins import folded_key, twin_key

GUIDE_COLUMNS = ("title", "summary", "body", "cautions", "sources", "reviewed_on", "status")
_OWN = (
    "name",
    "slug",
    "description",
    "brand",
    "seo_title",
    "seo_description",
    "material",
    "fsa_hsa_condition",
    "status",
)
TAG_LISTS = {
    Vocabulary.AREA.value: "target_areas",
    Vocabulary.TOOL_TYPE.value: "tool_types",
    Vocabulary.CONDITION.value: "conditions",
    Vocabulary.TECHNIQUE.value: "techniques",
    Vocabulary.CONTRAINDICATION.value: "contraindications",
}


@dataclass(frozen=True, slots=True)
class ShopProduct:
    """A product as the store has it, with what `source` last imported for it."""

    public_id: str
    source: str
    reference: str
    fields: Fields
    tags: Tags
    links: tuple[GuideLink, ...]
    base: Fields = field(default_factory=Fields)
    nameless: frozenset[str] = frozenset()
    """Variants that were made in the shop and have no reference yet; in `fields` stands what they are known by."""


@dataclass(frozen=True, slots=True)
class ShopSummary:
    """As much of a product as a plan says of one that stays as it is."""

    public_id: str
    name: str
    is_shown: bool
    has_area: bool
    has_guide: bool


@dataclass(frozen=True, slots=True)
class ShopGuide:
    public_id: str
    slug: str
    fields: Fields
    tags: Tags
    base: Fields = field(default_factory=Fields)

    def tagged(self) -> TaggedGuide:
        return TaggedGuide(record=guide_record(self.slug, self.fields), tags=self.tags)


@dataclass(frozen=True, slots=True)
class ShopFacts:
    """What a plan must know of the shop itself. `categories`: names, by what twins of them share."""

    currencies: Mapping[str, str]
    warehouses: frozenset[str]
    categories: Mapping[str, tuple[str, ...]] = field(default_factory=dict)


def load_shop_facts() -> ShopFacts:
    """Return the channels with their currencies, and the warehouses, by slug, and the categories' names."""
    categories: dict[str, tuple[str, ...]] = {}
    for name in Category.objects.order_by("level", "slug").values_list("name", flat=True):
        categories[twin_key(name)] = (*categories.get(twin_key(name), ()), name)
    return ShopFacts(
        currencies=dict(Channel.objects.values_list("slug", "currency")),
        warehouses=frozenset(Warehouse.objects.values_list("slug", flat=True)),
        categories=categories,
    )


def load_shop_products(
    source: str, references: Iterable[str], skus: Iterable[str], public_ids: Iterable[str] = ()
) -> list[ShopProduct]:
    """Return the products that have one of these references in `source`, a variant with one of these SKUs (in any case,
    and without invisible signs), or one of these ids."""
    skus = list(skus)
    keys_of_skus = {key for sku in skus for key in (sku.lower(), folded_key(sku))}
    products = list(
        Product.objects.filter(
            Q(source=source, reference__in=list(references))
            | Q(
                pk__in=ProductVariant.objects.alias(key=Lower("sku"))
                .filter(Q(sku__in=skus) | Q(key__in=list(keys_of_skus)))
                .values("product_id")
            )
            | Q(public_id__in=list(public_ids))
        )
        .select_related("category")
        .prefetch_related(
            Prefetch("media", ProductMedia.objects.select_related("picture")),
            "attribute_values__value__attribute",
        )
    )
    keys = [product.pk for product in products]
    variants, nameless = variants_of(keys)
    tags = tags_of(ProductTag.objects.filter(product_id__in=keys).values_list("product_id", *_TAG_COLUMNS))
    links = links_of(keys)
    bases = bases_of(source, ImportBase.Kind.PRODUCT, [product.reference for product in products])
    return [
        ShopProduct(
            public_id=product.public_id,
            source=product.source,
            reference=product.reference,
            fields=Fields(own=own_fields(product), variants=variants[product.pk]),
            tags=tags.get(product.pk, Tags()),
            links=tuple(links[product.pk]),
            base=bases.get(product.reference, Fields()),
            nameless=frozenset(nameless[product.pk]),
        )
        for product in products
    ]


def load_unchanged(source: str, digests: Mapping[str, str]) -> dict[str, ShopSummary]:
    """Return those references of which `source` said the same the last time, and that nobody changed since."""
    stamps = {
        reference: stamp
        for reference, digest, stamp in ImportBase.objects.filter(
            source=source, kind=ImportBase.Kind.PRODUCT.value, reference__in=list(digests)
        ).values_list("reference", "digest", "stamp")
        if digest and digest == digests[reference]
    }
    if not stamps:
        return {}
    areas = ProductTag.objects.filter(product=OuterRef("pk"), vocabulary=Vocabulary.AREA.value)
    primary = GuideLinkRow.objects.filter(product=OuterRef("pk"), role=LinkRole.PRIMARY.value)
    rows = (
        Product.objects.filter(source=source, reference__in=list(stamps))
        .annotate(has_area=Exists(areas), has_guide=Exists(primary))
        .values_list("reference", "updated_at", "public_id", "name", "status", "has_area", "has_guide")
    )
    return {
        reference: ShopSummary(public_id, name, status == Status.ACTIVE.value, has_area, has_guide)
        for reference, updated_at, public_id, name, status, has_area, has_guide in rows
        if updated_at == stamps[reference]
    }


def each_shop_product(source: str | None = None, *, chunk: int = 500) -> Iterator[ShopProduct]:
    """Return all products, of one source or of every one, by their key; read a chunk at a time."""
    after = 0
    while True:
        rows = Product.objects.filter(pk__gt=after).order_by("pk")
        if source is not None:
            rows = rows.filter(source=source)
        result = list(rows.values_list("pk", "public_id", "source")[:chunk])
        if not result:
            return
        after = result[-1][0]
        for owner in sorted({owner for _, _, owner in result}):
            yield from load_shop_products(owner, (), (), [public_id for _, public_id, its in result if its == owner])


def product_sources() -> list[str]:
    """Return the sources that have products in the shop; an empty one for those that were made there."""
    return sorted(set(Product.objects.order_by().values_list("source", flat=True).distinct()))


def shown_references(source: str) -> list[tuple[str, str]]:
    """Return (public id, reference) of the source's products that are not archived."""
    shown = Product.objects.filter(source=source).exclude(status=Status.ARCHIVED.value)
    return list(shown.order_by("pk").values_list("public_id", "reference"))


def count_shop_products(source: str) -> int:
    return Product.objects.filter(source=source).count()


def stored_pictures() -> dict[str, str]:
    """Return hash of the content → name in the storage, of every picture that is stored."""
    return dict(Picture.objects.values_list("digest", "file"))


def own_fields(product: Product) -> dict[str, Any]:
    """Return a product's own fields; tags and links are not among them.

    Its pictures are those that it shall have, fetched or not: a file that names them again changes nothing.
    """
    own: dict[str, Any] = {name: getattr(product, name) for name in _OWN}
    own["category"] = product.category.name if product.category and not product.category_is_default else ""
    own["warranty_years"] = to_json(product.warranty_years)
    own["fsa_hsa_eligible"] = product.fsa_hsa_eligible
    own["cautions"] = product.cautions
    own["media"] = [
        {"location": media.location, "alt": media.alt, "digest": known_digest(media)} for media in product.media.all()
    ]
    for assigned in product.attribute_values.all():
        own[ATTRIBUTE + assigned.value.attribute.said] = assigned.value.name
    return own


def known_digest(media: ProductMedia) -> str:
    """Return the hash that a file would state; none for an address, whose content no file knows."""
    if is_url(media.location):
        return ""
    return media.stated_digest if media.picture is None else media.picture.digest


def variants_of(products: Sequence[int]) -> tuple[Mapping[int, dict[str, dict[str, Any]]], Mapping[int, set[str]]]:
    """Return product key → what a variant is known by → fields, in the variants' order; and product key → those that
    have no reference."""
    result: dict[int, dict[str, dict[str, Any]]] = defaultdict(dict)
    nameless: dict[int, set[str]] = defaultdict(set)
    rows = ProductVariant.objects.filter(product_id__in=products).prefetch_related(
        "options__value__attribute", "prices__channel", "stocks__warehouse"
    )
    keys = keys_of(rows)
    for row in rows:
        fields: dict[str, Any] = {name: getattr(row, name) for name in VARIANT_COLUMNS}
        for option in row.options.all():
            fields[OPTION + option.value.attribute.said] = option.value.name
        for price in row.prices.all():
            fields[PRICE + price.channel.slug] = to_json(price.amount)
            fields[COMPARE_AT + price.channel.slug] = to_json(price.compare_at_amount)
        for stock in row.stocks.all():
            fields[STOCK + stock.warehouse.slug] = stock.quantity
        result[row.product_id][keys[row.pk]] = fields
        if not row.reference:
            nameless[row.product_id].add(keys[row.pk])
    return result, nameless


def load_variant_ids(public_ids: Iterable[str]) -> dict[str, dict[str, str]]:
    """Return product's id → what a variant is known by → variant's id."""
    rows = list(ProductVariant.objects.filter(product__public_id__in=list(public_ids)).select_related("product"))
    keys = keys_of(rows)
    result: dict[str, dict[str, str]] = defaultdict(dict)
    for row in rows:
        result[row.product.public_id][keys[row.pk]] = row.public_id
    return result


_TAG_COLUMNS = ("vocabulary", "term__slug", "origin", "score", "evidence")


def tags_of(rows: Iterable[tuple[int, str, str, str, float, list[dict[str, Any]]]]) -> dict[int, Tags]:
    """Return item key → its tags, from (key, vocabulary, slug, origin, score, evidence) in the tags' order."""
    lists: dict[int, dict[str, list[Tag]]] = defaultdict(lambda: defaultdict(list))
    for key, vocabulary, slug, origin, score, evidence in rows:
        tag = Tag(
            slug=slug,
            origin=Origin(origin),
            score=score,
            evidence=tuple(Evidence.model_validate(piece) for piece in evidence),
        )
        lists[key][TAG_LISTS[vocabulary]].append(tag)
    return {key: Tags.model_validate(result) for key, result in lists.items()}


def links_of(products: Sequence[int]) -> Mapping[int, list[GuideLink]]:
    result: dict[int, list[GuideLink]] = defaultdict(list)
    for row in GuideLinkRow.objects.filter(product_id__in=products).select_related("page"):
        result[row.product_id].append(
            GuideLink(
                guide=row.page.slug,
                role=LinkRole(row.role),
                origin=Origin(row.origin),
                score=row.score,
                reasons=tuple(row.reasons),
            )
        )
    return result


def bases_of(source: str, kind: ImportBase.Kind, references: Sequence[str]) -> dict[str, Fields]:
    return {
        row.reference: Fields.model_validate(row.fields)
        for row in ImportBase.objects.filter(source=source, kind=kind.value, reference__in=references)
    }


def load_shop_guides(source: str) -> list[ShopGuide]:
    """Return all guides of the shop, whatever their status, by slug."""
    pages = list(Page.objects.filter(page_type__slug=GUIDE_TYPE).order_by("slug"))
    tags = tags_of(PageTag.objects.filter(page__in=pages).values_list("page_id", *_TAG_COLUMNS))
    bases = bases_of(source, ImportBase.Kind.GUIDE, [page.slug for page in pages])
    return [
        ShopGuide(
            public_id=page.public_id,
            slug=page.slug,
            fields=Fields(own={name: to_json(getattr(page, name)) for name in GUIDE_COLUMNS}),
            tags=tags.get(page.pk, Tags()),
            base=bases.get(page.slug, Fields()),
        )
        for page in pages
    ]
