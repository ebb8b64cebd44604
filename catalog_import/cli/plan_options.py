"""The options that say how files are to be planned."""

from __future__ import annotations

from pathlib import Path

import typer

from catalog_import.cli.options import require_files
from catalog_import.cli.parameters import MAX_SOURCE
from catalog_import.planning.importing import DEFAULT_PRUNE_PERCENT, Options


def options_of(
    file: Path | None,
    guides: Path | None,
    source: str,
    channel: str,
    overwrite: list[str] | None,
    prune: bool,
    prune_limit: float | None,
    mapping: Path | None,
) -> Options:
    require_files(file, guides)
    if prune and file is None:
        raise typer.BadParameter("--prune needs a products file: what it does not list is archived.")
    if len(source) > MAX_SOURCE:
        raise typer.BadParameter(f"--source may have {MAX_SOURCE} characters.")
    limit = DEFAULT_PRUNE_PERCENT if prune_limit is None else prune_limit
    return Options(
        source=source,
        channel=channel,
        overwrite=tuple(overwrite or ()),
        prune_percent=limit if prune else None,
        mapping=mapping,
    )
