"""Writing guides to Saleor: a page each, and what Knotwise knows of it in the page's metadata, which a page does not
take with its other fields."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from storefront.catalog.writer import GuideWrite
from storefront.saleor.client.errors import AnswerLost, CannotWrite, RequestFailed
from storefront.saleor.client.mutations import MutationRejected, do, do_one
from storefront.saleor.client.transport import Saleor
from storefront.saleor.read.answers import SaleorGuide
from storefront.saleor.schema import documents
from storefront.saleor.schema.documents import Call
from storefront.saleor.write.failures import Failure
from storefront.saleor.write.guide_inputs import guide_input, guide_note
from storefront.saleor.write.inputs import Writer

LOST_TRIES = 5
_COLUMNS = {"content": "body", "isPublished": "status", "attributes": ""}


def write_guides(
    saleor: Saleor, writer: Writer, writes: Mapping[int, GuideWrite], existing: Mapping[str, SaleorGuide]
) -> dict[int, Failure]:
    """Make or change guides by slug; return why some were not. `existing`: slug → the guides that the shop has."""
    failures: dict[int, Failure] = {}
    for index, write in writes.items():
        try:
            write_guide(saleor, writer, write, existing.get(write.slug))
        except MutationRejected as error:
            column = error.refusals[0].field if error.refusals else ""
            failures[index] = Failure(str(error), _COLUMNS.get(column, column))
        except (CannotWrite, RequestFailed) as error:
            failures[index] = Failure(f"Saleor rejected it: {error}")
    return failures


def write_guide(saleor: Saleor, writer: Writer, write: GuideWrite, existing: SaleorGuide | None) -> None:
    """Make or change a guide's page. What is known of its attributes is written with them, in one request, so that none
    of them looks as if somebody had set it in the dashboard."""
    given = guide_input(writer, write, existing)
    if existing is not None:
        page = existing.id
    else:
        attributes = given.pop("attributes", [])
        page, given = create_page(saleor, given), {"attributes": attributes} if attributes else {}
    calls = [Call(documents.PAGE_UPDATE, {"id": page, "input": given})] if given else []
    calls.append(guide_note(write, existing, page))
    for call, outcome in zip(calls, do(saleor, calls), strict=True):
        if outcome.refusals:
            raise MutationRejected(call, outcome.refusals)


def create_page(saleor: Saleor, given: Mapping[str, object], *, tries: int = LOST_TRIES) -> str:
    """Make a page; return its id. One that an earlier attempt made is looked up by its slug."""
    try:
        return str(do_one(saleor, Call(documents.PAGE_CREATE, {"input": given}), may_repeat=False)["page"]["id"])
    except AnswerLost:
        if page := page_with_slug(saleor, str(given["slug"])):
            return page
        if tries <= 1:
            raise
        return create_page(saleor, given, tries=tries - 1)


def page_with_slug(saleor: Saleor, slug: str) -> str | None:
    found = list(saleor.pages(documents.PAGES_BY_SLUG, {"slugs": [slug]}, "pages"))
    return str(found[0]["id"]) if found else None


def delete_guides(saleor: Saleor, guides: Sequence[SaleorGuide]) -> None:
    for guide in guides:
        do_one(saleor, Call(documents.PAGE_DELETE, {"id": guide.id}))
