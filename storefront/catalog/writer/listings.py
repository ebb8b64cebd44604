"""The read model: what lists, counts and facets are answered from, derived of the rows that products are written in.

It is renewed in the transaction that changed the products, for all of them by a few statements. No column of it depends
on the clock: what a date decides (guides, collections) is asked of the rows that have the date.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Sequence
from typing import Any

from django.conf import settings
from django.db import connection, transaction

from storefront.catalog.facets import ALL, IN_STOCK, MAX_OPTION, PRICE_BANDS, SOLD_OUT
from storefront.catalog.keep_off import areas_kept_off
from storefront.catalog.keyset import batched
from storefront.catalog.models import CatalogVersion, Page, Product
from storefront.catalog.records import Status
from storefront.catalog.taxonomy import Taxonomy, load_taxonomy
from storefront.catalog.writer.search_index import index_pages, index_products

AT_ONCE = 1000
REBUILT_AT_ONCE = 500
# So many changes of counts are kept before they are added up.
UNADDED = 3000
# Of all that take locks by number in this database; any number will do.
ADDING = 7_021_002

_DELETE = f"""
WITH offers AS (
    DELETE FROM catalog_areaoffer WHERE product_id = ANY(%(products)s)
), listed AS (
    DELETE FROM catalog_productlisting WHERE product_id = ANY(%(products)s) RETURNING channel_id, facets
)
SELECT channel_id, facet, count(*) FROM listed, unnest(facets || '{ALL}'::text) AS facet GROUP BY 1, 2
"""  # noqa: S608 - constants of this module

_INSERT = f"""
WITH RECURSIVE above (area_id, above_id, distance) AS (
    SELECT id, id, 0 FROM catalog_term WHERE vocabulary = 'area'
    UNION ALL
    SELECT above.area_id, term.parent_id, above.distance + 1
    FROM above JOIN catalog_term term ON term.id = above.above_id WHERE term.parent_id IS NOT NULL
), kept_off AS (
    SELECT * FROM unnest(%(kept_off)s::bigint[], %(kept_off_areas)s::text[]) AS kept_off (product_id, slug)
), offered AS MATERIALIZED (
    SELECT tag.product_id, above.above_id AS area_id, min(above.distance) AS distance
    FROM catalog_producttag tag
    JOIN catalog_term term ON term.id = tag.term_id
    JOIN above ON above.area_id = tag.term_id
    LEFT JOIN kept_off ON kept_off.product_id = tag.product_id AND kept_off.slug = term.slug
    WHERE tag.product_id = ANY(%(products)s) AND kept_off.slug IS NULL
    GROUP BY 1, 2
), sold AS MATERIALIZED (
    SELECT variant.id AS variant_id, variant.product_id, price.channel_id, price.amount, price.compare_at_amount,
        -- With Saleor it says what can be had in the channel; else that is the stock of what the channel sells.
        coalesce(price.available, (SELECT sum(quantity) FROM catalog_stock WHERE variant_id = variant.id), 0) AS units
    FROM catalog_productvariant variant JOIN catalog_variantprice price ON price.variant_id = variant.id
    WHERE variant.product_id = ANY(%(products)s)
), priced AS (
    SELECT product_id, channel_id, min(amount) AS price_start, max(amount) AS price_stop,
        max(compare_at_amount) AS compare_at_stop, sum(units) AS units
    FROM sold GROUP BY 1, 2
), of_product AS (
    SELECT product_id, array_agg(facet ORDER BY facet) AS facets FROM (
        SELECT offered.product_id, 'area:' || term.slug AS facet
        FROM offered JOIN catalog_term term ON term.id = offered.area_id
        UNION ALL
        SELECT tag.product_id, tag.vocabulary || ':' || term.slug
        FROM catalog_producttag tag JOIN catalog_term term ON term.id = tag.term_id
        WHERE tag.product_id = ANY(%(products)s) AND tag.vocabulary IN ('tool_type', 'condition')
    ) facets GROUP BY 1
), of_variants AS (
    SELECT sold.product_id, sold.channel_id,
        array_agg(DISTINCT 'option:' || attribute.key || '=' || value.name) AS facets
    FROM sold
    JOIN catalog_variantoption option ON option.variant_id = sold.variant_id
    JOIN catalog_attributevalue value ON value.id = option.value_id AND length(value.name) <= {MAX_OPTION}
    JOIN catalog_attribute attribute ON attribute.id = value.attribute_id
    GROUP BY 1, 2
), kept_off_of AS (
    SELECT product_id, array_agg(slug ORDER BY slug) AS slugs FROM kept_off GROUP BY 1
), listed AS (
    INSERT INTO catalog_productlisting (product_id, channel_id, price_start, price_stop, compare_at_stop, units,
        facets, keeps_off)
    SELECT item.id, priced.channel_id, priced.price_start, priced.price_stop, priced.compare_at_stop, priced.units,
        array_remove(ARRAY[
            'brand:' || nullif(item.brand, ''),
            'material:' || nullif(item.material, ''),
            'fsa:' || CASE WHEN item.fsa_hsa_eligible THEN 'yes' WHEN NOT item.fsa_hsa_eligible THEN 'no' END,
            'stock:' || CASE WHEN priced.units > 0 THEN '{IN_STOCK}' ELSE '{SOLD_OUT}' END,
            'price:' || (SELECT max(band) FROM unnest(%(bands)s::int[]) AS band WHERE band <= priced.price_start)
        ], NULL) || coalesce(of_product.facets, '{{}}') || coalesce(of_variants.facets, '{{}}'),
        coalesce(kept_off_of.slugs, '{{}}')
    FROM catalog_product item
    JOIN priced ON priced.product_id = item.id
    LEFT JOIN of_product ON of_product.product_id = item.id
    LEFT JOIN of_variants ON of_variants.product_id = item.id AND of_variants.channel_id = priced.channel_id
    LEFT JOIN kept_off_of ON kept_off_of.product_id = item.id
    WHERE item.id = ANY(%(products)s) AND item.status = %(active)s AND NOT EXISTS (
        SELECT 1 FROM catalog_unlisted unlisted
        WHERE unlisted.product_id = item.id AND unlisted.channel_id = priced.channel_id
    )
    RETURNING product_id, channel_id, facets
), offers AS (
    INSERT INTO catalog_areaoffer (product_id, channel_id, area_id, distance, name)
    SELECT listed.product_id, listed.channel_id, offered.area_id, offered.distance, item.name
    FROM listed
    JOIN offered ON offered.product_id = listed.product_id
    JOIN catalog_product item ON item.id = listed.product_id
)
SELECT channel_id, facet, count(*) FROM listed, unnest(facets || '{ALL}'::text) AS facet GROUP BY 1, 2
"""  # noqa: S608 - constants of this module

_ADD_UP = """
WITH gone AS (DELETE FROM catalog_facetcount RETURNING channel_id, facet, number)
INSERT INTO catalog_facetcount (channel_id, facet, number, is_sum)
SELECT channel_id, facet, sum(number), true FROM gone GROUP BY 1, 2 HAVING sum(number) <> 0
"""

_RECOUNT = f"""
WITH gone AS (DELETE FROM catalog_facetcount)
INSERT INTO catalog_facetcount (channel_id, facet, number, is_sum)
SELECT channel_id, facet, count(*), true FROM catalog_productlisting, unnest(facets || '{ALL}'::text) AS facet
GROUP BY 1, 2
"""  # noqa: S608 - constants of this module

Counts = Counter[tuple[int, str]]


@transaction.atomic
def refresh_listings(products: Collection[int]) -> None:
    """Renew the read model of these products; call it in the transaction that wrote them, once they are whole.

    The products are locked, so that of two writers the second derives from what the first wrote.
    """
    for keys in batched(sorted(set(products)), AT_ONCE):
        list(Product.objects.select_for_update(no_key=True).filter(pk__in=keys).order_by("pk").values_list("pk"))
        changes = deleted_listings(keys)
        kept_off = [(key, slug) for key, slugs in areas_kept_off(keys).items() for slug in slugs]
        parameters: dict[str, Any] = {
            "products": keys,
            "kept_off": [key for key, _ in kept_off],
            "kept_off_areas": [slug for _, slug in kept_off],
            "bands": list(PRICE_BANDS),
            "active": Status.ACTIVE.value,
        }
        with connection.cursor() as cursor:
            cursor.execute(_INSERT, parameters)
            changes.update({(channel, facet): number for channel, facet, number in cursor.fetchall()})
        add_counts(changes)


def drop_listings(products: Sequence[int]) -> None:
    """Take products out of the read model; call it before they are deleted."""
    if products:
        add_counts(deleted_listings(products))


def deleted_listings(products: Sequence[int]) -> Counts:
    """Delete the rows of products; return what that does to the counts."""
    with connection.cursor() as cursor:
        cursor.execute(_DELETE, {"products": list(products)})
        return Counter({(channel, facet): -number for channel, facet, number in cursor.fetchall()})


def add_counts(changes: Counts) -> None:
    """Note changes of counts. Now and then all are added up, by whom nobody else is at it."""
    rows = [(channel, facet, number) for (channel, facet), number in sorted(changes.items()) if number]
    if not rows:
        return
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO catalog_facetcount (channel_id, facet, number, is_sum) "
            "SELECT *, false FROM unnest(%s::bigint[], %s::text[], %s::int[])",
            [list(column) for column in zip(*rows, strict=True)],
        )
        cursor.execute(
            "SELECT CASE WHEN count(*) > %s THEN pg_try_advisory_xact_lock(%s) ELSE false END FROM ("
            "SELECT 1 FROM catalog_facetcount WHERE NOT is_sum LIMIT %s) AS unadded",
            [UNADDED, ADDING, UNADDED + 1],
        )
        if cursor.fetchone()[0]:
            cursor.execute(_ADD_UP)


def rebuild(report: Callable[[int, int], None] = lambda done, total: None) -> int:
    """Derive the read model and the search index of everything anew; return how many products there are.

    Safe while the shop runs: some products at a time, each time in one short transaction. `report` is called with how
    many are done, of how many.
    """
    version = load_taxonomy(settings.TAXONOMY_FOLDER).version
    keys = list(Product.objects.order_by("pk").values_list("pk", flat=True))
    done = 0
    for some in batched(keys, REBUILT_AT_ONCE):
        with transaction.atomic():
            refresh_listings(some)
            index_products(some)
        done += len(some)
        report(done, len(keys))
    for some in batched(list(Page.objects.order_by("pk").values_list("pk", flat=True)), REBUILT_AT_ONCE):
        index_pages(some)
    recount()
    note_taxonomy(version)
    return len(keys)


@transaction.atomic
def note_taxonomy(version: str) -> None:
    """Note with which taxonomy the read model was derived; what was worked out of the one before is forgotten."""
    CatalogVersion.objects.filter(pk=1).update(taxonomy=version)
    CatalogVersion.bump()


@transaction.atomic
def recount() -> None:
    """Count all listed products anew, without rows that lost their product. Writers wait for it at their end."""
    with connection.cursor() as cursor:
        # Whoever has noted changes of counts already is waited for; who has not will do so afterwards.
        cursor.execute("LOCK TABLE catalog_facetcount IN SHARE ROW EXCLUSIVE MODE")
        for table in ("catalog_productlisting", "catalog_areaoffer"):
            cursor.execute(
                f"DELETE FROM {table} WHERE NOT EXISTS (SELECT 1 FROM catalog_product WHERE id = product_id)"  # noqa: S608
            )
        cursor.execute(_RECOUNT)


def rebuild_if_outdated(taxonomy: Taxonomy) -> int:
    """Derive the read model where it was derived with another taxonomy, or never; return of how many products."""
    is_current = CatalogVersion.objects.filter(pk=1, taxonomy=taxonomy.version).exists()
    return 0 if is_current else rebuild()
