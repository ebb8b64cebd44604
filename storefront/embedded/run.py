"""`storefront embedded`: the whole shop on this machine with one command, no Docker, no root.

The order: lock the data folder, clear what a killed run left, PostgreSQL, Valkey, migrations,
worker, schedule and web, the sample catalogue through that worker, wait until ready, print where to look.
"""

from __future__ import annotations

import json
import os
import shlex
import shutil
import signal
import socket
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.util import cache_from_source, find_spec
from pathlib import Path
from types import FrameType

import psutil
from rich.console import Console

from storefront.config.env import EMBEDDED_ENVIRONMENT, Env
from storefront.embedded import preparation, servers
from storefront.embedded.home import (
    EmbeddedError,
    Home,
    clear_leftovers,
    locked,
    make_folders,
    open_home,
    start_over,
)
from storefront.embedded.privileges import unprivileged_user
from storefront.embedded.supervisor import Program, Supervisor

READY_TIMEOUT_S = 60.0
CELERY_APP = "storefront.config.celery"
# The importer is a command like any other to us: the shop never imports it.
IMPORTER = "catalog_import"
PROJECT = Path(__file__).resolve().parents[2]
# A process that needs one of these gets it explicitly, or not at all.
NOT_HANDED_ON = {"database_pool_size", "debug", "embedded_staff_password", "static_root"}

console = Console(stderr=True, highlight=False, soft_wrap=True)


class StopRequested(BaseException):
    """A signal asked us to stop. Not an Exception, so that nothing on the way swallows it."""


@contextmanager
def stopping_on_signals() -> Iterator[None]:
    """Turn the first SIGINT, SIGTERM or SIGHUP into `StopRequested`; later ones change nothing."""

    def stop(number: int, frame: FrameType | None) -> None:
        ignore_signals()
        raise StopRequested(number)

    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, stop)
    yield


def ignore_signals() -> None:
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, signal.SIG_IGN)


def run(settings: Env, *, is_fresh: bool, sample: Path | None) -> None:
    """Run the shop until a signal stops it.

    `sample` is a folder with `products.csv` and `guides/` that is imported the first time.
    Raises `EmbeddedError` when it cannot start or go on; everything it started is stopped by then.
    """
    home = open_home(settings.knotwise_home)
    with locked(home), stopping_on_signals():
        require_free_port(settings.host, settings.port)
        for name in clear_leftovers(home):
            console.print(f"Stopped a process left over from a killed run: {name}")
        if is_fresh:
            if settings.database_url is not None:
                raise EmbeddedError("--fresh empties the embedded database, and DATABASE_URL names another. Unset it.")
            start_over(home)
        supervisor = prepare(home, settings, sample)
        try:
            start_all(supervisor, settings, sample)
            print_welcome(home, settings)
            while True:
                time.sleep(0.5)
                supervisor.check()
        except StopRequested:
            console.print("\nStopping; the data stays …")
        finally:
            ignore_signals()
            supervisor.stop_all()
            shutil.rmtree(home.sockets, ignore_errors=True)
        console.print("Stopped.")


def code() -> list[Path]:
    """Return where Python, the packages and the project lie."""
    return [Path(sys.prefix), Path(sys.base_prefix), Path(sys.executable), PROJECT]


def is_compiled() -> bool:
    """Return whether the packages were compiled where they lie, as they are once somebody who may has used them."""
    django = find_spec("django")
    return bool(django and django.origin and Path(cache_from_source(django.origin)).exists())


def given_folders(settings: Env) -> list[Path]:
    """Return the folders outside of the data folder that the settings name."""
    named = (settings.media_root, settings.cache_folder, settings.static_root, settings.taxonomy_folder)
    return [folder.absolute() for folder in named if folder]


