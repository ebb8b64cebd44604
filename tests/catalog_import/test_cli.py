"""`catalog-import` as a person and a machine run it: a process with arguments, outputs and an exit code."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.builders import a_products_file, a_row
from tests.shops import PROJECT

pytestmark = pytest.mark.server

GOOD = a_row(target_areas="feet")


def run(*arguments: str | Path, home: Path, **environment: str) -> subprocess.CompletedProcess[str]:
    """The command in an environment without a shop."""
    kept = {name: os.environ[name] for name in ("PATH", "HOME", "LANG") if name in os.environ}
    return subprocess.run(
        [sys.executable, "-m", "catalog_import", *(str(argument) for argument in arguments)],
        cwd=PROJECT,
        env=kept | {"KNOTWISE_HOME": str(home / "no shop"), "COLUMNS": "120"} | environment,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


def test_check_prints_json_alone_and_needs_no_database(tmp_path: Path) -> None:
    done = run("check", a_products_file(tmp_path, GOOD), "--json", home=tmp_path)

    assert done.returncode == 0, done.stderr
    answer = json.loads(done.stdout)
    assert {"products", "guides", "problems"} <= set(answer)
    assert answer["products"]["R-1"]["target_areas"] == ["feet"]
    assert done.stderr == ""
    assert not (tmp_path / "no shop").exists()


def test_check_tells_people_what_was_read(tmp_path: Path) -> None:
    done = run("check", a_products_file(tmp_path, GOOD | {"name": "Ball [red]"}), home=tmp_path)

    assert done.returncode == 0, done.stderr
    assert "Ball [red]" in done.stdout
    assert "Read 1 product with 1 variant and 0 guides." in done.stdout


def test_errors_in_a_file_are_told_with_their_place_and_exit_with_3(tmp_path: Path) -> None:
    path = a_products_file(tmp_path, GOOD, a_row(sku="R-2", price="12.5O"))

    done = run("check", path, home=tmp_path)
    as_json = run("check", path, "--json", home=tmp_path)

    assert (done.returncode, as_json.returncode) == (3, 3)
    assert "error products.csv, row 3, price: " in done.stdout
    assert [problem["row"] for problem in json.loads(as_json.stdout)["problems"]] == [3]


def test_warnings_alone_exit_with_0(tmp_path: Path) -> None:
    done = run("check", a_products_file(tmp_path, GOOD | {"xyzzy": "1"}), home=tmp_path)

    assert done.returncode == 0
    assert "warning products.csv, row 1, xyzzy" in done.stdout


def test_a_currency_can_be_given_to_check(tmp_path: Path) -> None:
    done = run("check", a_products_file(tmp_path, GOOD | {"currency": "USD"}), "--currency", "EUR", home=tmp_path)

    assert done.returncode == 3
    assert "row 2, currency" in done.stdout


@pytest.mark.parametrize(
    "arguments",
    [("check",), ("plan",), ("apply", "--yes"), ("check", "--nonsense"), ("nonsense",), ("check", "a.csv", "b.csv")],
    ids=" ".join,
)
def test_wrong_usage_exits_with_2(tmp_path: Path, arguments: tuple[str, ...]) -> None:
    done = run(*arguments, home=tmp_path, DATABASE_URL=os.environ["DATABASE_URL"], SECRET_KEY="x" * 40)

    assert done.returncode == 2, done.stdout + done.stderr
    assert done.stdout == ""
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize(
    "environment", [{}, {"DATABASE_URL": "postgresql://127.0.0.1:1/nothing", "SECRET_KEY": "x" * 40}]
)
@pytest.mark.parametrize("command", [("plan",), ("apply", "--yes")], ids=" ".join)
def test_without_a_shop_plan_and_apply_exit_with_4(
    tmp_path: Path, command: tuple[str, ...], environment: dict[str, str]
) -> None:
    path = a_products_file(tmp_path, GOOD)

    done = run(command[0], path, *command[1:], home=tmp_path, **environment)

    assert done.returncode == 4, done.stdout + done.stderr
    assert done.stdout == ""
    assert "The shop cannot be reached" in done.stderr
    assert "Start it with `storefront embedded`" in done.stderr
    assert "Traceback" not in done.stderr


def test_wrong_settings_exit_with_2_and_name_the_variables(tmp_path: Path) -> None:
    done = run("check", a_products_file(tmp_path, GOOD), home=tmp_path, PORT="many", HTTPS="perhaps")

    assert done.returncode == 2
    assert "PORT: " in done.stderr
    assert "HTTPS: " in done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize("command", [(), ("check",), ("plan",), ("apply",)], ids=["all", "check", "plan", "apply"])
def test_help_explains_itself_and_ends_with_an_example(tmp_path: Path, command: tuple[str, ...]) -> None:
    done = run(*command, "--help", home=tmp_path)

    assert done.returncode == 0
    if command:
        assert f"Example: catalog-import {command[0]} " in " ".join(done.stdout.split())
    else:
        assert "0 done (warnings or none), 1 a bug, 2 wrong usage, 3 problems in the files" in " ".join(
            done.stdout.split()
        )


def test_a_file_with_a_surprise_in_every_cell_is_told_not_crashed_on(tmp_path: Path) -> None:
    bad = a_row(
        product="x" * 300,
        stock="9" * 5000,
        weight_g="9" * 5000,
        warranty_years="9" * 5000,
        price="1" + "0" * 400,
        target_areas="x" * 10_000,
        seo_title="[/bold]" * 20,
    )
    usable = GOOD | {"sku": "R-2", "name": "[/bold] \\", "image": "x" * 300 + "; http://[; ../../etc/passwd; a/" * 2}

    done = run("check", a_products_file(tmp_path, bad, usable), home=tmp_path)

    assert done.returncode == 3, done.stderr
    assert "Traceback" not in done.stderr
    assert "[/bold]" in done.stdout
