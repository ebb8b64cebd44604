"""Formats: bytes → rows with their place → records. Nothing here knows of a shop or a database."""
