"""What the commands do that only look: check, explain, map, plan, export."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

import orjson
import typer
from django.conf import settings
from django.core.files.storage import default_storage
from rich.markup import escape

from catalog_import.actions.check import Check, write_json
from catalog_import.actions.make_plan import open_import
from catalog_import.cli import printing
from catalog_import.cli.options import finish, options_of, print_json, prune_percent, require_files
from catalog_import.cli.parameters import Exit
from catalog_import.exports import shopify
from catalog_import.exports.files import write_guides, write_pictures, write_products
from catalog_import.exports.formats import SUFFIXES, Format
from catalog_import.planning.importing import Importing
from catalog_import.planning.plan import PlanItem
from catalog_import.sources.proposals import propose_mapping
from catalog_import.sources.reading import open_catalogue
from catalog_import.tagging.enrich import enrich_guide
from catalog_import.tagging.inference import Inference, Inferred
from catalog_import.targets import current_target
from storefront.catalog.records import DEFAULT_CHANNEL, TaggedProduct
from storefront.catalog.snapshots import each_shop_product, load_shop_guides, product_sources, stored_pictures
from storefront.catalog.taxonomy import load_taxonomy
from storefront.terminal import visible


def check_files(
    file: Path | None,
    guides: Path | None,
    currency: str | None,
    mapping: Path | None,
    problems: Path | None,
    json_output: bool,
) -> None:
    with checking(file, guides, mapping, currency) as check:
        if json_output:
            write_json(check, printing.JsonOutput())
        else:
            printing.print_check(check)
        finish(check.problems, problems)


def explain_product(file: Path, sku: str, guides: Path | None, mapping: Path | None, json_output: bool) -> None:
    with checking(file, guides, mapping, None) as check:
        for record, answer in check.products():
            if any(variant.sku == sku for variant in record.variants):
                inferred = Inferred.model_validate_json(answer.inferred)
                explain(TaggedProduct(record=record, tags=inferred.tags, links=inferred.links), json_output)
                raise typer.Exit(Exit.DONE)
    printing.tell(f'The file has no row with the SKU "{sku}" that could be read.')
    raise typer.Exit(Exit.PROBLEMS)


def explain(product: TaggedProduct, json_output: bool) -> None:
    if json_output:
        print_json(product.model_dump(mode="json"))
    else:
        printing.print_explanation(product)


def map_columns(file: Path) -> None:
    proposal = propose_mapping(file, load_taxonomy(settings.TAXONOMY_FOLDER))
    if proposal.problems:
        printing.print_problems(proposal.problems)
        raise typer.Exit(Exit.PROBLEMS)
    sys.stdout.write(visible(proposal.as_yaml()))


def plan_files(
    file: Path | None,
    guides: Path | None,
    source: str,
    channel: str,
    overwrite: list[str] | None,
    prune: bool,
    prune_limit: float | None,
    mapping: Path | None,
    problems: Path | None,
    json_output: bool,
) -> None:
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


def export_files(output: Path, kind: Format, source: str) -> None:
    if output.exists() and (not output.is_dir() or any(output.iterdir())):
        raise typer.BadParameter(f"{output} is not empty. Give a new folder.")
    output.mkdir(parents=True, exist_ok=True)
    with current_target().open_shop() as shop:
        shop.refresh_all(source)
    path = output / f"products{SUFFIXES[kind]}"
    rows = write_products(path, kind, lambda: each_shop_product(source))
    guides = write_guides(output / "guides", load_shop_guides(source))
    pictures = write_pictures(output, each_shop_product(source), stored_pictures(), default_storage)
    printing.out.print(escape(f"Wrote {rows} rows to {path}, {guides} guides and {pictures} pictures."))
    if others := [name or "made in the shop" for name in product_sources() if name != source]:
        printing.out.print(f"Products of other sources were left out: {escape(', '.join(others))}.")
    if kind is Format.SHOPIFY:
        printing.out.print(f"Shopify's format cannot hold: {', '.join(shopify.CANNOT_HOLD)}.")


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


def write_plan(importing: Importing, items: Iterable[PlanItem], counts: dict[str, int]) -> None:
    """The plan as JSON, an item at a time."""
    stream = printing.JsonOutput()
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
