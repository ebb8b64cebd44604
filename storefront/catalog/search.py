"""Full-text search with what PostgreSQL brings: an index over each row's texts, and the reading of a query.

Words count by their stem; the last letters of a word may be missing ("ball trig" finds "Trigger
point ball"), as in Saleor. A name weighs most, then brand, tags and category, then the description.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from django.contrib.postgres.search import SearchQuery, SearchQueryCombinable
from django.db import connection

CONFIG = "english"
_WORD = re.compile(r"\w+", re.UNICODE)

# What is indexed of a product `p`, whose tags and variants are written before it.
PRODUCT_VECTOR = """
    setweight(to_tsvector('english', p.name), 'A')
    || setweight(to_tsvector('english', concat_ws(' ', p.brand, p.material, c.name, t.names, v.texts)), 'B')
    || setweight(to_tsvector('english', regexp_replace(p.description, '<[^>]*>', ' ', 'g')), 'C')
"""
PRODUCT_TEXTS = """
    LEFT JOIN catalog_category c ON c.id = p.category_id
    LEFT JOIN LATERAL (
        SELECT string_agg(term.name, ' ') AS names
        FROM catalog_producttag tag JOIN catalog_term term ON term.id = tag.term_id
        WHERE tag.product_id = p.id
    ) t ON true
    LEFT JOIN LATERAL (
        -- The parser takes the "-1" of "R-1" for a number; a SKU counts by its parts, as a query does.
        SELECT string_agg(concat_ws(' ', regexp_replace(variant.sku, '[^[:alnum:]]+', ' ', 'g'), variant.name), ' ')
            AS texts
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


def search_query(text: str) -> SearchQueryCombinable | None:
    """What a person typed as a query for the index: every word, each as a beginning. None if there is no word."""
    words = _WORD.findall(text)[:12]
    if not words:
        return None
    text = " & ".join(f"{word}:*" for word in words)
    # By their stems, or as they stand: "t" is the beginning of a word to whoever types, and no word to the stemmer.
    return SearchQuery(text, search_type="raw", config=CONFIG) | SearchQuery(text, search_type="raw", config="simple")
