"""Values of attributes: what may be given to a product, a variant or a page, and how it is kept."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, time
from typing import Any, Final

from django.utils.text import slugify

from tests.saleor.fake.refusals import Failed, Refused, error
from tests.saleor.fake.state import Attribute, Page, Product, Shop, Value, Variant, parse_id
from tests.saleor.fake.texts import BadEditorJs, clean_editorjs, editorjs_to_text, slug_of, truncated

CHOICES: Final = ("DROPDOWN", "MULTISELECT", "SWATCH")
NAME_LENGTH: Final = 250
OWNED: Final = {"Product": "product", "ProductVariant": "productvariant", "Page": "page"}

Given = Mapping[str, Any]
Cleaned = list[tuple[Attribute, Given]]


@dataclass(frozen=True)
class Problem:
    """What is wrong with the values given; `attributes` are the attributes as they were named."""

    message: str
    code: str
    attributes: tuple[str, ...] = ()


class BadValues(Exception):
    def __init__(self, problems: Sequence[Problem]) -> None:
        self.problems = list(problems)
        super().__init__(str(problems))


def check_values(shop: Shop, given: Sequence[Given], attributes: Iterable[int], *, creation: bool) -> Cleaned:
    """The attributes with what is given for them, of those that the type has. Raises `BadValues`."""
    allowed = [shop.attributes[pk] for pk in attributes]
    named: dict[int, Given] = {}
    missing = []
    for entry in given:
        gid, reference = entry.get("id"), entry.get("external_reference")
        if bool(gid) == bool(reference):
            raise BadValues([both_or_none(gid)])
        if gid:
            pk = attribute_key(gid)
            found = next((attribute for attribute in allowed if attribute.pk == pk), None)
        else:
            found = next((attribute for attribute in allowed if attribute.external_reference == reference), None)
        if found is None:
            missing.append(f"ID: {gid}" if gid else f"ExtRef: {reference}")
        else:
            named[found.pk] = entry
    if missing:
        raise BadValues([Problem(f"Could not resolve attributes: {', '.join(missing)}.", "NOT_FOUND")])
    cleaned = [(attribute, named[attribute.pk]) for attribute in allowed if attribute.pk in named]
    problems = merged(problem for attribute, entry in cleaned for problem in problems_of(shop, attribute, entry))
    absent = tuple(attribute.id for attribute in allowed if attribute.value_required and attribute.pk not in named)
    if creation and absent:
        message = "All attributes flagged as having a value required must be supplied."
        problems.append(Problem(message, "REQUIRED", absent))
    if problems:
        raise BadValues(problems)
    return cleaned


def both_or_none(gid: str | None) -> Problem:
    if gid:
        return Problem("Argument 'id' cannot be combined with 'externalReference'", "REQUIRED")
    return Problem("At least one of arguments is required: 'id', 'externalReference'.", "REQUIRED")


def attribute_key(gid: str) -> int:
    found = parse_id(gid)
    if found is None or found[0] != "Attribute":
        raise BadValues([Problem(f"Invalid ID: {gid}. Expected: Attribute.", "GRAPHQL_ERROR")])
    return int(found[1])


def merged(problems: Iterable[Problem]) -> list[Problem]:
    """One for each message, with all of its attributes."""
    found: dict[tuple[str, str], tuple[str, ...]] = {}
    for problem in problems:
        key = (problem.message, problem.code)
        found[key] = found.get(key, ()) + problem.attributes
    return [Problem(message, code, attributes) for (message, code), attributes in found.items()]


def problems_of(shop: Shop, attribute: Attribute, entry: Given) -> list[Problem]:
    named = (entry.get("id") or entry.get("external_reference") or "",)
    return [Problem(message, code, named) for message, code in CHECKS[attribute.input_type](shop, attribute, entry)]


Found = list[tuple[str, str]]
REQUIRED: Final = ("Attribute expects a value but none were given.", "REQUIRED")
NOT_ALLOWED: Final = (
    "Invalid reference, must be an object from available choices defined by reference types on attribute.",
    "INVALID",
)


def check_choice(entry: Given, *, required: bool) -> Found:
    gid, value, reference = entry.get("id"), entry.get("value"), entry.get("external_reference")
    if gid and reference:
        return [("Attribute values cannot be assigned by both id and external reference", "INVALID")]
    if gid and value:
        return [("Attribute values cannot be assigned by both id and value.", "INVALID")]
    if not (gid or value or reference):
        return [REQUIRED] if required else []
    if value and not value.strip():
        return [("Attribute values cannot be blank.", "REQUIRED")]
    if value and len(value) > NAME_LENGTH:
        return [("Attribute value length is exceeded.", "INVALID")]
    return []


def check_one(_: Shop, attribute: Attribute, entry: Given) -> Found:
    choice = entry.get("dropdown") or entry.get("swatch")
    if not choice:
        return [REQUIRED] if attribute.value_required else []
    return check_choice(choice, required=attribute.value_required)


def check_many(_: Shop, attribute: Attribute, entry: Given) -> Found:
    choices = entry.get("multiselect")
    if not choices:
        return [REQUIRED] if attribute.value_required else []
    found: Found = []
    for key in ("id", "value", "external_reference"):
        given = [choice[key] for choice in choices if choice.get(key) is not None]
        if len(given) > len(set(given)):
            found.append(("Duplicated attribute values are provided.", "DUPLICATED_INPUT_ITEM"))
            break
    for choice in choices:
        found += check_choice(choice, required=attribute.value_required)
    return found


def check_references(shop: Shop, attribute: Attribute, entry: Given) -> Found:
    given = references_of(attribute, entry)
    if not given:
        return [("A reference is required for this attribute.", "REQUIRED")] if attribute.value_required else []
    kind = ENTITIES.get(attribute.entity_type or "")
    if kind is None:
        return [("Invalid value provided for attribute.", "INVALID")]
    for gid in given:
        row = shop.node(gid, kind)
        if row is None:
            return [("Invalid reference type.", "INVALID")]
        if attribute.allowed and type_of(shop, row) not in attribute.allowed:
            return [NOT_ALLOWED]
    return []


def check_text(_: Shop, attribute: Attribute, entry: Given) -> Found:
    return [REQUIRED] if attribute.value_required and not (entry.get("plain_text") or "").strip() else []


def check_rich_text(_: Shop, attribute: Attribute, entry: Given) -> Found:
    try:
        text = editorjs_to_text(clean_editorjs(entry.get("rich_text") or {}))
    except BadEditorJs:
        raise BadValues([Problem("Invalid EditorJS input", "")]) from None
    return [REQUIRED] if attribute.value_required and not text.strip() else []


def check_numeric(_: Shop, attribute: Attribute, entry: Given) -> Found:
    given = entry.get("numeric")
    if given is None:
        return [REQUIRED] if attribute.value_required else []
    try:
        float(given)
    except ValueError:
        return [("Numeric value is required.", "INVALID")]
    return []


def check_present(name: str) -> Callable[[Shop, Attribute, Given], Found]:
    def check(_: Shop, attribute: Attribute, entry: Given) -> Found:
        return [REQUIRED] if attribute.value_required and entry.get(name) is None else []

    return check


CHECKS: Final[dict[str, Callable[[Shop, Attribute, Given], Found]]] = {
    "DROPDOWN": check_one,
    "SWATCH": check_one,
    "MULTISELECT": check_many,
    "REFERENCE": check_references,
    "SINGLE_REFERENCE": check_references,
    "PLAIN_TEXT": check_text,
    "RICH_TEXT": check_rich_text,
    "NUMERIC": check_numeric,
    "BOOLEAN": check_present("boolean"),
    "DATE": check_present("date"),
    "DATE_TIME": check_present("date_time"),
}
ENTITIES: Final = {
    "PAGE": "Page",
    "PRODUCT": "Product",
    "PRODUCT_VARIANT": "ProductVariant",
    "CATEGORY": "Category",
    "COLLECTION": "Collection",
}


def references_of(attribute: Attribute, entry: Given) -> list[str]:
    if attribute.input_type == "SINGLE_REFERENCE":
        return [entry["reference"]] if entry.get("reference") else []
    return list(entry.get("references") or ())


def type_of(shop: Shop, row: Any) -> tuple[str, int] | None:
    if isinstance(row, Page):
        return ("PageType", row.page_type)
    if isinstance(row, Product):
        return ("ProductType", row.product_type)
    if isinstance(row, Variant):
        return ("ProductType", shop.products[row.product].product_type)
    return None


# Saving --------------------------------------------------------------------------------------------------------------


def save_values(shop: Shop, owner: Page | Product | Variant, cleaned: Cleaned) -> None:
    """Raises `Refused` for what Saleor finds wrong only now; the whole mutation is rolled back then."""
    for attribute, entry in cleaned:
        found = SAVES[attribute.input_type](shop, owner, attribute, entry)
        foreign = next((value for value in found if value.attribute != attribute.pk), None)
        if foreign is not None:
            raise Failed("GraphQLError", "Some values are not from the provided attribute.")
        owner.assigned.pop(attribute.pk, None)
        if found:
            owner.assigned[attribute.pk] = [value.pk for value in found]


def not_there(message: str) -> Refused:
    return Refused(error(None, "INVALID", message, path=None))


def pick(shop: Shop, attribute: Attribute, choice: Given, *, many: bool) -> Value | None:
    """A choice's value, which is made where it is not there yet."""
    gid, name, reference = choice.get("id"), choice.get("value"), choice.get("external_reference")
    plural = "(s)" if many else ""
    if gid:
        found = shop.node(gid, "AttributeValue")
        if found is None:
            named = f": {gid}" if many else ""
            raise not_there(f"Attribute value{plural} with given ID{plural} can't be found{named}")
        return found  # type: ignore[no-any-return]
    if reference:
        value = shop.values.first(external_reference=reference)
        if value is None and not name:
            raise not_there(
                f"Attribute value(s) with given external reference(s) can't be found: {reference}"
                if many
                else "Attribute value with given externalReference can't be found"
            )
        if value is not None and name and value.name != name:
            raise not_there(
                f"Attribute value with external reference '{reference}' already exists "
                f"with different value '{value.name}'."
            )
        return value or new_value(shop, attribute, str(name), external_reference=reference)
    if not name:
        return None
    own = list(shop.values.where(attribute=attribute.pk))
    found = next((value for value in own if value.slug == name), None)
    return found or next((value for value in own if value.name == name), None) or new_value(shop, attribute, name)


