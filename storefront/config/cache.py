"""How values are written to the cache: as JSON, so that whoever writes to the cache cannot run code here."""

from __future__ import annotations

import json


class JsonSerializer:
    """For Django's Redis cache. Only what JSON knows can be kept: tuples come back as lists, keys as texts."""

    def dumps(self, value: object) -> bytes | int:
        # Redis counts numbers up itself, so they stay numbers.
        return value if isinstance(value, int) and not isinstance(value, bool) else json.dumps(value).encode()

    def loads(self, data: bytes) -> object:
        """Return the value; None, as if nothing was kept, where the bytes are not ours."""
        try:
            return json.loads(data)
        except (ValueError, RecursionError):
            return None
