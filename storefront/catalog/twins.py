"""What means one thing to people: the names "Massage balls", "massage ball" and "Massage  Balls", the SKUs "AB-1",
"ab-1" and "ＡＢ-1"."""

from __future__ import annotations

import re
import unicodedata


def twin_key(name: str) -> str:
    """Return what two names share that differ in case, punctuation, spaces or a plural alone."""
    words = re.findall(r"\w+|&", name.replace("_", " ").casefold())
    return " ".join(
        word[:-1] if len(word) > 3 and word.endswith("s") and not word.endswith("ss") else word for word in words
    )


def folded_key(text: str) -> str:
    """Return what two SKUs or references share that differ in case, spaces, full-width forms or invisible characters
    alone. `SkuKey` says the same to the database."""
    if not text.isascii():
        text = "".join(
            sign for sign in unicodedata.normalize("NFKC", text) if unicodedata.category(sign) not in ("Cf", "Cc")
        )
    return "".join(text.split()).lower()
