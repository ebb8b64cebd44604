"""What the commands do that need no shop: check, explain, map. Nothing here loads Django's models."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import typer
from django.conf import settings

from catalog_import.actions.check import Check, write_json
from catalog_import.cli import printing
from catalog_import.cli.options import finish, print_json, require_files
from catalog_import.cli.parameters import Exit
from catalog_import.sources.proposals import propose_mapping
from catalog_import.sources.reading import open_catalogue
from catalog_import.tagging.enrich import enrich_guide
from catalog_import.tagging.inference import Inference, Inferred
from storefront.catalog.records import DEFAULT_CHANNEL, TaggedProduct
from storefront.catalog.taxonomy import load_taxonomy
from storefront.terminal import visible


def check_files(
    file: Path | None,
    guides: Path | None,
    currency: str | None,
    mapping: Path | None,
    problems: Path | None,
    json_output: bool,
    only: str | None = None,
) -> None:
    with checking(file, guides, mapping, currency) as check:
        if json_output:
            write_json(check, printing.write_json)
        else:
            printing.print_check(check, only)
        finish(check.problems, problems)


def explain_product(file: Path, sku: str, guides: Path | None, mapping: Path | None, json_output: bool) -> None:
    with checking(file, guides, mapping, None) as check:
        for record, answer in check.products():
            if any(variant.sku == sku for variant in record.variants):
                inferred = Inferred.model_validate_json(answer.inferred)
                product = TaggedProduct(record=record, tags=inferred.tags, links=inferred.links)
                if json_output:
                    print_json(product.model_dump(mode="json"))
                else:
                    printing.print_explanation(product)
                return
    printing.tell(f'The file has no row with the SKU "{sku}" that could be read.')
    raise typer.Exit(Exit.PROBLEMS)


def map_columns(file: Path) -> None:
    proposal = propose_mapping(file, load_taxonomy(settings.TAXONOMY_FOLDER))
    if proposal.problems:
        printing.print_problems(proposal.problems)
        raise typer.Exit(Exit.PROBLEMS)
    sys.stdout.write(visible(proposal.as_yaml()))


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
