"""Writing products to Saleor: many made at once, each changed by a few mutations, all over a few connections.

One bad product must not stop the others: where Saleor refuses a whole request for one of its rows, the request is cut
in two until that row is alone. Where an answer is lost, what was made is looked up before anything is made again.
"""

from __future__ import annotations

import hashlib
import logging
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, TypeVar

import orjson
from django.utils.text import slugify

from storefront.saleor.client.batches import in_parallel, packed
from storefront.saleor.client.errors import AnswerLost, CannotWrite, Fault, RequestFailed
from storefront.saleor.client.mutations import Outcome, do, refusal_of
from storefront.saleor.client.transport import MAX_MUTATIONS, Saleor
from storefront.saleor.read import queries
from storefront.saleor.schema import documents
from storefront.saleor.schema.documents import Call, document_of
from storefront.saleor.write.failures import Failure, PendingWrite, failure_of_refusals, unexpected
from storefront.saleor.write.inputs import Writer
from storefront.saleor.write.variant_inputs import POLICY

log = logging.getLogger(__name__)

# Seen on 3.23.28: some 20 ms a product whatever the size; a larger request loses more where it fails as a whole.
CREATED_AT_ONCE = 25
MAX_CREATE_BYTES = 2_000_000
LOST_TRIES = 5
_VARIANT_COLUMNS = ("variant_reference", "sku")
_TAKEN_COLUMNS = ("product_reference", "variant_reference", "sku", "slug")

Input = TypeVar("Input")


def build_inputs(
    writes: Mapping[int, PendingWrite], build: Callable[[int, PendingWrite], Input]
) -> tuple[dict[int, Input], dict[int, Failure]]:
    """Return index → what `build` makes of each write, and why it could not for others."""
    inputs: dict[int, Input] = {}
    failures: dict[int, Failure] = {}
    for index, pending in writes.items():
        try:
            inputs[index] = build(index, pending)
        except CannotWrite as error:
            failures[index] = Failure(str(error), error.column)
        except Exception as error:
            log.exception("The input for a product could not be built")
            failures[index] = unexpected(error)
    return inputs, failures


# Making --------------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Row:
    """One product of a request: its place among the writes, and its input."""

    index: int
    pending: PendingWrite
    given: Mapping[str, Any]


def create_products(
    saleor: Saleor, writer: Writer, writes: Mapping[int, PendingWrite], tick: Callable[[], None] = lambda: None
) -> dict[int, Failure]:
    """Make the products; return why some were not made. `tick` is called after each request."""
    slugs = free_slugs(saleor, writes)
    inputs, failures = build_inputs(writes, lambda index, pending: writer.created(pending.write, slugs[index]))
    rows = [Row(index, writes[index], given) for index, given in inputs.items()]

    def create(part: list[Row]) -> dict[int, Failure]:
        refused = create_rows(saleor, part)
        tick()
        return refused

    requests = packed(rows, lambda row: len(orjson.dumps(row.given)), MAX_CREATE_BYTES, most=CREATED_AT_ONCE)
    for refused in in_parallel(saleor, create, requests):
        failures |= refused
    return failures


def free_slugs(saleor: Saleor, writes: Mapping[int, PendingWrite]) -> dict[int, str]:
    """Return index → a slug that no other product has: the file's, or one from the name, with a number if need be.

    Saleor would find one itself, but looks through all products for each (seen on 3.23.28).
    """
    wanted = {
        index: str(pending.write.fields.own.get("slug") or "")
        or slugify(str(pending.write.fields.own.get("name") or ""), allow_unicode=True)[:240]
        or "product"
        for index, pending in writes.items()
    }
    slugs: dict[int, str] = {}
    taken: set[str] = set()
    candidates = wanted
    for number in range(2, 101):
        taken |= queries.taken_slugs(saleor, set(candidates.values()))
        for index, slug in candidates.items():
            if slug not in taken:
                slugs[index] = slug
                taken.add(slug)
        candidates = {index: f"{wanted[index]}-{number}" for index in candidates if index not in slugs}
        if not candidates:
            return slugs
    return slugs | {index: f"{wanted[index]}-{short_hash(writes[index].write.reference)}" for index in candidates}


def short_hash(reference: str) -> str:
    return hashlib.blake2b(reference.encode(), digest_size=5).hexdigest()


def create_rows(saleor: Saleor, rows: Sequence[Row], *, tries: int = LOST_TRIES) -> dict[int, Failure]:
    """Make these products in one request, or in as many as it takes. Raise what `Saleor.send` raises, but no
    `AnswerLost` before it was tried again and again."""
    call = Call(documents.PRODUCT_BULK_CREATE, {"products": [row.given for row in rows], "errorPolicy": POLICY})
    document, variables = document_of([call])
    try:
        answer = saleor.send(document, variables, may_repeat=False)
    except AnswerLost:
        # It asks until it is answered: a Saleor that is away is waited for here.
        missing = missing_rows(saleor, rows)
        if tries <= 1 and missing:
            return create_in_halves(saleor, missing, RequestFailed([Fault("Saleor repeatedly gave no answer.")]))
        log.warning("Saleor's answer was lost; %s of %s products were not created", len(missing), len(rows))
        return create_rows(saleor, missing, tries=tries - 1) if missing else {}
    except RequestFailed as error:
        return create_in_halves(saleor, rows, error)
    results = (answer.data.get("m0") or {}).get("results") or []
    if len(results) != len(rows):
        return create_in_halves(saleor, rows, RequestFailed(answer.faults))
    failures = {}
    for row, result in zip(rows, results, strict=True):
        if result.get("product") is None:
            refusals = [refusal_of(error) for error in result.get("errors") or ()]
            failures[row.index] = failure_of_refusals(refusals, row.pending)
    failures = drop_created(saleor, rows, failures)
    # Somebody took their slugs meanwhile; Saleor finds others.
    unnamed = [row for row in rows if row.index in failures and failures[row.index].column == "slug" and is_named(row)]
    if unnamed:
        failures = {
            index: failure for index, failure in failures.items() if index not in {row.index for row in unnamed}
        }
        failures |= create_rows(saleor, [without_slug(row) for row in unnamed])
    return locate_variants(saleor, rows, failures)


