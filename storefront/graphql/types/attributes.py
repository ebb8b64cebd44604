"""Attributes in Saleor's dialect: what a product, variant or page is for and made of, as Saleor shows the same."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import graphene
from django.conf import settings

from storefront.catalog.models import Attribute as AttributeRow
from storefront.catalog.models import AttributeValue as AttributeValueRow
from storefront.catalog.models import (
    Page,
    PageTag,
    PageType,
    Product,
    ProductTag,
    ProductType,
    ProductVariant,
    Vocabulary,
)
from storefront.catalog.public_ids import encode_public_id
from storefront.catalog.queries.terms import terms_of
from storefront.catalog.records import Caution, LinkRole, SourceCitation
from storefront.graphql.scalars import JSONString, rich_text
from storefront.graphql.types.interfaces import JSON, Node, ObjectWithMetadata, PositiveInt
from storefront.graphql.types.translations import (
    AttributeTranslation,
    AttributeValueTranslation,
    LanguageCodeEnum,
    no_translation,
    translated,
)
from storefront.saleor.read.values import cautions_text, sources_text
from storefront.saleor.schema import model
from storefront.saleor.schema.model import Input, Owner, Spec, value_reference

# Saleor gives no more of them at once.
MAX_LISTED = 100


@dataclass(frozen=True, slots=True)
class ShownAttribute:
    public_id: str
    slug: str
    name: str
    input: Input
    owner: Owner


@dataclass(frozen=True, slots=True)
class ShownValue:
    """A value of an attribute. `content`: the number, truth, date, text or page that it is."""

    attribute: ShownAttribute
    public_id: str
    slug: str
    name: str
    content: Any = None
    external_reference: str | None = None


@dataclass(frozen=True, slots=True)
class Assigned:
    """What something has for an attribute."""

    attribute: ShownAttribute
    values: Sequence[ShownValue]

    @property
    def first(self) -> ShownValue | None:
        return next(iter(self.values), None)


def product_attributes(product: Product, further: Sequence[AttributeValueRow]) -> list[Assigned]:
    """Return what a product with its details has: the attributes of Saleor's product type, then what files add."""
    words = {
        model.TARGET_AREAS: Vocabulary.AREA,
        model.TOOL_TYPE: Vocabulary.TOOL_TYPE,
        model.CONDITIONS: Vocabulary.CONDITION,
        model.CONTRAINDICATIONS: Vocabulary.CONTRAINDICATION,
    }
    contents = {
        model.CAUTIONS: cautions_of(product.cautions),
        model.BRAND: product.brand,
        model.MATERIAL: product.material,
        model.WARRANTY: product.warranty_years,
        model.FSA_HSA: product.fsa_hsa_eligible,
        model.FSA_HSA_CONDITION: product.fsa_hsa_condition,
    }
    pages = {
        model.GUIDE: [link.page for link in product.shown_links if link.role == LinkRole.PRIMARY.value],
        model.RELATED_GUIDES: [link.page for link in product.shown_links if link.role == LinkRole.RELATED.value],
    }
    is_ours = product.product_type.slug == settings.SALEOR_SLUGS[model.PRODUCT_TYPE]
    found = [
        assigned(spec, words, product.shown_tags, contents, pages)
        for spec in model.ATTRIBUTES
        if spec.owner == Owner.PRODUCT
    ]
    return [each for each in found if is_ours or each.values] + rows_assigned(further, Input.MULTISELECT)


def variant_attributes(variant: ProductVariant) -> list[Assigned]:
    """Return the options of a variant with its details."""
    return rows_assigned([option.value for option in variant.shown_options], Input.DROPDOWN)


def page_attributes(page: Page) -> list[Assigned]:
    """Return what a guide with its tags has; another page has none."""
    if page.page_type.slug != settings.SALEOR_SLUGS[model.PAGE_TYPE]:
        return []
    words = {
        model.GUIDE_AREAS: Vocabulary.AREA,
        model.GUIDE_TOOL_TYPES: Vocabulary.TOOL_TYPE,
        model.GUIDE_CONDITIONS: Vocabulary.CONDITION,
        model.GUIDE_TECHNIQUES: Vocabulary.TECHNIQUE,
    }
    contents = {
        model.GUIDE_SUMMARY: page.summary,
        model.GUIDE_CAUTIONS: cautions_of(page.cautions),
        model.GUIDE_SOURCES: sources_text([SourceCitation.model_validate(source) for source in page.sources]),
        model.GUIDE_REVIEWED_ON: page.reviewed_on,
    }
    specs = [spec for spec in model.ATTRIBUTES if spec.owner == Owner.PAGE]
    return [assigned(spec, words, page.shown_tags, contents, {}) for spec in specs]


