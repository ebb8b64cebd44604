"""The data folder of the embedded run: what is where, who may use it, and what a killed run left.

    .knotwise/
        knotwise.json       marks the folder as ours; without it nothing here is ever deleted
        lock                held (flock) by the running supervisor
        children.json       the processes it started, for the next start to clear after a kill
        environment.json    addresses and secrets, for `catalog-import` in a second terminal
        secrets.json        random values made for this folder, the staff password among them
        postgres/  valkey/  media/  cache/  mail/  logs/

The servers listen on unix sockets alone. A socket's path may not be longer than some 100 bytes, so
they live in a folder of their own under /tmp that is named by a hash of the data folder's path.
"""

from __future__ import annotations

import fcntl
import hashlib
import json
import os
import secrets
import shutil
import signal
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psutil

MARKER = "knotwise.json"
STOP_TIMEOUT_S = 20


class EmbeddedError(Exception):
    """The embedded run cannot start or go on; the message says why and what to do."""


class Home:
    """The data folder and the places in it."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.postgres = path / "postgres"
        self.valkey = path / "valkey"
        self.media = path / "media"
        self.cache = path / "cache"
        self.mail = path / "mail"
        self.logs = path / "logs"
        self.sockets = Path("/tmp") / f"knotwise-{hashlib.sha256(os.fsencode(path)).hexdigest()[:12]}"  # noqa: S108
        self.valkey_socket = self.sockets / "valkey.sock"

    def read(self, name: str) -> dict[str, str]:
        try:
            return {str(key): str(value) for key, value in json.loads((self.path / name).read_text()).items()}
        except (OSError, ValueError, AttributeError):
            return {}

    def write(self, name: str, content: object) -> None:
        """Write JSON readable by this user alone, whole or not at all."""
        new = self.path / f"{name}.new"
        new.unlink(missing_ok=True)
        descriptor = os.open(new, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "w", encoding="utf-8") as file:
            json.dump(content, file, indent=2)
        new.replace(self.path / name)

    def secret(self, name: str, *, entropy_bytes: int = 48) -> str:
        """A random value that is made once for this folder and kept."""
        kept = self.read("secrets.json")
        if name not in kept:
            kept[name] = secrets.token_urlsafe(entropy_bytes)
            self.write("secrets.json", kept)
        return kept[name]


def open_home(path: Path) -> Home:
    """The data folder, made if it is not there.

    Raises `EmbeddedError` when it can't be written or holds something that is not ours.
    """
    path = path.expanduser().absolute()
    home = Home(path)
    try:
        path.mkdir(parents=True, exist_ok=True)
        if not (path / MARKER).exists():
            strangers = [entry.name for entry in path.iterdir() if entry.name not in ("lock", f"{MARKER}.new")]
            if strangers:
                raise EmbeddedError(
                    f"{path} is not empty and is not a data folder of Knotwise (it holds {strangers[0]!r}). "
                    "Set KNOTWISE_HOME to an empty or new folder."
                )
            home.write(MARKER, {"what": "data folder of an embedded Knotwise shop", "format": 1})
        probe = path / ".writable"
        os.close(open_private(probe, os.O_WRONLY))
        probe.unlink()
    except OSError as error:
        raise EmbeddedError(
            f"The data folder {path} cannot be written ({error.strerror}). "
            "Set KNOTWISE_HOME to a folder that you may write, or give yourself the right to this one."
        ) from error
    return home


@contextmanager
def locked(home: Home) -> Iterator[None]:
    """Hold the folder for this process alone.

    The lock goes with the process, however it ends, and children do not inherit it.
    Raises `EmbeddedError` when another run has it.
    """
    descriptor = open_private(home.path / "lock", os.O_RDWR)
    try:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            owner = os.pread(descriptor, 200, 0).decode(errors="replace").strip() or "another process"
            raise EmbeddedError(
                f"A shop is already running on {home.path} ({owner}). Use that one, stop it first, "
                "or give this one another folder: KNOTWISE_HOME=.knotwise-2 PORT=8001 storefront embedded"
            ) from error
        os.ftruncate(descriptor, 0)
        os.pwrite(descriptor, f"process {os.getpid()}\n".encode(), 0)
        yield
    finally:
        os.close(descriptor)


def clear_leftovers(home: Home) -> list[str]:
    """End what a killed run of this folder left running; gives the names of what was ended.

    A process counts as left over only if its pid, its start time and its working folder all agree,
    so that a pid that was given to somebody else since is never touched.
    """
    left: list[psutil.Process] = []
    names: list[str] = []
    for name, known in home.read("children.json").items():
        pid, _, started = known.partition("@")
        try:
            process = psutil.Process(int(pid))
            is_ours = abs(process.create_time() - float(started)) < 1 and works_in(process, home.path, home.postgres)
        except (OSError, psutil.Error, ValueError):
            continue
        if is_ours:
            # PostgreSQL: SIGINT is its fast shutdown. The others stop on SIGTERM.
            process.send_signal(signal.SIGINT if name == "PostgreSQL" else signal.SIGTERM)
            left.append(process)
            names.append(name)
    _, alive = psutil.wait_procs(left, timeout=STOP_TIMEOUT_S)
    for process in alive:
        process.kill()
    psutil.wait_procs(alive, timeout=5)
    (home.path / "children.json").unlink(missing_ok=True)
    return names


def open_private(path: str | Path, flags: int) -> int:
    """Open a file, made where there is none, that nobody else may read.

    A link is refused: the folder may belong to the shop's user, and root follows nobody's links.
    """
    return os.open(path, flags | os.O_CREAT | os.O_NOFOLLOW | os.O_CLOEXEC, 0o600)


def works_in(process: psutil.Process, *folders: Path) -> bool:
    """Return whether one of `folders` is the working folder of `process`.

    Folders are compared by identity where that can be asked: a process in a mount namespace of its own has other paths.
    """
    try:
        found = Path(f"/proc/{process.pid}/cwd").stat()
    except FileNotFoundError:
        return Path(process.cwd()) in folders
    return any(folder.exists() and os.path.samestat(found, folder.stat()) for folder in folders)


def start_over(home: Home) -> None:
    """Delete everything in the folder but its marker and lock. Call it holding the lock."""
    for entry in home.path.iterdir():
        if entry.name in (MARKER, "lock"):
            continue
        if entry.is_dir() and not entry.is_symlink():
            shutil.rmtree(entry)
        else:
            entry.unlink()


def make_folders(home: Home, owner: tuple[int, int] | None) -> None:
    """Make what the servers write to, for them alone; with `owner` (uid, gid), theirs.

    The data folder itself stays root's, which lets `owner` through and nobody else, so that nothing in it can be
    replaced by a link; what lies in it is opened and never followed.
    Raise `EmbeddedError` when somebody else has taken the place of a folder.
    """
    if owner and home.path.stat().st_uid != owner[0]:
        own(home.path, (os.getuid(), owner[1]), 0o710)
    else:
        home.path.chmod(0o700)
    # Logs are opened by the supervisor and handed to its children.
    for folder, whose in (
        *((folder, owner) for folder in (home.valkey, home.media, home.cache, home.mail, home.sockets)),
        (home.logs, None),
    ):
        folder.mkdir(exist_ok=True, mode=0o700)
        own(folder, whose, 0o700)
    for top, whose in ((home.media, owner), (home.cache, owner), (home.mail, owner), (home.logs, None)):
        take_back(top, whose)


def own(folder: Path, owner: tuple[int, int] | None, mode: int) -> None:
    """Give a folder of ours, or of `owner`, to `owner`. Raise `EmbeddedError` where it is a link or somebody else's."""
    try:
        descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW)
    except OSError as error:
        raise EmbeddedError(f"{folder} is not a folder ({error.strerror}). Remove it, then start again.") from error
    try:
        found = os.fstat(descriptor)
        is_strange = found.st_uid not in (os.getuid(), owner[0] if owner else os.getuid())
        # Anybody may make folders in /tmp; what lies in the data folder root may take back.
        if is_strange and (os.getuid() != 0 or folder.parent == Path("/tmp")):  # noqa: S108
            raise EmbeddedError(f"{folder} belongs to somebody else. Remove it, then start again.")
        if owner and (found.st_uid, found.st_gid) != owner:
            os.fchown(descriptor, *owner)
        if stat.S_IMODE(found.st_mode) != mode:
            os.fchmod(descriptor, mode)
    finally:
        os.close(descriptor)


def take_back(top: Path, owner: tuple[int, int] | None) -> None:
    """Give what a run of another user, or an earlier version, left in a folder to its owner, and to it alone.

    Links are not followed, and a file with two names is left alone: it may be somebody else's as well.
    """
    for _, _, files, folder in os.fwalk(top):
        repair(folder, owner, 0o700)
        for name in files:
            try:
                file = os.open(name, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK, dir_fd=folder)
            except OSError:
                continue
            try:
                found = os.fstat(file)
                if stat.S_ISREG(found.st_mode) and found.st_nlink == 1:
                    repair(file, owner, 0o600)
            finally:
                os.close(file)


def repair(descriptor: int, owner: tuple[int, int] | None, mode: int) -> None:
    found = os.fstat(descriptor)
    if owner and found.st_uid != owner[0]:
        os.fchown(descriptor, *owner)
    if found.st_mode & 0o077:
        os.fchmod(descriptor, mode)
