"""`storefront embedded` started, stopped and mistreated, as a person and a machine do it."""

from __future__ import annotations

import json
import os
import signal
import socket
import time
from pathlib import Path

import psutil
import pytest

from tests.shops import ShopProcess, copy_home, free_port, run_import, start_shop

pytestmark = pytest.mark.xdist_group("embedded")


def wait_gone(processes: list[psutil.Process], timeout_s: float = 30) -> list[psutil.Process]:
    _, alive = psutil.wait_procs(processes, timeout=timeout_s)
    return [process for process in alive if process.is_running() and process.status() != psutil.STATUS_ZOMBIE]


def test_a_shop_in_a_folder_with_spaces_imports_the_sample_once_and_leaves_nothing_running(tmp_path: Path) -> None:
    home = tmp_path / "a folder with spaces" / "data"
    first = start_shop(home)
    first.wait_until_ready()
    children = first.children()

    assert first.get("/healthz")[0] == first.get("/readyz")[0] == 200
    assert "applied" in first.said()
    assert first.interrupt() == 0
    assert wait_gone(children) == []

    second = start_shop(home)
    second.wait_until_ready()
    assert "Import" not in second.said().replace("Import a file", "")
    assert "LittleMum" in second.get("/tools/?q=littlemum")[1]

    again = run_import(second, "apply", "sample_data/products.csv", "--guides", "sample_data/guides", "--yes")
    assert again.returncode == 0, again.stdout + again.stderr
    assert "Nothing to do" in again.stdout
    second.process.send_signal(signal.SIGTERM)
    assert second.process.wait(60) == 0


def test_a_killed_supervisor_leaves_nothing_running_and_a_folder_that_starts_again(
    tmp_path: Path, sample_home: Path
) -> None:
    first = start_shop(copy_home(sample_home, tmp_path / "home"))
    first.wait_until_ready()
    children = first.children()
    assert len(children) >= 4

    first.process.kill()
    first.process.wait()

    assert wait_gone(children) == []
    second = start_shop(tmp_path / "home")
    second.wait_until_ready()
    assert second.interrupt() == 0


@pytest.mark.sweep
@pytest.mark.parametrize("moment", ["Starting PostgreSQL", "Preparing the database", "Importing"])
def test_a_first_run_killed_on_its_way_is_taken_up_by_the_next(tmp_path: Path, moment: str) -> None:
    first = start_shop(tmp_path / "home")
    first.wait_until(moment)
    children = first.children()
    first.process.kill()
    first.process.wait()
    assert wait_gone(children) == []

    second = start_shop(tmp_path / "home")
    second.wait_until_ready()

    assert "LittleMum" in second.get("/tools/?q=littlemum")[1]
    assert second.interrupt() == 0


def test_a_data_folder_killed_during_initdb_is_made_again(tmp_path: Path) -> None:
    first = start_shop(tmp_path / "home", "--no-sample")
    half_made = tmp_path / "home" / "postgres.new"
    deadline = time.monotonic() + 30
    while not half_made.exists() and time.monotonic() < deadline:
        time.sleep(0.005)
    first.process.kill()
    first.process.wait()

    second = start_shop(tmp_path / "home", "--no-sample")
    second.wait_until_ready()

    assert not half_made.exists()
    assert second.interrupt() == 0


def refused(shop: ShopProcess) -> str:
    assert shop.process.wait(30) == 2
    return " ".join(shop.said().split())


def test_a_second_start_on_one_folder_is_refused_and_the_first_goes_on(tmp_path: Path, sample_home: Path) -> None:
    first = start_shop(copy_home(sample_home, tmp_path / "home"))
    first.wait_until_ready()

    assert "already running" in refused(start_shop(tmp_path / "home", "--no-sample"))
    assert "already running" in refused(start_shop(tmp_path / "home", "--fresh"))

    assert first.get("/readyz")[0] == 200
    assert first.interrupt() == 0


