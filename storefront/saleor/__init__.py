"""Saleor, the commerce engine: how it is asked (`client`), what is made and kept in it (`model`, `setup`), how the
kernel's records become its inputs and its answers become records again (`inputs`, `answers`, `state`), how the store
stays in step with it (`events`, `changes`, `following`, `sweeps`), and the app that we are in it (`app`, `dashboard`).

It knows the catalogue, and nothing of the importer.
"""
