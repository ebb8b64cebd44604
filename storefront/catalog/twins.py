"""Names that mean one thing to people: "Massage balls", "massage ball" and "Massage  Balls"."""

from __future__ import annotations

import re


def twin_key(name: str) -> str:
    """Return what two names share that differ in case, punctuation, spaces or a plural alone."""
    words = re.findall(r"\w+|&", name.replace("_", " ").casefold())
    return " ".join(
        word[:-1] if len(word) > 3 and word.endswith("s") and not word.endswith("ss") else word for word in words
    )
