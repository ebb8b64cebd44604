"""What each source last imported: kept for the three-way comparison of the next import."""

from __future__ import annotations

from collections.abc import Mapping

from storefront.catalog.fields import Fields
from storefront.catalog.models import ImportBase


def write_bases(kind: ImportBase.Kind, wanted: Mapping[tuple[str, str], Fields]) -> None:
    """(source, reference) → the fields that the source has said so far."""
    ImportBase.objects.bulk_create(
        [
            ImportBase(source=source, kind=kind.value, reference=reference, fields=base.model_dump(mode="json"))
            for (source, reference), base in wanted.items()
        ],
        update_conflicts=True,
        unique_fields=["source", "kind", "reference"],
        update_fields=["fields"],
    )
