"""Narrowing and ordering lists of products: what an address chooses, and the links to choose otherwise."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from enum import Enum
from hashlib import blake2b
from urllib.parse import urlencode

from django.http import HttpRequest

from storefront.catalog.facets import IN_STOCK, PRICE_BANDS, SOLD_OUT, YES, FacetName, band_end, split_facet
from storefront.catalog.keyset import is_storable
from storefront.catalog.models import Channel, Term, Vocabulary
from storefront.catalog.queries.facets import FacetCounts, Filters, prefix_of
from storefront.catalog.queries.products import ProductSort
from storefront.pages.money import money
from storefront.pages.views.kept import kept

COUNTS_TTL_S = 3600
TITLES = {
    FacetName.AREA.value: "Body area",
    FacetName.TOOL_TYPE.value: "Kind of tool",
    FacetName.CONDITION.value: "For",
    FacetName.PRICE.value: "Price",
    FacetName.BRAND.value: "Brand",
    FacetName.STOCK.value: "Availability",
    FacetName.MATERIAL.value: "Material",
    FacetName.FSA.value: "Spending account",
}
LABELS = {
    (FacetName.STOCK.value, IN_STOCK): "In stock",
    (FacetName.STOCK.value, SOLD_OUT): "Sold out",
    (FacetName.FSA.value, YES): "FSA / HSA eligible",
}
VOCABULARIES = {
    FacetName.AREA.value: Vocabulary.AREA.value,
    FacetName.TOOL_TYPE.value: Vocabulary.TOOL_TYPE.value,
    FacetName.CONDITION.value: Vocabulary.CONDITION.value,
}


class Sort(Enum):
    """What a list can be ordered by: its name in addresses, its label, and how it is asked for (None: as found)."""

    BEST = ("best", "Best match", None)
    NAME = ("name", "Name", (ProductSort.NAME, False))
    CHEAPEST = ("price", "Price, lowest first", (ProductSort.PRICE, False))
    DEAREST = ("-price", "Price, highest first", (ProductSort.PRICE, True))
    NEWEST = ("newest", "Newest", (ProductSort.CREATED, True))

    @property
    def order(self) -> tuple[ProductSort, bool] | None:
        order: tuple[ProductSort, bool] | None = self.value[2]
        return order


@dataclass(frozen=True, slots=True)
class Choice:
    """A value that can be chosen, or no longer. `depth`: how far inside, for a tree."""

    label: str
    count: int
    address: str
    is_chosen: bool
    depth: int = 0


@dataclass(frozen=True, slots=True)
class ShownFacet:
    title: str
    choices: Sequence[Choice]


@dataclass(frozen=True, slots=True)
class Narrowing:
    """What the address of a list says besides which list it is."""

    filters: Filters
    sort: Sort
    text: str = ""

    @property
    def is_any(self) -> bool:
        """Return whether anything but the list itself was chosen."""
        return bool(self.filters) or self.sort is not Sort.BEST

    @property
    def address(self) -> str:
        """Return the query of this list's address, from the list's beginning."""
        pairs = [("q", self.text)] if self.text else []
        for value in sorted(self.filters.chosen):
            name, _, rest = value.partition(":")
            pairs.append((name, rest))
        if self.sort is not Sort.BEST:
            pairs.append(("sort", self.sort.value[0]))
        return f"?{urlencode(pairs)}"

    @property
    def prefix(self) -> str:
        """Return what stands before the further parameters of a pager's links."""
        return self.address if self.address == "?" else f"{self.address}&"

    @property
    def without_filters(self) -> str:
        return replace(self, filters=Filters()).address

    @property
    def sorts(self) -> list[tuple[str, str, bool]]:
        """Return (label, address, whether it is the one) of each order."""
        return [(sort.value[1], replace(self, sort=sort).address, sort is self.sort) for sort in Sort]


def read_narrowing(request: HttpRequest, text: str = "") -> Narrowing:
    """Return what the address chooses; what it cannot mean is left out."""
    given = [(name, value) for name in FacetName for value in request.GET.getlist(name.value) if is_storable(value)]
    sort = next((sort for sort in Sort if sort.value[0] == request.GET.get("sort")), Sort.BEST)
    return Narrowing(Filters.read(given), sort, text)


def kept_counts(channel: Channel, base: str, filters: Filters, count: Callable[[], FacetCounts]) -> FacetCounts:
    """Return the counts of a list, made once for each state of the catalogue. `base`: which list it is."""
    choice = blake2b("\0".join([base, *sorted(filters.chosen)]).encode(), digest_size=16).hexdigest()
    return FacetCounts(*kept(f"facets:{channel.pk}:{choice}", lambda: count().as_list(), COUNTS_TTL_S))


def shown_facets(
    counts: FacetCounts,
    narrowing: Narrowing,
    terms: Sequence[Term],
    channel: Channel,
    hidden: Iterable[FacetName] = (),
) -> list[ShownFacet]:
    """Return the facets with their choices as links; those of which there is nothing to choose are left out."""
    options = sorted(name for name in counts.by_facet if name not in TITLES)
    left_out = {name.value for name in hidden}
    shown = []
    for name in (*TITLES, *options):
        choices = list(_choices(name, counts, narrowing, terms, channel))
        is_choice = len(choices) > 1 or any(choice.is_chosen for choice in choices)
        if name not in left_out and is_choice:
            shown.append(ShownFacet(TITLES.get(name) or counts.labels.get(name) or _option_key(name), choices))
    return shown


def _choices(
    name: str, counts: FacetCounts, narrowing: Narrowing, terms: Sequence[Term], channel: Channel
) -> Iterator[Choice]:
    numbers = dict(counts.by_facet.get(name, {}))
    for value in narrowing.filters.groups.get(name, ()):
        numbers.setdefault(split_facet(value)[1], 0)
    for value, label, depth in _labels(name, numbers, terms, channel):
        full = f"{prefix_of(name)}{value}"
        yield Choice(
            label,
            numbers[value],
            replace(narrowing, filters=narrowing.filters.toggled(full)).address,
            full in narrowing.filters.chosen,
            depth,
        )


def _labels(
    name: str, numbers: Mapping[str, int], terms: Sequence[Term], channel: Channel
) -> Iterator[tuple[str, str, int]]:
    """Yield (value, label, depth) of each value that is known, in the order in which they are shown."""
    if name in VOCABULARIES:
        depths: dict[int | None, int] = {None: -1}
        for term in terms:
            if term.vocabulary == VOCABULARIES[name]:
                depths[term.pk] = depths.get(term.parent_id, -1) + 1
                if term.slug in numbers:
                    yield term.slug, term.name, depths[term.pk]
    elif name == FacetName.PRICE.value:
        for start in PRICE_BANDS:
            if str(start) in numbers:
                yield str(start), _band_label(start, channel.currency), 0
    elif name in (FacetName.STOCK.value, FacetName.FSA.value):
        yield from ((value, label, 0) for (of, value), label in LABELS.items() if of == name and value in numbers)
    else:
        yield from ((value, value, 0) for value in sorted(numbers, key=lambda value: (-numbers[value], value)))


def _band_label(start: int, currency: str) -> str:
    end = band_end(start)
    if end is None:
        return f"{money(start, currency)} and more"
    return f"Under {money(end, currency)}" if start == 0 else f"{money(start, currency)} to {money(end, currency)}"


def _option_key(name: str) -> str:
    return name.partition(":")[2].replace("-", " ").capitalize()
