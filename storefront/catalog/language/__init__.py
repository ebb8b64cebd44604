"""Read plain text with the taxonomy's phrases: text → words and the phrases in them, slips in spelling repaired.

Pure: a text and a taxonomy go in, words and phrases come out. Tagging reads descriptions with it, search reads what
people type.
"""

from storefront.catalog.language.lexicon import Language, language_of
from storefront.catalog.language.phrases import Lexicon, longest
from storefront.catalog.language.scopes import Scopes
from storefront.catalog.language.words import Found, Gap, Reader, Text

__all__ = [
    "Found",
    "Gap",
    "Language",
    "Lexicon",
    "Reader",
    "Scopes",
    "Text",
    "language_of",
    "lexicon",
    "longest",
    "phrases",
    "scopes",
    "words",
]
