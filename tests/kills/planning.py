"""`python -m tests.kills.planning FILE GUIDES`: store the plan of an import, and leave it."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "storefront.config.settings")
django.setup()

from catalog_import.actions.make_plan import new_run, open_import  # noqa: E402 - the settings come first
from catalog_import.planning.importing import Options  # noqa: E402
from tests.builders import store_plan  # noqa: E402

if __name__ == "__main__":
    with open_import(Path(sys.argv[1]), Path(sys.argv[2]), Options()) as importing:
        store_plan(new_run("main", files=importing.reading.files), importing.items())
