"""Folders and `.zip` archives of a whole catalogue: products, guides and pictures.

An archive may come from anywhere, so it is unpacked under limits: as many bytes as were promised and no more, no path
that leads outside, no link, nothing encrypted, no archive inside the archive.
"""

from __future__ import annotations

import stat
import tempfile
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from catalog_import.sources.notes import Notes
from catalog_import.sources.problems import Place, Problem, ProblemCode, problem_at

MAX_ENTRIES = 20_000
MAX_DEPTH = 30
MAX_BYTES = 2 * 1024**3
# Text and tables shrink to a tenth, seldom to a hundredth; a bomb to a thousandth.
MAX_RATIO = 200
RATIO_MATTERS_FROM = 20 * 1024**2
_CHUNK = 1 << 20
TABLES = (".csv", ".tsv", ".xlsx", ".json", ".jsonl", ".ndjson", ".xml", ".txt")
ARCHIVES = (".zip", ".gz", ".tgz", ".tar", ".7z", ".rar", ".bz2", ".xz")
_NOT_MEANT = ("__macosx", ".ds_store", "thumbs.db")
_ZIP_ERRORS = (zipfile.BadZipFile, zipfile.LargeZipFile, zlib.error, OSError, EOFError, ValueError, NotImplementedError)


class UnsafeArchive(Exception):
    """The archive is refused; the text is for staff."""


@dataclass(frozen=True, slots=True)
class Found:
    """The products file and the folder of guides in a folder."""

    products: Path | None
    guides: Path | None


def is_zip(path: Path) -> bool:
    try:
        with path.open("rb") as file:
            return file.read(4) in (b"PK\x03\x04", b"PK\x05\x06")
    except OSError:
        return False


def is_workbook(path: Path) -> bool:
    """Whether a zip is an Excel workbook (ECMA-376 part 2: it has a list of content types)."""
    try:
        with zipfile.ZipFile(path) as archive:
            names = archive.namelist()
    except _ZIP_ERRORS:
        return False
    return "[Content_Types].xml" in names and "xl/workbook.xml" in names and "xl/workbook.bin" not in names


def is_archive(path: Path) -> bool:
    return path.is_file() and is_zip(path) and not is_workbook(path)


@contextmanager
def unpacked(path: Path) -> Iterator[tuple[Path, list[Problem]]]:
    """The archive in a temporary folder, with what was left out of it. Raises `UnsafeArchive`."""
    with tempfile.TemporaryDirectory(prefix="catalogue-", ignore_cleanup_errors=True) as name:
        folder = Path(name)
        try:
            problems = unpack(path, folder)
        except _ZIP_ERRORS as error:
            raise UnsafeArchive("The archive is damaged. Pack it again.") from error
        yield folder, problems


def unpack(path: Path, folder: Path) -> list[Problem]:
    problems: list[Problem] = []
    with zipfile.ZipFile(path) as archive:
        entries = archive.infolist()
        check_entries(entries, path.stat().st_size)
        left = MAX_BYTES
        for entry in entries:
            name = entry.filename
            if entry.is_dir() or any(part.lower() in _NOT_MEANT for part in PurePosixPath(name).parts):
                continue
            if name.lower().endswith(ARCHIVES):
                message = f'The archive holds another archive, "{name[:100]}"; it was left out. Unpack it first.'
                problems.append(problem_at(Place(path.name), "", ProblemCode.UNSAFE_ARCHIVE, message, value=name))
                continue
            target = folder.joinpath(*safe_parts(name))
            target.parent.mkdir(parents=True, exist_ok=True)
            left -= write_entry(archive, entry, target, min(left, entry.file_size))
    return problems


def check_entries(entries: list[zipfile.ZipInfo], packed: int) -> None:
    """Refuse before anything is written."""
    if len(entries) > MAX_ENTRIES:
        raise UnsafeArchive(f"The archive has {len(entries):,} files, at most {MAX_ENTRIES:,} are read. Split it.")
    total = sum(entry.file_size for entry in entries)
    if total > MAX_BYTES:
        raise UnsafeArchive(f"The archive holds more than {MAX_BYTES // 1024**3} GB. Split it.")
    if total > RATIO_MATTERS_FROM and total > MAX_RATIO * packed:
        raise UnsafeArchive(f"The archive grows to {total // packed} times its size when unpacked, as a zip bomb does.")
    for entry in entries:
        if entry.flag_bits & 1:
            raise UnsafeArchive("The archive is encrypted. Pack it without a password.")
        if stat.S_ISLNK(entry.external_attr >> 16):
            raise UnsafeArchive(f'The archive holds a link, "{entry.filename[:100]}". Pack the file itself.')
        safe_parts(entry.filename)


def safe_parts(name: str) -> tuple[str, ...]:
    """The parts of an entry's path. Raises `UnsafeArchive` where they lead outside."""
    path = PurePosixPath(name.replace("\\", "/"))
    has_drive = path.parts and path.parts[0].endswith(":")
    if len(path.parts) > MAX_DEPTH:
        raise UnsafeArchive(f"The archive has more than {MAX_DEPTH} folders inside each other. Pack it again.")
    if path.is_absolute() or ".." in path.parts or has_drive or "\0" in name:
        raise UnsafeArchive(f'The archive holds a path that leads outside of it, "{name[:100]}". Pack it again.')
    return path.parts


def write_entry(archive: zipfile.ZipFile, entry: zipfile.ZipInfo, target: Path, limit: int) -> int:
    """Unpack a file and enforce its declared size (`limit`)."""
    written = 0
    with archive.open(entry) as packed, target.open("wb") as file:
        while chunk := packed.read(_CHUNK):
            written += len(chunk)
            if written > limit:
                raise UnsafeArchive(f'The archive is damaged: "{entry.filename[:100]}" is larger than it says.')
            file.write(chunk)
    return written


def find_catalogue(folder: Path, notes: Notes, depth: int = 0) -> Found:
    """The products file and the guides in a folder; a lone folder in it is looked into.

    The table called "products" is the one; without it, the only one there is, or the first by name (which is told).
    """
    inside = [path for path in sorted(folder.iterdir()) if path.name.lower() not in _NOT_MEANT]
    if depth < MAX_DEPTH and len(inside) == 1 and inside[0].is_dir() and not any(inside[0].glob("*.md")):
        return find_catalogue(inside[0], notes, depth + 1)
    tables = [path for path in inside if path.is_file() and path.suffix.lower() in TABLES]
    named = [path for path in tables if path.stem.lower() in ("products", "product", "catalogue", "catalog")]
    products = next(iter(named or tables), None)
    if products is not None:
        others = [path.name for path in tables if path != products]
        notes.add("the products file", example=products.name)
        if others:
            notes.add("further tables were not read", example=", ".join(others))
    candidates = [folder / "guides", folder, *(path for path in inside if path.is_dir())]
    guides = next((path for path in candidates if path.is_dir() and has_guides(path)), None)
    return Found(products, guides)


def has_guides(folder: Path) -> bool:
    return any(path.name.lower() != "readme.md" for path in folder.glob("*.md"))
