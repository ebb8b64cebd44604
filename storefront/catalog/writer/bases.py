"""What each source last imported: kept for the three-way comparison of the next import."""

from __future__ import annotations

from collections.abc import Collection, Mapping

from storefront.catalog.fields import Fields
from storefront.catalog.models import ImportBase


def write_bases(
    kind: ImportBase.Kind, wanted: Mapping[tuple[str, str], Fields], *, new: Collection[tuple[str, str]] = ()
) -> None:
    """(source, reference) → fields that the source has said; what it said before of other fields stays.

    Of what is `new` to the shop nothing was said before, whatever is left of a thing that was deleted.
    """
    known = {
        (row.source, row.reference): Fields.model_validate(row.fields)
        for row in ImportBase.objects.select_for_update().filter(
            kind=kind.value, reference__in=[reference for _, reference in wanted]
        )
    }
    ImportBase.objects.bulk_create(
        [
            ImportBase(
                source=source,
                kind=kind.value,
                reference=reference,
                fields=joined(
                    Fields() if (source, reference) in new else known.get((source, reference), Fields()), base
                ).model_dump(mode="json"),
            )
            for (source, reference), base in wanted.items()
        ],
        update_conflicts=True,
        unique_fields=["source", "kind", "reference"],
        update_fields=["fields"],
    )


def joined(before: Fields, now: Fields) -> Fields:
    """What was said before, with what is said now over it."""
    return Fields(
        own=before.own | now.own,
        variants=before.variants | {key: before.variants.get(key, {}) | fields for key, fields in now.variants.items()},
    )
