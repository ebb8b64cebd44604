"""What the commands share: the app, exit codes, and the words for their options."""

from __future__ import annotations

import getpass
import os
from pathlib import Path
from typing import Any, NoReturn

import orjson
import typer
from django.conf import settings

from catalog_import.cli import printing
from catalog_import.cli.parameters import MAX_SOURCE, Exit
from catalog_import.exports.problem_files import write_problems
from catalog_import.models import ImportRun
from catalog_import.planning.importing import DEFAULT_PRUNE_PERCENT, Options
from catalog_import.runs.lifecycle import Progress
from catalog_import.sources.problems import Problem, has_errors
from storefront.catalog.records import DEFAULT_CHANNEL, DEFAULT_SOURCE


def require_files(file: Path | None, guides: Path | None) -> None:
    if file is None and guides is None:
        raise typer.BadParameter("Give a products file, a folder of guides (--guides DIR), or both.")


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


def refuse(message: str) -> NoReturn:
    printing.tell(f"Nothing was written. {message}")
    raise typer.Exit(Exit.USAGE)


def current_user() -> str:
    """Who runs the command; in a container there may be no name for the user's number."""
    try:
        return getpass.getuser()
    except (KeyError, OSError):
        return f"user {os.getuid()}"


def finish(
    problems: list[Problem], file: Path | None, progress: Progress | None = None, *, failed_pictures: int = 0
) -> NoReturn:
    """Write the problems where asked, and end with the exit code that tells how it went."""
    if file is not None:
        write_problems(file, problems)
        printing.tell(f"Wrote {printing.counted(len(problems), 'problem')} to {file}.")
    if failed_pictures or (progress is not None and progress.status != ImportRun.Status.DONE):
        raise typer.Exit(Exit.PARTLY)
    raise typer.Exit(Exit.PROBLEMS if has_errors(problems) else Exit.DONE)


def print_json(answer: dict[str, Any]) -> None:
    printing.JsonOutput().write(orjson.dumps(answer, option=orjson.OPT_INDENT_2) + b"\n")