def cautions_of(rows: Any) -> str:
    return cautions_text([Caution.model_validate(row) for row in rows])


def assigned(
    spec: Spec,
    words: dict[str, Vocabulary],
    tags: Sequence[ProductTag | PageTag],
    contents: dict[str, Any],
    pages: dict[str, list[Page]],
) -> Assigned:
    """Return what is there for one attribute of Saleor's types: words of a vocabulary, pages, or one content."""
    attribute = own_attribute(spec)
    if spec.key in words:
        named: list[tuple[str, str, Any]] = [(term.slug, term.name, None) for term in terms_of(tags, words[spec.key])]
    elif spec.key in pages:
        named = [(page.slug, page.title, page) for page in pages[spec.key]]
    else:
        content = contents[spec.key]
        text = content_name(attribute, content)
        # Saleor's slug of a free value is a number; the text itself can be filtered for.
        named = [(text[:255], text, content)] if text else []
    values = [
        ShownValue(
            attribute,
            encode_public_id("AttributeValue", f"{spec.key}:{slug}"),
            slug,
            name,
            content,
            external_reference=value_reference(spec.key, slug) if spec.vocabulary else None,
        )
        for slug, name, content in named
    ]
    return Assigned(attribute, values)


def content_name(attribute: ShownAttribute, content: Any) -> str:
    """Return what Saleor calls a value with this content; nothing where there is none."""
    if content is None or content == "":
        return ""
    return f"{attribute.name}: {'Yes' if content else 'No'}" if isinstance(content, bool) else str(content)


def own_attribute(spec: Spec) -> ShownAttribute:
    slug = settings.SALEOR_SLUGS[spec.key]
    return ShownAttribute(encode_public_id("Attribute", spec.key), slug, spec.name, spec.input, spec.owner)


def option_attribute(row: AttributeRow, input: Input = Input.DROPDOWN) -> ShownAttribute:
    """Return an attribute that has a row: an option of variants, unless `input` says otherwise."""
    return ShownAttribute(row.public_id, row.slug, row.name, input, Owner.PRODUCT)


def rows_assigned(values: Sequence[AttributeValueRow], input: Input) -> list[Assigned]:
    """Return values that have rows by their attributes, in their order."""
    by_attribute: dict[int, tuple[ShownAttribute, list[ShownValue]]] = {}
    for value in values:
        attribute, shown = by_attribute.setdefault(value.attribute_id, (option_attribute(value.attribute, input), []))
        shown.append(ShownValue(attribute, value.public_id, value.slug, value.name))
    return [Assigned(attribute, shown) for attribute, shown in by_attribute.values()]


# Types ----------------------------------------------------------------------------------------------------------------

AttributeInputTypeEnum = graphene.Enum.from_enum(
    Input, name="AttributeInputTypeEnum", description="What the values of an attribute are."
)


class AttributeTypeEnum(graphene.Enum):
    """What an attribute is for."""

    PRODUCT_TYPE = "PRODUCT_TYPE"
    PAGE_TYPE = "PAGE_TYPE"
    CUSTOMER_TYPE = "CUSTOMER_TYPE"


class AttributeEntityTypeEnum(graphene.Enum):
    """What the values of an attribute refer to."""

    PAGE = "PAGE"
    PRODUCT = "PRODUCT"
    PRODUCT_VARIANT = "PRODUCT_VARIANT"
    CATEGORY = "CATEGORY"
    COLLECTION = "COLLECTION"


class VariantAttributeScope(graphene.Enum):
    """Which attributes of variants: those by which a shopper chooses one, or the others."""

    ALL = "ALL"
    VARIANT_SELECTION = "VARIANT_SELECTION"
    NOT_VARIANT_SELECTION = "NOT_VARIANT_SELECTION"


WITH_CHOICES = frozenset({Input.DROPDOWN, Input.MULTISELECT, Input.SWATCH})
REFERENCES = frozenset({Input.REFERENCE, Input.SINGLE_REFERENCE})


class Attribute(graphene.ObjectType):
    id = graphene.ID(required=True, source="public_id")
    name = graphene.String(required=True)
    slug = graphene.String(required=True)
    input_type = graphene.Field(AttributeInputTypeEnum, source="input")
    entity_type = graphene.Field(AttributeEntityTypeEnum)
    type = graphene.Field(AttributeTypeEnum, required=True)
    with_choices = graphene.Boolean(required=True)
    value_required = graphene.Boolean(required=True)
    visible_in_storefront = graphene.Boolean(required=True)
    translation = translated(AttributeTranslation)
    external_reference = graphene.String()

    class Meta:
        interfaces = (Node, ObjectWithMetadata)

    @staticmethod
    def resolve_entity_type(root: ShownAttribute, info: graphene.ResolveInfo) -> str | None:
        return "PAGE" if root.input in REFERENCES else None

    @staticmethod
    def resolve_type(root: ShownAttribute, info: graphene.ResolveInfo) -> str:
        return root.owner.value

    @staticmethod
    def resolve_with_choices(root: ShownAttribute, info: graphene.ResolveInfo) -> bool:
        return root.input in WITH_CHOICES

    @staticmethod
    def resolve_value_required(root: ShownAttribute, info: graphene.ResolveInfo) -> bool:
        return False

    @staticmethod
    def resolve_visible_in_storefront(root: ShownAttribute, info: graphene.ResolveInfo) -> bool:
        return True


