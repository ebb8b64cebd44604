"""Bringing files or addresses, and saying what the columns of an unknown table are."""

from __future__ import annotations

from django.conf import settings
from django.core.files.uploadhandler import (
    FileUploadHandler,
    MemoryFileUploadHandler,
    SkipFile,
    TemporaryFileUploadHandler,
)
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.http import urlencode
from django.views.decorators.csrf import csrf_exempt, csrf_protect
from django.views.decorators.http import require_http_methods, require_POST

from catalog_import.actions import map_columns, upload
from catalog_import.models import ImportRun
from catalog_import.runs import lifecycle
from catalog_import.staff.forms import UploadForm
from catalog_import.staff.run_pages import APPLY, run_context
from storefront.staff import upload_passes
from storefront.staff.access import staff_view

FILE_FIELDS = ("products", "guides")


class Limited(FileUploadHandler):
    """Reads past a file that is too large without keeping it, so that the page can say so; a connection that is cut
    would say nothing."""

    def __init__(self, request: HttpRequest) -> None:
        super().__init__(request)
        self.taken = 0
        self.refused = ""

    def receive_data_chunk(self, raw_data: bytes, start: int) -> bytes:
        self.taken = start + len(raw_data)
        if self.taken > settings.IMPORT_MAX_MB * 1024**2:
            self.refused = self.field_name if self.field_name in FILE_FIELDS else "products"
            raise SkipFile
        return raw_data

    def file_complete(self, file_size: int) -> None:
        """The next handler has it."""


@csrf_exempt
@require_http_methods(["GET", "HEAD", "POST"])
@staff_view(APPLY)
def new(request: HttpRequest) -> HttpResponseBase:
    # The files are read when the token is looked for: by then it is known who asks, and the limit has to be there.
    limit = Limited(request)
    request.upload_handlers = [limit, MemoryFileUploadHandler(request), TemporaryFileUploadHandler(request)]
    return submitted(request, limit)


@csrf_protect
def submitted(request: HttpRequest, limit: Limited) -> HttpResponse:
    if request.method != "POST":
        return page(request, UploadForm())
    form = UploadForm(request.POST, request.FILES)
    if limit.refused:
        form.is_valid()
        form.errors.pop("products", None)
        form.add_error(
            limit.refused, f"This file is too large: the limit is {settings.IMPORT_MAX_MB} MB. Split the file."
        )
    if form.is_valid():
        try:
            return redirect("imports:run", received(form, request.user.get_username()).pk)
        except upload.UploadRefused as error:
            brought = ("products", "guides", "products_url", "guides_url")
            form.add_error(next(name for name in brought if form.cleaned_data.get(name)), str(error))
    form.focus_on_error()
    return page(request, form, status=422)


def page(request: HttpRequest, form: UploadForm, status: int = 200) -> HttpResponse:
    upload_pass = upload_passes.issue(request.user.get_username())
    context = {
        "form": form,
        "limit_mb": settings.IMPORT_MAX_MB,
        "action": f"{reverse('imports:new')}?{urlencode({upload_passes.NAME: upload_pass})}",
    }
    return render(request, "imports/new.html", context, status=status)


def received(form: UploadForm, by: str) -> ImportRun:
    """The run of what was brought. Raises `UploadRefused`."""
    said, options = form.cleaned_data, form.settings()
    if said["products"] or said["guides"]:
        return upload.receive(said["products"], said["guides"], options, by=by)
    return upload.receive_urls(said["products_url"], said["guides_url"], options, by=by)


@require_POST
@staff_view(APPLY)
def mapping(request: HttpRequest, key: int) -> HttpResponse:
    """Keep what the columns are; a worker plans anew with it."""
    run = get_object_or_404(ImportRun, pk=key)
    columns = set(map_columns.our_columns())
    columns.update(*(map_columns.targets_of(column["theirs"], column["ours"]) for column in run.proposal))
    said = [(column["theirs"], request.POST.get(f"column-{number}", "")) for number, column in enumerate(run.proposal)]
    chosen = {theirs: ours for theirs, ours in said if ours in columns}
    error = mapping_error(list(chosen.values()))
    if not error:
        try:
            map_columns.set_mapping(run, chosen)
            return redirect("imports:run", run.pk)
        except (upload.UploadRefused, lifecycle.InvalidRunState) as refused:
            error = str(refused)
    context = run_context(request, run, is_mapping=True) | {"mapping_error": error}
    for column, (_, ours) in zip(context["columns"], said, strict=True):
        column["ours"] = ours
    return render(request, "imports/run.html", context, status=422)


def mapping_error(chosen: list[str]) -> str:
    # Pictures may stand in several columns.
    twice = sorted({name for name in chosen if chosen.count(name) > 1 and name != "image"})
    if twice:
        return f"{', '.join(twice)} was chosen for more than one column. Choose each at most once."
    return "" if "sku" in chosen else "Choose which column is the sku: every row needs its stock keeping unit."
