"""Pictures that were fetched after their product was written to Saleor: uploaded then, a product at a time.

It may be done twice, by two workers at once, or never: a row says until when it is taken, and what a picture holds is
kept with it in Saleor, so that none is uploaded twice.
"""

from __future__ import annotations

import logging

from django.db import transaction
from django.utils import timezone

from catalog_import.runs import running_run
from catalog_import.targets.looking import looking
from storefront.catalog.models import ProductMedia
from storefront.catalog.writer.errands import LEASE, MAX_ATTEMPTS, is_free
from storefront.pictures.uploads import finder
from storefront.saleor.connection import has_saleor
from storefront.saleor.documents import PRIVATE_METADATA, Call
from storefront.saleor.pictures import write_pictures
from storefront.saleor.projection import take_over
from storefront.saleor.state import state_note
from storefront.saleor.writes import do_one

log = logging.getLogger(__name__)


def upload_next() -> bool:
    """Upload the pictures of the next product that waits for it; gives whether there may be more.

    While an import writes it does so itself. Raises `SaleorError`; the product is taken again later.
    """
    if not has_saleor() or running_run() is not None:
        return False
    public_id = take_product()
    if public_id is None:
        return False
    with looking() as view:
        if view is None or (there := take_over(view, [public_id]).get(public_id)) is None:
            return True
        wanted = there.state.pictures
        shown = write_pictures(view.saleor, public_id, there.pictures, wanted, finder(wanted))
        if shown != wanted:
            state = there.state.model_copy(update={"pictures": shown})
            do_one(view.saleor, Call(PRIVATE_METADATA, {"id": public_id, "input": state_note(state)}))
        take_over(view, [public_id])
    return True


@transaction.atomic
def take_product() -> str | None:
    """The id of a product with a picture that is stored and not in Saleor; it is this worker's for a while."""
    waiting = ProductMedia.objects.filter(
        is_free(), state=ProductMedia.State.STORED, remote_id="", attempts__lt=MAX_ATTEMPTS
    )
    first = waiting.select_for_update(of=("self",), skip_locked=True).select_related("product").order_by("pk").first()
    if first is None:
        return None
    rows = ProductMedia.objects.filter(product=first.product, state=ProductMedia.State.STORED, remote_id="")
    rows.update(attempts=first.attempts + 1, leased_until=timezone.now() + LEASE)
    return str(first.product.public_id)