class File(graphene.ObjectType):
    url = graphene.String(required=True)
    content_type = graphene.String()


def content_for(*inputs: Input) -> Callable[[ShownValue, graphene.ResolveInfo], Any]:
    """Return what resolves a field that only values of these kinds have."""
    return lambda root, info: root.content if root.attribute.input in inputs else None


class AttributeValue(graphene.ObjectType):
    id = graphene.ID(required=True, source="public_id")
    name = graphene.String()
    slug = graphene.String()
    value = graphene.String(resolver=lambda root, info: "")
    translation = translated(AttributeValueTranslation)
    input_type = graphene.Field(AttributeInputTypeEnum)
    reference = graphene.ID()
    file = graphene.Field(File)
    rich_text = JSONString()
    plain_text = graphene.String(resolver=content_for(Input.PLAIN_TEXT))
    boolean = graphene.Boolean(resolver=content_for(Input.BOOLEAN))
    date = graphene.Date(resolver=content_for(Input.DATE))
    date_time = graphene.DateTime(resolver=content_for(Input.DATE_TIME))
    external_reference = graphene.String()

    class Meta:
        interfaces = (Node,)

    @staticmethod
    def resolve_input_type(root: ShownValue, info: graphene.ResolveInfo) -> Input:
        return root.attribute.input

    @staticmethod
    def resolve_reference(root: ShownValue, info: graphene.ResolveInfo) -> str | None:
        return root.content.public_id if root.attribute.input in REFERENCES else None

    @staticmethod
    def resolve_rich_text(root: ShownValue, info: graphene.ResolveInfo) -> dict[str, Any] | None:
        return rich_text(root.content) if root.attribute.input == Input.RICH_TEXT else None


class SelectedAttribute(graphene.ObjectType):
    """An attribute and all its values, whatever they are."""

    attribute = graphene.Field(Attribute, required=True)
    values = graphene.List(graphene.NonNull(AttributeValue), required=True)


class AssignedAttribute(graphene.Interface):
    """An attribute and what is there for it; each kind of attribute has its type."""

    attribute = graphene.Field(Attribute, required=True)

    @classmethod
    def resolve_type(cls, root: Assigned, info: graphene.ResolveInfo) -> Any:
        return ASSIGNED[root.attribute.input]


def first_content(root: Assigned, info: graphene.ResolveInfo) -> Any:
    return root.first.content if root.first else None


def first_value(root: Assigned, info: graphene.ResolveInfo) -> ShownValue | None:
    return root.first


def all_values(root: Assigned, info: graphene.ResolveInfo, limit: int = MAX_LISTED) -> Sequence[ShownValue]:
    return root.values[: min(limit, MAX_LISTED)]


def all_contents(root: Assigned, info: graphene.ResolveInfo, limit: int = MAX_LISTED) -> list[Any]:
    return [value.content for value in all_values(root, info, limit)]


def limited(node: Any, resolver: Any) -> graphene.Field:
    """Return a list with Saleor's `limit` in place of pages."""
    limit = graphene.Argument(PositiveInt, default_value=MAX_LISTED)
    return graphene.Field(graphene.NonNull(graphene.List(graphene.NonNull(node))), limit=limit, resolver=resolver)


def untranslated(into: Any) -> graphene.Field:
    language = graphene.Argument(LanguageCodeEnum, required=True)
    return graphene.Field(into, language_code=language, resolver=no_translation)


class AssignedChoiceAttributeValue(graphene.ObjectType):
    name = graphene.String()
    slug = graphene.String()
    translation = untranslated(graphene.String)


class AssignedSwatchAttributeValue(graphene.ObjectType):
    name = graphene.String()
    slug = graphene.String()
    hex_color = graphene.String()
    file = graphene.Field(File)
    translation = untranslated(graphene.String)


def assigned_type(name: str, value: graphene.Field, **more: graphene.Field) -> type[graphene.ObjectType]:
    meta = type("Meta", (), {"interfaces": (AssignedAttribute,)})
    return type(f"Assigned{name}Attribute", (graphene.ObjectType,), {"value": value, **more, "Meta": meta})


