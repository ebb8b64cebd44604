"""Writing the pictures that products shall have: those that are stored, and those that are still to be fetched."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from django.utils import timezone

from storefront.catalog.models import Picture, ProductMedia
from storefront.catalog.public_ids import new_public_id
from storefront.catalog.records import Record, is_url


class StoredPicture(Record):
    """A picture that is already in the storage; `format` as Pillow names it."""

    digest: str
    file: str
    format: str
    width: int
    height: int
    size_bytes: int


def write_media(
    wanted: Mapping[int, Sequence[Mapping[str, Any]]],
    stored: Mapping[int, Mapping[str, StoredPicture]],
    ids: Mapping[int, Mapping[str, tuple[str, str]]],
) -> None:
    """Replace products' pictures; `stored`: product → location → what was put into the storage for this; `ids`:
    product → location → id and address in Saleor.

    What was stored before is found by its hash. One at a web address is to be fetched, unless that was done, and so is
    one that only Saleor has. A file that could not be stored is left out.
    """
    if not wanted:
        return
    locations = {pk: {item["location"] for item in media} for pk, media in wanted.items()}
    known = ProductMedia.objects.filter(product_id__in=wanted).values_list("pk", "product_id", "location")
    ProductMedia.objects.filter(
        pk__in=[pk for pk, product_id, location in known if location not in locations[product_id]]
    ).delete()
    pictures = keep_pictures(picture for pk in wanted for picture in stored.get(pk, {}).values())
    digests = {item["digest"] for media in wanted.values() for item in media if item["digest"]} - pictures.keys()
    pictures |= dict(Picture.objects.filter(digest__in=digests).values_list("digest", "pk"))
    now = timezone.now()
    have, to_fetch = [], []
    for pk, media in wanted.items():
        for position, item in enumerate(media):
            id, address = ids.get(pk, {}).get(item["location"], ("", ""))
            row = ProductMedia(
                public_id=id or new_public_id("ProductMedia"),
                product_id=pk,
                position=position,
                location=item["location"],
                alt=item["alt"],
                stated_digest=item["digest"],
                remote_id=id,
                remote_url=address,
            )
            picture = stored.get(pk, {}).get(item["location"])
            row.picture_id = pictures.get(picture.digest if picture else item["digest"])
            if row.picture_id is not None:
                row.state = ProductMedia.State.STORED
                have.append(row)
            elif is_url(item["location"]) or address:
                row.next_try_at = now
                to_fetch.append(row)
    make_room_for_ids([row for row in have + to_fetch if row.remote_id])
    place = ["position", "alt", "stated_digest", "remote_id", "remote_url"]
    upsert(have, [*place, "picture", "state", "attempts", "next_try_at", "leased_until", "message"])
    upsert(to_fetch, place)


def make_room_for_ids(rows: Sequence[ProductMedia]) -> None:
    """Rows may change ids among them: take each from whoever has it for another location."""
    wanted = {row.public_id: (row.product_id, row.location) for row in rows}
    for pk, public_id, product_id, location in ProductMedia.objects.filter(public_id__in=wanted).values_list(
        "pk", "public_id", "product_id", "location"
    ):
        if wanted[public_id] != (product_id, location):
            ProductMedia.objects.filter(pk=pk).update(public_id=new_public_id("ProductMedia"))


def upsert(rows: Sequence[ProductMedia], update_fields: Sequence[str]) -> None:
    """Insert the rows, or change those that are there; an id that was made here is kept."""
    for is_remote, names in ((True, ["public_id", *update_fields]), (False, update_fields)):
        ProductMedia.objects.bulk_create(
            [row for row in rows if bool(row.remote_id) is is_remote],
            update_conflicts=True,
            unique_fields=["product", "location"],
            update_fields=names,
        )


def keep_pictures(stored: Iterable[StoredPicture]) -> dict[str, int]:
    """Return hash → key of these pictures' rows; those that are new are made, and their renditions are to be made."""
    by_digest = {picture.digest: picture for picture in stored}
    if not by_digest:
        return {}
    now = timezone.now()
    # By the hash, so that two writers wait for each other in one order.
    Picture.objects.bulk_create(
        [Picture(**by_digest[digest].model_dump(), next_try_at=now) for digest in sorted(by_digest)],
        ignore_conflicts=True,
    )
    # Wanted again, whether or not a product has it yet.
    Picture.objects.filter(digest__in=by_digest, unused_since__isnull=False).update(unused_since=None)
    return dict(Picture.objects.filter(digest__in=by_digest).values_list("digest", "pk"))
