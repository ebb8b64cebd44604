"""Countries by their codes, with names for people."""

from __future__ import annotations

from functools import cache

from babel import Locale

# Codes of Unicode's that are no countries: regions, "unknown", pseudo-territories.
_NO_COUNTRIES = frozenset({"EU", "EZ", "UN", "XA", "XB", "ZZ", "QO", "AC", "CP", "CQ", "DG", "EA", "IC", "TA"})


@cache
def countries() -> dict[str, str]:
    """Return code → name of every country, by name."""
    names = {
        str(code): str(name)
        for code, name in Locale("en").territories.items()
        if len(code) == 2 and code.isalpha() and code not in _NO_COUNTRIES
    }
    return dict(sorted(names.items(), key=lambda each: each[1]))


def country_name(code: str) -> str:
    return countries().get(code.upper(), code)
