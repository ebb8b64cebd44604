"""The WSGI application that a web server loads."""

from __future__ import annotations

import os

from django.core.wsgi import get_wsgi_application

from storefront.config.timeouts import limit_web_statements

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "storefront.config.settings")

application = get_wsgi_application()
limit_web_statements()
