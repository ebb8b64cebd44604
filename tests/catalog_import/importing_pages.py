"""Runs for the tests of the import pages: brought like staff bring them, planned like a worker plans them."""

from __future__ import annotations

import re
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from catalog_import.actions.plan_run import plan_run
from catalog_import.actions.upload import receive
from catalog_import.models import ImportRun
from catalog_import.planning.importing import Options
from tests.builders import a_row, csv_text

HTMX = {"HX-Request": "true"}


def a_file(*rows: dict[str, str], name: str = "products.csv") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, csv_text(rows or (a_row(),)).encode())


def a_planned_run(*rows: dict[str, str], by: str = "mia", **settings: Any) -> ImportRun:
    """A run of these rows whose plan waits, or whose columns do."""
    run = receive(a_file(*rows), None, Options(**settings), by=by)
    plan_run(run.pk)
    run.refresh_from_db()
    return run


def page(client: Client, address: str, status: int = 200, **said: Any) -> str:
    answer = client.get(address, **said)
    assert answer.status_code == status, answer.status_code
    return answer.content.decode()


def words(html: str) -> str:
    """What a page says, without its tags."""
    return " ".join(re.sub("<.*?>", " ", html, flags=re.DOTALL).split())


def names(html: str) -> list[str]:
    """The items of a list."""
    return re.findall(r'<h3><a href="[^"]+">(.*?)</a>', html)
