"""The importer's pages for staff, inside the shell of `storefront.staff`.

Each view reads its form, calls one action, and shows the result.
"""

__all__ = ["items", "review"]
