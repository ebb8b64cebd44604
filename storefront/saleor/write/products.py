"""Writing products to Saleor: many made at once, each changed by a few mutations, all over a few connections.

One bad product must not stop the others: where Saleor refuses a whole request for one of its rows, the request is cut
in two until that row is alone. Where an answer is lost, what was made is looked up before anything is made again.
"""

from __future__ import annotations

import hashlib
import logging
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

import orjson
from django.utils.text import slugify

from storefront.catalog.fields import ATTRIBUTE, PRICE, STOCK
from storefront.catalog.writer import ProductWrite
from storefront.saleor.client.batches import in_parallel, portions
from storefront.saleor.client.errors import AnswerLost, CannotWrite, Fault, RequestFailed
from storefront.saleor.client.mutations import Outcome, Refusal, do, refusal_of
from storefront.saleor.client.transport import MAX_MUTATIONS, PAGE, Saleor
from storefront.saleor.read import queries
from storefront.saleor.read.answers import SaleorProduct
from storefront.saleor.read.values import UnknownChoice
from storefront.saleor.schema import documents
from storefront.saleor.schema.documents import Call, document_of
from storefront.saleor.write.inputs import Writer
from storefront.saleor.write.variant_inputs import POLICY

log = logging.getLogger(__name__)

# Seen on 3.23.28: some 20 ms a product whatever the size; a larger request loses more where it fails as a whole.
CREATED_AT_ONCE = 25
MAX_CREATE_BYTES = 2_000_000
LOST_TRIES = 5
# Saleor's clock and ours.
CLOCKS_DIFFER = timedelta(minutes=5)

_COLUMNS = {
    "externalReference": "product_reference",
    "seoTitle": "seo_title",
    "seoDescription": "seo_description",
    "weight": "weight_g",
    "price": "price",
    "priorPrice": "compare_at_price",
    "quantity": "stock",
    "warehouse": "stock",
    "channelId": "price",
    "mediaUrl": "image",
}


@dataclass(frozen=True, slots=True)
class Wish:
    """A product to write, and as Saleor has it; None: it is to be made."""

    write: ProductWrite
    there: SaleorProduct | None = None


@dataclass(frozen=True, slots=True)
class Failure:
    """Why a product was not written, for staff: the column that it is about, and the variant, where it is known."""

    message: str
    column: str = ""
    variant: str = ""


# Making --------------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Row:
    """One product of a request: its place among the wishes, and its input."""

    index: int
    wish: Wish
    given: Mapping[str, Any]


def create_products(
    saleor: Saleor, writer: Writer, wishes: Mapping[int, Wish], tick: Callable[[], None] = lambda: None
) -> dict[int, Failure]:
    """Make the products; gives why some were not made. `tick` is called after each request."""
    failures: dict[int, Failure] = {}
    slugs = free_slugs(saleor, wishes)
    rows = []
    for index, wish in wishes.items():
        try:
            rows.append(Row(index, wish, writer.created(wish.write, slugs[index])))
        except (CannotWrite, UnknownChoice) as error:
            failures[index] = failure_of(error)
        except Exception as error:
            log.exception("A product could not be turned into an input of Saleor's")
            failures[index] = unexpected(error)

    def create(part: list[Row]) -> dict[int, Failure]:
        found = create_rows(saleor, part)
        tick()
        return found

    for found in in_parallel(saleor, create, requests_of(rows)):
        failures |= found
    return failures


def free_slugs(saleor: Saleor, wishes: Mapping[int, Wish]) -> dict[int, str]:
    """Index → a slug that no other product has: what the file says, or one from the name, with a number if need be.

    Saleor would find one itself, but looks through all products for each (seen on 3.23.28).
    """
    wanted = {
        index: str(wish.write.fields.own.get("slug") or "")
        or slugify(str(wish.write.fields.own.get("name") or ""), allow_unicode=True)[:240]
        or "product"
        for index, wish in wishes.items()
    }
    taken = set(queries.taken_slugs(saleor, set(wanted.values())))
    found: dict[int, str] = {}
    again = []
    for index, slug in wanted.items():
        if slug in taken:
            again.append(index)
        else:
            found[index] = slug
            taken.add(slug)
    for number in range(2, 100):
        if not again:
            return found
        candidates = {index: f"{wanted[index]}-{number}" for index in again}
        taken |= set(queries.taken_slugs(saleor, set(candidates.values())))
        again = []
        for index, slug in candidates.items():
            if slug in taken:
                again.append(index)
            else:
                found[index] = slug
                taken.add(slug)
    return found | {index: f"{wanted[index]}-{stands_for(wishes[index].write.reference)}" for index in again}