def create_in_halves(saleor: Saleor, rows: Sequence[Row], error: RequestFailed) -> dict[int, Failure]:
    """Create in halves what was refused as a whole, down to the row that the refusal is about."""
    if len(rows) > 1:
        half = len(rows) // 2
        return create_rows(saleor, rows[:half]) | create_rows(saleor, rows[half:])
    row = rows[0]
    if error.has_code("IntegrityError"):
        if not (missing := missing_rows(saleor, rows)):
            return {}
        if is_named(row):
            # Somebody took the slug meanwhile; Saleor finds another.
            return create_rows(saleor, [without_slug(row) for row in missing])
    return {row.index: Failure(f"Saleor rejected it: {error}")}


def is_named(row: Row) -> bool:
    """Return whether its slug was chosen here: its file names none."""
    return bool(row.given["slug"]) and not row.pending.write.fields.own.get("slug")


def without_slug(row: Row) -> Row:
    return replace(row, given={**row.given, "slug": None})


def missing_rows(saleor: Saleor, rows: Sequence[Row]) -> list[Row]:
    """Return the rows whose products do not exist."""
    found = queries.outlines_by_external(saleor, [row.given["externalReference"] for row in rows])
    return [row for row in rows if row.given["externalReference"] not in found]


def drop_created(saleor: Saleor, rows: Sequence[Row], failures: dict[int, Failure]) -> dict[int, Failure]:
    """Return the failures except for products that exist all the same: an earlier attempt made them."""
    doubted = [row for row in rows if row.index in failures and failures[row.index].column in _TAKEN_COLUMNS]
    if not doubted:
        return failures
    missing = {row.index for row in missing_rows(saleor, doubted)}
    made = {row.index for row in doubted} - missing
    return {index: failure for index, failure in failures.items() if index not in made}


def locate_variants(saleor: Saleor, rows: Sequence[Row], failures: Mapping[int, Failure]) -> dict[int, Failure]:
    """Return the failures with the variant whose SKU is taken: Saleor does not tell which of a product's it is."""
    by_index = {row.index: row.pending.write.fields.variants for row in rows}
    unplaced = [
        index for index, failure in failures.items() if failure.column in _VARIANT_COLUMNS and not failure.variant
    ]
    skus = [str(fields["sku"]) for index in unplaced for fields in by_index[index].values()]
    taken = queries.sku_owners(saleor, skus) if skus else {}
    found = dict(failures)
    for index in unplaced:
        variants = (key for key, fields in by_index[index].items() if fields["sku"] in taken)
        found[index] = replace(failures[index], variant=next(variants, ""))
    return found


# Changing ------------------------------------------------------------------------------------------------------------


def update_products(
    saleor: Saleor, writer: Writer, writes: Mapping[int, PendingWrite], tick: Callable[[], None] = lambda: None
) -> dict[int, Failure]:
    """Change the products, each by what changes; return why some were not changed (whole)."""

    def build_calls(_: int, pending: PendingWrite) -> list[Call]:
        if pending.existing is None:
            raise ValueError("Only an existing product can be updated.")
        return writer.updated(pending.write, pending.existing)

    planned, failures = build_inputs(writes, build_calls)

    def change(part: list[tuple[int, list[Call]]]) -> dict[int, Failure]:
        found: dict[int, Failure] = {}
        calls = [call for _, own_calls in part for call in own_calls]
        owners = [index for index, own_calls in part for _ in own_calls]
        try:
            outcomes = do_all(saleor, calls)
        except RequestFailed as error:
            if len(part) > 1:
                for entry in part:
                    found |= change([entry])
                return found
            return {part[0][0]: Failure(f"Saleor rejected it: {error}")}
        for index, call, outcome in zip(owners, calls, outcomes, strict=True):
            if outcome.refusals and index not in found:
                found[index] = failure_of_refusals(outcome.refusals, writes[index], call)
        tick()
        return found

    changes = [(index, calls) for index, calls in planned.items() if calls]
    for found in in_parallel(saleor, change, packed(changes, lambda each: len(each[1]), MAX_MUTATIONS)):
        failures |= found
    return failures


def do_all(saleor: Saleor, calls: Sequence[Call]) -> list[Outcome]:
    """Do the mutations; those that may be done twice are repeated until they are answered.

    A variant that is made cannot be made twice, and is said to be taken then: its answer is lost for us, and the whole
    batch is looked at again.
    """
    once = (documents.VARIANT_BULK_CREATE, documents.VARIANT_BULK_DELETE)
    may_repeat = all(call.mutation not in once for call in calls)
    return do(saleor, calls, may_repeat=may_repeat)
