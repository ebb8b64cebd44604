"""`catalog-import`: the importer's command line."""

from __future__ import annotations

from catalog_import.cli import run as main

if __name__ == "__main__":
    main()
