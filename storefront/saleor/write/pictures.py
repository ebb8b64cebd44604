"""Products' pictures in Saleor. They are uploaded by us: an address that Saleor fetches itself fails without a word
(seen on 3.23.28), and it keeps neither the address nor what it held."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from storefront.saleor.client.errors import AnswerLost, RequestFailed
from storefront.saleor.client.mutations import do, outcome_of
from storefront.saleor.client.transport import Saleor, Upload
from storefront.saleor.read.answers import SaleorPicture, pictures_in
from storefront.saleor.schema import documents
from storefront.saleor.schema.documents import Call, document_of
from storefront.saleor.schema.state import PictureState

log = logging.getLogger(__name__)

# Seen on 3.23.28: a larger file is refused with FILE_SIZE_LIMIT_EXCEEDED.
MAX_PICTURE_BYTES = 10 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class Content:
    """What a picture holds. `digest`: its SHA-256, hex."""

    digest: str
    name: str
    mime_type: str
    read: Callable[[], bytes]


Find = Callable[[PictureState], Content | None]
Finder = Callable[[Iterable[PictureState]], Find]


def write_pictures(
    saleor: Saleor,
    product: str,
    have: Sequence[SaleorPicture],
    wanted: Sequence[PictureState],
    find: Find,
    *,
    replaces: bool,
    tick: Callable[[], None] = lambda: None,
) -> tuple[PictureState, ...]:
    """Have a product show these pictures in this order; return them with their ids.

    `have`: those that it shows. `find` gives a picture's content, or None where it is not there (yet): such a one keeps
    no id, and is uploaded another time. `replaces`: any others go; else they stay behind these. `tick` is called before
    each upload.
    """
    by_id = {picture.id: picture for picture in have}
    by_url, by_content = (
        {picture.location: picture.id for picture in have},
        {picture.content: picture.id for picture in have if picture.content},
    )
    found: list[PictureState] = []
    made: list[str] = []
    calls: list[Call] = []
    for picture in wanted:
        content = None
        id = picture.id if picture.id in by_id else by_url.get(picture.location, "")
        if not id and (content := find(picture)) is not None:
            id = by_content.get(content.digest, "")
        if id:
            if by_id[id].alt != picture.alt:
                calls.append(Call(documents.MEDIA_UPDATE, {"id": id, "input": {"alt": picture.alt}}))
        elif content is not None:
            tick()
            if id := upload_picture(saleor, product, content, picture.alt, known={*by_id, *made}):
                made.append(id)
                # At once: by this it is known again, whatever is lost.
                do(saleor, [Call(documents.PRIVATE_METADATA, {"id": id, "input": digest_note(content.digest)})])
        known = content.digest if content and id else picture.content
        found.append(picture.model_copy(update={"id": id, "content": known if id else ""}))
    order = [picture.id for picture in found if picture.id]
    others = [picture.id for picture in have if picture.id not in order]
    gone = others if replaces else []
    order += [] if replaces else others
    calls += [Call(documents.MEDIA_DELETE, {"id": id}) for id in gone]
    if order != [*(picture.id for picture in have if picture.id not in gone), *made]:
        calls.append(Call(documents.MEDIA_REORDER, {"productId": product, "mediaIds": order}))
    for outcome in do(saleor, calls):
        for refusal in outcome.refusals:
            log.warning("Saleor rejected a change of the pictures of %s: %s", product, refusal.message)
    return tuple(found)


def digest_note(digest: str) -> list[dict[str, str]]:
    """Return what is kept with a picture in Saleor, so that it is recognised whatever else is lost."""
    return [{"key": documents.DIGEST_KEY, "value": digest}]


def current_pictures(saleor: Saleor, product: str) -> list[SaleorPicture]:
    """Return the pictures that a product shows."""
    found = saleor.ask(documents.MEDIA_OF, {"id": product})["product"]
    return pictures_in((found or {}).get("media"))


def upload_picture(saleor: Saleor, product: str, content: Content, alt: str, known: set[str]) -> str:
    """Upload a picture; return its id, or nothing where Saleor refuses it. `known`: pictures that the product has.

    Where the answer is lost the product is looked at: a picture that it did not have is this one.
    """
    values = {"input": {"product": product, "alt": alt, "image": None}}
    document, variables = document_of([Call(documents.MEDIA_CREATE, values)])
    held = content.read()
    if len(held) > MAX_PICTURE_BYTES:
        log.warning("A picture of %s is larger than %s bytes, which is Saleor's limit", product, MAX_PICTURE_BYTES)
        return ""
    upload = Upload("m0_input.image", content.name, held, content.mime_type)
    for _ in range(3):
        try:
            answer = saleor.send(document, variables, may_repeat=False, upload=upload)
        except AnswerLost:
            if new := [picture.id for picture in current_pictures(saleor, product) if picture.id not in known]:
                return new[-1]
            continue
        except RequestFailed as error:
            log.warning("Saleor rejected a picture of %s: %s", product, error)
            return ""
        outcome = outcome_of(answer.data.get("m0"), answer.faults, 0)
        if outcome.refusals:
            log.warning("Saleor rejected a picture of %s: %s", product, outcome.refusals[0].message)
            return ""
        return str(outcome.data["media"]["id"])
    raise AnswerLost(f"A picture of {product} was uploaded to Saleor, but every answer was lost.")