def test_a_busy_port_is_named_before_anything_is_started(tmp_path: Path) -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]

        said = refused(start_shop(tmp_path / "home", port=port))

    assert f"port {port}" in said
    assert "PORT=" in said
    assert not (tmp_path / "home" / "postgres").exists()


def test_a_foreign_folder_is_refused_and_left_as_it_is(tmp_path: Path) -> None:
    (tmp_path / "home").mkdir()
    (tmp_path / "home" / "thesis.txt").write_text("years of work")

    said = refused(start_shop(tmp_path / "home", "--fresh"))

    assert "not a data folder of Knotwise" in said
    assert [path.name for path in (tmp_path / "home").iterdir()] == ["thesis.txt"]


def test_a_data_folder_that_is_a_file_gives_a_clear_message(tmp_path: Path) -> None:
    (tmp_path / "home").write_text("a file")

    assert "cannot be written" in refused(start_shop(tmp_path / "home"))


@pytest.mark.skipif(os.getuid() == 0, reason="root may write everywhere")
def test_an_unwritable_folder_gives_a_clear_message(tmp_path: Path) -> None:
    (tmp_path / "closed").mkdir(mode=0o500)

    assert "cannot be written" in refused(start_shop(tmp_path / "closed" / "home"))


def test_fresh_starts_over_and_other_servers_can_take_the_place_of_the_embedded_ones(
    tmp_path: Path, sample_home: Path
) -> None:
    first = start_shop(copy_home(sample_home, tmp_path / "home"))
    first.wait_until_ready()
    assert "LittleMum" in first.get("/tools/")[1] + first.get("/tools/?q=littlemum")[1]
    left = json.loads((tmp_path / "home" / "environment.json").read_text())

    # A second shop on the first one's servers starts none of its own.
    guest = start_shop(
        tmp_path / "guest",
        "--no-sample",
        port=free_port(),
        environment={"DATABASE_URL": left["DATABASE_URL"], "REDIS_URL": left["REDIS_URL"]},
    )
    guest.wait_until_ready()
    assert "LittleMum" in guest.get("/tools/?q=littlemum")[1]
    assert not (tmp_path / "guest" / "postgres").exists()
    assert guest.interrupt() == 0
    assert first.interrupt() == 0

    fresh = start_shop(tmp_path / "home", "--fresh", "--no-sample")
    fresh.wait_until_ready()
    assert "LittleMum" not in fresh.get("/tools/?q=littlemum")[1]
    assert fresh.interrupt() == 0


def test_a_worker_that_dies_during_the_first_import_does_not_hang_the_start(tmp_path: Path) -> None:
    shop = start_shop(tmp_path / "home")
    shop.wait_until("Starting the worker")
    worker = json.loads((tmp_path / "home" / "children.json").read_text())["Worker"]

    psutil.Process(int(worker.partition("@")[0])).kill()

    shop.wait_until_ready()
    assert "LittleMum" in shop.get("/tools/?q=littlemum")[1]
    assert shop.interrupt() == 0


def test_a_worker_that_dies_is_started_again(tmp_path: Path, sample_home: Path) -> None:
    shop = start_shop(copy_home(sample_home, tmp_path / "home"))
    shop.wait_until_ready()
    before = json.loads((tmp_path / "home" / "children.json").read_text())["Worker"]

    psutil.Process(int(before.partition("@")[0])).kill()
    deadline = time.monotonic() + 20
    while (after := json.loads((tmp_path / "home" / "children.json").read_text())["Worker"]) == before:
        assert time.monotonic() < deadline
        time.sleep(0.1)

    assert psutil.pid_exists(int(after.partition("@")[0]))
    (tmp_path / "more.csv").write_text("sku,name,price\nFERN-1,Fern Massage Ball,9.90\n")
    done = run_import(shop, "apply", tmp_path / "more.csv", "--yes")
    assert done.returncode == 0, done.stdout + done.stderr
    assert "1 applied" in done.stdout
    assert shop.interrupt() == 0
