"""Texts of the catalogue: Markdown or simple HTML as people write them, in the forms in which they are shown and kept.

    to_html(text)             → safe HTML for pages
    to_plain(text)            → the words alone
    to_editorjs(text)         → the blocks that Saleor keeps
    from_editorjs(document)   → the way back, as canonical Markdown
    normalise(text)           → canonical Markdown of any text, so that equal texts are equal strings

All of them read the same sanitized HTML, so they agree: text → `html` → `blocks` (of `runs`) → `markdown`.
"""

from storefront.catalog.richtext.editorjs import from_editorjs, to_editorjs
from storefront.catalog.richtext.html import MAX_LENGTH, to_html, to_plain
from storefront.catalog.richtext.normal import normalise

__all__ = ["MAX_LENGTH", "from_editorjs", "normalise", "to_editorjs", "to_html", "to_plain"]
