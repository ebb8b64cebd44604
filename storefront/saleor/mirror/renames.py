"""Values of attributes that were renamed or deleted: Saleor says so of the value, and of no product that has it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, Final

from django.db import transaction
from django.db.models import Q

from storefront.catalog.clock import database_now
from storefront.catalog.models import CatalogVersion, PageTag, Product, ProductTag, Term, Vocabulary
from storefront.catalog.writer.remote.full_reads import VALUES, accept_read
from storefront.catalog.writer.search_index import index_pages, index_products
from storefront.catalog.writer.vocabulary import rename_values
from storefront.saleor.client.batches import portions
from storefront.saleor.client.transport import Saleor
from storefront.saleor.mirror import changes
from storefront.saleor.models import Choices, Kind
from storefront.saleor.schema import documents, model
from storefront.saleor.schema.model import Slugs

# Whose values are a vocabulary's words; guides and products have attributes of their own, and shoppers see one name.
TERMS: Final = {
    model.TARGET_AREAS: Vocabulary.AREA,
    model.TOOL_TYPE: Vocabulary.TOOL_TYPE,
    model.CONDITIONS: Vocabulary.CONDITION,
    model.CONTRAINDICATIONS: Vocabulary.CONTRAINDICATION,
    model.GUIDE_TECHNIQUES: Vocabulary.TECHNIQUE,
}

Node = Mapping[str, Any]


def refresh_values(saleor: Saleor, slugs: Slugs) -> bool:
    """Compare all values with what they were when they were last looked at; mark the products that have one that was
    renamed or deleted, and give the vocabulary's words the names that they have in Saleor. Gives whether any differed.
    """
    started = database_now()
    found = list(saleor.pages(documents.CHOOSABLE, {}, "attributes"))
    values = {node["id"]: choices_of(saleor, node) for node in found}
    known = {row.attribute_id: row for row in Choices.objects.all()}
    words = {slugs[key] for key in TERMS}
    touched: set[str] = set()
    renames: list[tuple[str, str, str]] = []
    for node in found:
        before = known[node["id"]].names if node["id"] in known else {}
        now = {value["id"]: value["name"] or "" for value in values[node["id"]]}
        renamed = [value for value in values[node["id"]] if before.get(value["id"], value["name"]) != value["name"]]
        gone = [name for id, name in before.items() if id not in now]
        # What a vocabulary's word is called is no part of a product.
        if renamed and node["type"] == model.Owner.PRODUCT and node["slug"] not in words:
            touched |= products_with(saleor, node["slug"], [value["slug"] for value in renamed])
            renames += [(node["id"], before[value["id"]], value["name"] or "") for value in renamed]
        if gone:
            touched |= products_that_had(node["slug"], gone)
    for row in known.values():
        if row.attribute_id not in values:
            touched |= products_that_had(row.slug, row.names.values())
    with transaction.atomic():
        if not accept_read(VALUES, started):
            return False
        changes.mark((Kind.PRODUCT, id) for id in touched)
        keep_names(found, values, known)
        # At once, since many products may have it; then they are read again all the same.
        rename_values(renames)
        renamed_terms = name_terms(found, values, slugs)
    return bool(touched) or renamed_terms


def choices_of(saleor: Saleor, node: Node) -> list[Node]:
    """Return an attribute's values; only where there are many, they are asked for once more."""
    choices = node["choices"]
    if choices["pageInfo"]["hasNextPage"]:
        return list(saleor.pages(documents.CHOICES, {"id": node["id"]}, "attribute", "choices"))
    return [edge["node"] for edge in choices["edges"]]


def products_with(saleor: Saleor, slug: str, values: Iterable[str]) -> set[str]:
    """Return the products that have one of these values, or a variant with one."""
    found: set[str] = set()
    for part in portions(values, 50):
        asked = {"slug": slug, "values": part}
        found |= {node["id"] for node in saleor.pages(documents.WITH_VALUE, asked, "products")}
        found |= {
            node["product"]["id"] for node in saleor.pages(documents.VARIANTS_WITH_VALUE, asked, "productVariants")
        }
    return found


def products_that_had(slug: str, names: Iterable[str]) -> set[str]:
    """Return the products that had one of these values when they were last read."""
    gone = list(names)
    wanted = (
        Q(attribute_values__value__attribute__slug=slug, attribute_values__value__name__in=gone)
        | Q(variants__options__value__name__in=gone)
        | Q(tags__term__name__in=gone)
        | Q(brand__in=gone)
        | Q(material__in=gone)
    )
    return set(Product.objects.filter(wanted).values_list("public_id", flat=True))


def keep_names(found: Iterable[Node], values: Mapping[str, Iterable[Node]], known: Mapping[str, Choices]) -> None:
    for node in found:
        names = {value["id"]: value["name"] or "" for value in values[node["id"]]}
        row = known.get(node["id"])
        if row is None or (row.slug, row.names) != (node["slug"], names):
            Choices.objects.update_or_create(attribute_id=node["id"], defaults={"slug": node["slug"], "names": names})
    Choices.objects.exclude(attribute_id__in=list(values)).delete()


def name_terms(found: Iterable[Node], values: Mapping[str, Iterable[Node]], slugs: Slugs) -> bool:
    """Give the vocabularies' words the names that they have in Saleor; return whether any changed."""
    keys = {slugs[key]: key for key in TERMS}
    names: dict[tuple[str, str], str] = {}
    for node in found:
        key = keys.get(node["slug"])
        for value in values[node["id"]] if key else ():
            prefix, colon, slug = (value["externalReference"] or "").partition(":")
            if key and colon and prefix == key and value["name"]:
                names[(TERMS[key].value, slug)] = value["name"][:120]
    renamed = []
    for term in Term.objects.all():
        name = names.get((term.vocabulary, term.slug), term.name)
        if name != term.name:
            term.name = name
            renamed.append(term)
    if renamed:
        Term.objects.bulk_update(renamed, ["name"])
        index_products(
            list(ProductTag.objects.filter(term__in=renamed).values_list("product_id", flat=True).distinct())
        )
        index_pages(list(PageTag.objects.filter(term__in=renamed).values_list("page_id", flat=True).distinct()))
        CatalogVersion.bump()
    return bool(renamed)
