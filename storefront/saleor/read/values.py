"""Values of fields and attributes: Saleor's answers as the catalogue's values, and the texts that Saleor keeps."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from datetime import datetime
from decimal import Decimal, InvalidOperation
from typing import Any

import orjson

from storefront.catalog.fields import decimal_text
from storefront.catalog.records import Caution, CautionKind, SourceCitation
from storefront.catalog.richtext import from_editorjs, to_editorjs
from storefront.saleor.read.shop import Attribute, Choice
from storefront.saleor.schema.model import Input

Value = Mapping[str, Any]

GRAMS = {
    "KG": Decimal(1000),
    "G": Decimal(1),
    "LB": Decimal("453.59237"),
    "OZ": Decimal("28.349523125"),
    "TONNE": Decimal(1_000_000),
}
LIST_SEPARATOR = "; "
MAX_REFERENCE = 200


def rich_text(text: str) -> str:
    """Return a Markdown or simple HTML text as Saleor's JSONString."""
    return orjson.dumps(to_editorjs(text)).decode()


def plain_markdown(json_string: str | None) -> str:
    """Return Saleor's JSONString as canonical Markdown."""
    return from_editorjs(orjson.loads(json_string)) if json_string else ""


def moment_of(text: str | None) -> datetime | None:
    return datetime.fromisoformat(text) if text else None


def text_of(kind: str, values: Sequence[Value]) -> str:
    """Return an attribute's values as one text; empty for none."""
    return LIST_SEPARATOR.join(found for value in values if (found := value_text(kind, value)))


def value_text(kind: str, value: Value) -> str:
    match kind:
        case Input.PLAIN_TEXT:
            return value["plainText"] or ""
        case Input.RICH_TEXT:
            return plain_markdown(value["richText"])
        case Input.NUMERIC:
            return number_text(value["name"])
        case Input.BOOLEAN:
            return "" if value["boolean"] is None else "yes" if value["boolean"] else "no"
        case Input.DATE:
            return value["date"] or ""
        case Input.DATE_TIME:
            return value["dateTime"] or ""
        case Input.FILE:
            return (value["file"] or {}).get("url") or value["name"] or ""
    return value["name"] or ""


def number_text(text: str | None) -> str:
    try:
        return decimal_text(Decimal(text or ""))
    except InvalidOperation:
        return text or ""


def choice_reference(slug: str, name: str) -> str:
    """Return the `externalReference` of a value that files know by its name; a long name by what stands for it."""
    reference = f"{slug}:{name}"
    if len(reference) <= MAX_REFERENCE:
        return reference
    return f"{slug}:{hashlib.blake2b(name.encode(), digest_size=16).hexdigest()}"


def named(attribute: Attribute, name: str) -> Choice | None:
    """Return the value that a file means by this name, also one that was renamed in the dashboard since."""
    return attribute.by_name.get(name) or attribute.by_reference.get(choice_reference(attribute.slug, name))


def grams(weight: Mapping[str, Any] | None) -> int | None:
    """Return Saleor's weight in whole grams."""
    if not weight:
        return None
    return int((Decimal(str(weight["value"])) * GRAMS[weight["unit"]]).to_integral_value())


def weight_input(weight_g: int | None, unit: str) -> float | None:
    """Return grams as a number in the shop's unit."""
    return None if weight_g is None else float(Decimal(weight_g) / GRAMS[unit])


def money_text(money: Mapping[str, Any] | None) -> str | None:
    """Return a price's amount as a field says it; Saleor answers a JSON number."""
    return None if money is None else decimal_text(Decimal(str(money["amount"])))


def cautions_text(cautions: Sequence[Caution]) -> str:
    """Return cautions as lines, in the words of a file."""
    return "\n".join(f"{caution.kind.value}: {' '.join(caution.text.split())}" for caution in cautions)


def cautions_in(text: str) -> tuple[Caution, ...]:
    """Return the cautions of lines that were written in the dashboard; one without a kind is a limit of use."""
    found = []
    for line in filter(None, (line.strip() for line in text.splitlines())):
        kind, colon, rest = line.partition(":")
        known = colon and kind.strip() in list(CautionKind)
        found.append(
            Caution(kind=CautionKind(kind.strip()), text=rest.strip())
            if known
            else Caution(kind=CautionKind.LIMIT, text=line)
        )
    return tuple(found)


def sources_text(sources: Sequence[SourceCitation]) -> str:
    """Return a guide's sources as a Markdown list, to be read by people."""
    return "\n".join(f"- {source_line(source)}" for source in sources)


def source_line(source: SourceCitation) -> str:
    title = " ".join(source.title.split())
    linked = f"[{title}]({source.url})" if source.url else title
    return ". ".join(" ".join(part.split()) for part in (linked, source.citation, source.supports) if part)


def sources_in(text: str) -> tuple[SourceCitation, ...]:
    """Return the sources of a list that was written in the dashboard: a link's text or the line is the title."""
    found = []
    for line in filter(None, (line.strip().lstrip("-* ").strip() for line in text.splitlines())):
        title, url = line, ""
        if line.startswith("[") and "](" in line:
            title, _, rest = line[1:].partition("](")
            url, _, _ = rest.partition(")")
        found.append(SourceCitation(title=title, url=url))
    return tuple(found)
