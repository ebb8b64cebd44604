"""The shop's catalogue as files: products in several formats, guides as Markdown, pictures beside them."""

from __future__ import annotations

import csv
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path, PurePosixPath
from typing import Any

import orjson
import yaml
from django.core.files.storage import Storage

from catalog_import.exports import shopify
from catalog_import.exports.formats import Format
from catalog_import.exports.native import Row, cell_text, columns_of, native_rows
from catalog_import.tagging.enrich import TAG_LISTS
from storefront.catalog.records import Origin, Status
from storefront.catalog.snapshots import ShopGuide, ShopProduct
from storefront.formulas import defused


def write_products(path: Path, kind: Format, products: Callable[[], Iterable[ShopProduct]]) -> int:
    """Write a products file; gives its number of rows. `products` is asked twice: for the columns, for the rows."""
    rows_of = shopify.shopify_rows if kind is Format.SHOPIFY else native_rows
    rows = (row for product in products() for row in rows_of(product))
    if kind is Format.NATIVE_JSONL:
        return write_jsonl(path, rows)
    columns = list(shopify.COLUMNS) if kind is Format.SHOPIFY else columns_of(products())
    return write_xlsx(path, columns, rows) if kind is Format.XLSX else write_csv(path, columns, rows)


def write_csv(path: Path, columns: Sequence[str], rows: Iterable[Row]) -> int:
    """A table in which no cell runs as a formula; the importer takes the apostrophes away again."""
    count = 0
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(map(defused, columns))
        for row in rows:
            writer.writerow([defused(cell_text(row.get(column, ""))) for column in columns])
            count += 1
    return count


def write_jsonl(path: Path, rows: Iterable[Row]) -> int:
    """One JSON object a line; what is empty is left out."""
    count = 0
    with path.open("wb") as file:
        for row in rows:
            file.write(orjson.dumps({name: cell for name, cell in row.items() if cell}) + b"\n")
            count += 1
    return count


def write_xlsx(path: Path, columns: Sequence[str], rows: Iterable[Row]) -> int:
    """A workbook of one sheet. Everything is text, so that nothing runs as a formula and no zero is lost."""
    count = 0
    # Loaded by the worker that writes a workbook, not by each web process at its start.
    import xlsxwriter

    with xlsxwriter.Workbook(path, {"constant_memory": True, "strings_to_formulas": False}) as workbook:
        sheet = workbook.add_worksheet("Products")
        for index, column in enumerate(columns):
            sheet.write_string(0, index, column)
        for row in rows:
            count += 1
            for index, column in enumerate(columns):
                if text := cell_text(row.get(column, "")):
                    sheet.write_string(count, index, text)
    return count


def write_guides(folder: Path, guides: Iterable[ShopGuide]) -> int:
    """Write each guide as Markdown with front matter; gives their number."""
    folder.mkdir(exist_ok=True)
    count = 0
    for guide in guides:
        count += 1
        (folder / f"{guide.slug}.md").write_text(guide_text(guide), encoding="utf-8")
    return count


def guide_text(guide: ShopGuide) -> str:
    own = guide.fields.own
    front: dict[str, Any] = {"slug": guide.slug, "title": own["title"], "summary": own["summary"]}
    for name in TAG_LISTS:
        if slugs := [tag.slug for tag in getattr(guide.tags, name) if tag.origin is not Origin.INFERRED]:
            front[name] = slugs
    if own.get("cautions"):
        front["cautions"] = [f"{caution['kind']}: {caution['text']}" for caution in own["cautions"]]
    if own.get("sources"):
        front["sources"] = [{name: text for name, text in source.items() if text} for source in own["sources"]]
    if own.get("reviewed_on"):
        front["reviewed_on"] = own["reviewed_on"]
    if own.get("status") != Status.ACTIVE:
        front["status"] = own["status"]
    text = yaml.safe_dump(front, allow_unicode=True, sort_keys=False, width=110)
    return f"---\n{text}---\n\n{own['body']}\n"


def write_pictures(folder: Path, products: Iterable[ShopProduct], files: Mapping[str, str], storage: Storage) -> int:
    """Write the pictures under the paths that the rows name; gives their number.

    `files`: hash of the content → name in the storage. A path that would lead out of the folder is passed over.
    """
    count = 0
    for product in products:
        for media in product.fields.own.get("media") or ():
            path = PurePosixPath(media["location"])
            if path.is_absolute() or ".." in path.parts or "://" in media["location"] or media["digest"] not in files:
                continue
            target = folder / path
            if not target.exists():
                target.parent.mkdir(parents=True, exist_ok=True)
                with storage.open(files[media["digest"]]) as stored:
                    target.write_bytes(stored.read())
                count += 1
    return count
