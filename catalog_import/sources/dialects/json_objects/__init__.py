"""Objects of JSON files → rows: what other systems' APIs give out, and our own rows with their variants inside.

Shopify's and WooCommerce's objects become rows under the headers of their CSV files, Saleor's rows in our columns; so
each is read by the translator that knows the rest. Any other object is a row itself: names, amounts and addresses are
taken out of objects in its cells, and what says more than one thing is refused.
"""

__all__ = ["rows"]
