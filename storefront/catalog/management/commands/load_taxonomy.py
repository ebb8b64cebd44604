"""Bring the vocabularies' rows in step with the taxonomy's data files. Safe to repeat."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand

from storefront.catalog.taxonomy import load_taxonomy
from storefront.catalog.writer import rebuild_if_empty, write_taxonomy


class Command(BaseCommand):
    help = __doc__

    def handle(self, *args: Any, **options: Any) -> None:
        changed = write_taxonomy(load_taxonomy(settings.TAXONOMY_FOLDER))
        # A shop of an earlier version has products, and nothing that its lists are answered from.
        rebuild_if_empty()
        if options["verbosity"]:
            self.stdout.write(f"{changed} terms changed.")
