"""`storefront manage check_content`: guides and products as an editor would check them."""

from __future__ import annotations

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from catalog_import.actions.check_content import check_files, check_shop


class Command(BaseCommand):
    help = (
        "Check guides and products for missing cautions, sources, reviews and stop signs, promises, bad links and hard "
        "words: of files, or without any of the shop. Exits with 1 if something must be mended; advice does not count. "
        "Example: storefront manage check_content --products sample_data/products.csv --guides sample_data/guides"
    )
    requires_system_checks: tuple[str, ...] = ()

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--products", type=Path, metavar="FILE", help="A file of products.")
        parser.add_argument("--guides", type=Path, metavar="FOLDER", help="A folder of guides.")

    def handle(self, *args: Any, **options: Any) -> None:
        products, guides = options["products"], options["guides"]
        on, review_days = timezone.now().date(), settings.CONTENT_REVIEW_DAYS
        if products or guides:
            found = check_files(products, guides, on=on, review_days=review_days)
        else:
            found = check_shop(on=on, review_days=review_days)
        for problem in found.problems:
            self.stderr.write(f"{problem.file}, row {problem.row}, {problem.column}: {problem.message}")
        for finding in found.findings:
            level = "error" if finding.is_error else "advice"
            self.stdout.write(f"{level}: {finding.kind} {finding.key}: {finding.code}: {finding.message}")
        for slug, grade in found.grades[:1]:
            self.stdout.write(f"{len(found.grades)} guides, the hardest to read at grade {grade:g} ({slug}).")
        errors = sum(finding.is_error for finding in found.findings)
        advice = len(found.findings) - errors
        errors += len(found.problems)
        self.stdout.write(f"{errors} to be mended, {advice} to be improved.")
        if errors:
            raise CommandError("The content must be mended.", returncode=1)
