"""Make the plan of a run: of files, of the shop's products themselves, or of an earlier run taken back."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.files.storage import default_storage
from django.db import transaction

from catalog_import.models import ImportRun
from catalog_import.planning import importing as planning
from catalog_import.planning.importing import Importing, Options
from catalog_import.planning.pins import Pin, PinRefused, Signature
from catalog_import.planning.plan import PlanItem
from catalog_import.planning.undo import undo_plan
from catalog_import.runs import stored_plans
from catalog_import.runs.known_mappings import recall, remember
from catalog_import.runs.pictures import keep_planned_pictures
from catalog_import.runs.planned_pins import pin_planned
from catalog_import.sources.formats.archive import is_archive
from catalog_import.sources.notes import Interpretation
from catalog_import.sources.problems import Problem, ProblemCode
from catalog_import.sources.proposals import propose_mapping
from catalog_import.targets import current_target
from storefront.catalog.taxonomy import load_taxonomy

log = logging.getLogger(__name__)

Watch = Callable[[Iterable[PlanItem]], Iterable[PlanItem]]
Commit = Callable[[], AbstractContextManager[object]]
Status = ImportRun.Status
TELLING = frozenset({"sku", "name", "price", "compare_at_price", "stock", "barcode", "weight_g", "status", "currency"})


@dataclass(frozen=True, slots=True)
class Made:
    """A plan that is stored with its run: how many items of each action, and what was found on the way."""

    counts: dict[str, int]
    problems: Sequence[Problem]
    interpretations: Sequence[Interpretation] = ()
    quality: Mapping[str, Any] = field(default_factory=dict)


def unwatched(items: Iterable[PlanItem]) -> Iterable[PlanItem]:
    return items


def new_run(
    source: str,
    *,
    files: Sequence[str] = (),
    started_by: str = "",
    options: Options | None = None,
    undoes: ImportRun | None = None,
    deletes: bool = False,
) -> ImportRun:
    """Return a new run for the current target; its plan is still to be made."""
    return ImportRun.objects.create(
        source=source,
        target=current_target().address,
        files=list(files),
        started_by=started_by,
        options=options.model_dump(mode="json") if options else {},
        undoes=undoes,
        deletes=deletes,
    )


def store_items(run: ImportRun, items: Iterable[PlanItem]) -> dict[str, int]:
    """Store a plan's items in batches as the current target takes them; return the counts."""
    return stored_plans.store_items(run, items, batch_size=current_target().batch_size)


@contextmanager
def open_import(products: Path | None, guides: Path | None, options: Options) -> Iterator[Importing]:
    """Open files for planning against the current target's shop. Raise `UnknownChannel` and `SaleorError`.

    A table whose columns somebody explained before is read as they said.
    """
    if products is not None and options.mapping is None and (known := recall(options.source, products)):
        options = options.model_copy(update={"mapping": known})
    with current_target().open_shop() as shop, planning.open_import(shop, products, guides, options) as importing:
        yield importing


def make_plan(
    run: ImportRun,
    products: Path | None,
    guides: Path | None,
    options: Options,
    *,
    watch: Watch = unwatched,
    commit: Commit = transaction.atomic,
) -> Made:
    """Make and store the plan of these files; without any, of the shop's products tagged and linked again.

    `watch` sees the items as they are worked out; the end is written inside of `commit()`. Raise `ImportRefused`.
    """
    with open_import(products, guides, options) as importing:
        is_retagging = products is None and guides is None
        counts = store_items(run, watch(importing.retagged() if is_retagging else importing.items()))
        mapping = importing.options.mapping
        if products is not None and not run.proposal and (mapping or has_unknown_columns(importing)):
            run.proposal = proposal_for(products)
        if products is not None and options.mapping:
            remember(options.source, products, options.mapping)
        elif isinstance(mapping, dict):
            run.options = run.options | {"mapping": mapping}
            run.save(update_fields=["options"])
        # Now, since what was unpacked is here only as long as this.
        keep_planned_pictures(run.pk, importing.reading.folder, default_storage)
        is_asked = bool(run.proposal) and asks_for_mapping(run, importing)
        run.quality = importing.planner.quality.as_json()
        made = Made(counts, importing.problems, importing.reading.interpretations, run.quality)
        with commit():
            stored_plans.store_findings(run, made.problems, made.interpretations)
            finish_plan(run, counts)
            set_pins_again(run)
            if is_asked:
                ImportRun.objects.filter(pk=run.pk).update(status=Status.MAPPING)
    return made


def make_undo_plan(run: ImportRun, *, watch: Watch = unwatched, commit: Commit = transaction.atomic) -> Made:
    """Make and store the plan that takes back the run that this one undoes."""
    if run.undoes is None:
        raise ValueError(f"{run} undoes nothing.")
    problems: list[Problem] = []
    with current_target().open_shop() as shop:
        counts = store_items(run, watch(undo_plan(shop, run.undoes, deletes=run.deletes, problems=problems)))
        with commit():
            stored_plans.store_findings(run, problems)
            finish_plan(run, counts)
    return Made(counts, problems)


def finish_plan(run: ImportRun, counts: dict[str, int]) -> None:
    """Note that the plan is whole."""
    run.counts, run.status = counts, Status.PLANNED
    run.save(update_fields=["counts", "status", "proposal", "quality"])


def set_pins_again(run: ImportRun) -> None:
    """Set the pins again that were set in an earlier plan of this run."""
    for pinned in run.options.get("pins", ()):
        row = run.items.filter(kind=pinned["kind"], reference=pinned["reference"]).first()
        if row is None:
            continue
        try:
            pin_planned(run.pk, row.position, Pin(**pinned["pin"]), Signature(**pinned["signature"]))
        except PinRefused as error:
            log.info("Run %s: a pin for %s is not set again: %s", run.pk, pinned["reference"], error)
    run.refresh_from_db(fields=["options", "counts"])


def asks_for_mapping(run: ImportRun, importing: Importing) -> bool:
    """Return whether a person has to say what the columns are: none is known as the SKU's, or one that was left out
    probably is one of the shop's."""
    if importing.options.mapping:
        return False
    problems = importing.reading.problems
    if any(found.code is ProblemCode.MISSING_COLUMN and found.column == "sku" for found in problems):
        return True
    left_out = {found.column for found in problems if found.code is ProblemCode.UNKNOWN_COLUMN}
    return any(column["theirs"] in left_out and is_telling(column["ours"] or "") for column in run.proposal)


def is_telling(ours: str) -> bool:
    """Return whether a column of ours is one that products are hardly imported without."""
    return ours.partition(" (")[0] in TELLING


def has_unknown_columns(importing: Importing) -> bool:
    """Return whether staff may want to say which column is which."""
    codes = {problem.code for problem in importing.reading.problems}
    return bool(codes & {ProblemCode.UNKNOWN_COLUMN, ProblemCode.MISSING_COLUMN})


def proposal_for(products: Path) -> list[dict[str, Any]]:
    if is_archive(products):
        return []
    proposal = propose_mapping(products, load_taxonomy(settings.TAXONOMY_FOLDER))
    return [asdict(column) for column in proposal.columns]
