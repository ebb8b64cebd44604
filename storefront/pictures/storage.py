"""Where pictures are kept. A picture's name is made of its content, so a name means one content for ever."""

from __future__ import annotations

import os
import secrets
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from datetime import timedelta
from pathlib import Path
from typing import Any

from django.core.files.base import ContentFile, File
from django.core.files.storage import FileSystemStorage, Storage
from django.utils import timezone

# Half the time after which a file without a row is removed (`tidying.STRAY_KEPT`).
RENEWED_AFTER = timedelta(hours=12)


class WholeFileStorage(FileSystemStorage):
    """The disk of this machine; a file is there whole or not at all, and saving it again replaces it.

    Django's own would leave half a file when a worker is killed, and give a second name to the same content.
    """

    def get_available_name(self, name: str, max_length: int | None = None) -> str:
        return name

    def _save(self, name: str, content: File[Any]) -> str:
        """Write the file beside its place and move it there.

        Where root writes, the folders may be the shop's user's: each is opened without following a link, and what is
        made in them belongs to that user.
        """
        root = Path(self.location)
        root.mkdir(parents=True, exist_ok=True)
        *folders, last = Path(self.path(name)).relative_to(root).parts
        with ExitStack() as opened:
            folder = opened.enter_context(open_folder(root))
            owner = os.fstat(folder)
            for part in folders:
                folder = opened.enter_context(made_folder(part, folder, owner))
            new = f".{secrets.token_hex(8)}.part"
            descriptor = os.open(new, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW, 0o600, dir_fd=folder)
            try:
                with os.fdopen(descriptor, "wb") as file:
                    for piece in content.chunks():
                        file.write(piece)
                    if self.file_permissions_mode is not None:
                        os.fchmod(file.fileno(), self.file_permissions_mode)
                    give(file.fileno(), owner)
                os.replace(new, last, src_dir_fd=folder, dst_dir_fd=folder)
            except BaseException:
                with suppress(FileNotFoundError):
                    os.unlink(new, dir_fd=folder)
                raise
        return name


@contextmanager
def open_folder(path: str | Path, *, inside: int | None = None) -> Iterator[int]:
    descriptor = os.open(path, os.O_RDONLY | os.O_DIRECTORY | (0 if inside is None else os.O_NOFOLLOW), dir_fd=inside)
    try:
        yield descriptor
    finally:
        os.close(descriptor)


@contextmanager
def made_folder(name: str, inside: int, owner: os.stat_result) -> Iterator[int]:
    """Open a folder, made where there is none."""
    try:
        os.mkdir(name, dir_fd=inside)
        is_new = True
    except FileExistsError:
        is_new = False
    with open_folder(name, inside=inside) as folder:
        if is_new:
            give(folder, owner)
        yield folder


def give(descriptor: int, owner: os.stat_result) -> None:
    """Give what root has made to the owner of the storage; for anybody else there is nothing to do."""
    if os.geteuid() == 0:
        os.fchown(descriptor, owner.st_uid, owner.st_gid)


def file_name(digest: str, ending: str) -> str:
    """Return the name in the storage of a picture, or of one made of it."""
    return f"pictures/{digest[:2]}/{digest}{ending}"


def store_once(storage: Storage, name: str, content: bytes) -> None:
    """Store a content under its name. One that lies there for long is written again: it may be about to be tidied away,
    since its row comes only later."""
    if not storage.exists(name) or storage.get_modified_time(name) < timezone.now() - RENEWED_AFTER:
        storage.save(name, ContentFile(content))
