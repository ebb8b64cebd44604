"""Pictures that a file names: found beside it or their address checked, and known by the hash of their content."""

from __future__ import annotations

import hashlib
import re
from dataclasses import replace
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from catalog_import.sources.native import ReadProduct
from catalog_import.sources.problems import Problem, ProblemCode, warning_at
from storefront.catalog.records import ProductRecord, is_url
from storefront.fetching.errors import FetchRefused
from storefront.pictures.images import MAX_BYTES, PictureError, measure, require_sound
from storefront.pictures.stripping import strip

if TYPE_CHECKING:
    from storefront.fetching.addresses import AllowedHosts

REMEMBERED = 10_000
# Where people share pictures by links to pages.
_SHARING = {
    "drive.google.com": "Google Drive",
    "docs.google.com": "Google Drive",
    "photos.google.com": "Google Photos",
    "photos.app.goo.gl": "Google Photos",
    "dropbox.com": "Dropbox",
    "onedrive.live.com": "OneDrive",
    "1drv.ms": "OneDrive",
    "sharepoint.com": "SharePoint",
    "icloud.com": "iCloud",
    "wetransfer.com": "WeTransfer",
}


class PictureDigests:
    """Give the pictures of products the hash of their content. State of one reading: what was hashed already.

    A picture that cannot be used is left out and reported in `problems`; it never blocks its product. One at a web
    address is fetched by a worker later and has no hash here.
    """

    def __init__(self, folder: Path, problems: list[Problem], *, allowed_hosts: AllowedHosts = ()) -> None:
        self.folder = folder
        self.problems = problems
        self.allowed_hosts = allowed_hosts
        self.digest_of = lru_cache(maxsize=REMEMBERED)(self.digest)

    def with_pictures(self, product: ReadProduct) -> ReadProduct:
        record = product.record
        if "media" not in record.model_fields_set or not record.media:
            return product
        kept = []
        for media in record.media:
            try:
                digest = self.digest_of(media.location)
            except (PictureError, FetchRefused) as error:
                code = ProblemCode.PICTURE_NOT_FETCHED if is_url(media.location) else ProblemCode.MISSING_PICTURE
                self.problems.append(
                    warning_at(product.place, product.head("image"), code, str(error), value=media.location)
                )
            else:
                kept.append(media.model_copy(update={"digest": digest}))
        if not kept:
            # An unreadable picture must not remove the shop's pictures.
            said = {name: value for name, value in record.stated_fields().items() if name != "media"}
            return replace(product, record=ProductRecord.model_validate(said))
        return replace(product, record=record.model_copy(update={"media": tuple(kept)}))

    def digest(self, location: str) -> str:
        if is_url(location):
            from storefront.fetching.addresses import check_url

            if why := page_for_people(location):
                raise FetchRefused(why)
            check_url(location, self.allowed_hosts)
            return ""
        path = local_picture(self.folder, location)
        measure(path)
        # A damaged file is told now: once its product was written, nobody would look at it again.
        require_sound(path)
        try:
            # Of the picture alone: what an editor notes in a file beside it makes no other picture.
            return hashlib.sha256(strip(path.read_bytes())).hexdigest()
        except OSError as error:
            raise PictureError("The picture cannot be read. Check that you may read it.") from error


def page_for_people(address: str) -> str:
    """Return why an address is no picture's: it is that of a page on which people look at a picture."""
    try:
        parts = urlsplit(address)
        host = (parts.hostname or "").removeprefix("www.")
    except ValueError:
        return ""
    page = next((name for end, name in _SHARING.items() if host == end or host.endswith(f".{end}")), "")
    if not page or (host.endswith("dropbox.com") and "raw=1" in parts.query):
        return ""
    return f"That is the address of a page of {page}, not of a picture. Give the picture's own address, or the file."


def missing_hint(location: str) -> str:
    if re.match(r"[A-Za-z]:[\\/]|\\\\|file:", location):
        name = re.split(r"[\\/]", location)[-1][:100]
        return f'A path of one computer says nothing here; put the picture beside the file and write "{name}".'
    if re.match(r"(?:[\w-]+\.)+[a-z]{2,10}/", location, re.IGNORECASE):
        return "If it is a web address, write https:// before it."
    return "Check its name."


def local_picture(folder: Path, location: str) -> Path:
    """Return the file of a picture inside `folder`. Raise `PictureError` when there is none that can be used."""
    try:
        path = (folder / location).resolve()
        is_file = path.is_file()
    except (OSError, ValueError, RuntimeError) as error:
        raise PictureError("That is not the name of a picture. Give a path beside the file.") from error
    # A file from anywhere must not make us read other files of this machine.
    if not path.is_relative_to(folder.resolve()):
        raise PictureError("The picture lies outside the file's folder. Put it inside.")
    if not is_file:
        raise PictureError(f"There is no such picture beside the file. {missing_hint(location)}")
    if path.stat().st_size > MAX_BYTES:
        raise PictureError(f"The picture is larger than {MAX_BYTES // 1024 // 1024} MB. Make it smaller.")
    return path