def prepare(home: Home, settings: Env, sample: Path | None) -> Supervisor:
    """Folders, the children's user and their environment."""
    user = unprivileged_user(home, [*code(), *given_folders(settings), *([sample] if sample else [])])
    make_folders(home, user.owner if user else None)
    given = settings.model_dump(exclude=NOT_HANDED_ON, exclude_none=True)
    variables = {name.upper(): str(value) for name, value in given.items()} | {
        "KNOTWISE_HOME": str(home.path),
        "DATABASE_URL": settings.database_url or servers.database_url(home),
        "REDIS_URL": settings.redis_url or servers.redis_url(home),
        "CACHE_URL": settings.cache_url or "",
        "SECRET_KEY": settings.secret_key or home.secret("secret_key"),
        # Saleor asks for the manifest by a host without its port, so the request does not tell the address.
        "PUBLIC_URL": settings.public_url or local_address(settings),
        "MEDIA_ROOT": str(settings.media_root or home.media),
        "CACHE_FOLDER": str(settings.cache_folder or home.cache),
        "ALLOWED_HOSTS": ",".join(host_names(settings)),
        "GRAPHIQL": "true",
    }
    if settings.taxonomy_folder:
        variables["TAXONOMY_FOLDER"] = str(settings.taxonomy_folder.absolute())
    home.write(EMBEDDED_ENVIRONMENT, variables)
    inherited = {
        name: os.environ[name]
        for name in ("PATH", "LANG", "LC_ALL", "TERM", "COLUMNS", "NO_COLOR", "TZ")
        if name in os.environ
    }
    # The project may be a checkout that is run from its own folder, not installed.
    python = {"PYTHONPATH": str(PROJECT), "PYTHONUNBUFFERED": "1"}
    if user and user.owner and not is_compiled():
        # They may not write compiled modules beside ours, and without any each start would compile everything.
        python["PYTHONPYCACHEPREFIX"] = str(home.cache / "python")
    return Supervisor(home, user, inherited | python | variables)


def host_names(settings: Env) -> list[str]:
    """The names by which this machine may be asked for the shop."""
    names = {*settings.hosts(), settings.host}
    if settings.host in ("0.0.0.0", "::"):  # noqa: S104
        names.add(socket.gethostname())
        for addresses in psutil.net_if_addrs().values():
            names.update(
                found.address.partition("%")[0]
                for found in addresses
                if found.family in (socket.AF_INET, socket.AF_INET6)
            )
    return sorted(f"[{name}]" if ":" in name and not name.startswith("[") else name for name in names)


def require_free_port(host: str, port: int) -> None:
    """Raises `EmbeddedError` when something else listens there, or the host is not of this machine."""
    try:
        family, kind, protocol, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
        with socket.socket(family, kind, protocol) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind(address)
    except OSError as error:
        raise EmbeddedError(
            f"Cannot listen on {host}, port {port} ({error.strerror}). "
            f"Choose another: PORT={port + 1 if port < 65535 else 8000} make demo"
        ) from error


def start_all(supervisor: Supervisor, settings: Env, sample: Path | None) -> None:
    if settings.database_url is None:
        with step("Starting PostgreSQL"):
            servers.start_postgres(supervisor)
    if settings.redis_url is None:
        with step("Starting Valkey"):
            servers.start_valkey(supervisor)
    python = sys.executable
    if settings.database_url is not None or not preparation.is_done(supervisor.home, settings):
        with step("Preparing the database"):
            supervisor.run(
                Program(
                    "prepare",
                    [python, "-m", "storefront", "manage", "prepare_embedded"],
                    environment={}
                    if settings.database_url
                    else {"EMBEDDED_STAFF_PASSWORD": staff_password(supervisor.home)},
                )
            )
        if settings.database_url is None:
            preparation.note_done(supervisor.home, settings)
    with step("Starting the worker and the web server"):
        supervisor.start(
            Program(
                "Worker",
                [
                    *(python, "-m", "celery", "--app", CELERY_APP, "worker"),
                    *("--concurrency", "2", "--loglevel", settings.log_level.lower()),
                    # A worker that says goodbye to a broker that is gone waits for ever.
                    *("--without-gossip", "--without-mingle", "--without-heartbeat"),
                ],
                death_signal=signal.SIGQUIT,
                stop_timeout_s=60,
            )
        )
        supervisor.start(
            # By itself: kept by the worker (`--beat`) it would be a process of the worker's, and outlive it.
            Program(
                "Schedule",
                [
                    *(python, "-m", "celery", "--app", CELERY_APP, "beat"),
                    *("--scheduler", "celery.beat:Scheduler", "--pidfile", ""),
                    *("--loglevel", settings.log_level.lower()),
                ],
            )
        )
        supervisor.start(
            Program(
                "Web",
                [python, "-m", "storefront", "serve"],
                environment={"DATABASE_POOL_SIZE": str(settings.web_threads)},
            )
        )
    if sample is not None and settings.saleor_api_url:
        console.print(
            "Connected to Saleor, so the sample catalogue is not imported: it is for the embedded shop alone. "
            f"To write it to that Saleor all the same: {command('catalog-import')} apply {sample / 'products.csv'}"
        )
    elif sample is not None and settings.database_url is not None:
        console.print("The database is not the embedded one, so no sample is imported into it.")
    elif sample is not None and not supervisor.home.read("sample.json"):
        # Noted once it was imported whole: an import that was killed is done again.
        apply: list[str | Path] = ["apply", sample / "products.csv", "--guides", sample / "guides", "--yes"]
        # Shown in the history as the author: the system user of the children would mean nothing to staff.
        program = Program("Import", [python, "-m", IMPORTER, *apply], environment={"LOGNAME": "the first start"})
        supervisor.run(program, is_quiet=False)
        supervisor.home.write("sample.json", {"imported": "yes"})
    with step("Waiting until the shop is ready"):
        wait_until_ready(supervisor, settings)


