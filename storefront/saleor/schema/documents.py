"""What is asked of Saleor, word for word. Every document is valid against its schema (`tests/saleor`).

Queries are documents as they stand, those of whole lists in one frame. Mutations are `Call`s, since up to four of them
go in one document.
Neither `count` of a bulk mutation nor the `code` of its top errors is selected: where the whole request fails they are
null against a non-null type, and that hides the reason (seen on 3.23.28).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

DIGEST_KEY: Final = "knotwise.digest"
STATE_KEY: Final = "knotwise.state"
BASE_KEY: Final = "knotwise.base"
AREA_KEY: Final = "knotwise.area"

PAGE_INFO: Final = "pageInfo { hasNextPage endCursor }"


def _paged(name: str, connection: str, node: str, *, variable: str = "", narrowed: str = "") -> str:
    """Return a query that `Saleor.pages` can ask page by page: `node` is selected of each node of the connection."""
    variables = ", ".join(filter(None, (variable, "$first: Int!", "$after: String")))
    arguments = ", ".join(filter(None, ("first: $first, after: $after", narrowed)))
    return f"""
query {name}({variables}) {{
  {connection}({arguments}) {{
    edges {{ node {{ {node} }} }} {PAGE_INFO}
  }}
}}
"""


# The app -----------------------------------------------------------------------------------------------------------

OWN_WEBHOOKS: Final = """
query OwnWebhooks { app { permissions { code } webhooks { id identifier targetUrl subscriptionQuery isActive } } }
"""

# The shop ------------------------------------------------------------------------------------------------------------

# Before anything else, so that a token that is nobody's is told.
IDENTITY: Final = """
query Identity { app { id name permissions { code } } }
"""

SHOP: Final = """
query Shop {
  shop { version defaultWeightUnit }
  channels { id slug name currencyCode isActive }
}
"""

WAREHOUSES: Final = _paged(
    "Warehouses", "warehouses", "id slug name shippingZones(first: 20) { edges { node { id } } }"
)

CHANNEL_DETAILS: Final = """
query ChannelDetails {
  channels {
    slug
    warehouses { slug }
    availableShippingMethodsPerCountry { countryCode shippingMethods { id } }
  }
}
"""

PAYMENT_GATEWAYS: Final = """
query PaymentGateways($channel: String!) { shop { availablePaymentGateways(channel: $channel) { id name } } }
"""

COUNTRIES: Final = """
query Countries { shop { countries { code } } }
"""

# Needs MANAGE_CHANNELS or MANAGE_ORDERS, which nothing else here does.
UNPAID_ORDERS: Final = """
query UnpaidOrders { channels { slug orderSettings { allowUnpaidOrders } } }
"""

ATTRIBUTES: Final = _paged(
    "Attributes",
    "attributes",
    "id slug name type inputType entityType externalReference valueRequired"
    " referenceTypes(limit: 100) { __typename ... on PageType { id } ... on ProductType { id } }",
    variable="$slugs: [String!]!",
    narrowed="where: { slug: { oneOf: $slugs } }",
)

CHOICES: Final = f"""
query Choices($id: ID!, $first: Int!, $after: String) {{
  attribute(id: $id) {{
    choices(first: $first, after: $after) {{
      edges {{ node {{ id slug name externalReference }} }} {PAGE_INFO}
    }}
  }}
}}
"""

PRODUCT_TYPES: Final = _paged(
    "ProductTypes",
    "productTypes",
    "id slug name productAttributes { id slug name }"
    " assignedVariantAttributes { attribute { id slug name inputType } variantSelection }",
)
PAGE_TYPES: Final = _paged("PageTypes", "pageTypes", "id slug name attributes { id slug }")
CATEGORIES: Final = _paged("Categories", "categories", "id slug name level parent { id }")
CATEGORIES_WHOLE: Final = _paged("CategoriesWhole", "categories", "id slug name level description parent { id }")
COLLECTIONS: Final = _paged("Collections", "collections", f'id slug name area: privateMetafield(key: "{AREA_KEY}")')
COLLECTIONS_WHOLE: Final = _paged(
    "CollectionsWhole",
    "collections",
    "id slug name description channelListings { isPublished publishedAt channel { id } }"
    " products(first: 100, sortBy: { field: COLLECTION, direction: ASC })"
    f" {{ edges {{ node {{ id }} }} {PAGE_INFO} }}",
)

COLLECTION_PRODUCTS: Final = f"""
query CollectionProducts($id: ID!, $first: Int!, $after: String) {{
  collection(id: $id) {{
    products(first: $first, after: $after, sortBy: {{ field: COLLECTION, direction: ASC }}) {{
      edges {{ node {{ id }} }} {PAGE_INFO}
    }}
  }}
}}
"""

# As deep as menus are followed.
MENU_LEVELS: Final = 5
_LINE: Final = "id name url category { id } collection { id } page { id }"


def _lines(levels: int) -> str:
    return f"{_LINE} children {{ {_lines(levels - 1)} }}" if levels > 1 else _LINE


MENUS: Final = _paged("Menus", "menus", f"id slug name items {{ {_lines(MENU_LEVELS)} }}")

# Products ------------------------------------------------------------------------------------------------------------

# `attributes` and not `assignedAttributes`: only there has a value its `externalReference`.
PRODUCT_WHOLE: Final = f"""
fragment AssignedWhole on SelectedAttribute {{
  attribute {{ id slug name inputType }}
  values {{ id slug name externalReference plainText richText boolean date dateTime reference file {{ url }} }}
}}
fragment ProductWhole on Product {{
  id externalReference slug name description seoTitle seoDescription updatedAt
  category {{ id slug name }}
  productType {{ id slug name }}
  defaultVariant {{ id }}
  digest: privateMetafield(key: "{DIGEST_KEY}")
  state: privateMetafield(key: "{STATE_KEY}")
  base: privateMetafield(key: "{BASE_KEY}")
  attributes {{ ...AssignedWhole }}
  channelListings {{ id isPublished publishedAt visibleInListings isAvailableForPurchase channel {{ slug }} }}
  media {{ id alt type url(size: 0) content: privateMetafield(key: "{DIGEST_KEY}") }}
  variants {{
    id externalReference sku name updatedAt
    weight {{ unit value }}
    barcode: metafield(key: "barcode")
    attributes {{ ...AssignedWhole }}
    channelListings {{ id channel {{ slug currencyCode }} price {{ amount }} priorPrice {{ amount }} }}
    stocks {{ id quantity warehouse {{ slug }} }}
  }}
}}
"""

PRODUCTS_BY_ID: Final = f"""
query ProductsById($ids: [ID!]!, $first: Int!) {{
  products(first: $first, where: {{ ids: $ids }}) {{ edges {{ node {{ ...ProductWhole }} }} }}
}}
{PRODUCT_WHOLE}
"""

OUTLINE: Final = f"""
fragment Outline on Product {{ id externalReference updatedAt digest: privateMetafield(key: "{DIGEST_KEY}") }}
"""

OUTLINES_BY_ID: Final = f"""
query OutlinesById($ids: [ID!]!, $first: Int!) {{
  products(first: $first, where: {{ ids: $ids }}) {{ edges {{ node {{ ...Outline }} }} }}
}}
{OUTLINE}
"""

PRODUCT_IDS: Final = _paged("ProductIds", "products", "id")

VARIANT_IDS: Final = """
query VariantIds($ids: [ID!]!, $first: Int!) {
  products(first: $first, where: { ids: $ids }) {
    edges { node { id defaultVariant { id } variants { id externalReference } } }
  }
}
"""

# All that may change without `updatedAt`, and `updatedAt` for the rest; a part of `ProductWhole`.
PRINTS: Final = f"""{_paged("Prints", "products", "...ProductPrint")}
fragment ProductPrint on Product {{
  id updatedAt
  category {{ id }}
  channelListings {{ isPublished publishedAt visibleInListings isAvailableForPurchase channel {{ slug }} }}
  media {{ id alt }}
  variants {{
    id sku name updatedAt
    weight {{ unit value }}
    channelListings {{ channel {{ slug }} price {{ amount }} priorPrice {{ amount }} }}
    stocks {{ quantity warehouse {{ slug }} }}
  }}
}}
"""

# Of a value that was renamed: the products that have it.
_HAS_VALUE: Final = {
    "variable": "$slug: String!, $values: [String!]!",
    "narrowed": "where: { attributes: [{ slug: $slug, value: { slug: { oneOf: $values } } }] }",
}
WITH_VALUE: Final = _paged("WithValue", "products", "id", **_HAS_VALUE)
VARIANTS_WITH_VALUE: Final = _paged("VariantsWithValue", "productVariants", "product { id }", **_HAS_VALUE)

# Attributes with values to choose from, those of products and of pages.
CHOOSABLE: Final = _paged(
    "Choosable",
    "attributes",
    f"id slug type choices(first: 100) {{ edges {{ node {{ id slug name externalReference }} }} {PAGE_INFO} }}",
    narrowed="where: { inputType: { oneOf: [DROPDOWN, MULTISELECT, SWATCH] } }",
)

SKU_OWNERS: Final = _paged(
    "SkuOwners",
    "productVariants",
    "sku product { id }",
    variable="$skus: [String!]!",
    narrowed="filter: { sku: $skus }",
)

SLUGS_TAKEN: Final = """
query SlugsTaken($slugs: [String!]!, $first: Int!) {
  products(first: $first, where: { slug: { oneOf: $slugs } }) { edges { node { id slug } } }
}
"""

MEDIA_OF: Final = f"""
query MediaOf($id: ID!) {{
  product(id: $id) {{ id media {{ id alt type url(size: 0) content: privateMetafield(key: "{DIGEST_KEY}") }} }}
}}
"""

# Of orders that wait for their fulfilment. `quantityOrdered` is null here: only Saleor's sales report has it.
ALLOCATED: Final = """
query Allocated($ids: [ID!]!, $first: Int!) {
  products(first: $first, where: { ids: $ids }) { edges { node { variants { id stocks { quantityAllocated } } } } }
}
"""

# Needs MANAGE_ORDERS.
ORDERED: Final = _paged(
    "Ordered",
    "orders",
    "lines { quantity variant { id } }",
    variable="$since: DateTime!",
    narrowed="where: { updatedAt: { gte: $since } }",
)


def available_in(count: int) -> str:
    """Return a query of what is available of products ($ids) in so many channels ($c0, $c1 …), answered as a0, a1 …"""
    arguments = ", ".join(f"$c{number}: String!" for number in range(count))
    fields = "\n".join(
        f"  a{number}: products(first: $first, channel: $c{number}, where: {{ ids: $ids }}) {{ ...Available }}"
        for number in range(count)
    )
    return f"""
