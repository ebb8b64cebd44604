"""Write the shop's catalogue as files that staff, the importer or another system can read.

In: products and guides of the store. Out: native CSV, JSON lines or XLSX, Shopify's CSV, guides as Markdown, pictures;
and problems as a CSV file.
"""

__all__ = ["files", "formats", "problem_files", "shopify"]
