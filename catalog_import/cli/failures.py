"""Failures that are no fault of the program, said in a line."""

from __future__ import annotations

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.db import OperationalError, ProgrammingError
from kombu.exceptions import OperationalError as BrokerError

from catalog_import.cli import printing
from catalog_import.cli.parameters import Exit
from catalog_import.planning.importing import ImportRefused
from catalog_import.runs.lifecycle import InvalidRunState
from storefront.saleor.client.errors import SaleorError


def exit_code_of(error: Exception) -> Exit | None:
    """Say why a command failed, and return its exit code; None where it is a fault of the program."""
    if isinstance(error, (ImportRefused, InvalidRunState)):
        printing.tell(f"Nothing was written. {error}")
        return Exit.USAGE
    if isinstance(error, SaleorError):
        printing.tell(f"Saleor cannot be used: {error}")
        return Exit.SHOP_UNREACHABLE
    if isinstance(error, (OperationalError, ProgrammingError, ImproperlyConfigured, BrokerError)):
        reason = str(error).strip().splitlines()[0] if settings.DATABASES["default"].get("NAME") else "none is set up"
        printing.tell(f"The shop cannot be reached: {reason}")
        printing.tell("Start it with `storefront embedded`, or set DATABASE_URL and REDIS_URL.")
        return Exit.SHOP_UNREACHABLE
    return None
