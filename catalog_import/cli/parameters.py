"""The words for options, the exit codes and the app itself: what the commands share and what loads at once."""

from __future__ import annotations

from enum import IntEnum
from pathlib import Path
from typing import Annotated

import typer


class Exit(IntEnum):
    """What the command's exit code says; 1 is a bug."""

    DONE = 0
    USAGE = 2
    PROBLEMS = 3
    SHOP_UNREACHABLE = 4
    PARTLY = 5


MAX_SOURCE = 50
EXIT_CODES = (
    "Exit codes: 0 done (warnings or none), 1 a bug, 2 wrong usage, 3 problems in the files, "
    "4 shop unreachable, 5 partly applied."
)
app = typer.Typer(
    help=f"Import catalogue files into the shop: check, plan, apply.\n\n{EXIT_CODES}",
    no_args_is_help=True,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
)

ProductsFile = Annotated[
    Path | None, typer.Argument(metavar="FILE", help="A products file of any known format, a folder, or a .zip.")
]
GuidesFolder = Annotated[Path | None, typer.Option("--guides", metavar="DIR", help="A folder of guides (*.md).")]
AsJson = Annotated[bool, typer.Option("--json", help="Print only JSON to stdout.")]
Source = Annotated[str, typer.Option("--source", help="The supplier; references of different sources do not collide.")]
ChannelSlug = Annotated[str, typer.Option("--channel", help="The channel that the plain price column is for.")]
Mapping = Annotated[
    Path | None, typer.Option("--mapping", metavar="YAML", help='For any other table: "their column: our column".')
]
ProblemsFile = Annotated[
    Path | None, typer.Option("--problems", metavar="CSV", help="Write all problems to this file.")
]


def problem_filter(value: str | None) -> str | None:
    from catalog_import.sources.problems import ProblemCode, Severity

    known = (*(severity.value for severity in Severity), *ProblemCode)
    if value is not None and value not in known:
        raise typer.BadParameter(f"use error, warning or a code: {', '.join(ProblemCode)}.")
    return value


Only = Annotated[
    str | None,
    typer.Option("--only", callback=problem_filter, help='Print these problems only: "error", "warning" or a code.'),
]
Overwrite = Annotated[
    list[str] | None,
    typer.Option(
        "--overwrite", metavar="FIELD", help='Let the file win conflicts in this field ("all": in every field).'
    ),
]
Prune = Annotated[bool, typer.Option("--prune", help="Archive what the source no longer lists.")]
PruneLimit = Annotated[
    float | None,
    typer.Option(
        "--prune-limit", min=0, max=100, help="Maximum share of the source to archive, in percent (default 10)."
    ),
]
AssumeYes = Annotated[bool, typer.Option("--yes", "-y", help="Do not ask before writing.")]
AllOrNothing = Annotated[
    bool, typer.Option("--all-or-nothing", help="Write nothing if any item has changed in the shop in the meantime.")
]
NoWait = Annotated[bool, typer.Option("--no-wait", help="Exit instead of waiting when another import is running.")]
RunNumber = Annotated[int, typer.Argument(metavar="RUN", help="The number of an import (see: catalog-import runs).")]
