"""The Celery app: `celery --app storefront.config.celery worker`."""

from __future__ import annotations

import os

from celery import Celery

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "storefront.config.settings")

app = Celery("knotwise")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()
