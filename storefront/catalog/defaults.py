"""Defaults for values that are not given. Imports nothing, so that a command line can show it at once."""

from __future__ import annotations

DEFAULT_CHANNEL = "default-channel"
DEFAULT_WAREHOUSE = "default-warehouse"
DEFAULT_CURRENCY = "USD"
DEFAULT_SOURCE = "main"
