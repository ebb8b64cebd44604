"""Say what the columns of an unknown table are, and have it planned again."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial

from django.conf import settings
from django.db import transaction

from catalog_import.actions.upload import UploadRefused
from catalog_import.models import ImportRun
from catalog_import.runs.enqueue import enqueue_plan
from catalog_import.runs.lifecycle import InvalidRunState, unbegun
from catalog_import.sources.columns import columns_of
from catalog_import.sources.dialects.mapping import BadMapping, read_mapping
from storefront.catalog.taxonomy import load_taxonomy

Status = ImportRun.Status


@transaction.atomic
def set_mapping(run: ImportRun, mapping: Mapping[str, str]) -> None:
    """Read the run's table with these columns (theirs → ours) from now on, and plan it again.

    Raises `InvalidRunState` when it was begun already.
    """
    if not unbegun(run.pk, Status.MAPPING, Status.PLANNED, Status.FAILED):
        raise InvalidRunState(f"Import {run.pk} is {run.status}; its columns cannot be mapped any more.")
    chosen = {theirs: ours for theirs, ours in mapping.items() if ours}
    try:
        read_mapping(chosen, our_columns())
    except BadMapping as error:
        raise UploadRefused(str(error)) from error
    if "sku" not in chosen.values():
        raise UploadRefused("Choose the column with the SKU: every row needs its stock keeping unit.")
    run.options = run.options | {"mapping": chosen}
    for part in (run.items, run.problems, run.batches):
        part.all().delete()
    run.status, run.message, run.counts = Status.PLANNING, "", {}
    run.save()
    transaction.on_commit(partial(enqueue_plan, run.pk))


def our_columns() -> list[str]:
    """The columns that a table's own may be mapped to."""
    return list(columns_of(load_taxonomy(settings.TAXONOMY_FOLDER)))


def targets_of(theirs: str, proposed: str | None) -> list[str]:
    """What a column may be mapped to besides our columns: an option or attribute of its own name, and what is proposed
    for it."""
    own = [f"option: {theirs}", f"attribute: {theirs}"]
    return own if not proposed or proposed in own or proposed in our_columns() else [proposed, *own]
