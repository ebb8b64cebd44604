"""How children run: never as root, and never longer than the supervisor.

PostgreSQL refuses to run as root. Where the supervisor is root, all children run as an unprivileged
user. If the project lies where that user may not go (say, in /root), they keep one capability,
CAP_DAC_READ_SEARCH: to pass through folders and read files, never to write. No permission outside
the data folder is changed.
"""

from __future__ import annotations

import ctypes
import os
import pwd
import signal
import stat
import sys
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path

from storefront.embedded.home import EmbeddedError, Home

# From linux/prctl.h and linux/capability.h.
PR_SET_PDEATHSIG = 1
PR_SET_KEEPCAPS = 8
PR_CAP_AMBIENT = 47
PR_CAP_AMBIENT_RAISE = 2
CAP_DAC_READ_SEARCH = 2
CAPABILITY_VERSION_3 = 0x20080522

_libc = ctypes.CDLL(None, use_errno=True) if sys.platform == "linux" else None


@dataclass(frozen=True, slots=True)
class User:
    """The unprivileged user that children run as, and whether they must pass closed folders."""

    name: str
    uid: int
    gid: int
    needs_passage: bool


def unprivileged_user(home: Home, programs: Iterable[Path]) -> User | None:
    """The user for children: None where we are not root, else the owner of the data, else `nobody`.

    Raises `EmbeddedError` where there is no such user.
    """
    if os.getuid() != 0:
        return None
    owner = home.postgres.stat().st_uid if home.postgres.exists() else 0
    try:
        entry = pwd.getpwuid(owner) if owner else pwd.getpwnam("nobody")
    except KeyError as error:
        raise EmbeddedError(
            "Running as root, but there is no unprivileged user `nobody` to run the servers as. "
            "Start as an ordinary user."
        ) from error
    closed = any(not is_open_to_all(path) for path in (home.path, *programs))
    return User(entry.pw_name, entry.pw_uid, entry.pw_gid, needs_passage=closed)


def is_open_to_all(path: Path) -> bool:
    """Whether anybody may pass through all folders above `path` and read it."""
    path = path.resolve()
    if not path.exists() or not path.stat().st_mode & stat.S_IROTH:
        return False
    return all(parent.stat().st_mode & stat.S_IXOTH for parent in path.parents)


def before_exec(user: User | None, death_signal: signal.Signals) -> Callable[[], None]:
    """What a child does between fork and exec: become `user`, and ask to die with its parent."""
    parent = os.getpid()

    def prepare() -> None:
        # A shell without job control starts what it puts into the background deaf to these two.
        signal.signal(signal.SIGINT, signal.SIG_DFL)
        signal.signal(signal.SIGQUIT, signal.SIG_DFL)
        if user:
            if _libc and user.needs_passage:
                _libc.prctl(PR_SET_KEEPCAPS, 1, 0, 0, 0)
            os.setgroups([])
            os.setresgid(user.gid, user.gid, user.gid)
            os.setresuid(user.uid, user.uid, user.uid)
            if user.needs_passage:
                keep_passage()
        if _libc:
            _libc.prctl(PR_SET_PDEATHSIG, death_signal, 0, 0, 0)
            # The parent may have died before the line above.
            if os.getppid() != parent:
                os._exit(1)

    return prepare


def keep_passage() -> None:
    """Keep CAP_DAC_READ_SEARCH, and only that, over the coming exec.

    Where the kernel refuses (a container without the capability) the child starts all the same and
    says itself what it cannot read.
    """
    if _libc is None:
        return
    bit = 1 << CAP_DAC_READ_SEARCH
    header = (ctypes.c_uint32 * 2)(CAPABILITY_VERSION_3, 0)
    # Two times (effective, permitted, inheritable): capabilities 0-31, then 32-63.
    sets = (ctypes.c_uint32 * 6)(bit, bit, bit, 0, 0, 0)
    if _libc.capset(header, sets) == 0:
        _libc.prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_RAISE, CAP_DAC_READ_SEARCH, 0, 0)
