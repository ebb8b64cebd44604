"""`catalog-import`: each command reads its input, makes a few calls, and shows the answer."""

from __future__ import annotations

import sys

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.db import OperationalError, ProgrammingError
from kombu.exceptions import OperationalError as BrokerError

from catalog_import.cli import applying, history, looking, pictures, printing
from catalog_import.cli.options import Exit, app
from catalog_import.planning.importing import ImportRefused
from catalog_import.runs.lifecycle import InvalidRunState
from storefront.saleor.client.errors import SaleorError

__all__ = ["Exit", "app", "applying", "history", "looking", "pictures", "run"]


def run() -> None:
    """Run a command; an import that must not be, or a shop that cannot be reached, is said in a line."""
    try:
        app()
    except (ImportRefused, InvalidRunState) as error:
        printing.tell(f"Nothing was written. {error}")
        sys.exit(Exit.USAGE)
    except SaleorError as error:
        printing.tell(f"Saleor cannot be used: {error}")
        sys.exit(Exit.SHOP_UNREACHABLE)
    except (OperationalError, ProgrammingError, ImproperlyConfigured, BrokerError) as error:
        said = str(error).strip().splitlines()[0] if settings.DATABASES["default"].get("NAME") else "none is set up"
        printing.tell(f"The shop cannot be reached: {said}")
        printing.tell("Start it with `storefront embedded`, or set DATABASE_URL and REDIS_URL.")
        sys.exit(Exit.SHOP_UNREACHABLE)
