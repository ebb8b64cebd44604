"""How children run: never as root, with no capability, and never longer than the supervisor.

PostgreSQL refuses to run as root. Where the supervisor is root, all children run as an unprivileged user. If what they
need lies behind a folder which that user may not enter (say, /root), each gets a view of the disk in which that folder
holds only those places (`namespaces.open_passage`). No permission outside the data folder is changed.

Root that may not become another user (a container that dropped all capabilities) starts its children in a user
namespace, where they are nobody by name.
"""

from __future__ import annotations

import os
import pwd
import signal
import stat
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from storefront.embedded.home import EmbeddedError, Home
from storefront.embedded.namespaces import LIBC, enter_user_namespace, first_closed, open_passage, works

# From linux/prctl.h and linux/capability.h.
PR_SET_PDEATHSIG = 1
PR_SET_NO_NEW_PRIVS = 38
CAP_SETGID = 6
CAP_SETUID = 7


@dataclass(frozen=True, slots=True)
class User:
    """The user that children run as.

    `owner` is its (uid, gid); without one, children are still us, but in a user namespace. `passage` names the places
    that have to be made reachable for it.
    """

    owner: tuple[int, int] | None
    passage: tuple[Path, ...] = ()

    def may_enter(self, folder: Path) -> bool:
        return self.has(folder, read=False)

    def has(self, path: Path, *, read: bool) -> bool:
        """Return whether the user may enter a folder, or, with `read`, read it or a file."""
        if self.owner is None or not path.exists():
            return True
        found = path.stat()
        shift = 6 if found.st_uid == self.owner[0] else 3 if found.st_gid == self.owner[1] else 0
        wanted = stat.S_IXOTH if not read else stat.S_IROTH
        return bool(found.st_mode >> shift & wanted)


def unprivileged_user(home: Home, needed: Iterable[Path]) -> User | None:
    """Return the user for children: None where we are not root, else the owner of the data, else `nobody`.

    `needed` are the places besides the data folder that children read.
    Raise `EmbeddedError` where there is no such user, or no way for it to those places.
    """
    if os.getuid() != 0:
        return None
    if not may_change_user():
        if works(enter_user_namespace):
            return User(owner=None)
        raise EmbeddedError(
            "Running as root without the capability to become another user (CAP_SETUID), on a machine that allows "
            "no user namespaces. PostgreSQL refuses to run as root: start as an ordinary user."
        )
    owner = home.postgres.stat().st_uid if home.postgres.exists() else 0
    try:
        entry = pwd.getpwuid(owner) if owner else pwd.getpwnam("nobody")
    except KeyError as error:
        raise EmbeddedError(
            "Running as root, but there is no unprivileged user `nobody` to run the servers as. "
            "Start as an ordinary user."
        ) from error
    user = User((entry.pw_uid, entry.pw_gid))
    places = (home.path, *(path for path in needed if path.exists()))
    for path in places[1:]:
        require_readable(path, user, entry.pw_name)
    closed = next((folder for path in places if (folder := first_closed(path, user.may_enter))), None)
    if closed is None:
        return user
    if not works(partial(open_passage, places, user.may_enter)):
        raise EmbeddedError(
            f"Running as root, the servers run as the user {entry.pw_name}, which may not enter {closed}, and this "
            "machine allows no mount namespaces to let it through. Move the project to a folder that everybody may "
            "enter, such as /srv, or start as an ordinary user."
        )
    return User(user.owner, places)


def may_change_user() -> bool:
    """Return whether we have the capabilities to become another user and group."""
    try:
        lines = Path("/proc/self/status").read_text().splitlines()
    except OSError:
        return True
    effective = next((int(line.split()[1], 16) for line in lines if line.startswith("CapEff:")), -1)
    return bool(effective >> CAP_SETUID & effective >> CAP_SETGID & 1)


def require_readable(path: Path, user: User, name: str) -> None:
    """Raise `EmbeddedError` where the place itself, once reached, is closed to `user`."""
    real = path.resolve()
    if not (user.has(real, read=True) and (real.is_file() or user.may_enter(real))):
        raise EmbeddedError(
            f"Running as root, the servers run as the user {name}, which may not read {real}. "
            f"Let others read it (chmod -R o+rX {real}), or start as an ordinary user."
        )


def before_exec(user: User | None, death_signal: signal.Signals) -> Callable[[], None]:
    """Return what a child does between fork and exec: become `user`, and ask to end with its parent."""
    parent = os.getpid()

    def prepare() -> None:
        # A shell without job control starts what it puts into the background deaf to these two.
        signal.signal(signal.SIGINT, signal.SIG_DFL)
        signal.signal(signal.SIGQUIT, signal.SIG_DFL)
        # What children write is nobody else's to read.
        os.umask(0o077)
        if user:
            become(user)
        if LIBC:
            LIBC.prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0)
            LIBC.prctl(PR_SET_PDEATHSIG, death_signal, 0, 0, 0)
            # The parent may have died before the line above.
            if os.getppid() != parent:
                os._exit(1)

    return prepare


def become(user: User) -> None:
    """Become `user`; with the change of user the kernel takes away every capability."""
    if user.owner is None:
        enter_user_namespace()
        return
    if user.passage:
        open_passage(user.passage, user.may_enter)
    uid, gid = user.owner
    os.setgroups([])
    os.setresgid(gid, gid, gid)
    os.setresuid(uid, uid, uid)
