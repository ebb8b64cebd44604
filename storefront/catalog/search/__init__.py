"""Search: what a person typed → one ranked list of products and guides, each with the reason why it is there.

`understanding` reads the words with the taxonomy, `retrieval` finds candidates in the database, `ranking` orders them,
`answers` puts it together; `suggestions` are for what is being typed. `report` counts what was searched, and
`staff_rules` are what staff said about searches.
"""

from storefront.catalog.search.answers import Answer, Result, answer

__all__ = [
    "Answer",
    "Result",
    "answer",
    "answers",
    "ranking",
    "report",
    "retrieval",
    "snippets",
    "staff_rules",
    "suggestions",
    "understanding",
]
