"""The schema: Saleor's root fields for what is sold, and ours for what it is for."""

from __future__ import annotations

import graphene

from storefront.graphql.types.areas import AreaQueries
from storefront.graphql.types.attributes import ASSIGNED_TYPES
from storefront.graphql.types.categories import CategoryQueries
from storefront.graphql.types.collections import CollectionQueries
from storefront.graphql.types.menus import MenuQueries
from storefront.graphql.types.pages import PageQueries
from storefront.graphql.types.products import ProductQueries
from storefront.graphql.types.shop import ShopQueries
from storefront.graphql.types.variants import VariantQueries


# graphene lists the fields of the last base first.
class Query(
    AreaQueries,
    ShopQueries,
    MenuQueries,
    CollectionQueries,
    CategoryQueries,
    PageQueries,
    VariantQueries,
    ProductQueries,
    graphene.ObjectType,
):
    pass


schema = graphene.Schema(query=Query, types=ASSIGNED_TYPES)