def plain(of: Any) -> graphene.Field:
    return graphene.Field(of, resolver=first_content)


def described_text(root: Assigned, info: graphene.ResolveInfo) -> dict[str, Any] | None:
    return rich_text(root.first.content) if root.first else None


ASSIGNED = {
    Input.DROPDOWN: assigned_type("SingleChoice", graphene.Field(AssignedChoiceAttributeValue, resolver=first_value)),
    Input.MULTISELECT: assigned_type("MultiChoice", limited(AssignedChoiceAttributeValue, all_values)),
    Input.SWATCH: assigned_type("Swatch", graphene.Field(AssignedSwatchAttributeValue, resolver=first_value)),
    Input.PLAIN_TEXT: assigned_type("PlainText", plain(graphene.String), translation=untranslated(graphene.String)),
    Input.RICH_TEXT: assigned_type(
        "Text", graphene.Field(JSON, resolver=described_text), translation=untranslated(JSON)
    ),
    Input.NUMERIC: assigned_type("Numeric", plain(graphene.Float)),
    Input.BOOLEAN: assigned_type("Boolean", plain(graphene.Boolean)),
    Input.DATE: assigned_type("Date", plain(graphene.Date)),
    Input.DATE_TIME: assigned_type("DateTime", plain(graphene.DateTime)),
    Input.FILE: assigned_type("File", plain(File)),
    Input.SINGLE_REFERENCE: assigned_type("SinglePageReference", plain("storefront.graphql.types.pages.Page")),
    Input.REFERENCE: assigned_type("MultiPageReference", limited("storefront.graphql.types.pages.Page", all_contents)),
}
# Nothing here refers to these; the documents of Saleor's clients may name them.
REFERENCED = {
    "Product": "storefront.graphql.types.products.Product",
    "ProductVariant": "storefront.graphql.types.variants.ProductVariant",
    "Category": "storefront.graphql.types.categories.Category",
    "Collection": "storefront.graphql.types.collections.Collection",
}
ASSIGNED_TYPES = [
    *ASSIGNED.values(),
    *(assigned_type(f"Single{name}Reference", plain(path)) for name, path in REFERENCED.items()),
    *(assigned_type(f"Multi{name}Reference", limited(path, all_contents)) for name, path in REFERENCED.items()),
]


class ObjectWithAttributes(graphene.Interface):
    """What has attributes. A type says in `attributes_of` which."""

    assigned_attribute = graphene.Field(AssignedAttribute, slug=graphene.String(required=True))
    assigned_attributes = limited(AssignedAttribute, None)

    @staticmethod
    def resolve_assigned_attribute(root: Any, info: graphene.ResolveInfo, slug: str) -> Assigned | None:
        return find_attribute(root, info, slug)

    @staticmethod
    def resolve_assigned_attributes(root: Any, info: graphene.ResolveInfo, limit: int = MAX_LISTED) -> list[Assigned]:
        return attributes_of(root, info)[: min(limit, MAX_LISTED)]


def attributes_of(root: Any, info: graphene.ResolveInfo) -> list[Assigned]:
    found: list[Assigned] = info.parent_type.graphene_type.attributes_of(root, info.context)
    return found


def find_attribute(root: Any, info: graphene.ResolveInfo, slug: str) -> Assigned | None:
    return next((each for each in attributes_of(root, info) if each.attribute.slug == slug), None)


class WithAttributes:
    """Part of a type with attributes: Saleor's older fields."""

    attribute = graphene.Field(
        SelectedAttribute,
        slug=graphene.String(required=True),
        deprecation_reason="Use `assignedAttribute`.",
        resolver=find_attribute,
    )
    attributes = graphene.List(
        graphene.NonNull(SelectedAttribute),
        required=True,
        deprecation_reason="Use `assignedAttributes`.",
        resolver=attributes_of,
    )


def are_options_in(scope: Any) -> bool:
    """Return whether a scope has options: a shopper chooses a variant by each of them."""
    return scope != VariantAttributeScope.NOT_VARIANT_SELECTION


def page_type_attributes(page_type: PageType) -> list[ShownAttribute]:
    is_ours = page_type.slug == settings.SALEOR_SLUGS[model.PAGE_TYPE]
    return [own_attribute(spec) for spec in model.ATTRIBUTES if is_ours and spec.owner == Owner.PAGE]


def product_type_attributes(product_type: ProductType) -> list[ShownAttribute]:
    is_ours = product_type.slug == settings.SALEOR_SLUGS[model.PRODUCT_TYPE]
    return [own_attribute(spec) for spec in model.ATTRIBUTES if is_ours and spec.owner == Owner.PRODUCT]
