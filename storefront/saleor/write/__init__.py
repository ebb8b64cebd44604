"""Products, guides and pictures written to Saleor.

In: the writes that the importer planned, and each thing as Saleor has it. Out: mutations, done; a `Failure` for each
product or guide that Saleor did not take, at the column of the file that it is about. `finalize` ends a batch:
pictures, publication, and the store's copy.
"""

__all__ = ["failures", "finalize", "guides", "inputs", "pictures", "products", "sales"]