def new_value(shop: Shop, attribute: Attribute, name: str, **more: Any) -> Value:
    taken = {value.slug for value in shop.values.where(attribute=attribute.pk)}
    return shop.values.add(Value(attribute=attribute.pk, name=name, slug=slug_of(name, taken), **more))


def save_one(shop: Shop, _: Any, attribute: Attribute, entry: Given) -> list[Value]:
    choice = entry.get("dropdown") or entry.get("swatch")
    found = pick(shop, attribute, choice, many=False) if choice else None
    return [found] if found else []


def save_many(shop: Shop, _: Any, attribute: Attribute, entry: Given) -> list[Value]:
    found = (pick(shop, attribute, choice, many=True) for choice in entry.get("multiselect") or ())
    return [value for value in found if value is not None]


def save_references(shop: Shop, owner: Any, attribute: Attribute, entry: Given) -> list[Value]:
    found = []
    for gid in references_of(attribute, entry):
        row = shop.node(gid)
        slug = slugify(f"{owner.pk}_{row.pk}")
        value = shop.values.first(attribute=attribute.pk, slug=slug)
        if value is None:
            value = shop.values.add(
                Value(attribute=attribute.pk, name=title_of(shop, row), slug=slug, reference=(row.kind, row.pk))
            )
        if value not in found:
            found.append(value)
    return found


