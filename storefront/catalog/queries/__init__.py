"""Everything that is read of the shop, one module a thing.

Only what may be shown goes out: active products with a price in the channel, active pages; `reviews` alone looks at
what is not shown yet. Functions return rows with what their readers need already fetched. Import from the module that
has the thing.
"""

__all__ = [
    "areas",
    "attributes",
    "availability",
    "cards",
    "categories",
    "channels",
    "collections",
    "counts",
    "facets",
    "guides",
    "lookups",
    "menus",
    "pages",
    "product_conditions",
    "products",
    "reviews",
    "safety",
    "search",
    "terms",
    "variants",
    "version",
]
