"""What lists of products are narrowed and counted by, and how a value is written in the read model: `area:neck`.

Pure names, shared by the writer of the read model and by the questions asked of it.
"""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal
from enum import Enum

# Lower ends of the bands of prices, in whatever currency the channel has. A product is in the band of its lowest price.
PRICE_BANDS = (0, 25, 50, 100, 200)
# Under this value everything is counted that a channel lists.
ALL = "all"
IN_STOCK, SOLD_OUT = "in", "out"
YES, NO = "yes", "no"
# A longer value of an option is a text, not a choice.
MAX_OPTION = 100


class FacetName(Enum):
    """Several chosen values of one facet mean any of them, several facets all of them."""

    AREA = "area"
    TOOL_TYPE = "tool_type"
    CONDITION = "condition"
    BRAND = "brand"
    PRICE = "price"
    STOCK = "stock"
    MATERIAL = "material"
    FSA = "fsa"
    OPTION = "option"


def facet_value(name: FacetName, value: str) -> str:
    return f"{name.value}:{value}"


def facet_values(name: FacetName, values: Iterable[str]) -> list[str]:
    return [facet_value(name, value) for value in values]


def split_facet(text: str) -> tuple[str, str]:
    """Return a facet's name and value. An option's name is `option:` and its attribute's key."""
    name, _, value = text.partition(":")
    if name == FacetName.OPTION.value:
        key, _, value = value.partition("=")
        return f"{name}:{key}", value
    return name, value


def band_end(start: int) -> int | None:
    """Return where a band of prices ends; None for the last one."""
    return next((end for end in PRICE_BANDS if end > start), None)


def band_of(amount: Decimal) -> int:
    return max(start for start in PRICE_BANDS if start <= amount)
