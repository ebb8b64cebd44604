"""How plans are shown: fields before and after, differences in texts, highlighted evidence, remaining time."""

__all__ = ["changes", "highlight", "pace"]
