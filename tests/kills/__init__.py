"""Imports that are killed at random moments, with real workers, broker and database: `python -m tests.kills`."""
