"""The commands of `catalog-import`: each reads its input, makes a few calls, and shows the answer."""

from __future__ import annotations

import getpass
import json
import sys
from enum import IntEnum
from pathlib import Path
from typing import Annotated, Any

import typer
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.core.files.storage import default_storage
from django.db import OperationalError, ProgrammingError
from kombu.exceptions import OperationalError as BrokerError

from catalog_import import printing, runs, tasks
from catalog_import.check import as_json, check
from catalog_import.pictures import store_pictures
from catalog_import.plan import Plan, Shop, build_plan
from catalog_import.problems import has_errors
from catalog_import.reading import Catalogue, read_catalogue
from storefront.catalog.records import DEFAULT_CHANNEL, DEFAULT_SOURCE, MediaRecord
from storefront.catalog.snapshots import load_shop_facts, load_shop_guides, load_shop_products
from storefront.catalog.taxonomy import load_taxonomy


class Exit(IntEnum):
    """What the command's exit code says; 1 is a bug, 2 wrong usage."""

    DONE = 0
    PROBLEMS = 3
    SHOP_UNREACHABLE = 4
    PARTLY = 5


EXIT_CODES = (
    "Exit codes: 0 done (warnings or none), 1 a bug, 2 wrong usage, 3 problems in the files, "
    "4 shop unreachable, 5 partly applied."
)
app = typer.Typer(
    help=f"Bring catalogue files into the shop: check, plan, apply.\n\n{EXIT_CODES}",
    no_args_is_help=True,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
)

ProductsFile = Annotated[Path | None, typer.Argument(metavar="FILE", help="A products file (CSV).")]
GuidesFolder = Annotated[Path | None, typer.Option("--guides", metavar="DIR", help="A folder of guides (*.md).")]
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON for machines on stdout, and nothing else there.")]
Source = Annotated[str, typer.Option("--source", help="Whose references these are; two suppliers do not collide.")]
Overwrite = Annotated[
    list[str] | None,
    typer.Option(
        "--overwrite", metavar="FIELD", help='Let the file win conflicts in this field ("all": in every field).'
    ),
]


@app.command("check", epilog="Example: catalog-import check sample_data/products.csv --guides sample_data/guides")
def check_command(
    file: ProductsFile = None,
    guides: GuidesFolder = None,
    currency: Annotated[str | None, typer.Option(help="The shop's currency, like EUR; prices must be in it.")] = None,
    json_output: AsJson = False,
) -> None:
    """Read files and explain what they say. Needs no shop and no database."""
    taxonomy = load_taxonomy(settings.TAXONOMY_FOLDER)
    require_files(file, guides)
    catalogue = read_catalogue(file, guides, taxonomy, {DEFAULT_CHANNEL: currency.upper()} if currency else {})
    checked = check(catalogue, taxonomy)
    if json_output:
        print_json(as_json(checked))
    else:
        printing.print_checked(checked)
    raise typer.Exit(Exit.PROBLEMS if has_errors(checked.problems) else Exit.DONE)


@app.command("plan", epilog="Example: catalog-import plan products.csv --source acme")
def plan_command(
    file: ProductsFile = None,
    guides: GuidesFolder = None,
    source: Source = DEFAULT_SOURCE,
    overwrite: Overwrite = None,
    json_output: AsJson = False,
) -> None:
    """Show what importing these files would make, change or leave alone. Writes nothing."""
    plan = make_plan(file, guides, source, overwrite)[0]
    if json_output:
        print_json(plan_json(plan))
    else:
        printing.print_plan(plan)
    raise typer.Exit(Exit.PROBLEMS if has_errors(plan.problems) else Exit.DONE)


