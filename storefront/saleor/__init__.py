"""Saleor, the commerce engine: how it is asked (`client`), what is made and kept in it (`model`, `setup`), and how the
kernel's records become its inputs and its answers become records again (`inputs`, `answers`, `state`).

It knows the catalogue, and nothing of the importer.
"""