def stands_for(reference: str) -> str:
    return hashlib.blake2b(reference.encode(), digest_size=5).hexdigest()


def requests_of(rows: Iterable[Row]) -> list[list[Row]]:
    """The rows in requests of a good size."""
    found: list[list[Row]] = []
    size = 0
    for row in rows:
        weight = len(orjson.dumps(row.given))
        if not found or len(found[-1]) >= CREATED_AT_ONCE or size + weight > MAX_CREATE_BYTES:
            found.append([])
            size = 0
        found[-1].append(row)
        size += weight
    return found


def create_rows(saleor: Saleor, rows: Sequence[Row], *, tries: int = LOST_TRIES) -> dict[int, Failure]:
    """Make these products in one request, or in as many as it takes. Raises what `Saleor.send` raises, but no
    `AnswerLost` before it was tried again and again."""
    call = Call(documents.PRODUCT_BULK_CREATE, {"products": [row.given for row in rows], "errorPolicy": POLICY})
    document, variables = document_of([call])
    try:
        answer = saleor.send(document, variables, may_repeat=False)
    except AnswerLost:
        # It asks until it is answered: a Saleor that is away is waited for here.
        missing = not_made(saleor, rows)
        if tries <= 1 and missing:
            return divide(saleor, missing, RequestFailed([Fault("Saleor gave no answer to it, again and again.")]))
        log.warning("An answer of Saleor's was lost; %s of %s products were not made", len(missing), len(rows))
        return create_rows(saleor, missing, tries=tries - 1) if missing else {}
    except RequestFailed as error:
        return divide(saleor, rows, error)
    results = (answer.data.get("m0") or {}).get("results") or []
    if len(results) != len(rows):
        return divide(saleor, rows, RequestFailed(answer.faults))
    failures = {}
    for row, result in zip(rows, results, strict=True):
        if result.get("product") is None:
            refusals = [refusal_of(error) for error in result.get("errors") or ()]
            failures[row.index] = failure_of_refusals(refusals, row.wish)
    failures = without_made(saleor, rows, failures)
    # Somebody took their slugs meanwhile; Saleor finds others.
    unnamed = [row for row in rows if row.index in failures and failures[row.index].column == "slug" and is_named(row)]
    if unnamed:
        failures = {index: one for index, one in failures.items() if index not in {row.index for row in unnamed}}
        failures |= create_rows(saleor, [without_slug(row) for row in unnamed])
    return with_variants(saleor, rows, failures)


def divide(saleor: Saleor, rows: Sequence[Row], error: RequestFailed) -> dict[int, Failure]:
    """The request was refused whole: each half of it alone, down to the row that it is about."""
    if len(rows) > 1:
        half = len(rows) // 2
        return create_rows(saleor, rows[:half]) | create_rows(saleor, rows[half:])
    row = rows[0]
    if error.has_code("IntegrityError"):
        if not (missing := not_made(saleor, rows)):
            return {}
        if is_named(row):
            # Somebody took the slug meanwhile; Saleor finds another.
            return create_rows(saleor, [without_slug(one) for one in missing])
    return {row.index: Failure(f"Saleor refuses it: {error}")}


def is_named(row: Row) -> bool:
    """Whether its slug was chosen here: its file names none."""
    return bool(row.given["slug"]) and not row.wish.write.fields.own.get("slug")


def without_slug(row: Row) -> Row:
    return replace(row, given={**row.given, "slug": None})


def not_made(saleor: Saleor, rows: Sequence[Row]) -> list[Row]:
    """The rows whose products are not there."""
    found = queries.outlines_by_external(saleor, [row.given["externalReference"] for row in rows])
    return [row for row in rows if row.given["externalReference"] not in found]


def without_made(saleor: Saleor, rows: Sequence[Row], failures: dict[int, Failure]) -> dict[int, Failure]:
    """The failures but for products that are there all the same: an earlier attempt made them."""
    doubted = [row for row in rows if row.index in failures and failures[row.index].column in _TAKEN_COLUMNS]
    if not doubted:
        return failures
    missing = {row.index for row in not_made(saleor, doubted)}
    made = {row.index for row in doubted} - missing
    return {index: failure for index, failure in failures.items() if index not in made}


def with_variants(saleor: Saleor, rows: Sequence[Row], failures: Mapping[int, Failure]) -> dict[int, Failure]:
    """The failures with the variant of which the SKU is taken: Saleor does not tell which of a product's it is."""
    by_index = {row.index: row.wish.write.fields.variants for row in rows}
    unplaced = [index for index, one in failures.items() if one.column in _VARIANT_COLUMNS and not one.variant]
    skus = [str(fields["sku"]) for index in unplaced for fields in by_index[index].values()]
    taken = queries.sku_owners(saleor, skus) if skus else {}
    found = dict(failures)
    for index in unplaced:
        variants = (key for key, fields in by_index[index].items() if fields["sku"] in taken)
        found[index] = replace(failures[index], variant=next(variants, ""))
    return found


