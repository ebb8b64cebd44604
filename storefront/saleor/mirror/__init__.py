"""The store as a mirror of Saleor: what was read is taken over.

In: products, guides and structure as `read` has them, with the moment at which they were asked for. Out: rows of the
catalogue, and marks of what has to be read again because of them (`changes`). Of two reads the one that began later
wins.
"""

__all__ = ["changes", "products", "proposals", "structure", "view"]
