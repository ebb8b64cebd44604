"""Texts of files → inputs of attributes."""

from __future__ import annotations

import math
from collections.abc import Callable
from datetime import date, datetime
from decimal import InvalidOperation
from typing import Any

from storefront.saleor.client.errors import CannotWrite
from storefront.saleor.read.shop import Attribute
from storefront.saleor.read.values import LIST_SEPARATOR, named, rich_text
from storefront.saleor.schema.model import Input

TRUTHS = {"yes": True, "no": False}


class _UnfitText(Exception):
    """The text is no value of the attribute; the message says so."""


def number(text: str) -> str:
    """Return a number as it is. Raise `ValueError` for what Saleor takes for no number."""
    if not math.isfinite(float(text)):
        raise ValueError(text)
    return text


def attribute_input(attribute: Attribute, text: str, column: str) -> dict[str, Any]:
    """Return the input that gives an attribute this text, or clears it. Raise `CannotWrite` where it cannot have it."""
    try:
        return {"id": attribute.id} | value_input(attribute, text)
    except _UnfitText as error:
        raise CannotWrite(str(error), column) from error


def value_input(attribute: Attribute, text: str) -> dict[str, Any]:
    match attribute.input:
        case Input.PLAIN_TEXT:
            return {"plainText": text or None}
        case Input.RICH_TEXT:
            return {"richText": rich_text(text) if text else None}
        case Input.NUMERIC:
            return {"numeric": parsed(attribute, text, number, "a number, like 2.5")}
        case Input.BOOLEAN:
            return {"boolean": parsed(attribute, text, TRUTHS.__getitem__, "yes or no")}
        case Input.DATE:
            return {"date": parsed(attribute, text, date.fromisoformat, "a date, like 2026-02-03") and text}
        case Input.DATE_TIME:
            wanted = "a date and time, like 2026-02-03T16:30:00+00:00"
            return {"dateTime": parsed(attribute, text, datetime.fromisoformat, wanted) and text}
        case Input.MULTISELECT:
            names = [name for part in text.split(LIST_SEPARATOR.strip()) if (name := part.strip())]
            return {"multiselect": [choice_named(attribute, name) for name in names]}
        case Input.DROPDOWN | Input.SWATCH:
            field = "dropdown" if attribute.input == Input.DROPDOWN else "swatch"
            return {field: choice_named(attribute, text) if text else None}
    raise _UnfitText(
        f'The attribute "{attribute.slug}" is of the type {attribute.input}, which cannot be imported from a file.'
    )


def parsed(attribute: Attribute, text: str, parse: Callable[[str], Any], wanted: str) -> Any:
    """Return the text's value, None for none. Raise `_UnfitText` where it is not what is wanted."""
    try:
        return parse(text) if text else None
    except (ValueError, KeyError, InvalidOperation):
        raise _UnfitText(f'The attribute "{attribute.slug}" must be {wanted}, not "{text}".') from None


def choice_named(attribute: Attribute, name: str) -> dict[str, str]:
    choice = named(attribute, name)
    if choice is None:
        raise _UnfitText(f'The attribute "{attribute.slug}" has no value "{name}".')
    return {"id": choice.id}
