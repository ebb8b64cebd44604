"""PostgreSQL, Valkey and a worker of their own, started again when they die, as an init system does."""

from __future__ import annotations

import csv
import os
import random
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import psutil
import psycopg
import redis

from benchmarks.generate import COLUMNS, rows
from storefront.embedded import servers
from storefront.embedded.home import make_folders, open_home
from storefront.embedded.privileges import unprivileged_user
from storefront.embedded.run import code
from storefront.embedded.supervisor import Program, Supervisor
from tests.kills.state import State, state_of
from tests.shops import PROJECT

TIMEOUT_S = 180.0
POLL_S = 0.05


@dataclass(slots=True)
class Machine:
    supervisor: Supervisor
    url: str
    """Of the database named `knotwise`; others differ in the name."""
    run: int = 0
    settings: dict[str, str] = field(default_factory=dict)
    """Further variables for the worker and the commands."""

    def database(self, name: str) -> str:
        return self.url.replace(f"/{servers.DATABASE}?", f"/{name}?")

    def environment(self, database: str) -> dict[str, str]:
        home = self.supervisor.home
        return {
            "PATH": os.environ.get("PATH", ""),
            "PYTHONPATH": str(PROJECT),
            "SECRET_KEY": "only for this test, never for a shop",
            "DATABASE_URL": self.database(database),
            "REDIS_URL": servers.redis_url(home),
            "KNOTWISE_HOME": str(home.path),
            "CACHE_FOLDER": str(home.path / "cache"),
            **self.settings,
        }

    def start_worker(self, database: str) -> None:
        self.supervisor.start(
            Program(
                "Worker",
                [
                    *(sys.executable, "-m", "celery", "--app", "storefront.config.celery", "worker"),
                    *("--concurrency", "2", "--without-gossip", "--without-mingle", "--without-heartbeat"),
                ],
                environment=self.environment(database),
            )
        )
        self.supervisor.start(
            Program(
                "Schedule",
                [
                    *(sys.executable, "-m", "celery", "--app", "storefront.config.celery", "beat"),
                    *("--scheduler", "celery.beat:Scheduler", "--pidfile", ""),
                ],
                environment=self.environment(database),
            )
        )

    def stop(self, name: str) -> None:
        """Kill a program for good."""
        _, process = self.supervisor.running.pop(name)
        kill_tree(process.pid)
        process.wait()

    def admin(self, statement: str) -> None:
        with psycopg.connect(self.database("postgres"), autocommit=True) as connection:
            connection.execute(statement.encode())

    def importer(self, database: str, *arguments: str) -> subprocess.Popen[bytes]:
        return subprocess.Popen(
            [sys.executable, "-m", "catalog_import", *arguments],
            cwd=PROJECT,
            env=self.environment(database),
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )


def kill_tree(pid: int) -> None:
    try:
        for process in [*psutil.Process(pid).children(recursive=True), psutil.Process(pid)]:
            process.kill()
    except psutil.NoSuchProcess:
        return


@contextmanager
def machine(path: Path, *, products: int) -> Iterator[Machine]:
    """A machine with a database `planned`: an empty shop and a stored plan of so many variant rows, with guides."""
    with empty_machine(path) as found:
        store_plan(found, path / "products.csv", products)
        yield found


@contextmanager
def empty_machine(path: Path) -> Iterator[Machine]:
    """A machine with its servers, and no shop yet."""
    home = open_home(path)
    user = unprivileged_user(home, code())
    make_folders(home, user.owner if user else None)
    supervisor = Supervisor(home, user, {"PATH": os.environ.get("PATH", ""), "LC_ALL": "C"})
    try:
        servers.start_postgres(supervisor)
        servers.start_valkey(supervisor)
        yield Machine(supervisor, servers.database_url(home))
    finally:
        supervisor.stop_all()


def store_plan(found: Machine, file: Path, products: int) -> None:
    with file.open("w", newline="", encoding="utf-8") as stream:
        writer = csv.DictWriter(stream, COLUMNS, restval="")
        writer.writeheader()
        writer.writerows(rows(products))
    guides = PROJECT / "sample_data" / "guides"
    make_shop(found, "planned")
    command = [sys.executable, "-m", "tests.kills.planning", str(file), str(guides)]
    subprocess.run(command, cwd=PROJECT, env=found.environment("planned"), check=True)
    with psycopg.connect(found.database("planned")) as connection:
        row = connection.execute("SELECT max(id) FROM catalog_import_importrun").fetchone()
        assert row is not None
        found.run = row[0]


