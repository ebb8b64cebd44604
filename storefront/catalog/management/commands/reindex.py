"""Derive the read model and the search index of all products and guides anew. Safe while the shop runs."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand
from rich.console import Console
from rich.progress import Progress

from storefront.catalog.writer import rebuild


class Command(BaseCommand):
    help = __doc__

    def handle(self, *args: Any, **options: Any) -> None:
        with Progress(console=Console(stderr=True), disable=not options["verbosity"]) as progress:
            bar = progress.add_task("Reindexing products", total=None)
            count = rebuild(lambda done, total: progress.update(bar, completed=done, total=total))
        if options["verbosity"]:
            self.stdout.write(f"{count} products reindexed.")
