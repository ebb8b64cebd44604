"""The tests' PostgreSQL and Valkey: real ones from the wheels, in a folder that goes with the run.

A plugin, so that the servers are up and their addresses in the environment before Django reads its
settings. With `DATABASE_URL` and `REDIS_URL` set, those servers are used in their place. Workers of
a parallel run inherit the addresses.
"""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from storefront.embedded import servers
from storefront.embedded.home import Home, make_folders, open_home
from storefront.embedded.privileges import unprivileged_user
from storefront.embedded.run import code
from storefront.embedded.supervisor import Supervisor

VARIABLES = ("DATABASE_URL", "REDIS_URL")
_running: list[Supervisor] = []


@pytest.hookimpl(wrapper=True)
def pytest_load_initial_conftests() -> Iterator[None]:
    os.environ.setdefault("SECRET_KEY", "only for the tests of this machine, never for a shop")
    os.environ["KNOTWISE_HOME"] = os.environ.get("KNOTWISE_TEST_HOME") or tempfile.mkdtemp(prefix="knotwise-test-")
    os.environ.setdefault("KNOTWISE_TEST_HOME", os.environ["KNOTWISE_HOME"])
    os.environ.setdefault("GRAPHIQL", "true")
    if "WITHOUT_SERVERS" in os.environ:
        # Whoever asks one of them after all fails at once (`make test-quick`).
        os.environ["DATABASE_URL"], os.environ["REDIS_URL"] = "postgresql://127.0.0.1:1/none", "redis://127.0.0.1:1/0"
    elif any(name not in os.environ for name in VARIABLES):
        start(Path(os.environ["KNOTWISE_HOME"]))
    return (yield)


def pytest_unconfigure() -> None:
    for supervisor in _running:
        supervisor.stop_all()
        shutil.rmtree(supervisor.home.sockets, ignore_errors=True)
        shutil.rmtree(supervisor.home.path, ignore_errors=True)
    _running.clear()


def start(path: Path) -> None:
    home: Home = open_home(path)
    user = unprivileged_user(home, code())
    make_folders(home, user.owner if user else None)
    supervisor = Supervisor(home, user, {"PATH": os.environ.get("PATH", ""), "LC_ALL": "C"})
    _running.append(supervisor)
    # Nothing here has to outlive a power cut, and tests of transactions empty all tables each time.
    servers.start_postgres(supervisor, "-c", "fsync=off", "-c", "full_page_writes=off")
    servers.start_valkey(supervisor)
    os.environ["DATABASE_URL"] = servers.database_url(home)
    os.environ["REDIS_URL"] = servers.redis_url(home)
