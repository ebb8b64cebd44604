"""Workbooks that end or fill the process which reads them."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import xlsxwriter

from catalog_import.sources.formats import xlsx_table
from catalog_import.sources.problems import Problem, ProblemCode
from tests.catalog_import.sources import read

SHEET, STRINGS = "xl/worksheets/sheet1.xml", "xl/sharedStrings.xml"
SPACES = b" " * 4000


def a_workbook(path: Path, change: Callable[[str, bytes], bytes] = lambda name, content: content) -> Path:
    """A small workbook with each of its files changed."""
    plain = path.with_name("plain.xlsx")
    with xlsxwriter.Workbook(plain) as book:
        sheet = book.add_worksheet()
        for row, cells in enumerate((["sku", "name", "price"], ["A", "a", "1.50"])):
            for column, cell in enumerate(cells):
                sheet.write_string(row, column, cell)
    with zipfile.ZipFile(plain) as source, zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as target:
        for name in source.namelist():
            target.writestr(name, change(name, source.read(name)))
    return path


def many_strings(name: str, content: bytes) -> bytes:
    """A count that no check sees, as it stands behind more spaces than one looks back over."""
    return re.sub(rb'ount="\d+"', b"ount" + SPACES + b'="99999999999"', content) if name == STRINGS else content


def far_cell(name: str, content: bytes) -> bytes:
    return content.replace(b'r="C2"', b"r" + SPACES + b'="XFD1048576"') if name == SHEET else content


def far_cell_without_space(name: str, content: bytes) -> bytes:
    return content.replace(b'<c r="C2" t="s">', b'<c t="s"r="XFD1048576">') if name == SHEET else content


def huge_dimension(name: str, content: bytes) -> bytes:
    return re.sub(rb'<dimension ref="[^"]*"', b'<dimension ref="A1:XFD1048576"', content) if name == SHEET else content


ATTACKS = [many_strings, far_cell, far_cell_without_space, huge_dimension]


@pytest.mark.parametrize("attack", ATTACKS)
def test_a_workbook_never_ends_the_process_that_asked_for_it(
    attack: Callable[[str, bytes], bytes], tmp_path: Path
) -> None:
    """In a process of its own, since what this is about ends the process."""
    path = a_workbook(tmp_path / "attack.xlsx", attack)
    assert path.stat().st_size < 10_000
    program = (
        "import sys; from pathlib import Path; import django; django.setup();"
        "from tests.catalog_import.sources import read;"
        "found = read(Path(sys.argv[1])); print(len(found.records), *{one.code.value for one in found.problems})"
    )
    environment = os.environ | {"DJANGO_SETTINGS_MODULE": "storefront.config.settings"}
    done = subprocess.run(
        [sys.executable, "-c", program, path], env=environment, capture_output=True, text=True, check=False
    )

    assert done.returncode == 0, done.stderr[-500:]
    # What is only said and not believed may be read all the same.
    assert done.stdout.split() in (["0", "unreadable-file"], ["1"])


@pytest.mark.parametrize("attack", [many_strings, far_cell])
def test_what_ended_the_reader_is_a_problem_that_says_what_to_do(
    attack: Callable[[str, bytes], bytes], tmp_path: Path
) -> None:
    problem = only_problem(a_workbook(tmp_path / "attack.xlsx", attack))

    assert problem.code is ProblemCode.UNREADABLE_FILE
    assert "save it as CSV" in problem.message


def test_a_workbook_that_takes_too_long_is_a_problem(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(xlsx_table, "PATIENCE_S", 0)

    assert "takes longer" in only_problem(a_workbook(tmp_path / "slow.xlsx")).message


def test_the_reader_knows_no_secret(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SECRET_KEY", "not for the reader")
    given: list[dict[str, str]] = []
    run = subprocess.run

    def watched(*args: Any, **options: Any) -> Any:
        given.append(options["env"])
        return run(*args, **options)

    monkeypatch.setattr(subprocess, "run", watched)

    assert len(read(a_workbook(tmp_path / "products.xlsx")).records) == 1
    assert len(given) == 1
    assert "SECRET_KEY" not in given[0]


def only_problem(path: Path) -> Problem:
    (problem,) = read(path).problems
    return problem
