"""Knotwise as an app of Saleor: its manifest, its registration, and its webhooks.

In: Saleor's requests (`views`), each proved by Saleor itself or by its signature (`jwks`). Out: the token of the
installed app, kept by `client.installation`, and marks of what an event says has changed.
"""

__all__ = ["jwks", "own_webhooks", "urls", "views"]
