"""How much a test of a law tries: all of it, or a sample where an answer is wanted at once (`make test-quick`)."""

from __future__ import annotations

import os

IS_QUICK = "WITHOUT_SERVERS" in os.environ


def tries(count: int) -> int:
    """Return how many examples to try of a law that is tried with `count` of them."""
    return max(count // 10, 3) if IS_QUICK else count
