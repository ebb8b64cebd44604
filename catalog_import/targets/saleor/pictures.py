"""Pictures that were fetched after their product was written to Saleor: uploaded then, a product at a time.

It may be done twice, by two workers at once, or never: a row says until when it is taken, and what a picture holds is
kept with it in Saleor, so that none is uploaded twice.
"""

from __future__ import annotations

import logging

from django.db import transaction
from django.db.models import QuerySet

from catalog_import.runs.lifecycle import running_run
from catalog_import.targets.base import PAGE_PATIENCE_S
from catalog_import.targets.saleor.shop import open_shop
from storefront import leases
from storefront.catalog.models import ProductMedia
from storefront.catalog.writer.retryable_jobs import LEASE, MAX_ATTEMPTS, PAUSES
from storefront.pictures.uploads import finder
from storefront.saleor.client.errors import SaleorUnreachable
from storefront.saleor.client.mutations import do_one
from storefront.saleor.mirror.products import take_over
from storefront.saleor.mirror.view import View
from storefront.saleor.schema.documents import PRIVATE_METADATA, Call
from storefront.saleor.schema.state import PictureState, state_note
from storefront.saleor.write.pictures import write_pictures

log = logging.getLogger(__name__)


def upload_next() -> bool:
    """Upload the pictures of the next product that waits for it; gives whether there may be more.

    While an import writes it does so itself. Raises `SaleorError`; the product is taken again later.
    """
    if running_run() is not None:
        return False
    public_id = take_product()
    if public_id is None:
        return False
    try:
        with open_shop(patience_s=PAGE_PATIENCE_S) as shop:
            upload(shop.view, public_id)
    except SaleorUnreachable:
        # That says nothing of the picture.
        waiting(public_id).update(attempts=0)
        raise
    return True


def upload(view: View, public_id: str) -> None:
    there = take_over(view, [public_id]).get(public_id)
    if there is None:
        return
    wanted = there.state.pictures
    shown = write_pictures(view.saleor, public_id, there.pictures, wanted, finder(wanted), replaces=False)
    # Somebody may have written to it meanwhile: only the ids are new.
    now = take_over(view, [public_id]).get(public_id)
    if now is None or shown == wanted or running_run() is not None:
        return
    state = now.state.model_copy(update={"pictures": with_ids(now.state.pictures, shown)})
    do_one(view.saleor, Call(PRIVATE_METADATA, {"id": public_id, "input": state_note(state)}))
    take_over(view, [public_id])


def with_ids(pictures: tuple[PictureState, ...], shown: tuple[PictureState, ...]) -> tuple[PictureState, ...]:
    """The pictures with the ids of those that were uploaded."""
    known = {(one.location, one.digest): one for one in shown if one.id}
    return tuple(one if one.id else known.get((one.location, one.digest), one) for one in pictures)


@transaction.atomic
def take_product() -> str | None:
    """The id of a product with a picture that is stored and not in Saleor; it is this worker's for a while, and then
    waits the longer the more often it was tried."""
    rows = ProductMedia.objects.filter(
        leases.is_free(), state=ProductMedia.State.STORED, remote_id="", attempts__lt=MAX_ATTEMPTS
    )
    first = rows.select_for_update(of=("self",), skip_locked=True).select_related("product").order_by("pk").first()
    if first is None:
        return None
    pause = max(LEASE, PAUSES[min(first.attempts, len(PAUSES) - 1)])
    public_id = str(first.product.public_id)
    leases.take(waiting(public_id), pause, limit=None)
    return public_id


def waiting(public_id: str) -> QuerySet[ProductMedia]:
    """A product's pictures that are to be uploaded."""
    return ProductMedia.objects.filter(product__public_id=public_id, state=ProductMedia.State.STORED, remote_id="")
