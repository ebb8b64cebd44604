"""What people do to a shop in its dashboard, as far as tests need it: documents beside those of ours.

They are ordinary GraphQL, so that a test may do the same to the fake and to a real Saleor.
"""

from __future__ import annotations

from typing import Final

from storefront.saleor.schema.documents import Mutation

_ERRORS = "errors { field code message }"

PRODUCT: Final = """
query Product($id: ID, $slug: String, $externalReference: String, $channel: String) {
  product(id: $id, slug: $slug, externalReference: $externalReference, channel: $channel) {
    id slug name updatedAt privateMetadata { key value } metadata { key value } collections { id slug }
    media { id alt url type sortOrder }
    variants { id sku updatedAt }
  }
}
"""
PRODUCT_PUBLIC: Final = """
query ProductPublic($id: ID!, $channel: String) { product(id: $id, channel: $channel) { id slug name } }
"""
PAGE: Final = """
query Page($id: ID, $slug: String) {
  page(id: $id, slug: $slug) {
    id slug title content isPublished privateMetadata { key value }
    attributes { attribute { slug } values { id slug name externalReference reference } }
  }
}
"""

PRODUCT_DELETE: Final = Mutation(
    "productDelete", {"id": "ID", "externalReference": "String"}, f"product {{ id }} {_ERRORS}"
)
VARIANT_UPDATE: Final = Mutation(
    "productVariantUpdate",
    {"id": "ID", "sku": "String", "input": "ProductVariantInput!"},
    f"productVariant {{ id }} {_ERRORS}",
)
PRICE_UPDATE: Final = Mutation(
    "productVariantChannelListingUpdate",
    {"id": "ID", "input": "[ProductVariantChannelListingAddInput!]!"},
    f"variant {{ id }} {_ERRORS}",
)
STOCKS_UPDATE: Final = Mutation(
    "productVariantStocksUpdate",
    {"variantId": "ID", "stocks": "[StockInput!]!"},
    f"productVariant {{ id }} {_ERRORS}",
)
PRODUCT_TYPE_DELETE: Final = Mutation("productTypeDelete", {"id": "ID!"}, _ERRORS)
PAGE_TYPE_DELETE: Final = Mutation("pageTypeDelete", {"id": "ID!"}, _ERRORS)
ATTRIBUTE_DELETE: Final = Mutation("attributeDelete", {"id": "ID", "externalReference": "String"}, _ERRORS)
VALUE_DELETE: Final = Mutation("attributeValueDelete", {"id": "ID", "externalReference": "String"}, _ERRORS)
CATEGORY_DELETE: Final = Mutation("categoryDelete", {"id": "ID!"}, _ERRORS)
COLLECTION_DELETE: Final = Mutation("collectionDelete", {"id": "ID!"}, _ERRORS)
CATEGORY_UPDATE: Final = Mutation(
    "categoryUpdate", {"id": "ID!", "input": "CategoryInput!"}, f"category {{ id slug name }} {_ERRORS}"
)
COLLECTION_UPDATE: Final = Mutation(
    "collectionUpdate", {"id": "ID!", "input": "CollectionInput!"}, f"collection {{ id slug }} {_ERRORS}"
)
COLLECTION_LISTING: Final = Mutation(
    "collectionChannelListingUpdate",
    {"id": "ID!", "input": "CollectionChannelListingUpdateInput!"},
    f"collection {{ id }} {_ERRORS}",
)
COLLECTION_REORDER: Final = Mutation(
    "collectionReorderProducts",
    {"collectionId": "ID!", "moves": "[MoveProductInput!]!"},
    f"collection {{ id }} {_ERRORS}",
)
VALUE_CREATE: Final = Mutation(
    "attributeValueCreate",
    {"attribute": "ID!", "input": "AttributeValueCreateInput!"},
    f"attributeValue {{ id slug name externalReference }} {_ERRORS}",
)
# An app needs MANAGE_MENUS for these; nothing of ours does.
MENU_CREATE: Final = Mutation("menuCreate", {"input": "MenuCreateInput!"}, f"menu {{ id slug }} {_ERRORS}")
MENU_UPDATE: Final = Mutation("menuUpdate", {"id": "ID!", "input": "MenuInput!"}, f"menu {{ id slug }} {_ERRORS}")
MENU_DELETE: Final = Mutation("menuDelete", {"id": "ID!"}, _ERRORS)
ITEM_CREATE: Final = Mutation("menuItemCreate", {"input": "MenuItemCreateInput!"}, f"menuItem {{ id name }} {_ERRORS}")
ITEM_UPDATE: Final = Mutation(
    "menuItemUpdate", {"id": "ID!", "input": "MenuItemInput!"}, f"menuItem {{ id name }} {_ERRORS}"
)
ITEM_MOVE: Final = Mutation(
    "menuItemMove", {"menu": "ID!", "moves": "[MenuItemMoveInput!]!"}, f"menu {{ id }} {_ERRORS}"
)
ITEM_DELETE: Final = Mutation("menuItemDelete", {"id": "ID!"}, _ERRORS)
METADATA: Final = Mutation(
    "updateMetadata", {"id": "ID!", "input": "[MetadataInput!]!"}, f"item {{ __typename }} {_ERRORS}"
)
CHANNEL_CREATE: Final = Mutation(
    "channelCreate", {"input": "ChannelCreateInput!"}, f"channel {{ id slug currencyCode }} {_ERRORS}"
)
CHANNEL_UPDATE: Final = Mutation(
    "channelUpdate", {"id": "ID!", "input": "ChannelUpdateInput!"}, f"channel {{ id slug }} {_ERRORS}"
)
CHANNEL_DELETE: Final = Mutation("channelDelete", {"id": "ID!"}, _ERRORS)
WAREHOUSE_CREATE: Final = Mutation(
    "createWarehouse", {"input": "WarehouseCreateInput!"}, f"warehouse {{ id slug }} {_ERRORS}"
)
WAREHOUSE_UPDATE: Final = Mutation(
    "updateWarehouse", {"id": "ID", "input": "WarehouseUpdateInput!"}, f"warehouse {{ id slug }} {_ERRORS}"
)
WAREHOUSE_DELETE: Final = Mutation("deleteWarehouse", {"id": "ID!"}, _ERRORS)

QUERIES: Final = (PRODUCT, PRODUCT_PUBLIC, PAGE)
MUTATIONS: Final = tuple(value for value in list(globals().values()) if isinstance(value, Mutation))
