"""What each source last imported: kept for the three-way comparison of the next import."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import datetime

from pydantic import Field

from storefront.catalog.bulk import copy_rows, update_rows
from storefront.catalog.fields import Fields
from storefront.catalog.models import ImportBase
from storefront.catalog.records import Record


class BaseWrite(Record):
    """What a source has said of a thing; what it said before of other fields stays, but for those in `dropped`.

    `digest` stands for all that the source said (`ImportBase.digest`), `stamp` for the state of the product.
    """

    fields: Fields = Field(default_factory=Fields)
    dropped: Fields = Field(default_factory=Fields)
    digest: str = ""
    stamp: datetime | None = None


def write_bases(
    kind: ImportBase.Kind, wanted: Mapping[tuple[str, str], BaseWrite], *, new: Collection[tuple[str, str]] = ()
) -> None:
    """(source, reference) → what is to be kept.

    Of what is `new` to the shop nothing was said before, whatever is left of a thing that was deleted.
    """
    known = {
        (row.source, row.reference): row
        for row in ImportBase.objects.select_for_update().filter(
            kind=kind.value,
            source__in={source for source, _ in wanted},
            reference__in=[reference for _, reference in wanted],
        )
    }
    added, changed = [], []
    for key, write in wanted.items():
        row = known.get(key)
        before = Fields() if row is None or key in new else Fields.model_validate(row.fields)
        fields = without(joined(before, write.fields), write.dropped).model_dump_json()
        if row is None:
            source, reference = key
            added.append((source, kind.value, reference, fields, write.digest, write.stamp))
        else:
            changed.append((row.pk, fields, write.digest, write.stamp))
    copy_rows(ImportBase, ("source", "kind", "reference", "fields", "digest", "stamp"), added)
    update_rows(ImportBase, ("id", "fields", "digest", "stamp"), changed)


def joined(before: Fields, now: Fields) -> Fields:
    """Return what was said before, with what is said now over it."""
    return Fields(
        own=before.own | now.own,
        variants=before.variants | {key: before.variants.get(key, {}) | fields for key, fields in now.variants.items()},
    )


def without(fields: Fields, dropped: Fields) -> Fields:
    """Return the fields without those of `dropped`; a variant of which nothing is left goes too."""
    own = {name: value for name, value in fields.own.items() if name not in dropped.own}
    variants = {
        key: {name: value for name, value in stated.items() if name not in dropped.variants.get(key, {})}
        for key, stated in fields.variants.items()
    }
    return Fields(own=own, variants={key: stated for key, stated in variants.items() if stated})