_VARIANT_COLUMNS = ("variant_reference", "sku")
_TAKEN_COLUMNS = ("product_reference", "variant_reference", "sku", "slug")


# Changing ------------------------------------------------------------------------------------------------------------


def update_products(
    saleor: Saleor, writer: Writer, wishes: Mapping[int, Wish], tick: Callable[[], None] = lambda: None
) -> dict[int, Failure]:
    """Change the products, each by what changes; gives why some were not changed (whole)."""
    failures: dict[int, Failure] = {}
    planned: list[tuple[int, list[Call]]] = []
    for index, wish in wishes.items():
        if wish.there is None:
            raise ValueError("A product that is to be changed has to be there.")
        try:
            if calls := writer.updated(wish.write, wish.there):
                planned.append((index, calls))
        except (CannotWrite, UnknownChoice) as error:
            failures[index] = failure_of(error)
        except Exception as error:
            log.exception("A product could not be turned into an input of Saleor's")
            failures[index] = unexpected(error)

    def change(part: list[tuple[int, list[Call]]]) -> dict[int, Failure]:
        found: dict[int, Failure] = {}
        calls = [call for _, ones in part for call in ones]
        owners = [index for index, ones in part for _ in ones]
        try:
            outcomes = do_all(saleor, calls)
        except RequestFailed as error:
            if len(part) > 1:
                for one in part:
                    found |= change([one])
                return found
            return {part[0][0]: Failure(f"Saleor refuses it: {error}")}
        for index, call, outcome in zip(owners, calls, outcomes, strict=True):
            if outcome.refusals and index not in found:
                found[index] = failure_of_refusals(outcome.refusals, wishes[index], call)
        tick()
        return found

    for found in in_parallel(saleor, change, documents_of(planned)):
        failures |= found
    return failures


def documents_of(planned: Sequence[tuple[int, list[Call]]]) -> list[list[tuple[int, list[Call]]]]:
    """Products together in one document as far as it holds them; one with more mutations has documents of its own."""
    found: list[list[tuple[int, list[Call]]]] = []
    count = 0
    for index, calls in planned:
        if not found or count + len(calls) > MAX_MUTATIONS:
            found.append([])
            count = 0
        found[-1].append((index, calls))
        count += len(calls)
    return found


def do_all(saleor: Saleor, calls: Sequence[Call]) -> list[Outcome]:
    """Do the mutations; those that may be done twice are repeated until they are answered.

    A variant that is made cannot be made twice, and is said to be taken then: its answer is lost for us, and the whole
    batch is looked at again.
    """
    once = (documents.VARIANT_BULK_CREATE, documents.VARIANT_BULK_DELETE)
    may_repeat = all(call.mutation not in once for call in calls)
    return do(saleor, calls, may_repeat=may_repeat)


# Deleting ------------------------------------------------------------------------------------------------------------


def delete_products(saleor: Saleor, wishes: Mapping[int, Wish], since: datetime) -> dict[int, Failure]:
    """Delete products that were made after `since`; one of which anything was ever ordered stays, and its failure says
    so."""
    there = {index: wish.there for index, wish in wishes.items() if wish.there is not None}
    ids = {index: one.id for index, one in there.items()}
    failures = sold_failures(
        saleor, {index: (one.id, [its.id for its in one.variants.values()]) for index, one in there.items()}, since
    )
    left = [(index, id) for index, id in ids.items() if index not in failures]
    for part in portions(left, PAGE):
        (outcome,) = do(saleor, [Call(documents.PRODUCT_BULK_DELETE, {"ids": [id for _, id in part]})])
        if outcome.refusals:
            left_over = queries.outlines_by_id(saleor, [id for _, id in part])
            failures |= {
                index: failure_of_refusals(outcome.refusals, wishes[index]) for index, id in part if id in left_over
            }
    return failures


@dataclass(frozen=True, slots=True)
class Sales:
    """What was sold of variants, by their ids: units that open orders wait for, and units of all orders (None: the app
    may not read orders)."""

    allocated: Mapping[str, int]
    ordered: Mapping[str, int] | None

    def why_kept(self, variants: Iterable[str]) -> str:
        """Return why these variants must not be deleted, in a sentence; empty where nobody ever ordered them."""
        ids = list(variants)
        ordered = self.ordered or {}
        if units := sum(max(self.allocated.get(id, 0), ordered.get(id, 0)) for id in ids):
            return f"{units} of it were ordered."
        if self.ordered is None and ids:
            return "Only an app with the permission MANAGE_ORDERS may know whether it was ordered."
        return ""