def title_of(shop: Shop, row: Any) -> str:
    if isinstance(row, Page):
        return row.title
    if isinstance(row, Variant):
        return f"{shop.products[row.product].name}: {row.name}"
    return str(row.name)


def own_value(shop: Shop, owner: Any, attribute: Attribute, **fields: Any) -> list[Value]:
    """The value that only this owner has; it is changed in place."""
    assigned = owner.assigned.get(attribute.pk)
    slug = f"{OWNED[owner.kind]}-{owner.pk}_{attribute.pk}"
    value = shop.values[assigned[0]] if assigned else shop.values.first(attribute=attribute.pk, slug=slug)
    if value is None:
        value = shop.values.add(Value(attribute=attribute.pk, name="", slug=slug))
    for name, content in fields.items():
        setattr(value, name, content)
    return [value]


def save_text(shop: Shop, owner: Any, attribute: Attribute, entry: Given) -> list[Value]:
    text = entry.get("plain_text")
    return [] if text is None else own_value(shop, owner, attribute, plain_text=text, name=truncated(text))


def save_rich_text(shop: Shop, owner: Any, attribute: Attribute, entry: Given) -> list[Value]:
    if entry.get("rich_text") is None:
        return []
    document = clean_editorjs(entry["rich_text"])
    return own_value(shop, owner, attribute, rich_text=document, name=truncated(editorjs_to_text(document)))


