"""Bring the vocabularies' rows in step with the taxonomy's data files. Safe to repeat."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand

from storefront.catalog.taxonomy import load_taxonomy
from storefront.catalog.writer import rebuild_if_outdated, write_taxonomy


class Command(BaseCommand):
    help = __doc__

    def handle(self, *args: Any, **options: Any) -> None:
        taxonomy = load_taxonomy(settings.TAXONOMY_FOLDER)
        changed = write_taxonomy(taxonomy)
        # Lists are derived with the rules of safety, and a shop of an earlier version has none.
        rebuilt = rebuild_if_outdated(taxonomy)
        if options["verbosity"]:
            self.stdout.write(f"{changed} terms changed. {rebuilt} products reindexed.")
