"""The commands of `catalog-import`: each reads its input, makes a few calls, and shows the answer."""

from __future__ import annotations

import getpass
import os
import sys
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from enum import IntEnum
from pathlib import Path
from typing import Annotated, Any, NoReturn

import orjson
import typer
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.core.files.storage import default_storage
from django.db import OperationalError, ProgrammingError
from kombu.exceptions import OperationalError as BrokerError

from catalog_import import picture_list, printing, runs, tasks
from catalog_import.check import Check, write_json
from catalog_import.enrich import enrich_guide
from catalog_import.exports import shopify
from catalog_import.exports.files import SUFFIXES, Format, write_guides, write_pictures, write_products
from catalog_import.importing import DEFAULT_PRUNE_PERCENT, Importing, ImportRefused, Options, open_import
from catalog_import.inference import Inference, Inferred
from catalog_import.models import ImportItem, ImportRun
from catalog_import.pictures import store_pictures
from catalog_import.plan import PlanItem
from catalog_import.problem_files import write_problems
from catalog_import.problems import Place, Problem, ProblemCode, Severity, has_errors, problem_at
from catalog_import.reading import open_catalogue
from catalog_import.sources.proposals import propose_mapping
from storefront.catalog.records import DEFAULT_CHANNEL, DEFAULT_SOURCE, MediaRecord, TaggedProduct
from storefront.catalog.snapshots import each_shop_product, load_shop_guides, product_sources, stored_pictures
from storefront.catalog.taxonomy import load_taxonomy


class Exit(IntEnum):
    """What the command's exit code says; 1 is a bug."""

    DONE = 0
    USAGE = 2
    PROBLEMS = 3
    SHOP_UNREACHABLE = 4
    PARTLY = 5


MAX_SOURCE = 50
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

ProductsFile = Annotated[
    Path | None, typer.Argument(metavar="FILE", help="A products file of any known format, a folder, or a .zip.")
]
GuidesFolder = Annotated[Path | None, typer.Option("--guides", metavar="DIR", help="A folder of guides (*.md).")]
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON for machines on stdout, and nothing else there.")]
Source = Annotated[str, typer.Option("--source", help="Whose references these are; two suppliers do not collide.")]
ChannelSlug = Annotated[str, typer.Option("--channel", help="The channel that the plain price column is for.")]
Mapping = Annotated[
    Path | None, typer.Option("--mapping", metavar="YAML", help='For any other table: "their column: our column".')
]
ProblemsFile = Annotated[
    Path | None, typer.Option("--problems", metavar="CSV", help="Write all problems to this file.")
]
Overwrite = Annotated[
    list[str] | None,
    typer.Option(
        "--overwrite", metavar="FIELD", help='Let the file win conflicts in this field ("all": in every field).'
    ),
]
Prune = Annotated[bool, typer.Option("--prune", help="Archive what the source no longer lists.")]
PruneLimit = Annotated[
    float | None,
    typer.Option("--prune-limit", min=0, max=100, help="How many percent of the source may be archived (10)."),
]
Agreed = Annotated[bool, typer.Option("--yes", "-y", help="Do not ask before writing.")]


@app.command("check", epilog="Example: catalog-import check sample_data/products.csv --guides sample_data/guides")
def check_command(
    file: ProductsFile = None,
    guides: GuidesFolder = None,
    currency: Annotated[str | None, typer.Option(help="The shop's currency, like EUR; prices must be in it.")] = None,
    mapping: Mapping = None,
    problems: ProblemsFile = None,
    json_output: AsJson = False,
) -> None:
    """Read files and explain what they say. Needs no shop and no database."""
    with checking(file, guides, mapping, currency) as check:
        if json_output:
            write_json(check, sys.stdout.buffer)
        else:
            printing.print_check(check)
        finish(check.problems, problems)


@app.command("explain", epilog="Example: catalog-import explain products.csv LM-TP-001 --guides guides")
def explain_command(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="The products file.")],
    sku: Annotated[str, typer.Argument(metavar="SKU", help="The variant whose product is to be explained.")],
    guides: GuidesFolder = None,
    mapping: Mapping = None,
    json_output: AsJson = False,
) -> None:
    """Show why a product gets its areas, tool type and guides: the words, and where they stand."""
    with checking(file, guides, mapping, None) as check:
        for record, answer in check.products():
            if any(variant.sku == sku for variant in record.variants):
                inferred = Inferred.model_validate_json(answer.inferred)
                explain(TaggedProduct(record=record, tags=inferred.tags, links=inferred.links), json_output)
                raise typer.Exit(Exit.DONE)
    printing.err.print(f'The file has no row with the SKU "{sku}" that could be read.')
    raise typer.Exit(Exit.PROBLEMS)