query AvailableIn($ids: [ID!]!, $first: Int!, {arguments}) {{
{fields}
}}
fragment Available on ProductCountableConnection {{ edges {{ node {{ variants {{ id quantityAvailable }} }} }} }}
"""


def outlines_by_reference(count: int) -> str:
    """Return a query of so many products by `externalReference` ($r0, $r1 …), answered as a0, a1 …; 100 at most."""
    arguments = ", ".join(f"$r{number}: String!" for number in range(count))
    fields = " ".join(f"a{number}: product(externalReference: $r{number}) {{ ...Outline }}" for number in range(count))
    return f"query OutlinesByReference({arguments}) {{ {fields} }}\n{OUTLINE}"


# Pages ---------------------------------------------------------------------------------------------------------------

_OF_TYPES: Final = {"variable": "$type: [ID!]!", "narrowed": "where: { pageType: { oneOf: $type } }"}

PAGES: Final = f"""{_paged("Pages", "pages", "...PageWhole", **_OF_TYPES)}
fragment PageWhole on Page {{
  id slug title content isPublished publishedAt
  privateMetadata {{ key value }}
  attributes {{
    attribute {{ id slug name inputType }}
    values {{ id slug name externalReference plainText richText boolean date dateTime reference file {{ url }} }}
  }}
}}
"""

GUIDE_TYPE: Final = """
query GuideType($slugs: [String!]!) {
  pageTypes(first: 1, filter: { slugs: $slugs }) { edges { node { id } } }
}
"""

# What a product's references may mean.
GUIDE_INDEX: Final = _paged("GuideIndex", "pages", "id slug", **_OF_TYPES)

PLAIN_PAGES: Final = _paged(
    "PlainPages", "pages", "id slug title content isPublished publishedAt pageType { id }", **_OF_TYPES
)

PAGES_BY_SLUG: Final = _paged(
    "PagesBySlug",
    "pages",
    "id slug pageType { slug }",
    variable="$slugs: [String!]!",
    narrowed="where: { slug: { oneOf: $slugs } }",
)

PLACES: Final = """
query Places($first: Int!) {
  channels { id slug name isActive defaultCountry { code } warehouses { id } }
  warehouses(first: $first) { edges { node { id name } } }
  shippingZones(first: $first) {
    edges {
      node { id name channels { id } shippingMethods { id name channelListings { channel { id } } } }
    }
  }
}
"""

# Mutations -----------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Mutation:
    """A field of Saleor's mutation type: its arguments with their types, and what is selected of its answer."""

    field: str
    arguments: Mapping[str, str]
    selection: str


