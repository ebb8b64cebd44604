"""The importer's pages for staff, inside the shell of `storefront.staff`."""
