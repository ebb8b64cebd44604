"""The kernel's writes of guides → Saleor's inputs of their pages, and what Knotwise keeps with a page."""

from __future__ import annotations

from typing import Any

from storefront.catalog.fields import Fields
from storefront.catalog.records import SourceCitation, Status
from storefront.catalog.writer import GuideWrite
from storefront.saleor.read.answers import GUIDE_LISTS, SaleorGuide
from storefront.saleor.read.values import cautions_text, rich_text, sources_text
from storefront.saleor.schema import documents, model
from storefront.saleor.schema.documents import Call
from storefront.saleor.schema.state import State, bases_text, metadata
from storefront.saleor.write.attribute_inputs import attribute_input
from storefront.saleor.write.inputs import Writer, base_after, cautions_of


def guide_input(writer: Writer, write: GuideWrite, existing: SaleorGuide | None) -> dict[str, Any]:
    """Return the input of a guide's page: of a new one all, else what changes."""
    own = write.fields.own
    given: dict[str, Any] = {}
    if own.get("title"):
        given["title"] = own["title"]
    if "body" in own:
        given["content"] = rich_text(own["body"] or "")
    if "status" in own:
        given["isPublished"] = own["status"] == Status.ACTIVE.value
    elif existing is None:
        given["isPublished"] = True
    attributes = guide_attributes(writer, write, existing)
    if attributes:
        given["attributes"] = attributes
    if existing is None:
        given |= {"slug": write.slug, "pageType": writer.shop.own_page_type().id}
        given.setdefault("title", write.slug)
    return given


def guide_attributes(writer: Writer, write: GuideWrite, existing: SaleorGuide | None) -> list[dict[str, Any]]:
    own, found = write.fields.own, []
    texts = {
        "summary": (model.GUIDE_SUMMARY, own.get("summary") or ""),
        "cautions": (model.GUIDE_CAUTIONS, cautions_text(cautions_of(own.get("cautions")))),
        "sources": (model.GUIDE_SOURCES, sources_text(sources_of(own.get("sources")))),
        "reviewed_on": (model.GUIDE_REVIEWED_ON, own.get("reviewed_on") or ""),
    }
    for name, (key, text) in texts.items():
        if name in own and (text or existing):
            found.append(attribute_input(writer.shop.own(key), text, name))
    if write.tags is None:
        return found
    for name, key in GUIDE_LISTS.items():
        slugs = [tag.slug for tag in getattr(write.tags, name)]
        before = [tag.slug for tag in getattr(existing.guide.tags, name)] if existing else []
        if set(slugs) != set(before):
            attribute = writer.shop.own(key)
            found.append({"id": attribute.id, "multiselect": writer.choices(attribute, key, slugs)})
    return found


def guide_note(write: GuideWrite, existing: SaleorGuide | None, page: str) -> Call:
    """Return the mutation that keeps what Knotwise knows of a guide from now on."""
    own = write.fields.own
    before = existing.state.model_copy(update={"tags": existing.guide.tags}) if existing else State()
    change: dict[str, Any] = {"source": before.source or write.source}
    if "status" in own:
        change["status"] = Status(own["status"])
    if "cautions" in own:
        change["cautions"] = cautions_of(own["cautions"])
    if "sources" in own:
        change["sources"] = sources_of(own["sources"])
    if write.tags is not None:
        change["tags"] = write.tags
    bases = dict(existing.bases) if existing else {}
    bases[write.source] = base_after(bases.get(write.source, Fields()), write.base)
    state = before.model_copy(update=change)
    return Call(documents.PRIVATE_METADATA, {"id": page, "input": metadata(state, bases_text(bases))})


def sources_of(value: Any) -> tuple[SourceCitation, ...]:
    return tuple(SourceCitation.model_validate(source) for source in value or ())
