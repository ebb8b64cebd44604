"""How a command that had something written ends."""

from __future__ import annotations

import pytest
import typer

from catalog_import.cli.options import finish
from catalog_import.cli.parameters import Exit
from catalog_import.runs.lifecycle import Progress
from catalog_import.sources.problems import Place, ProblemCode, problem_at

AN_ERROR = problem_at(Place("products.csv", 2), "price", ProblemCode.INVALID_VALUE, "No price.")


@pytest.mark.parametrize(
    ("status", "has_errors", "code"),
    [
        ("done", False, Exit.DONE),
        ("done", True, Exit.PROBLEMS),
        ("partly", False, Exit.PARTLY),
        ("partly", True, Exit.PARTLY),
        ("cancelled", False, Exit.PARTLY),
        ("refused", False, Exit.PARTLY),
    ],
)
def test_the_exit_code_tells_whether_all_was_written(status: str, has_errors: bool, code: Exit) -> None:
    progress = Progress(total=2, applied=1, outdated=0, failed=0, status=status)

    with pytest.raises(typer.Exit) as ending:
        finish([AN_ERROR] if has_errors else [], None, progress)

    assert ending.value.exit_code == code
