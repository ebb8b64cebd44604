"""Whether the embedded database needs preparing again: only after our own files, or the database itself, changed."""

from __future__ import annotations

import hashlib
from pathlib import Path
from sysconfig import get_path

import psycopg

from storefront.config.env import Env
from storefront.embedded import servers
from storefront.embedded.home import Home

PROJECT = Path(__file__).resolve().parents[2]
NOTE = "prepared.json"
# What `prepare_embedded` may go by: all code, since a migration's signal can run any of it, and the vocabularies.
SOURCES = ("uv.lock", "storefront/**/*.py", "catalog_import/**/*.py", "storefront/catalog/taxonomy/**/*")


def is_done(home: Home, settings: Env) -> bool:
    """Return whether the database was prepared by these very files and has had no other migrations since."""
    noted = home.read(NOTE)
    return bool(noted) and noted == state(home, settings)


def note_done(home: Home, settings: Env) -> None:
    home.write(NOTE, state(home, settings))


def state(home: Home, settings: Env) -> dict[str, str]:
    files = [path for pattern in SOURCES for path in PROJECT.glob(pattern) if path.suffix != ".pyc"]
    if settings.taxonomy_folder:
        files += settings.taxonomy_folder.absolute().rglob("*")
    # Their folders are named by package and version; reading what each says of itself takes several times as long.
    installed = sorted(folder.name for folder in Path(get_path("purelib")).glob("*.dist-info"))
    digest = hashlib.sha256("\n".join(installed).encode())
    for path in sorted({file for file in files if file.is_file()}):
        digest.update(f"{path}\0".encode())
        digest.update(path.read_bytes())
    return {"files": digest.hexdigest(), "migrations": applied_migrations(home)}


def applied_migrations(home: Home) -> str:
    """Return which migrations the database has had, as a number that another one would change."""
    with psycopg.connect(servers.database_url(home), connect_timeout=5) as connection:
        if connection.execute("SELECT to_regclass('django_migrations')").fetchone() == (None,):
            return ""
        return str(connection.execute("SELECT count(*), max(id) FROM django_migrations").fetchone())