def sold_variants(saleor: Saleor, wishes: Mapping[int, Wish], since: datetime) -> dict[int, Failure]:
    """Return failures for those wishes that would delete variants of which anything was ordered."""
    gone = {
        index: (wish.there.id, [wish.there.variants[key].id for key in keys if key in wish.there.variants])
        for index, wish in wishes.items()
        if wish.there and (keys := wish.write.gone_variants)
    }
    return sold_failures(saleor, gone, since)


def sold_failures(saleor: Saleor, gone: Mapping[int, tuple[str, Sequence[str]]], since: datetime) -> dict[int, Failure]:
    """Return failures for what must not be deleted. `gone`: index → product and those of its variants that would go."""
    if not gone:
        return {}
    sales = find_sales(saleor, [product for product, _ in gone.values()], since)
    reasons = {index: sales.why_kept(variants) for index, (_, variants) in gone.items()}
    return {index: Failure(f"{why} It stays. Plan the undo again.") for index, why in reasons.items() if why}


def find_sales(saleor: Saleor, products: Iterable[str], since: datetime) -> Sales:
    """Ask what was ordered of these products, all of which were made after `since`."""
    return Sales(queries.allocated_units(saleor, products), queries.ordered_units(saleor, since - CLOCKS_DIFFER))


# Words for staff -----------------------------------------------------------------------------------------------------


def failure_of(error: CannotWrite | UnknownChoice) -> Failure:
    return Failure(str(error), getattr(error, "column", ""))


def unexpected(error: Exception) -> Failure:
    """One item must not stop the others, whatever is wrong with it."""
    return Failure(f"An unexpected fault ({type(error).__name__}); the worker's log tells more.")


def failure_of_refusals(refusals: Sequence[Refusal], wish: Wish, call: Call | None = None) -> Failure:
    """What Saleor said of an input, at the column of the file that it is about."""
    # A bulk mutation says the same of the whole first.
    placed = [one for one in refusals if one.row is not None]
    first = next(iter((*placed, *refusals)), Refusal("Saleor gave no reason."))
    column, variant = place_of(first, wish, call)
    message = "; ".join(dict.fromkeys(one.message for one in refusals)) or first.message
    return Failure(f"Saleor refuses it: {message}", column, variant)


def place_of(refusal: Refusal, wish: Wish, call: Call | None) -> tuple[str, str]:
    """(column, variant's reference) of a refusal with a path like ``variants.0.channelListings.0.price``."""
    parts = refusal.field.split(".")
    numbers = [int(part) for part in parts if part.isdigit()]
    names = [part for part in parts if not part.isdigit()]
    references = list(wish.write.fields.variants)
    is_of_variant = call is not None and call.mutation in (documents.VARIANT_BULK_CREATE, documents.VARIANT_BULK_UPDATE)
    variant = ""
    if names[:1] == ["variants"] and numbers:
        names, variant = names[1:], references[numbers[0]] if numbers[0] < len(references) else ""
    elif call is not None and is_of_variant and refusal.row is not None:
        variant = variant_at(call.values["variants"][refusal.row], wish)
    is_of_variant = is_of_variant or bool(variant) or refusal.message.startswith("Product variant with this")
    if is_of_variant and len(references) == 1:
        variant = references[0]
    last = names[-1] if names else ""
    fields = wish.write.fields.variants.get(variant, {})
    if last in ("price", "channelId", "priorPrice"):
        return next((name for name in fields if name.startswith(PRICE)), "price"), variant
    if last in ("quantity", "warehouse"):
        return next((name for name in fields if name.startswith(STOCK)), "stock"), variant
    if last == "externalReference" and is_of_variant:
        return "variant_reference", variant
    if last == "attributes":
        # Which of them is not told.
        names_said = [name for name in wish.write.fields.own if name.startswith(ATTRIBUTE)]
        return names_said[0] if len(names_said) == 1 else "", variant
    return _COLUMNS.get(last, last), variant


def variant_at(given: Mapping[str, Any], wish: Wish) -> str:
    """The reference of the variant that a row of a bulk mutation is about."""
    adopted = {key: reference for reference, key in wish.write.adopted_variants.items()}
    if wish.there is not None and "id" in given:
        return next((adopted.get(key, key) for key, one in wish.there.variants.items() if one.id == given["id"]), "")
    variants = wish.write.fields.variants.items()
    return next((reference for reference, fields in variants if fields.get("sku") == given.get("sku")), "")
