"""What the commands share: who runs them, how they refuse, and how they end."""

from __future__ import annotations

import getpass
import os
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn

import orjson
import typer

from catalog_import.cli import printing
from catalog_import.cli.parameters import Exit
from catalog_import.exports.problem_files import write_problems
from catalog_import.sources.problems import Problem, has_errors

if TYPE_CHECKING:
    from catalog_import.runs.lifecycle import Progress


def require_files(file: Path | None, guides: Path | None) -> None:
    if file is None and guides is None:
        raise typer.BadParameter("Give a products file, a folder of guides (--guides DIR), or both.")


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
    if failed_pictures or (progress is not None and not progress.is_whole):
        raise typer.Exit(Exit.PARTLY)
    raise typer.Exit(Exit.PROBLEMS if has_errors(problems) else Exit.DONE)


def print_json(answer: dict[str, Any]) -> None:
    printing.write_json(orjson.dumps(answer, option=orjson.OPT_INDENT_2) + b"\n")
