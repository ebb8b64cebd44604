"""Requests that Saleor refuses, or does in a way one would not guess. Each is recorded from a real one.

A case is a function that prepares what it needs and gives the request; the file of `recorded/` is named by the group.
To add one: write it in a module here, and run ``python -m tests.saleor.record <group>`` with a real Saleor.
"""

from tests.saleor.cases import attributes, bulk, http, media, pages, permissions, products, variants
from tests.saleor.cases.registry import CASES

# Their decorators fill `CASES`.
GROUPS = (attributes, bulk, http, media, pages, permissions, products, variants)

__all__ = ["CASES", "GROUPS"]
