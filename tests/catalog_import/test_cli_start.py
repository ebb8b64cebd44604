"""A command loads what it needs, and help needs nothing."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from tests.builders import a_products_file, a_row

pytestmark = pytest.mark.server

LOADED = """
import sys
from catalog_import.__main__ import main
sys.argv = ["catalog-import", *sys.argv[1:]]
try:
    main()
finally:
    print(*sorted(sys.modules), file=sys.stderr)
"""
HEAVY = {"celery", "django.db.models", "httpx", "redis", "xlsxwriter"}


def loaded_modules(*arguments: str | Path) -> set[str]:
    command = [sys.executable, "-c", LOADED, *map(str, arguments)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode in (0, 3), done.stderr
    return set(done.stderr.split())


@pytest.mark.parametrize("arguments", [("--help",), ("check", "--help")])
def test_help_loads_no_parts_of_the_shop(arguments: tuple[str, ...]) -> None:
    assert loaded_modules(*arguments) & HEAVY == set()


def test_a_check_needs_no_database(tmp_path: Path) -> None:
    assert loaded_modules("check", a_products_file(tmp_path, a_row())) & HEAVY == set()