@dataclass(frozen=True, slots=True)
class Call:
    """One mutation with the values of its arguments."""

    mutation: Mutation
    values: Mapping[str, Any]


_ERRORS = "errors { field code message }"
_PRODUCT_ERRORS = "errors { field code message attributes }"
_BULK_ERRORS = "errors { path field code message attributes channels warehouses }"
_VARIANT_RESULTS = f"results {{ productVariant {{ id sku externalReference }} {_BULK_ERRORS} }}"

PRODUCT_BULK_CREATE: Final = Mutation(
    "productBulkCreate",
    {"products": "[ProductBulkCreateInput!]!", "errorPolicy": "ErrorPolicyEnum"},
    "results { product { id externalReference } errors { path message attributes channels warehouses } }"
    " errors { path message }",
)
PRODUCT_UPDATE: Final = Mutation(
    "productUpdate", {"id": "ID!", "input": "ProductInput!"}, f"product {{ id }} {_PRODUCT_ERRORS}"
)
PRODUCT_LISTING_UPDATE: Final = Mutation(
    "productChannelListingUpdate",
    {"id": "ID!", "input": "ProductChannelListingUpdateInput!"},
    "product { id } errors { field code message channels variants }",
)
PRODUCT_BULK_DELETE: Final = Mutation("productBulkDelete", {"ids": "[ID!]!"}, f"count {_ERRORS}")
VARIANT_BULK_CREATE: Final = Mutation(
    "productVariantBulkCreate",
    {"product": "ID!", "variants": "[ProductVariantBulkCreateInput!]!", "errorPolicy": "ErrorPolicyEnum"},
    f"{_VARIANT_RESULTS} errors {{ field code message }}",
)
VARIANT_BULK_UPDATE: Final = Mutation(
    "productVariantBulkUpdate",
    {"product": "ID!", "variants": "[ProductVariantBulkUpdateInput!]!", "errorPolicy": "ErrorPolicyEnum"},
    f"{_VARIANT_RESULTS} errors {{ field code message }}",
)
VARIANT_SET_DEFAULT: Final = Mutation(
    "productVariantSetDefault", {"productId": "ID!", "variantId": "ID!"}, f"product {{ id }} {_PRODUCT_ERRORS}"
)
VARIANT_BULK_DELETE: Final = Mutation("productVariantBulkDelete", {"ids": "[ID!]!"}, f"count {_ERRORS}")
MEDIA_CREATE: Final = Mutation(
    "productMediaCreate", {"input": "ProductMediaCreateInput!"}, f"media {{ id }} {_PRODUCT_ERRORS}"
)
MEDIA_UPDATE: Final = Mutation(
    "productMediaUpdate", {"id": "ID!", "input": "ProductMediaUpdateInput!"}, f"media {{ id }} {_PRODUCT_ERRORS}"
)
MEDIA_DELETE: Final = Mutation("productMediaDelete", {"id": "ID!"}, _PRODUCT_ERRORS)
MEDIA_REORDER: Final = Mutation("productMediaReorder", {"productId": "ID!", "mediaIds": "[ID!]!"}, _PRODUCT_ERRORS)
PRIVATE_METADATA: Final = Mutation(
    "updatePrivateMetadata",
    {"id": "ID!", "input": "[MetadataInput!]!"},
    f"item {{ __typename }} {_ERRORS}",
)
DELETE_PRIVATE_METADATA: Final = Mutation(
    "deletePrivateMetadata",
    {"id": "ID!", "keys": "[String!]!"},
    f"item {{ __typename }} {_ERRORS}",
)
PAGE_CREATE: Final = Mutation(
    "pageCreate", {"input": "PageCreateInput!"}, "page { id slug } errors { field code message attributes }"
)
PAGE_UPDATE: Final = Mutation(
    "pageUpdate", {"id": "ID!", "input": "PageInput!"}, "page { id } errors { field code message attributes }"
)
PAGE_DELETE: Final = Mutation("pageDelete", {"id": "ID!"}, "errors { field code message }")
CATEGORY_CREATE: Final = Mutation(
    "categoryCreate", {"parent": "ID", "input": "CategoryInput!"}, f"category {{ id slug name }} {_ERRORS}"
)
COLLECTION_CREATE: Final = Mutation(
    "collectionCreate", {"input": "CollectionCreateInput!"}, f"collection {{ id slug name }} {_ERRORS}"
)
COLLECTION_ADD: Final = Mutation(
    "collectionAddProducts", {"collectionId": "ID!", "products": "[ID!]!"}, f"collection {{ id }} {_ERRORS}"
)
COLLECTION_REMOVE: Final = Mutation(
    "collectionRemoveProducts", {"collectionId": "ID!", "products": "[ID!]!"}, f"collection {{ id }} {_ERRORS}"
)
ATTRIBUTE_CREATE: Final = Mutation(
    "attributeCreate", {"input": "AttributeCreateInput!"}, f"attribute {{ id slug }} {_ERRORS}"
)
ATTRIBUTE_UPDATE: Final = Mutation(
    "attributeUpdate", {"id": "ID!", "input": "AttributeUpdateInput!"}, f"attribute {{ id }} {_ERRORS}"
)
VALUE_UPDATE: Final = Mutation(
    "attributeValueUpdate",
    {"id": "ID!", "input": "AttributeValueUpdateInput!"},
    f"attributeValue {{ id slug name externalReference }} {_ERRORS}",
)
VALUES_ADD: Final = Mutation(
    "attributeBulkUpdate",
    {"attributes": "[AttributeBulkUpdateInput!]!", "errorPolicy": "ErrorPolicyEnum"},
    "results { attribute { id } errors { path message code } } errors { path message }",
)
PRODUCT_TYPE_CREATE: Final = Mutation(
    "productTypeCreate", {"input": "ProductTypeInput!"}, f"productType {{ id slug }} {_ERRORS}"
)
PRODUCT_ATTRIBUTE_ASSIGN: Final = Mutation(
    "productAttributeAssign",
    {"productTypeId": "ID!", "operations": "[ProductAttributeAssignInput!]!"},
    f"productType {{ id }} {_ERRORS}",
)
PAGE_TYPE_CREATE: Final = Mutation(
    "pageTypeCreate", {"input": "PageTypeCreateInput!"}, f"pageType {{ id slug }} {_ERRORS}"
)
PAGE_TYPE_UPDATE: Final = Mutation(
    "pageTypeUpdate", {"id": "ID!", "input": "PageTypeUpdateInput!"}, f"pageType {{ id }} {_ERRORS}"
)

