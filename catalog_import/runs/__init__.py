"""Keep runs in the database: the plan of an import, its batches, its uploaded files, and how far it is.

In: plan items and files. Out: rows that any process can go on with, whatever died (`lifecycle`), and messages to the
workers (`enqueue`), which may be lost or doubled without harm.
"""

__all__ = [
    "enqueue",
    "known_mappings",
    "lifecycle",
    "metrics",
    "pictures",
    "planned_pins",
    "stored_plans",
    "uploaded_files",
]
