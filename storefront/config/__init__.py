"""Settings and entry points. The Celery app is loaded with them, so that every process sends to its broker."""

from __future__ import annotations

from storefront.config.celery import app as celery_app

__all__ = ["celery_app"]
