from __future__ import annotations

from collections.abc import Sequence
from importlib import import_module
from typing import TYPE_CHECKING

from django.apps import AppConfig

from storefront.importer import register_importer

if TYPE_CHECKING:
    from storefront.importer import Proposer


class CatalogImportConfig(AppConfig):
    name = "catalog_import"
    verbose_name = "Catalogue imports"

    def ready(self) -> None:
        # Loaded with Django in every process, so that its messages go to its broker.
        import_module("storefront.config.celery")
        register_importer(ShopHooks())


class ShopHooks:
    """What the shop asks of the importer (`storefront.importer`). Each part is imported when it is first asked for, so
    that a process that never asks starts without it."""

    def build_proposer(self) -> Proposer:
        from catalog_import.tagging.proposals import proposer

        return proposer()

    def enqueue_proposals(self, public_ids: Sequence[str]) -> None:
        from catalog_import.runs.enqueue import enqueue_proposals

        enqueue_proposals(public_ids)

    def is_running(self) -> bool:
        from catalog_import.runs.lifecycle import running_run

        return running_run() is not None

    def renew_product(self, public_id: str) -> None:
        from catalog_import.actions.pin import renew_product

        renew_product(public_id)

    def renew_guide(self, slug: str) -> None:
        from catalog_import.actions.pin import renew_guide

        renew_guide(slug)
