"""Read catalogue files.

In: a file, a folder or an archive, of any known kind.
Out: product and guide records with the place of each value (file, sheet, row, column), problems, and notes on what was
not taken literally. Nothing here knows a shop or a database.

    with open_catalogue(products, guides, taxonomy, currencies) as reading:
        for product in reading.products(): ...

`formats` turns bytes into tables, `dialects` turns tables of Shopify, WooCommerce, Google and others into native rows,
`values` knows what single cells say, and the modules beside them turn native rows into records. A new format is a
module in one of the first two.
"""

__all__ = [
    "cells",
    "columns",
    "guides",
    "native",
    "notes",
    "opening",
    "picture_digests",
    "problems",
    "proposals",
    "reading",
]
