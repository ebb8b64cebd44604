"""Knotwise inside Saleor's dashboard: a page that the dashboard frames, without data, and what lets it ask for some.

The dashboard hands the page a JWT that Saleor signed (`claims`); the page trades it for a short pass of ours
(`passes`), and sends that with every request for a staff page. No cookie is set, needed or looked at.
"""