def make_shop(found: Machine, database: str) -> None:
    """An empty shop in a database of this name."""
    found.admin(f"CREATE DATABASE {database}")
    for command in ("migrate", "load_taxonomy"):
        manage = [sys.executable, "-m", "storefront", "manage", command, "--verbosity", "0"]
        subprocess.run(manage, cwd=PROJECT, env=found.environment(database), check=True)


# --- what may happen ----------------------------------------------------------------------------------------


def kill_worker_process(found: Machine) -> None:
    """SIGKILL one of the worker's processes, as the kernel does when memory is short."""
    children = psutil.Process(found.supervisor.running["Worker"][1].pid).children()
    if children:
        random.choice(children).kill()


def kill_worker(found: Machine) -> None:
    """SIGKILL the whole worker."""
    kill_tree(found.supervisor.running["Worker"][1].pid)


def flush_broker(found: Machine) -> None:
    """Take everything out of the broker; one that was killed just now is started again first."""
    deadline = time.monotonic() + TIMEOUT_S
    while True:
        found.supervisor.check()
        try:
            with redis.Redis.from_url(servers.redis_url(found.supervisor.home)) as client:
                client.flushall()
                return
        except redis.ConnectionError:
            if time.monotonic() > deadline:
                raise
            time.sleep(POLL_S)


def kill_broker(found: Machine) -> None:
    """SIGKILL the broker, with everything in it."""
    found.supervisor.running["Valkey"][1].kill()


def restart_database(found: Machine) -> None:
    """Restart PostgreSQL without waiting for anybody's transaction."""
    found.supervisor.running["PostgreSQL"][1].send_signal(random.choice((signal.SIGINT, signal.SIGQUIT)))


def kill_database(found: Machine) -> None:
    """SIGKILL PostgreSQL's own process; the others follow it."""
    found.supervisor.running["PostgreSQL"][1].kill()


HAPPENINGS: tuple[Callable[[Machine], None], ...] = (
    kill_worker_process,
    kill_worker,
    flush_broker,
    kill_broker,
    restart_database,
    kill_database,
)


# --- one trial ----------------------------------------------------------------------------------------------


def trial(
    found: Machine, name: str, happenings: list[tuple[float, Callable[[Machine], None]]], *, is_watched: bool = True
) -> tuple[State, float]:
    """Apply the stored plan in a fresh database while these things happen, each so many seconds after the first batch
    was done; gives the state at the end, and how long it took from there.

    `is_watched`: the command that began the run waits for it, and sends workers again; else it is killed too, and the
    run is left to the schedule alone.
    """
    found.supervisor.restarts.clear()
    wait_for(found, "postgres", "SELECT 1")
    found.admin(f"CREATE DATABASE {name} TEMPLATE planned")
    flush_broker(found)
    found.start_worker(name)
    watcher = found.importer(name, "resume", str(found.run))
    try:
        wait_for(found, name, "SELECT 1 FROM catalog_import_importbatch WHERE state = 'done'")
        began = time.monotonic()
        if not is_watched:
            kill_tree(watcher.pid)
        for after_s, happening in sorted(happenings, key=lambda one: one[0]):
            watch(found, began + after_s)
            happening(found)
        wait_for(found, name, "SELECT 1 FROM catalog_import_importrun WHERE status IN ('done', 'partly')")
        took = time.monotonic() - began
    finally:
        kill_tree(watcher.pid)
        watcher.wait()
        found.stop("Schedule")
        found.stop("Worker")
    wait_for(found, "postgres", "SELECT 1")
    state = state_of(found.database(name))
    found.admin(f"DROP DATABASE {name} WITH (FORCE)")
    return state, took


def watch(found: Machine, until: float) -> None:
    """Start again what died, until that moment."""
    while time.monotonic() < until:
        found.supervisor.check()
        time.sleep(POLL_S)


def wait_for(found: Machine, database: str, question: str) -> None:
    """Wait until the question has an answer. A database that is away is waited for."""
    deadline = time.monotonic() + TIMEOUT_S
    while True:
        found.supervisor.check()
        try:
            with psycopg.connect(found.database(database), connect_timeout=5) as connection:
                if connection.execute(question.encode()).fetchone():
                    return
        except psycopg.OperationalError:
            pass
        if time.monotonic() > deadline:
            raise TimeoutError(f"{database}: no answer to: {question}")
        time.sleep(POLL_S)
