"""A Saleor in memory, over HTTP: what Knotwise uses of 3.23, as it was seen to behave there.

It checks documents and variables against the real schema (`schema.graphql`), keeps a shop, refuses what Saleor
refuses, and fails in the ways of Saleor when it is told to. What it does not model it says at once, by an error that
names the field. `recorded/` has the real answers that it is held against.
"""

from tests.saleor.fake.faults import Fault, Kind
from tests.saleor.fake.server import FakeSaleor

__all__ = ["FakeSaleor", "Fault", "Kind"]
