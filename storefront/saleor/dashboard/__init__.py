"""Knotwise inside Saleor's dashboard: a page that the dashboard frames, without data, and what lets it ask for some.

In: the JWT that the dashboard hands the page, signed by Saleor (`claims`). Out: a short pass of ours (`passes`), which
the page sends with every request for a staff page. No cookie is set, needed or looked at.
"""

__all__ = ["claims", "passes", "urls", "views"]
