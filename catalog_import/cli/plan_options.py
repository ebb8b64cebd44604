"""The options that say how files are to be planned."""

from __future__ import annotations

from pathlib import Path

import typer
from django.conf import settings

from catalog_import.cli.parameters import MAX_SOURCE
from catalog_import.planning.importing import DEFAULT_PRUNE_PERCENT, Options
from storefront.catalog.defaults import DEFAULT_CHANNEL, DEFAULT_SOURCE


def prune_percent(file: Path | None, is_wanted: bool, limit: float | None) -> float | None:
    """How much of the source may be archived; None where nothing is to be."""
    if not is_wanted:
        return None
    if file is None:
        raise typer.BadParameter("--prune needs a products file: what it does not list is archived.")
    return DEFAULT_PRUNE_PERCENT if limit is None else limit


def options_of(
    source: str = DEFAULT_SOURCE,
    channel: str = DEFAULT_CHANNEL,
    overwrite: list[str] | None = None,
    prune_percent: float | None = None,
    mapping: Path | None = None,
) -> Options:
    if len(source) > MAX_SOURCE:
        raise typer.BadParameter(f"--source may have {MAX_SOURCE} characters.")
    return Options(
        source=source,
        channel=channel,
        overwrite=frozenset(overwrite or ()),
        prune_percent=prune_percent,
        mapping=mapping,
        taxonomy_folder=settings.TAXONOMY_FOLDER,
        cache_folder=settings.CACHE_FOLDER,
    )
