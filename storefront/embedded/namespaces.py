"""Linux namespaces, by which a child sees less than its parent and no permission on disk has to change.

A *passage*: in a mount namespace of its own, every folder that a user may not enter is covered by an empty one that
holds only the places which are needed, at their usual paths. A *user namespace* without a mapping: root that lacks the
capability to become somebody else keeps its files, but is no longer called root, which is what PostgreSQL refuses.

Sources: unshare(2), mount(2), user_namespaces(7), mount_namespaces(7).
"""

from __future__ import annotations

import ctypes
import os
import stat
import sys
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

# From linux/sched.h and linux/mount.h.
CLONE_NEWNS = 0x00020000
CLONE_NEWUSER = 0x10000000
MS_RDONLY = 0x1
MS_NOSUID = 0x2
MS_NODEV = 0x4
MS_REMOUNT = 0x20
MS_BIND = 0x1000
MS_REC = 0x4000
MS_SLAVE = 0x80000
# Folders and links need no more.
COVER_OPTIONS = "mode=0755,size=1m"
EVERY_ID = "0 0 4294967295"

LIBC = ctypes.CDLL(None, use_errno=True) if sys.platform == "linux" else None


def call(name: str, *arguments: int | bytes | None) -> None:
    """Call a function of the C library. Raise `OSError` when it fails or there is none."""
    if LIBC is None:
        raise OSError(f"{name} needs Linux")
    if getattr(LIBC, name)(*arguments) != 0:
        number = ctypes.get_errno()
        raise OSError(number, f"{name}: {os.strerror(number)}")


def mount(source: str, target: Path, kind: str, flags: int, options: str = "") -> None:
    call("mount", source.encode(), os.fsencode(target), kind.encode(), flags, options.encode())


def works(action: Callable[[], None]) -> bool:
    """Return whether `action` succeeds, tried in a process that ends with it."""
    pid = os.fork()
    if pid == 0:
        code = 1
        try:
            action()
            code = 0
        finally:
            os._exit(code)
    return os.waitpid(pid, 0)[1] == 0


def enter_user_namespace() -> None:
    """Enter a user namespace that maps nobody. Raise `OSError` where the machine allows none."""
    call("unshare", CLONE_NEWUSER)


def enter_mount_namespace() -> None:
    """Enter a mount namespace, by way of a user namespace that maps everybody where that is the only way.

    Mounts made later on the machine still arrive. Raise `OSError` where neither is allowed.
    """
    try:
        call("unshare", CLONE_NEWNS)
    except PermissionError:
        enter_mapped_namespaces()
    mount("none", Path("/"), "", MS_REC | MS_SLAVE)


def enter_mapped_namespaces() -> None:
    """Enter a user and a mount namespace. Only a process outside may write the map, so a helper does."""
    entered, say_entered = os.pipe()
    target = os.getpid()
    helper = os.fork()
    if helper == 0:
        code = 1
        try:
            os.close(say_entered)
            os.read(entered, 1)
            for name in ("uid_map", "gid_map"):
                Path(f"/proc/{target}/{name}").write_text(EVERY_ID)
            code = 0
        finally:
            os._exit(code)
    os.close(entered)
    try:
        call("unshare", CLONE_NEWUSER | CLONE_NEWNS)
    finally:
        os.close(say_entered)
        status = os.waitpid(helper, 0)[1]
    if status != 0:
        raise PermissionError("the users of a namespace may not be mapped")


def steps(path: Path) -> Iterator[Path]:
    """Return every place on the way to `path`, a link before the place that it leads to."""
    here, rest = Path("/"), list(path.parts[1:])
    while rest:
        part = rest.pop(0)
        here = here.parent if part == ".." else here / part
        yield here
        if here.is_symlink():
            target = Path(os.readlink(here))
            rest = [*(part for part in target.parts if part != "/"), *rest]
            here = Path("/") if target.is_absolute() else here.parent


def first_closed(path: Path, may_enter: Callable[[Path], bool]) -> Path | None:
    """Return the first folder above `path` (or above what a link on the way names) that may not be entered."""
    for step in steps(path):
        for folder in reversed(step.parents):
            if not may_enter(folder):
                return folder
    return None


def open_passage(needed: Iterable[Path], may_enter: Callable[[Path], bool]) -> None:
    """Make `needed` reachable by whoever `may_enter` speaks for, in a mount namespace of this process.

    Raise `OSError` where that can't be done.
    """
    enter_mount_namespace()
    for path in needed:
        while closed := first_closed(path, may_enter):
            cover(closed, needed)


def cover(folder: Path, needed: Iterable[Path]) -> None:
    """Cover `folder` by an empty one that holds only what of `needed` lies in it, at the same paths."""
    folders: list[Path] = []
    links: dict[Path, str] = {}
    places: dict[Path, int] = {}
    for path in needed:
        inside = [step for step in steps(path) if folder in step.parents]
        for step in inside:
            if step.is_symlink():
                links[step] = os.readlink(step)
            elif step == inside[-1] and step.exists():
                places[step] = os.open(step, os.O_PATH)
            else:
                folders.append(step)
    mount("tmpfs", folder, "tmpfs", MS_NOSUID | MS_NODEV, COVER_OPTIONS)
    for place, descriptor in sorted(places.items()):
        if not any(parent in places for parent in place.parents):
            bind(descriptor, place)
        os.close(descriptor)
    for step in folders:
        step.mkdir(parents=True, exist_ok=True)
    for link, target in links.items():
        if not os.path.lexists(link):
            link.parent.mkdir(parents=True, exist_ok=True)
            link.symlink_to(target)
    mount("none", folder, "", MS_REMOUNT | MS_RDONLY | MS_NOSUID | MS_NODEV, COVER_OPTIONS)


def bind(descriptor: int, place: Path) -> None:
    """Show at `place` what `descriptor` was opened on, be it a folder or a file."""
    place.parent.mkdir(parents=True, exist_ok=True)
    if stat.S_ISDIR(os.fstat(descriptor).st_mode):
        place.mkdir(exist_ok=True)
    else:
        place.touch()
    mount(f"/proc/self/fd/{descriptor}", place, "", MS_BIND | MS_REC)
