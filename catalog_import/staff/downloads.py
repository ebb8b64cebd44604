"""Problems, a plan and the whole catalogue as files."""

from __future__ import annotations

from pathlib import Path
from tempfile import TemporaryDirectory

from django import forms
from django.http import FileResponse, HttpRequest, HttpResponse, JsonResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods, require_safe

from catalog_import.actions.export import TooManyExports, recent_exports, request_export
from catalog_import.exports.formats import Format
from catalog_import.exports.problem_files import write_problems
from catalog_import.exports.shopify import CANNOT_HOLD
from catalog_import.models import CatalogueExport, ImportRun
from catalog_import.planning.plan import plan_json
from catalog_import.runs.enqueue import enqueue_export
from catalog_import.runs.stored_plans import stored_items, stored_problems, unwritten
from catalog_import.runs.uploaded_files import content_of
from catalog_import.staff.run_pages import VIEW
from storefront.catalog.records import DEFAULT_SOURCE
from storefront.catalog.snapshots import product_sources
from storefront.staff.access import staff_view

FORMATS = {
    Format.NATIVE_CSV: "CSV with our own columns: to be edited and imported again",
    Format.XLSX: "Excel workbook with our own columns: to be edited by hand and imported again",
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
        plan_json(run.source, stored_items(run.pk), lambda: (run.counts, run.interpretations, stored_problems(run.pk))),
        content_type="application/json",
        headers={"Content-Disposition": f'attachment; filename="import-{run.pk}-plan.json"'},
    )


@require_safe
@staff_view(VIEW)
def quality(request: HttpRequest, key: int) -> HttpResponse:
    """The quality report as JSON."""
    run = get_object_or_404(ImportRun, pk=key)
    name = f'attachment; filename="import-{run.pk}-quality.json"'
    return JsonResponse(run.quality, headers={"Content-Disposition": name})


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


@require_http_methods(["GET", "HEAD", "POST"])
@staff_view(VIEW)
def export(request: HttpRequest) -> HttpResponse:
    """Have the catalogue written to files; what was made lately is listed."""
    if request.method != "POST":
        return export_page(request, ExportForm())
    form = ExportForm(request.POST)
    if not form.is_valid():
        return export_page(request, form, status=422)
    try:
        request_export(
            Format(form.cleaned_data["format"]),
            form.cleaned_data["source"],
            by=request.user.get_username(),
            enqueue_batch=enqueue_export,
        )
    except TooManyExports as error:
        form.add_error("format", str(error))
        return export_page(request, form, status=422)
    return redirect("imports:export")


def export_page(request: HttpRequest, form: ExportForm, status: int = 200) -> HttpResponse:
    context = {"form": form, "cannot_hold": CANNOT_HOLD} | exports_context()
    return render(request, "imports/export.html", context, status=status)


def exports_context() -> dict[str, object]:
    found = list(recent_exports())
    return {"exports": found, "is_making": any(one.status == CatalogueExport.Status.WAITING for one in found)}


@require_safe
@staff_view(VIEW)
def exports(request: HttpRequest) -> HttpResponse:
    """The list of exports by itself, while one is being made."""
    return render(request, "imports/_exports.html", exports_context())


@require_safe
@staff_view(VIEW)
def export_file(request: HttpRequest, key: int) -> HttpResponseBase:
    """Products, guides and pictures in a .zip."""
    found = get_object_or_404(CatalogueExport, pk=key, status=CatalogueExport.Status.DONE)
    return StreamingHttpResponse(
        content_of(found),
        content_type="application/zip",
        headers={
            "Content-Disposition": f'attachment; filename="catalogue-{found.created_at:%Y-%m-%d}.zip"',
            "Content-Length": str(found.size),
        },
    )