def explain(product: TaggedProduct, json_output: bool) -> None:
    if json_output:
        print_json(product.model_dump(mode="json"))
    else:
        printing.print_explanation(product)


@app.command("map", epilog="Example: catalog-import map supplier.csv > mapping.yaml")
def map_command(file: Annotated[Path, typer.Argument(metavar="FILE", help="A table of any kind.")]) -> None:
    """Propose a mapping file for a table of another kind, from its headers and values. Read it before using it."""
    proposal = propose_mapping(file, load_taxonomy(settings.TAXONOMY_FOLDER))
    if proposal.problems:
        printing.print_problems(proposal.problems)
        raise typer.Exit(Exit.PROBLEMS)
    sys.stdout.write(proposal.as_yaml())


@app.command("plan", epilog="Example: catalog-import plan products.csv --source acme")
def plan_command(
    file: ProductsFile = None,
    guides: GuidesFolder = None,
    source: Source = DEFAULT_SOURCE,
    channel: ChannelSlug = DEFAULT_CHANNEL,
    overwrite: Overwrite = None,
    prune: Prune = False,
    prune_limit: PruneLimit = None,
    mapping: Mapping = None,
    problems: ProblemsFile = None,
    json_output: AsJson = False,
) -> None:
    """Show what importing these files would make, change or leave alone. Writes nothing."""
    require_files(file, guides)
    options = options_of(source, channel, overwrite, prune_percent(file, prune, prune_limit), mapping)
    counts: dict[str, int] = {}
    with open_import(file, guides, options) as importing:
        items = printing.watch_items(importing.items(), counts, shows=not json_output)
        if json_output:
            write_plan(importing, items, counts)
        else:
            for _ in items:
                pass
            printing.print_interpretations(importing.reading.interpretations)
            printing.print_problems(importing.problems)
            printing.out.print(printing.summary(counts))
        finish(importing.problems, problems)


@app.command("apply", epilog="Example: catalog-import apply products.csv --guides guides --yes")
def apply_command(
    file: ProductsFile = None,
    guides: GuidesFolder = None,
    source: Source = DEFAULT_SOURCE,
    channel: ChannelSlug = DEFAULT_CHANNEL,
    overwrite: Overwrite = None,
    prune: Prune = False,
    prune_limit: PruneLimit = None,
    mapping: Mapping = None,
    problems: ProblemsFile = None,
    is_agreed: Agreed = False,
) -> None:
    """Plan, then let the workers write it. Rows with errors are left out; running it again is safe."""
    require_files(file, guides)
    options = options_of(source, channel, overwrite, prune_percent(file, prune, prune_limit), mapping)
    finish_running_import()
    with open_import(file, guides, options) as importing:
        pictures: list[MediaRecord] = []
        items = noting_pictures(importing.items(), pictures)
        progress, left = plan_and_apply(importing, items, pictures, is_agreed=is_agreed)
        finish([*importing.problems, *left], problems, progress)


@app.command("retag", epilog="Example: catalog-import retag --yes")
def retag_command(is_agreed: Agreed = False) -> None:
    """Work out anew what was inferred of the products that are in the shop: areas, tool type, guides."""
    finish_running_import()
    with open_import(None, None, options_of()) as importing:
        progress, left = plan_and_apply(importing, importing.retagged(), [], is_agreed=is_agreed)
        finish(left, None, progress)


@app.command("export", epilog="Example: catalog-import export --format xlsx --output my-catalogue")
def export_command(
    output: Annotated[Path, typer.Option("--output", "-o", metavar="DIR", help="A folder; it must be new or empty.")],
    kind: Annotated[Format, typer.Option("--format", help="What to write.")] = Format.NATIVE_CSV,
    source: Source = DEFAULT_SOURCE,
) -> None:
    """Write products, guides and pictures as files that can be edited and imported again."""
    if output.exists() and (not output.is_dir() or any(output.iterdir())):
        raise typer.BadParameter(f"{output} is not empty. Give a new folder.")
    output.mkdir(parents=True, exist_ok=True)
    path = output / f"products{SUFFIXES[kind]}"
    rows = write_products(path, kind, lambda: each_shop_product(source))
    guides = write_guides(output / "guides", load_shop_guides(source))
    pictures = write_pictures(output, each_shop_product(source), stored_pictures(), default_storage)
    printing.out.print(f"Wrote {rows} rows to {path}, {guides} guides and {pictures} pictures.")
    if others := [name or "made in the shop" for name in product_sources() if name != source]:
        printing.out.print(f"Products of other sources were left out: {', '.join(others)}.")
    if kind is Format.SHOPIFY:
        printing.out.print(f"Shopify's format cannot hold: {', '.join(shopify.CANNOT_HOLD)}.")


