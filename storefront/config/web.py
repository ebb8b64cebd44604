"""The shop behind its web server."""

from __future__ import annotations

import gc

from storefront.config.env import env
from storefront.config.server import BODY_BYTES, make_server, serve


def serve_shop() -> None:
    """Serve the shop as the environment says, until SIGTERM or SIGINT."""
    # Sets Django up, which what comes after needs.
    from django.urls import get_resolver

    from storefront.config.wsgi import application
    from storefront.staff.upload_passes import may_upload

    settings = env()
    # Everything that requests need is loaded now, and what is loaded is never garbage: looked through again and again
    # it would hold up all threads for some 0.3 s each time.
    _ = get_resolver().url_patterns
    gc.collect()
    gc.freeze()
    # Small and frequent is better than large and rare: while garbage is collected, everybody waits.
    gc.set_threshold(2_000, 10, 20)
    server = make_server(
        application,
        host=settings.host,
        port=settings.port,
        threads=settings.web_threads,
        proxies=settings.trusted_proxies,
        may_upload=may_upload,
        # Two files and the form about them.
        upload_bytes=2 * settings.import_max_mb * 1024**2 + BODY_BYTES,
    )
    serve(server)
