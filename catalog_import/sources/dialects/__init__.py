"""Tables → native rows: whose table it is, by its headers, and what its columns mean."""

__all__ = ["headers", "mapping", "native_rows", "recognition"]