@app.command("pictures", epilog="Example: catalog-import pictures --retry")
def pictures_command(
    wants_retry: Annotated[bool, typer.Option("--retry", help="Let the workers try again at once.")] = False,
    json_output: AsJson = False,
) -> None:
    """List the pictures that the shop does not show yet, and why. Exit code 3: some were given up."""
    if wants_retry:
        picture_list.retry_pictures()
    elif json_output:
        print_json(picture_list.pictures_json())
    elif picture_list.list_pictures():
        raise typer.Exit(Exit.PROBLEMS)


@contextmanager
def checking(file: Path | None, guides: Path | None, mapping: Path | None, currency: str | None) -> Iterator[Check]:
    """A check of files without a shop."""
    require_files(file, guides)
    taxonomy = load_taxonomy(settings.TAXONOMY_FOLDER)
    currencies = {DEFAULT_CHANNEL: currency.upper()} if currency else {}
    with open_catalogue(file, guides, taxonomy, currencies, mapping=mapping) as reading:
        tagged = [enrich_guide(guide.record, taxonomy) for guide in reading.guides]
        with Inference(
            tagged, taxonomy, taxonomy_folder=settings.TAXONOMY_FOLDER, cache_folder=settings.CACHE_FOLDER
        ) as inference:
            yield Check(reading, inference)


def require_files(file: Path | None, guides: Path | None) -> None:
    if file is None and guides is None:
        raise typer.BadParameter("Give a products file, a folder of guides (--guides DIR), or both.")


def prune_percent(file: Path | None, is_wanted: bool, limit: float | None) -> float | None:
    """How much of the source may be archived; None where nothing is to be."""
    if not is_wanted:
        return None
    if file is None:
        raise typer.BadParameter("--prune needs a products file: what it does not list is archived.")
    return DEFAULT_PRUNE_PERCENT if limit is None else limit


def options_of(
    source: str = DEFAULT_SOURCE,
    channel: str = DEFAULT_CHANNEL,
    overwrite: list[str] | None = None,
    prune_percent: float | None = None,
    mapping: Path | None = None,
) -> Options:
    if len(source) > MAX_SOURCE:
        raise typer.BadParameter(f"--source may have {MAX_SOURCE} characters.")
    return Options(
        source=source,
        channel=channel,
        overwrite=frozenset(overwrite or ()),
        prune_percent=prune_percent,
        mapping=mapping,
        taxonomy_folder=settings.TAXONOMY_FOLDER,
        cache_folder=settings.CACHE_FOLDER,
    )


def refuse(message: str) -> NoReturn:
    printing.err.print(f"Nothing was written. {message}")
    raise typer.Exit(Exit.USAGE)


def noting_pictures(items: Iterable[PlanItem], pictures: list[MediaRecord]) -> Iterator[PlanItem]:
    """Hand the items on; the pictures that they write are gathered by the way."""
    for item in items:
        if "media" in item.changes:
            pictures += [MediaRecord.model_validate(media) for media in item.changes["media"].after or ()]
        yield item


def plan_and_apply(
    importing: Importing, items: Iterable[PlanItem], pictures: list[MediaRecord], *, is_agreed: bool
) -> tuple[runs.Progress | None, list[Problem]]:
    """Store the plan, show it, ask, and have it written; gives how it went (None: there was nothing to write) and
    what could not be written."""
    counts: dict[str, int] = {}
    run = runs.store_plan(
        importing.options.source,
        printing.watch_items(items, counts, shows=not is_agreed),
        files=importing.reading.files,
        started_by=current_user(),
    )
    printing.print_interpretations(importing.reading.interpretations)
    printing.print_problems(importing.problems)
    printing.out.print(printing.summary(counts))
    if not run.batches.exists():
        run.delete()
        return None, []
    if not is_agreed:
        agree(run)
    try:
        stored = store_pictures(pictures, importing.reading.folder, default_storage)
        runs.begin(run, problems=importing.problems, pictures=stored)
    except runs.RunInProgress as error:
        run.delete()
        printing.err.print(f"{error} Nothing was written; try again when it has ended.")
        raise typer.Exit(Exit.SHOP_UNREACHABLE) from error
    return wait("Importing", run.pk), unwritten(run.pk)


