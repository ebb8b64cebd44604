"""How much is tried of what could be tried without end: laws, and pages in every width and colour.

All of it by `make test`; a sample where `SWEEPS=sample` is set, as in CI; least of all where an answer is wanted at
once (`make test-quick`).
"""

from __future__ import annotations

import os
from zlib import crc32

IS_QUICK = "WITHOUT_SERVERS" in os.environ
IS_SAMPLE = os.environ.get("SWEEPS") == "sample"
# Of a sweep that is sampled, one case in so many: no multiple of how many colours or widths a page is tried in.
ONE_IN = 5


def tries(count: int) -> int:
    """Return how many examples to try of a law that is tried with `count` of them."""
    part = 10 if IS_QUICK else ONE_IN if IS_SAMPLE else 1
    return max(count // part, min(count, 3))


def is_in_sample(case: str) -> bool:
    """Return whether a case of a sweep is in the sample: always the same ones, spread over the sweep."""
    return crc32(case.encode()) % ONE_IN == 0


def sample_of(sweep: str, count: int) -> range:
    """Return the places of those cases of a sweep that are tried in a sample: at least one, another one in each."""
    step = min(ONE_IN, count)
    return range(crc32(sweep.encode()) % step, count, step)
