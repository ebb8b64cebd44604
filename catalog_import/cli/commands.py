"""The commands and their options. What a command does is loaded when it is called, so that help comes at once."""

from __future__ import annotations

import gc
import os
from pathlib import Path
from typing import Annotated

import typer

from catalog_import.cli.parameters import (
    AllOrNothing,
    AsJson,
    AssumeYes,
    ChannelSlug,
    Exit,
    GuidesFolder,
    Mapping,
    NoWait,
    Only,
    Overwrite,
    ProblemsFile,
    ProductsFile,
    Prune,
    PruneLimit,
    RunNumber,
    Source,
    app,
)
from catalog_import.exports.formats import Format
from storefront.catalog.defaults import DEFAULT_CHANNEL, DEFAULT_SOURCE

SHOWN_RUNS = 20
WITHOUT_SHOP = ("check", "explain", "map")


# No docstring: it would take the place of the app's help.
@app.callback()
def set_up(context: typer.Context) -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "storefront.config.settings")
    import django
    from django.conf import settings
    from pydantic import ValidationError

    try:
        if context.invoked_subcommand in WITHOUT_SHOP:
            # The settings are read, and wrong ones are said.
            _ = settings.TAXONOMY_FOLDER
        else:
            django.setup()
    except ValidationError as error:
        for fault in error.errors():
            where = ".".join(str(part) for part in fault["loc"]).upper() or "environment"
            typer.echo(f"{where}: {fault['msg']}", err=True)
        raise typer.Exit(Exit.USAGE) from None
    # A file makes many small objects and no cycles among them: looking for cycles often took a quarter of the time.
    gc.freeze()
    gc.set_threshold(100_000, 50, 50)


@app.command("check", epilog="Example: catalog-import check sample_data/products.csv --guides sample_data/guides")
def check_command(
    file: ProductsFile = None,
    guides: GuidesFolder = None,
    currency: Annotated[str | None, typer.Option(help="The shop's currency, like EUR; prices must be in it.")] = None,
    mapping: Mapping = None,
    problems: ProblemsFile = None,
    only: Only = None,
    json_output: AsJson = False,
) -> None:
    """Read files and explain what they say. Needs no shop and no database."""
    from catalog_import.cli.checking import check_files

    check_files(file, guides, currency, mapping, problems, json_output, only)


@app.command("explain", epilog="Example: catalog-import explain products.csv LM-TP-001 --guides guides")
def explain_command(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="The products file.")],
    sku: Annotated[str, typer.Argument(metavar="SKU", help="The variant whose product is to be explained.")],
    guides: GuidesFolder = None,
    mapping: Mapping = None,
    json_output: AsJson = False,
) -> None:
    """Show why a product gets its areas, tool type and guides: the evidence, and where it was found."""
    from catalog_import.cli.checking import explain_product

    explain_product(file, sku, guides, mapping, json_output)


@app.command("map", epilog="Example: catalog-import map supplier.csv > mapping.yaml")
def map_command(file: Annotated[Path, typer.Argument(metavar="FILE", help="A table of any kind.")]) -> None:
    """Propose a mapping file for a table of another kind, from its headers and values. Read it before using it."""
    from catalog_import.cli.checking import map_columns

    map_columns(file)


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
    from catalog_import.cli.looking import plan_files
    from catalog_import.cli.plan_options import options_of

    options = options_of(file, guides, source, channel, overwrite, prune, prune_limit, mapping)
    plan_files(file, guides, options, problems, json_output)


@app.command("export", epilog="Example: catalog-import export --format xlsx --output my-catalogue")
def export_command(
    output: Annotated[Path, typer.Option("--output", "-o", metavar="DIR", help="A folder; it must be new or empty.")],
    kind: Annotated[Format, typer.Option("--format", help="What to write.")] = Format.NATIVE_CSV,
    source: Source = DEFAULT_SOURCE,
) -> None:
    """Write products, guides and pictures as files that can be edited and imported again."""
    from catalog_import.cli.looking import export_files

    export_files(output, kind, source)


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
    is_all_or_nothing: AllOrNothing = False,
    no_wait: NoWait = False,
    assume_yes: AssumeYes = False,
) -> None:
    """Plan, then let the workers write it. Rows with errors are skipped and reported; running it again is safe."""
    from catalog_import.cli.applying import apply_files
    from catalog_import.cli.plan_options import options_of

    options = options_of(file, guides, source, channel, overwrite, prune, prune_limit, mapping)
    apply_files(file, guides, options, problems, is_all_or_nothing, no_wait, assume_yes)


@app.command("retag", epilog="Example: catalog-import retag --yes")
def retag_command(assume_yes: AssumeYes = False) -> None:
    """Recompute the inferred areas, tool types and guides of the shop's products."""
    from catalog_import.cli.applying import retag

    retag(assume_yes)


@app.command("undo", epilog="Example: catalog-import undo 12")
def undo_command(
    run_id: RunNumber,
    deletes: Annotated[
        bool, typer.Option("--delete", help="Delete what the import created (archive it if it was sold).")
    ] = False,
    problems: ProblemsFile = None,
    is_all_or_nothing: AllOrNothing = False,
    assume_yes: AssumeYes = False,
) -> None:
    """Undo an import: restore every field that it wrote and nobody has changed since. Shows the plan first."""
    from catalog_import.cli.applying import undo

    undo(run_id, deletes, problems, is_all_or_nothing, assume_yes)


@app.command("resume", epilog="Example: catalog-import resume")
def resume_command(
    run_id: Annotated[
        int | None,
        typer.Argument(metavar="[RUN]", help="A cancelled or planned import (default: the one that is running)."),
    ] = None,
) -> None:
    """Resume an interrupted or cancelled import, or apply a stored plan."""
    from catalog_import.cli.applying import resume

    resume(run_id)


@app.command("cancel", epilog="Example: catalog-import cancel")
def cancel_command(
    run_id: Annotated[
        int | None, typer.Argument(metavar="[RUN]", help="The import to stop (default: the one that is running).")
    ] = None,
) -> None:
    """Stop an import between two batches. What was written stays; the import can be undone or resumed."""
    from catalog_import.cli.applying import cancel

    cancel(run_id)


@app.command("runs", epilog="Example: catalog-import runs --limit 5")
def runs_command(
    limit: Annotated[int, typer.Option("--limit", min=1, help="How many, the latest first.")] = SHOWN_RUNS,
    json_output: AsJson = False,
) -> None:
    """List the imports: what each planned, by whom, and how it ended."""
    from catalog_import.cli.history import list_runs

    list_runs(limit, json_output)


@app.command("show", epilog="Example: catalog-import show 12")
def show_command(run_id: RunNumber, problems: ProblemsFile = None, json_output: AsJson = False) -> None:
    """Show an import again: its plan, its problems, and what became of it."""
    from catalog_import.cli.history import show_run

    show_run(run_id, problems, json_output)


@app.command("pictures", epilog="Example: catalog-import pictures --retry")
def pictures_command(
    wants_retry: Annotated[bool, typer.Option("--retry", help="Let the workers try again at once.")] = False,
    json_output: AsJson = False,
) -> None:
    """List the pictures that the shop does not show yet, and why. Exit code 3: some were given up."""
    from catalog_import.cli.pictures import list_pictures

    list_pictures(wants_retry, json_output)
