"""A Saleor shop made ready: what imports and sales need to be there.

In: the shop's facts and the taxonomy. Out: findings in words (`checks`), and the types, attributes, values, categories
and shipping that were missing, made (`setup`, `choices`, `opening`). What the shop has of its own is left alone.
"""

__all__ = ["checks", "choices", "opening", "setup"]
