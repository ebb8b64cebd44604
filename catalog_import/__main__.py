"""`catalog-import`: the importer's command line."""

from __future__ import annotations

import gc
import os
import sys

import django
from pydantic import ValidationError


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "storefront.config.settings")
    try:
        django.setup()
    except ValidationError as error:
        for fault in error.errors():
            where = ".".join(str(part) for part in fault["loc"]).upper() or "environment"
            print(f"{where}: {fault['msg']}", file=sys.stderr)  # noqa: T201
        sys.exit(2)
    # Models can only be imported once Django is set up.
    from catalog_import.cli import run

    # A file makes many small objects and no cycles among them: looking for cycles often took a quarter of the time.
    gc.freeze()
    gc.set_threshold(100_000, 50, 50)
    run()


if __name__ == "__main__":
    main()
