"""The shop as a WSGI application."""

from __future__ import annotations

import os
import sys

from django.core.wsgi import get_wsgi_application

from storefront.config.timeouts import limit_web_statements

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "storefront.config.settings")

# A thread that computes gives way to others after this time; Python's own is five times as long.
sys.setswitchinterval(0.001)
application = get_wsgi_application()
limit_web_statements()