@contextmanager
def step(what: str) -> Iterator[None]:
    started = time.monotonic()
    yield
    console.print(f"[green]✓[/] {what} [dim]({time.monotonic() - started:.1f} s)[/]")


def wait_until_ready(supervisor: Supervisor, settings: Env) -> None:
    deadline = time.monotonic() + READY_TIMEOUT_S
    url = f"{local_address(settings)}/readyz"
    while True:
        for name in supervisor.running:
            supervisor.require_alive(name)
        try:
            with urllib.request.urlopen(url, timeout=5):  # noqa: S310 - our own http address
                return
        except urllib.error.HTTPError as error:
            state = json.loads(error.read() or b"{}")
        except OSError as error:
            state = str(error)
        if time.monotonic() > deadline:
            raise EmbeddedError(f"The shop is not ready after {READY_TIMEOUT_S:.0f} s: {state}")
        time.sleep(0.1)


def local_address(settings: Env) -> str:
    host = {"0.0.0.0": "127.0.0.1", "::": "[::1]"}.get(settings.host, settings.host)  # noqa: S104
    return f"http://{f'[{host}]' if ':' in host and not host.startswith('[') else host}:{settings.port}"


def command(name: str) -> str:
    """How to call one of our commands from here."""
    path = Path(sys.executable).parent / name
    here = str(path.relative_to(Path.cwd())) if path.is_relative_to(Path.cwd()) else name
    # A second terminal finds the shop by its data folder.
    elsewhere = os.environ.get("KNOTWISE_HOME")
    return f"KNOTWISE_HOME={shlex.quote(elsewhere)} {here}" if elsewhere else here


def staff_password(home: Home) -> str:
    """The first password of the staff sign-in of this machine."""
    return home.secret("staff_password", entropy_bytes=9)


def saleor_state(settings: Env) -> str:
    """Return in words whether, and to which Saleor, the shop is connected."""
    if not settings.saleor_api_url:
        return "not connected: this shop is its own"
    return f"connected to {settings.saleor_api_url}; imports, pins and edits write there"


def print_welcome(home: Home, settings: Env) -> None:
    address = local_address(settings)
    sign_in = f"user [bold]staff[/], password [bold]{staff_password(home)}[/] (made for this machine)"
    if settings.database_url:
        sign_in = f"make a sign-in with: {command('storefront')} manage createsuperuser"
    lines = [
        "",
        "[bold]Knotwise is ready.[/]",
        f"  Shop      {address}/",
        f"  GraphQL   {address}/graphql/",
        f"  Staff     {address}/staff/   {sign_in}",
        f"  Data      {home.path}",
        f"  Saleor    {saleor_state(settings)}",
        "",
        f"Import a file of your own:  {command('catalog-import')} plan FILE  (then apply FILE)",
        f"Stop with Ctrl-C; the data stays. Start over with:  {command('storefront')} embedded --fresh",
    ]
    console.print("\n".join(lines))