def save_numeric(shop: Shop, owner: Any, attribute: Attribute, entry: Given) -> list[Value]:
    given = entry.get("numeric")
    return [] if given is None else own_value(shop, owner, attribute, name=given)


def save_boolean(shop: Shop, _: Any, attribute: Attribute, entry: Given) -> list[Value]:
    given = entry.get("boolean")
    if given is None:
        return []
    slug = slugify(f"{attribute.pk}_{given}")
    value = shop.values.first(attribute=attribute.pk, slug=slug)
    name = f"{attribute.name}: {'Yes' if given else 'No'}"
    return [value or shop.values.add(Value(attribute=attribute.pk, name=name, slug=slug, boolean=given))]


def save_date(shop: Shop, owner: Any, attribute: Attribute, entry: Given) -> list[Value]:
    day = entry.get("date")
    if not day:
        return []
    return own_value(shop, owner, attribute, name=str(day), date_time=datetime.combine(day, time.min, UTC))


def save_date_time(shop: Shop, owner: Any, attribute: Attribute, entry: Given) -> list[Value]:
    moment = entry.get("date_time")
    return own_value(shop, owner, attribute, name=str(moment), date_time=moment) if moment else []


SAVES: Final[dict[str, Callable[[Shop, Any, Attribute, Given], list[Value]]]] = {
    "DROPDOWN": save_one,
    "SWATCH": save_one,
    "MULTISELECT": save_many,
    "REFERENCE": save_references,
    "SINGLE_REFERENCE": save_references,
    "PLAIN_TEXT": save_text,
    "RICH_TEXT": save_rich_text,
    "NUMERIC": save_numeric,
    "BOOLEAN": save_boolean,
    "DATE": save_date,
    "DATE_TIME": save_date_time,
}


def drop_values(shop: Shop, values: Iterable[Value]) -> None:
    """Takes values away, and from all that have them."""
    gone = list(values)
    for owner in (*shop.pages, *shop.products, *shop.variants):
        for value in gone:
            keys = owner.assigned.get(value.attribute)
            if keys and value.pk in keys:
                owner.assigned[value.attribute] = [pk for pk in keys if pk != value.pk]
    shop.values.remove(gone)


def drop_references(shop: Shop, kind: str, pk: int) -> None:
    """Takes away the values that refer to a row that is no more."""
    drop_values(shop, shop.values.where(reference=(kind, pk)))
