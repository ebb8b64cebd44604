"""Tag products and guides, and match them: text → areas, tool type, conditions, techniques,
contraindications, each with its evidence.

Pure: a record and a taxonomy go in, tags come out. The rules are those of the domain: what counts as said, what is
denied, what only looks like a body area. `plain_text` is the text in which evidence offsets count.
"""

from catalog_import.tagging.tagger import tag_guide, tag_product
from catalog_import.tagging.text import plain_text

__all__ = [
    "claims",
    "content",
    "enrich",
    "gaps",
    "inference",
    "matching",
    "plain_text",
    "proposals",
    "quality",
    "readability",
    "safety",
    "tag_guide",
    "tag_product",
    "text",
]
