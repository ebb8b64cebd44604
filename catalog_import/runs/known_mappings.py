"""What tables of a source mean, kept by their headers, so that it is said once."""

from __future__ import annotations

import hashlib
from pathlib import Path

from django.conf import settings

from catalog_import.models import KnownMapping
from catalog_import.sources.columns import columns_of
from catalog_import.sources.dialects.headers import plain
from catalog_import.sources.dialects.mapping import BadMapping, ColumnMapping, load_yaml
from catalog_import.sources.dialects.recognition import header_score
from catalog_import.sources.formats.archive import is_archive
from catalog_import.sources.notes import Notes
from catalog_import.sources.opening import read_tables
from storefront.catalog.taxonomy import load_taxonomy


def remember(source: str, products: Path, mapping: ColumnMapping) -> None:
    """Keep what the columns of a table mean for the next one of this source with the same headers."""
    try:
        said = load_yaml(mapping) if isinstance(mapping, Path) else mapping
    except BadMapping:
        return
    if key := headers_of(products):
        listed = {str(theirs): str(ours) for theirs, ours in said.items() if ours}
        KnownMapping.objects.update_or_create(source=source, headers=key, defaults={"mapping": listed})


def recall(source: str, products: Path) -> dict[str, str] | None:
    """Return what a person said of such a table of this source; None where nobody did."""
    if not KnownMapping.objects.filter(source=source).exists() or not (key := headers_of(products)):
        return None
    known = KnownMapping.objects.filter(source=source, headers=key).first()
    return dict(known.mapping) if known is not None else None


def headers_of(products: Path) -> str:
    """A digest of the headers of a file's table, whatever their order; empty where it has none of its own."""
    if not products.is_file() or is_archive(products):
        return ""
    known = tuple(columns_of(load_taxonomy(settings.TAXONOMY_FOLDER)))
    tables, _ = read_tables(products, header_score(known), Notes(products.name))
    heads = sorted(plain(head) for head in tables[0].header if head) if tables else []
    return hashlib.sha256("\n".join(heads).encode()).hexdigest() if heads else ""
