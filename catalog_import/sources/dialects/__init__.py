"""Tables → native rows: whose table it is, by its headers, and what its columns mean."""

__all__ = [
    "headers",
    "json_objects",
    "mapping",
    "native_rows",
    "recognition",
    "soundness",
    "systems",
]
