"""The shop behind its web server."""

from __future__ import annotations

from storefront.config.env import env
from storefront.config.server import BODY_BYTES, make_server, serve


def serve_shop() -> None:
    """Serve the shop as the environment says, until SIGTERM or SIGINT."""
    # Sets Django up, which what comes after needs.
    from storefront.config.wsgi import application
    from storefront.staff.upload_passes import may_upload

    settings = env()
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
