"""Random and damaged files for every source: whatever is brought, reading ends, in bounds, with problems as data.

python -m tests.catalog_import.fuzz --inputs 20000 --seed 1
"""
