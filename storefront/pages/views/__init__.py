"""The shop's pages for people, one module a family. Each asks `catalog.queries` and shows the answer."""
