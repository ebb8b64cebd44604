"""The index for full-text search, over each row's texts; `queries.search` asks it.

A name weighs most, then brand, tags and category, then the description.
"""

from __future__ import annotations

from collections.abc import Sequence

from django.db import connection

# What is indexed of a product `p`, whose tags and variants are written before it.
PRODUCT_VECTOR = """
    setweight(to_tsvector('english', p.name), 'A')
    || setweight(to_tsvector('english', concat_ws(' ', p.brand, p.material, c.name, t.names, v.texts)), 'B')
    || setweight(to_tsvector('english', regexp_replace(p.description, '<[^>]*>', ' ', 'g')), 'C')
"""
PRODUCT_TEXTS = """
    LEFT JOIN catalog_category c ON c.id = p.category_id
    LEFT JOIN LATERAL (
        SELECT string_agg(term.name, ' ' ORDER BY tag.vocabulary, tag.position) AS names
        FROM catalog_producttag tag JOIN catalog_term term ON term.id = tag.term_id
        -- Where a tool must not be used is nothing that it is found by.
        WHERE tag.product_id = p.id AND tag.vocabulary <> 'contraindication'
    ) t ON true
    LEFT JOIN LATERAL (
        -- The parser takes the "-1" of "R-1" for a number; a SKU counts by its parts, as a query does.
        SELECT string_agg(
            concat_ws(' ', regexp_replace(variant.sku, '[^[:alnum:]]+', ' ', 'g'), variant.name), ' '
            ORDER BY variant.position, variant.id
        ) AS texts
        FROM catalog_productvariant variant WHERE variant.product_id = p.id
    ) v ON true
"""
_INDEX_PRODUCTS = f"""
UPDATE catalog_product SET search = texts.search
FROM (SELECT p.id, {PRODUCT_VECTOR} AS search FROM catalog_product p {PRODUCT_TEXTS} WHERE p.id = ANY(%s)) texts
WHERE catalog_product.id = texts.id
"""  # noqa: S608 - constants of this module

_INDEX_PAGES = """
UPDATE catalog_page SET search =
    setweight(to_tsvector('english', title), 'A')
    || setweight(to_tsvector('english', summary), 'B')
    || setweight(to_tsvector('english', body), 'C')
WHERE id = ANY(%s)
"""


def index_products(keys: Sequence[int]) -> None:
    """Renew the index of these products; call it in the transaction that wrote them."""
    with connection.cursor() as cursor:
        cursor.execute(_INDEX_PRODUCTS, [list(keys)])


def index_pages(keys: Sequence[int]) -> None:
    """Renew the index of these pages; call it in the transaction that wrote them."""
    with connection.cursor() as cursor:
        cursor.execute(_INDEX_PAGES, [list(keys)])