@app.command("apply", epilog="Example: catalog-import apply products.csv --guides guides --yes")
def apply_command(
    file: ProductsFile = None,
    guides: GuidesFolder = None,
    source: Source = DEFAULT_SOURCE,
    overwrite: Overwrite = None,
    is_agreed: Annotated[bool, typer.Option("--yes", "-y", help="Do not ask before writing.")] = False,
) -> None:
    """Plan, then let the workers write it. Rows with errors are left out; running it again is safe."""
    require_files(file, guides)
    finish_running_import()
    plan, catalogue = make_plan(file, guides, source, overwrite)
    if not plan.to_apply():
        printing.print_plan(plan)
        raise typer.Exit(Exit.PROBLEMS if has_errors(plan.problems) else Exit.DONE)
    if is_agreed:
        printing.print_problems(plan.problems)
        printing.out.print(printing.summary(plan))
    else:
        printing.print_plan(plan)
        if not sys.stdin.isatty():
            printing.err.print("Nothing was written. Give --yes to apply without being asked.")
            raise typer.Exit(2)
        typer.confirm("Apply it?", abort=True, err=True)
    try:
        run = runs.start_run(
            plan,
            files=catalogue.files,
            pictures=store_pictures(new_pictures(plan), catalogue.folder, default_storage),
            started_by=getpass.getuser(),
        )
    except runs.RunInProgress as error:
        printing.err.print(f"{error} Nothing was written; try again when it has ended.")
        raise typer.Exit(Exit.SHOP_UNREACHABLE) from error
    progress = wait("Importing", run.pk)
    if progress.outdated or progress.failed:
        raise typer.Exit(Exit.PARTLY)
    raise typer.Exit(Exit.PROBLEMS if has_errors(plan.problems) else Exit.DONE)


def require_files(file: Path | None, guides: Path | None) -> None:
    if file is None and guides is None:
        raise typer.BadParameter("Give a products file, a folder of guides (--guides DIR), or both.")


def make_plan(
    file: Path | None, guides: Path | None, source: str, overwrite: list[str] | None
) -> tuple[Plan, Catalogue]:
    require_files(file, guides)
    taxonomy, facts = load_taxonomy(settings.TAXONOMY_FOLDER), load_shop_facts()
    catalogue = read_catalogue(file, guides, taxonomy, dict(facts.currencies))
    records = [product.record for product in catalogue.products]
    shop = Shop(
        facts,
        guides=load_shop_guides(source),
        products=load_shop_products(
            source,
            [record.reference for record in records],
            [variant.sku for record in records for variant in record.variants],
        ),
    )
    winning = set(overwrite or ())
    plan = build_plan(
        catalogue.products,
        catalogue.guides,
        shop,
        taxonomy,
        source=source,
        overwrites=lambda name: name in winning or "all" in winning,
    )
    plan.problems[:0] = catalogue.problems
    return plan, catalogue


def new_pictures(plan: Plan) -> list[MediaRecord]:
    """The pictures that the plan writes."""
    return [
        MediaRecord.model_validate(media)
        for item in plan.items
        if "media" in item.changes
        for media in item.changes["media"].after or ()
    ]


def finish_running_import() -> None:
    """An import that was interrupted goes on first, so that this one plans against its end."""
    run = runs.running_run()
    if run is not None:
        printing.err.print(f"{runs.RunInProgress(run)} Waiting for its end first.")
        wait("Finishing it", run.pk)


def wait(title: str, run_id: int) -> runs.Progress:
    with printing.progress_bar(title) as on_progress:
        progress = runs.wait_for_run(run_id, tasks.nudge, on_progress)
    printing.print_outcome(progress, run_id)
    return progress


def plan_json(plan: Plan) -> dict[str, Any]:
    return {
        "source": plan.source,
        "counts": plan.counts(),
        "items": [item.model_dump(mode="json") for item in plan.items],
        "problems": [problem.as_json() for problem in plan.problems],
    }


def print_json(answer: dict[str, Any]) -> None:
    json.dump(answer, sys.stdout, ensure_ascii=False, indent=2)
    sys.stdout.write("\n")


def run() -> None:
    """Run a command; an unreachable database or broker is said in a line."""
    try:
        app()
    except (OperationalError, ProgrammingError, ImproperlyConfigured, BrokerError) as error:
        said = str(error).strip().splitlines()[0] if settings.DATABASES["default"].get("NAME") else "none is set up"
        printing.err.print(f"The shop cannot be reached: {said}")
        printing.err.print("Start it with `storefront embedded`, or set DATABASE_URL and REDIS_URL.")
        sys.exit(Exit.SHOP_UNREACHABLE)