def current_user() -> str:
    """Who runs the command; in a container there may be no name for the user's number."""
    try:
        return getpass.getuser()
    except (KeyError, OSError):
        return f"user {os.getuid()}"


def agree(run: ImportRun) -> None:
    """Ask; without agreement the stored plan goes and the command ends."""
    if not sys.stdin.isatty():
        run.delete()
        refuse("Give --yes to apply without being asked.")
    try:
        has_agreed = typer.confirm("Apply it?", err=True)
    except typer.Abort:
        has_agreed = False
    if not has_agreed:
        run.delete()
        refuse("The plan was thrown away.")


def finish_running_import() -> None:
    """An import that was interrupted goes on first, so that this one plans against its end."""
    run = runs.running_run()
    if run is not None:
        printing.err.print(f"{runs.RunInProgress(run)} Waiting for its end first.")
        wait("Finishing it", run.pk)


def unwritten(run_id: int) -> list[Problem]:
    """The items of a run that were not written, as problems at their place in the files."""
    found = []
    for item in runs.left_over(run_id):
        is_outdated = item.outcome == ImportItem.Outcome.OUTDATED
        place = Place(item.plan["file"] or item.reference or item.name, item.plan["row"])
        code = ProblemCode.OUTDATED if is_outdated else ProblemCode.NOT_WRITTEN
        severity = Severity.WARNING if is_outdated else Severity.ERROR
        message = f"{item.name}: {item.message}"
        found.append(problem_at(place, "", code, message, value=item.reference, severity=severity))
    return found


def wait(title: str, run_id: int) -> runs.Progress:
    with printing.progress_bar(title) as on_progress:
        progress = runs.wait_for_run(run_id, tasks.nudge, on_progress)
    printing.print_outcome(progress, run_id)
    printing.print_problems(unwritten(run_id))
    return progress


def finish(problems: list[Problem], file: Path | None, progress: runs.Progress | None = None) -> NoReturn:
    """Write the problems where asked, and end with the exit code that tells how it went."""
    if file is not None:
        write_problems(file, problems)
        printing.err.print(f"Wrote {printing.counted(len(problems), 'problem')} to {file}.")
    if progress is not None and (progress.outdated or progress.failed):
        raise typer.Exit(Exit.PARTLY)
    raise typer.Exit(Exit.PROBLEMS if has_errors(problems) else Exit.DONE)


def write_plan(importing: Importing, items: Iterable[PlanItem], counts: dict[str, int]) -> None:
    """The plan as JSON, an item at a time."""
    stream = sys.stdout.buffer
    stream.write(b'{"source": ' + orjson.dumps(importing.options.source) + b',\n"items": [')
    separator = b"\n"
    for item in items:
        stream.write(separator + item.model_dump_json().encode())
        separator = b",\n"
    rest = {
        "counts": counts,
        "interpretations": importing.reading.interpretations,
        "problems": [problem.as_json() for problem in importing.problems],
    }
    stream.write(b"\n],\n" + orjson.dumps(rest)[1:] + b"\n")


def print_json(answer: dict[str, Any]) -> None:
    sys.stdout.buffer.write(orjson.dumps(answer, option=orjson.OPT_INDENT_2) + b"\n")


def run() -> None:
    """Run a command; an import that must not be, or a shop that cannot be reached, is said in a line."""
    try:
        app()
    except ImportRefused as error:
        printing.err.print(f"Nothing was written. {error}")
        sys.exit(Exit.USAGE)
    except (OperationalError, ProgrammingError, ImproperlyConfigured, BrokerError) as error:
        said = str(error).strip().splitlines()[0] if settings.DATABASES["default"].get("NAME") else "none is set up"
        printing.err.print(f"The shop cannot be reached: {said}")
        printing.err.print("Start it with `storefront embedded`, or set DATABASE_URL and REDIS_URL.")
        sys.exit(Exit.SHOP_UNREACHABLE)
