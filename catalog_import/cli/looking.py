"""What the commands do that look at the shop: plan, export."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

import typer
from django.core.files.storage import default_storage
from rich.markup import escape

from catalog_import.actions.make_plan import open_import
from catalog_import.cli import printing
from catalog_import.cli.options import finish
from catalog_import.exports import shopify
from catalog_import.exports.files import write_guides, write_pictures, write_products
from catalog_import.exports.formats import SUFFIXES, Format
from catalog_import.planning.importing import Importing, Options
from catalog_import.planning.plan import PlanItem, plan_json
from catalog_import.sources.notes import Interpretation
from catalog_import.sources.problems import Problem
from catalog_import.targets import current_target
from storefront.catalog.snapshots import each_shop_product, load_shop_guides, product_sources, stored_pictures


def plan_files(
    file: Path | None, guides: Path | None, options: Options, problems: Path | None, json_output: bool
) -> None:
    counts: dict[str, int] = {}
    with open_import(file, guides, options) as importing:
        items = printing.watch_items(importing.items(), counts, shows=not json_output)
        if json_output:
            write_plan(importing, items, counts)
        else:
            for _ in items:
                pass
            printing.print_quality(importing.planner.quality.as_json())
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


def write_plan(importing: Importing, items: Iterable[PlanItem], counts: dict[str, int]) -> None:
    def rest() -> tuple[dict[str, int], list[Interpretation], list[Problem]]:
        return counts, importing.reading.interpretations, importing.problems

    for part in plan_json(importing.options.source, items, rest):
        printing.write_json(part)
