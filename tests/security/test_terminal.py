"""Nothing that a file or a shop says is obeyed by the terminal on which it is printed."""

from __future__ import annotations

import io
import json
import logging
import re
from pathlib import Path

import pytest

from catalog_import.cli import printing
from storefront.cli import saleor as saleor_cli
from storefront.terminal import LineFormatter, escaped_json, visible
from tests.builders import a_products_file, a_row
from tests.catalog_import.test_cli import run

OBEYED = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]")
EVIL = "\x1b]0;owned\x07\x1b[2J\x9b31m\u202eBall[link=https://evil.example]\x7f"


@pytest.fixture
def file(tmp_path: Path) -> Path:
    bad = a_row(sku=f"R-2{EVIL}", name=EVIL, price=EVIL, **{f"attribute: {EVIL}": EVIL, EVIL: EVIL})
    good = a_row(sku="R-1", name=f"Ball {EVIL}", description=f"For tired feet {EVIL}", status=f"x{EVIL}")
    made = a_products_file(tmp_path, good | {name: "" for name in bad if name not in good}, bad)
    return made.rename(made.with_name("products\x1b[2J\u202e.csv"))


@pytest.mark.parametrize("command", [["check"], ["check", "--json"], ["map"], ["explain", "R-1"]])
def test_no_command_prints_what_a_terminal_obeys(command: list[str], file: Path, tmp_path: Path) -> None:
    arguments: list[str | Path] = [command[0], file, *command[1:]]
    done = run(*arguments, home=tmp_path)

    assert done.returncode in (0, 3), done.stderr
    assert done.stdout or done.stderr
    assert OBEYED.search(done.stdout + done.stderr) is None
    if "--json" in command:
        json.loads(done.stdout)


def test_the_console_keeps_its_own_colours_and_nobody_elses(monkeypatch: pytest.MonkeyPatch) -> None:
    console = printing.SafeConsole(file=io.StringIO(), force_terminal=True, color_system="standard", width=200)
    console.print(f"[red]error[/] {EVIL}")

    assert isinstance(console.file, io.StringIO)
    written = console.file.getvalue()
    assert "\x1b[31merror\x1b[0m" in written
    assert "\x1b]" not in written
    assert "\x1b[2J" not in written
    assert "\x9b" not in written


def test_a_message_with_brackets_is_no_markup(capsys: pytest.CaptureFixture[str]) -> None:
    printing.tell("[/] [red]x[/red]")

    assert capsys.readouterr().err == "[/] [red]x[/red]\n"


def test_what_a_saleor_says_is_printed_safely(capsys: pytest.CaptureFixture[str]) -> None:
    saleor_cli.say(f"Saleor says: {EVIL}")

    assert OBEYED.search(capsys.readouterr().err) is None


def test_lines_of_the_log_are_safe() -> None:
    record = logging.LogRecord("x", logging.INFO, "", 1, "file %s", (EVIL,), None)

    assert OBEYED.search(LineFormatter("%(message)s").format(record)) is None


def test_new_lines_tabs_and_other_scripts_stay() -> None:
    assert visible("a\tb\nדג é 商\u00a0") == "a\tb\nדג é 商\u00a0"
    assert visible("\udc80") == "\ufffd"


def test_json_says_the_same_with_escapes() -> None:
    said = json.dumps({"a": EVIL, "b": "é商\u200b"}, ensure_ascii=False).encode()

    assert json.loads(escaped_json(said)) == json.loads(said)
    assert OBEYED.search(escaped_json(said).decode()) is None
