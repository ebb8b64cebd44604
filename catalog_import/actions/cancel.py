"""Cancel a run that is writing."""

from __future__ import annotations

from catalog_import.models import ImportRun
from catalog_import.runs import lifecycle


def cancel_run(run: ImportRun, *, by: str) -> None:
    """Stop between two batches. Raise `InvalidRunState` when the run is not writing."""
    lifecycle.cancel(run.pk, who=by)
