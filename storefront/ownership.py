"""Who owns what is written into the data folder: always the shop's user, also where root runs a command beside it."""

from __future__ import annotations

import os
from pathlib import Path


def give_to_owner_of(folder: Path, *paths: Path) -> None:
    """Give what root has made in `folder` to the folder's owner; for anybody else there is nothing to do."""
    if os.geteuid() != 0:
        return
    owner = folder.stat()
    for path in paths:
        os.chown(path, owner.st_uid, owner.st_gid, follow_symlinks=False)
