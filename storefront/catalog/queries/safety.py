"""Where tools are not offered, as conditions on products. The rules themselves are `storefront.catalog.safety`'s."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from django.conf import settings
from django.db.models import Q

from storefront.catalog.models import PageTag, Product, ProductTag, Term, Vocabulary
from storefront.catalog.records import Evidence, Origin, Tag, Tags
from storefront.catalog.safety import Contraindication, contraindications_of, keeping_off, places_filling
from storefront.catalog.snapshots import TAG_LISTS
from storefront.catalog.taxonomy import Rule, Severity, Taxonomy, load_taxonomy

_LISTS = {
    Vocabulary.TOOL_TYPE: "tool_types",
    Vocabulary.TECHNIQUE: "techniques",
    Vocabulary.AREA: "areas",
}


def shop_taxonomy() -> Taxonomy:
    return load_taxonomy(settings.TAXONOMY_FOLDER)


def offered_for(areas: Iterable[Term], taxonomy: Taxonomy | None = None) -> Q:
    """Return what holds for products that are tagged with one of these areas and do not keep off it."""
    taxonomy = taxonomy or shop_taxonomy()
    plain: list[int] = []
    condition = Q()
    for area in areas:
        off = kept_off(area.slug, taxonomy)
        if off is None:
            plain.append(area.pk)
        else:
            condition |= _tagged(term=area.pk) & ~off
    return condition | _tagged(term__in=plain)


def kept_off(area: str, taxonomy: Taxonomy | None = None) -> Q | None:
    """Return what holds for products that keep off an area; None where nothing fills it."""
    taxonomy = taxonomy or shop_taxonomy()
    places = places_filling(area, taxonomy)
    if not places:
        return None
    slugs = [f"{Severity.KEEP_OFF}:{place}" for place in places]
    condition = _tagged(vocabulary=Vocabulary.CONTRAINDICATION.value, term__slug__in=slugs)
    for rule in keeping_off(area, taxonomy):
        condition |= _held_by(rule)
    return condition


def kept_off_tags(areas: Iterable[Term], taxonomy: Taxonomy | None = None) -> Q:
    """Return what holds for tags with areas that their product keeps off."""
    taxonomy = taxonomy or shop_taxonomy()
    condition = Q(pk__in=())
    for area in areas:
        off = kept_off(area.slug, taxonomy)
        if off is not None:
            condition |= Q(term=area.pk, product__in=Product.objects.filter(off).values("pk"))
    return condition


def _held_by(rule: Rule) -> Q:
    """Return what holds for products that have one of each list of a rule."""
    condition = Q()
    for vocabulary, name in _LISTS.items():
        if slugs := getattr(rule, name):
            condition &= _tagged(vocabulary=vocabulary.value, term__slug__in=slugs)
    return condition


def _tagged(**conditions: object) -> Q:
    return Q(pk__in=ProductTag.objects.filter(**conditions).values("product"))


def product_contraindications(product: Product, taxonomy: Taxonomy | None = None) -> tuple[Contraindication, ...]:
    """Return all contraindications of a product whose tags were fetched (`shown_tags`)."""
    return contraindications_of(fetched_tags(product.shown_tags), taxonomy or shop_taxonomy())


def fetched_tags(rows: Sequence[ProductTag | PageTag]) -> Tags:
    """Return tags that were fetched as records."""
    lists: dict[str, list[Tag]] = {name: [] for name in TAG_LISTS.values()}
    for row in rows:
        is_safety = row.vocabulary == Vocabulary.CONTRAINDICATION.value
        evidence = tuple(Evidence.model_validate(piece) for piece in row.evidence) if is_safety else ()
        tag = Tag(slug=row.term.slug, origin=Origin(row.origin), evidence=evidence)
        lists[TAG_LISTS[row.vocabulary]].append(tag)
    return Tags.model_validate(lists)