# An app may change its own webhooks without any permission.
WEBHOOK_CREATE: Final = Mutation("webhookCreate", {"input": "WebhookCreateInput!"}, _ERRORS)
WEBHOOK_UPDATE: Final = Mutation("webhookUpdate", {"id": "ID!", "input": "WebhookUpdateInput!"}, _ERRORS)

# By staff: opening a shop for sale is nothing that our app has the permissions for.
TOKEN_CREATE: Final = Mutation("tokenCreate", {"email": "String!", "password": "String!"}, f"token {_ERRORS}")
CHANNEL_UPDATE: Final = Mutation(
    "channelUpdate", {"id": "ID!", "input": "ChannelUpdateInput!"}, f"channel {{ id }} {_ERRORS}"
)
SHIPPING_ZONE_CREATE: Final = Mutation(
    "shippingZoneCreate", {"input": "ShippingZoneCreateInput!"}, f"shippingZone {{ id }} {_ERRORS}"
)
SHIPPING_PRICE_CREATE: Final = Mutation(
    "shippingPriceCreate", {"input": "ShippingPriceInput!"}, f"shippingMethod {{ id }} {_ERRORS}"
)
SHIPPING_LISTING_UPDATE: Final = Mutation(
    "shippingMethodChannelListingUpdate",
    {"id": "ID!", "input": "ShippingMethodChannelListingInput!"},
    f"shippingMethod {{ id }} {_ERRORS}",
)


def document_of(calls: Sequence[Call]) -> tuple[str, dict[str, Any]]:
    """Return a document of these mutations, done in this order and answered as m0, m1 …, and its variables; four at
    most.

    Each of them commits on its own: one that fails undoes none of the others.
    """
    arguments, fields, variables = [], [], {}
    for number, call in enumerate(calls):
        given = []
        for name, type_name in call.mutation.arguments.items():
            if name in call.values:
                variable = f"m{number}_{name}"
                arguments.append(f"${variable}: {type_name}")
                given.append(f"{name}: ${variable}")
                variables[variable] = call.values[name]
        fields.append(f"m{number}: {call.mutation.field}({', '.join(given)}) {{ {call.mutation.selection} }}")
    return f"mutation Write({', '.join(arguments)}) {{\n  " + "\n  ".join(fields) + "\n}", variables
