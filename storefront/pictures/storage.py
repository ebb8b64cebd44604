"""Where pictures are kept. A picture's name is made of its content, so a name means one content for ever."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path
from typing import Any

from django.core.files.base import ContentFile, File
from django.core.files.storage import FileSystemStorage, Storage

from storefront.ownership import give_to_owner_of


class WholeFileStorage(FileSystemStorage):
    """The disk of this machine; a file is there whole or not at all, and saving it again replaces it.

    Django's own would leave half a file when a worker is killed, and give a second name to the same content.
    """

    def get_available_name(self, name: str, max_length: int | None = None) -> str:
        return name

    def _save(self, name: str, content: File[Any]) -> str:
        target = Path(self.path(name))
        root = Path(self.location)
        missing = [folder for folder in target.parents if folder.is_relative_to(root) and not folder.exists()]
        target.parent.mkdir(parents=True, exist_ok=True)
        give_to_owner_of(root, *(folder for folder in missing if folder != root))
        with tempfile.NamedTemporaryFile(dir=target.parent, prefix=".", suffix=".part", delete=False) as part:
            try:
                for piece in content.chunks():
                    part.write(piece)
                part.close()
                if self.file_permissions_mode is not None:
                    Path(part.name).chmod(self.file_permissions_mode)
                give_to_owner_of(root, Path(part.name))
                os.replace(part.name, target)
            except BaseException:
                Path(part.name).unlink(missing_ok=True)
                raise
        return name


def file_name(digest: str, ending: str) -> str:
    """The name in the storage of a picture, or of one made of it."""
    return f"pictures/{digest[:2]}/{digest}{ending}"


def store_once(storage: Storage, name: str, content: bytes) -> None:
    if not storage.exists(name):
        storage.save(name, ContentFile(content))
