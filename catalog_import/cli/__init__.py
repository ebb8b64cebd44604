"""`catalog-import`: each command reads its input, calls an action, and shows the answer."""

from __future__ import annotations

import sys

# Registers the commands with the app.
from catalog_import.cli import commands as commands
from catalog_import.cli.parameters import Exit, app

__all__ = ["Exit", "app", "run"]


def run() -> None:
    """Run a command; an import that must not be, or a shop that cannot be reached, is said in a line."""
    try:
        app()
    except Exception as error:
        from catalog_import.cli.failures import exit_code_of

        code = exit_code_of(error)
        if code is None:
            raise
        sys.exit(code)
