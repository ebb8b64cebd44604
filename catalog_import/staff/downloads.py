"""Problems, a plan and the whole catalogue as files."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory, TemporaryFile
from typing import IO

import orjson
from django import forms
from django.core.files.storage import default_storage
from django.http import FileResponse, HttpRequest, HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.views.decorators.http import require_safe

from catalog_import.exports.files import SUFFIXES, Format, write_guides, write_pictures, write_products
from catalog_import.exports.shopify import CANNOT_HOLD
from catalog_import.models import ImportRun
from catalog_import.problem_files import write_problems
from catalog_import.staff.run_pages import VIEW
from catalog_import.stored_plans import stored_items, stored_problems, unwritten
from storefront.catalog.records import DEFAULT_SOURCE
from storefront.catalog.snapshots import each_shop_product, load_shop_guides, product_sources, stored_pictures
from storefront.staff.access import staff_view

FORMATS = {
    Format.NATIVE_CSV: "CSV with our own columns: to be edited and imported again",
    Format.XLSX: "Excel workbook with our own columns: the same for people",
    Format.NATIVE_JSONL: "JSON lines: for programs",
    Format.SHOPIFY: "Shopify’s product CSV: to move elsewhere",
}


@require_safe
@staff_view(VIEW)
def problems(request: HttpRequest, key: int) -> HttpResponseBase:
    """What was wrong with the files, and what could not be written."""
    run = get_object_or_404(ImportRun, pk=key)
    with TemporaryDirectory(prefix="knotwise-problems-") as folder:
        path = Path(folder) / "problems.csv"
        write_problems(path, [*stored_problems(run.pk), *unwritten(run.pk)])
        # An open file outlives its folder.
        return FileResponse(
            path.open("rb"), as_attachment=True, filename=f"import-{run.pk}-problems.csv", content_type="text/csv"
        )


@require_safe
@staff_view(VIEW)
def plan(request: HttpRequest, key: int) -> HttpResponseBase:
    """The plan as `catalog-import plan --json` prints it, an item at a time."""
    run = get_object_or_404(ImportRun, pk=key)
    return StreamingHttpResponse(
        plan_lines(run),
        content_type="application/json",
        headers={"Content-Disposition": f'attachment; filename="import-{run.pk}-plan.json"'},
    )


def plan_lines(run: ImportRun) -> Iterator[bytes]:
    yield b'{"source": ' + orjson.dumps(run.source) + b',\n"items": ['
    separator = b"\n"
    for item in stored_items(run.pk):
        yield separator + item.model_dump_json().encode()
        separator = b",\n"
    rest = {
        "counts": run.counts,
        "interpretations": run.interpretations,
        "problems": [problem.as_json() for problem in stored_problems(run.pk)],
    }
    yield b"\n],\n" + orjson.dumps(rest)[1:] + b"\n"


class ExportForm(forms.Form):
    format = forms.ChoiceField(
        label="Format",
        choices=[(kind.value, label) for kind, label in FORMATS.items()],
        initial=Format.NATIVE_CSV.value,
        widget=forms.RadioSelect,
    )
    source = forms.ChoiceField(
        label="Products of the source",
        choices=lambda: [
            (source, source or "made in the shop") for source in sorted({*product_sources(), DEFAULT_SOURCE})
        ],
        initial=DEFAULT_SOURCE,
        required=False,
    )


@require_safe
@staff_view(VIEW)
def export(request: HttpRequest) -> HttpResponse:
    return render(request, "imports/export.html", {"form": ExportForm(), "cannot_hold": CANNOT_HOLD})


@require_safe
@staff_view(VIEW)
def export_file(request: HttpRequest) -> HttpResponseBase:
    """Products, guides and pictures in a .zip."""
    form = ExportForm(request.GET)
    if not form.is_valid():
        return render(request, "imports/export.html", {"form": form, "cannot_hold": CANNOT_HOLD}, status=422)
    made = catalogue_archive(Format(form.cleaned_data["format"]), form.cleaned_data["source"])
    name = f"catalogue-{timezone.now():%Y-%m-%d}.zip"
    return FileResponse(made, as_attachment=True, filename=name, content_type="application/zip")


def catalogue_archive(kind: Format, source: str) -> IO[bytes]:
    """The catalogue as the importer reads it back, in a file that goes once it is closed."""
    made = TemporaryFile()  # noqa: SIM115 - the answer closes it
    with TemporaryDirectory(prefix="knotwise-export-") as name:
        folder = Path(name) / "catalogue"
        folder.mkdir()
        write_products(folder / f"products{SUFFIXES[kind]}", kind, lambda: each_shop_product(source))
        write_guides(folder / "guides", load_shop_guides(source))
        write_pictures(folder, each_shop_product(source), stored_pictures(), default_storage)
        with Path(shutil.make_archive(f"{name}/catalogue", "zip", folder)).open("rb") as archive:
            shutil.copyfileobj(archive, made)
    made.seek(0)
    return made
