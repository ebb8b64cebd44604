"""The docs cannot fall behind: what people and machines may meet is explained."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
import typer
from typer.main import get_command

from catalog_import.cli import Exit
from catalog_import.cli import app as importer
from catalog_import.sources.columns import columns_of
from catalog_import.sources.problems import ProblemCode
from storefront.__main__ import app as storefront
from tests.builders import TAXONOMY
from tests.shops import PROJECT

IMPORTING = PROJECT / "docs" / "importing.md"
PAGES = [PROJECT / "README.md", *sorted((PROJECT / "docs").rglob("*.md"))]


def commands(app: typer.Typer) -> list[str]:
    return sorted(getattr(get_command(app), "commands", {}))


def options(app: typer.Typer) -> list[str]:
    """The long options of all commands."""
    found = [
        option
        for command in getattr(get_command(app), "commands", {}).values()
        for parameter in command.params
        for option in parameter.opts
        if option.startswith("--")
    ]
    return sorted(set(found))


@pytest.mark.parametrize("code", ProblemCode)
def test_every_problem_is_explained_to_staff(code: ProblemCode) -> None:
    assert f"`{code}`" in IMPORTING.read_text(encoding="utf-8")


@pytest.mark.parametrize("code", Exit)
def test_every_exit_code_is_explained(code: Exit) -> None:
    assert re.search(rf"^\|\s*`?{code.value}`?\s*\|", IMPORTING.read_text(encoding="utf-8"), re.MULTILINE)


@pytest.mark.parametrize(
    "command",
    [
        *(f"catalog-import {name}" for name in commands(importer)),
        *(f"storefront {name}" for name in commands(storefront)),
    ],
)
def test_every_command_is_in_the_docs(command: str) -> None:
    assert any(command in page.read_text(encoding="utf-8") for page in PAGES)


@pytest.mark.parametrize("option", options(importer))
def test_every_option_of_the_importer_is_in_the_docs(option: str) -> None:
    assert any(option in page.read_text(encoding="utf-8") for page in PAGES)


@pytest.mark.parametrize("column", sorted({*columns_of(TAXONOMY)}))
def test_every_column_is_explained_to_staff(column: str) -> None:
    assert f"`{column}`" in IMPORTING.read_text(encoding="utf-8")


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_links_inside_the_docs_lead_somewhere(page: Path) -> None:
    links = re.findall(r"\]\(([^)#\s]+)[^)]*\)", page.read_text(encoding="utf-8"))

    inside = [link for link in links if not re.match(r"[a-z]+:", link)]
    assert [link for link in inside if not (page.parent / link).exists()] == []
