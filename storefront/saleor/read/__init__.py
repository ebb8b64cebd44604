"""Saleor's answers as typed values; nothing is written, neither there nor here.

In: a client, and ids, references or SKUs. Out: the shop's facts (`shop`), products and guides (`queries`, `answers`)
with the values of their attributes (`values`), and fingerprints that tell whether a product changed (`fingerprints`).
"""

__all__ = ["answers", "fingerprints", "queries", "shop", "values"]
