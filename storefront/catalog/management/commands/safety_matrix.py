"""`storefront manage safety_matrix`: what each kind of tool is not for, as a table."""

from __future__ import annotations

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from storefront.catalog.safety.matrix import matrix, with_matrix
from storefront.catalog.taxonomy import load_taxonomy


class Command(BaseCommand):
    help = (
        "Print the contraindications of the shop's taxonomy as Markdown: situations by kinds of tools, rules, places "
        "and silences. Example: storefront manage safety_matrix --write docs/safety.md"
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--write", type=Path, metavar="PAGE", help="Renew the generated part of this page instead.")

    def handle(self, *args: Any, **options: Any) -> None:
        taxonomy = load_taxonomy(settings.TAXONOMY_FOLDER)
        page: Path | None = options["write"]
        if page is None:
            self.stdout.write(matrix(taxonomy))
            return
        try:
            page.write_text(with_matrix(page.read_text(encoding="utf-8"), taxonomy), encoding="utf-8")
        except (OSError, ValueError) as error:
            raise CommandError(f"{page} cannot be renewed: {error}") from error
