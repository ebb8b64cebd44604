"""Django settings, worked out from `env.py`. What a setting means is said there and in `.env.example`."""

from __future__ import annotations

from importlib.util import find_spec
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from csp.constants import NONE, SELF

from storefront.config.env import Env, env, listed
from storefront.saleor.schema.model import read_slugs

ENV = env()
PACKAGE = Path(__file__).resolve().parent.parent

SECRET_KEY = ENV.secret_key
SECRET_KEY_FALLBACKS = listed(ENV.secret_key_fallbacks)
DEBUG = ENV.debug
ALLOWED_HOSTS = ENV.hosts()
CSRF_TRUSTED_ORIGINS = listed(ENV.csrf_trusted_origins)

# The importer contributes its app by name, so that the shop never imports it.
INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "storefront.staff",
    "django.contrib.admin.apps.SimpleAdminConfig",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    "django.contrib.postgres",
    "csp",
    "django_otp",
    "django_otp.plugins.otp_totp",
    "django_otp.plugins.otp_static",
    "storefront.catalog",
    "storefront.saleor",
    "storefront.graphql",
    "storefront.checkout",
    "storefront.pages",
    "storefront.embedded",
    "catalog_import",
]

MIDDLEWARE = [
    "storefront.config.health.HealthMiddleware",
    "storefront.graphql.views.AdmissionMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "django_permissions_policy.PermissionsPolicyMiddleware",
    "django.middleware.gzip.GZipMiddleware",
    "django.middleware.http.ConditionalGetMiddleware",
    "storefront.config.timeouts.TimeoutMiddleware",
    "storefront.staff.framed.DashboardMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django_otp.middleware.OTPMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
]

ROOT_URLCONF = "storefront.config.urls"
WSGI_APPLICATION = "storefront.config.wsgi.application"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "storefront.pages.context.selling",
            ],
        },
    },
]


def database_settings(url: str | None, pool_size: int | None) -> dict[str, Any]:
    """Django's settings for a libpq address (URL or key=value), unix sockets included.

    Without an address there is no database, and whatever needs one says so itself.
    """
    if url is None:
        return {"ENGINE": "django.db.backends.dummy"}
    from psycopg.conninfo import conninfo_to_dict

    parts = {name: str(value) for name, value in conninfo_to_dict(url).items()}
    options: dict[str, Any] = {}
    if pool_size:
        options["pool"] = {"min_size": 1, "max_size": pool_size, "timeout": 10}
    settings: dict[str, Any] = {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": parts.pop("dbname", ""),
        "USER": parts.pop("user", ""),
        "PASSWORD": parts.pop("password", ""),
        "HOST": parts.pop("host", ""),
        "PORT": parts.pop("port", ""),
        # A pool keeps connections itself; without one, a worker's task need not open one each time.
        "CONN_MAX_AGE": 0 if pool_size else 60,
        "CONN_HEALTH_CHECKS": True,
        "OPTIONS": options | parts,
    }
    return settings


DATABASES = {"default": database_settings(ENV.database_url, ENV.database_pool_size)}
WEB_STATEMENT_TIMEOUT_S = ENV.web_statement_timeout_s
GRAPHQL_DEADLINE_S = ENV.graphql_deadline_s
GRAPHQL_EXPENSIVE_AT_ONCE = ENV.graphql_expensive_at_once
GRAPHQL_SECONDS_PER_MINUTE = ENV.graphql_seconds_per_minute
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

CACHE_URL = ENV.cache_url or ENV.redis_url
CACHES = {
    "default": (
        {
            "BACKEND": "django.core.cache.backends.redis.RedisCache",
            "LOCATION": CACHE_URL,
            # With a number, since earlier versions wrote in another way.
            "KEY_PREFIX": "knotwise-2",
            "TIMEOUT": 300,
            "OPTIONS": {"serializer": "storefront.config.cache.JsonSerializer"},
        }
        if CACHE_URL
        else {"BACKEND": "django.core.cache.backends.dummy.DummyCache"}
    ),
    # Of this process alone; for what must go on where the other does not answer.
    "process": {
        "BACKEND": "django.core.cache.backends.locmem.LocMemCache",
        "LOCATION": "process",
        "OPTIONS": {"MAX_ENTRIES": 10_000},
    },
}

# Length is what makes a password hard to guess; a sentence is welcome, and no kind of character is asked for.
PASSWORD_LENGTH = 12
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {
        "NAME": "django.contrib.auth.password_validation.MinimumLengthValidator",
        "OPTIONS": {"min_length": PASSWORD_LENGTH},
    },
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.NumericPasswordValidator"},
]
STAFF_SECOND_FACTOR = ENV.staff_second_factor
OTP_TOTP_ISSUER = "Knotwise"

MESSAGE_STORAGE = "storefront.staff.framed.MessageStorage"
LOGIN_URL = "staff:sign_in"
LOGIN_REDIRECT_URL = "staff:overview"
PASSWORD_RESET_TIMEOUT = 2 * 60 * 60
TRUSTED_PROXIES = ENV.trusted_proxies

EMAIL_BACKEND = f"django.core.mail.backends.{'smtp' if ENV.smtp_host else 'filebased'}.EmailBackend"
EMAIL_FILE_PATH = ENV.mail_folder()
EMAIL_HOST = ENV.smtp_host
EMAIL_PORT = ENV.smtp_port
EMAIL_HOST_USER = ENV.smtp_user
EMAIL_HOST_PASSWORD = ENV.smtp_password
EMAIL_USE_TLS = ENV.smtp_security == "starttls"
EMAIL_USE_SSL = ENV.smtp_security == "tls"
EMAIL_TIMEOUT = 20
DEFAULT_FROM_EMAIL = SERVER_EMAIL = ENV.mail_from

LANGUAGE_CODE = "en"
TIME_ZONE = "UTC"
USE_I18N = True
USE_TZ = True

STATIC_URL = "/static/"
STATIC_ROOT = ENV.static_root
MEDIA_URL = "/media/"
MEDIA_ROOT = ENV.media_folder()
FETCH_ALLOWED_HOSTS = ENV.fetch_hosts()


def picture_storage(given: Env) -> dict[str, Any]:
    """Django's settings for where pictures are kept: this machine's disk, or a bucket of an S3-compatible service."""
    if not given.s3_bucket:
        return {"BACKEND": "storefront.pictures.storage.WholeFileStorage"}
    scheme, _, domain = given.s3_public_url.rstrip("/").partition("://")
    return {
        "BACKEND": "storages.backends.s3.S3Storage",
        "OPTIONS": {
            "bucket_name": given.s3_bucket,
            "endpoint_url": given.s3_endpoint_url or None,
            "region_name": given.s3_region or None,
            "access_key": given.s3_access_key_id or None,
            "secret_key": given.s3_secret_access_key or None,
            "url_protocol": f"{scheme}:",
            "custom_domain": domain,
            "querystring_auth": False,
            "file_overwrite": True,
            "default_acl": None,
            # A name means one content for ever.
            "object_parameters": {"CacheControl": "public, max-age=31536000, immutable"},
        },
    }


def picture_sources(given: Env) -> list[str]:
    """Where else than from the shop itself browsers may load pictures."""
    if not given.s3_bucket:
        return []
    parts = urlsplit(given.s3_public_url)
    return [f"{parts.scheme}://{parts.netloc}"]


WHITENOISE_USE_FINDERS = ENV.static_root is None
WHITENOISE_AUTOREFRESH = False
STORAGES = {
    "default": picture_storage(ENV),
    "staticfiles": {
        "BACKEND": (
            "whitenoise.storage.CompressedManifestStaticFilesStorage"
            if ENV.static_root
            else "django.contrib.staticfiles.storage.StaticFilesStorage"
        )
    },
}
FILE_UPLOAD_PERMISSIONS = 0o644
DATA_UPLOAD_MAX_MEMORY_SIZE = 1024 * 1024
# The one page that takes files says so itself, once it knows who asks.
FILE_UPLOAD_HANDLERS = ["storefront.staff.refused_files.RefusedFiles"]
UPLOAD_PATH = "/staff/imports/new/"

# Without an address the shop is its own: the store is written, not Saleor.
SALEOR_API_URL = ENV.saleor_api_url
SALEOR_URL = ENV.saleor_url()
SALEOR_TOKEN = ENV.saleor_token
SALEOR_SLUGS = read_slugs(ENV.saleor_slugs)
SALEOR_CONNECTIONS = ENV.saleor_connections
SALEOR_SYNC_MINUTES = ENV.saleor_sync_minutes
SALEOR_FULL_SYNC_HOURS = ENV.saleor_full_sync_hours
SALEOR_WRITE_PROPOSALS = ENV.saleor_write_proposals
SALEOR_APP_ID = ENV.saleor_app_id
SALEOR_DASHBOARD_ORIGINS = ENV.dashboard_origins()
# Where browsers reach us, and where Saleor's server does; empty: by the name that a request was made by.
PUBLIC_URL = ENV.public_url.rstrip("/")
INTERNAL_URL = (ENV.internal_url or ENV.public_url).rstrip("/")

METRICS_TOKEN = ENV.metrics_token
METRICS = (
    "storefront.catalog.metrics.measures",
    "storefront.saleor.follow.metrics.measures",
    "storefront.checkout.metrics.measures",
    "catalog_import.runs.metrics.measures",
)
IMPORT_MAX_MB = ENV.import_max_mb
TAXONOMY_FOLDER = ENV.taxonomy_folder
# How old the review of a guide may be before staff are told.
CONTENT_REVIEW_DAYS = ENV.content_review_days
SEARCH_REPORT_DAYS = ENV.search_report_days
CACHE_FOLDER = ENV.cache()

# GraphiQL's files come in a package that only the embedded run installs; nothing is loaded from elsewhere.
GRAPHIQL = ENV.graphiql and find_spec("graphene_django_graphiql_static") is not None
STATICFILES_DIRS: list[tuple[str, str]] = []
if GRAPHIQL:
    graphiql_package = find_spec("graphene_django_graphiql_static")
    if graphiql_package and graphiql_package.origin:
        folder = Path(graphiql_package.origin).parent / "static" / "graphene_django_graphiql_static"
        STATICFILES_DIRS.append(("graphiql", str(folder)))

CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [SELF],
        "img-src": [SELF, "data:", *picture_sources(ENV)],
        "object-src": [NONE],
        "base-uri": [SELF],
        "form-action": [SELF],
        "frame-ancestors": [NONE],
    }
}
# Nothing here needs any of them, and nothing that gets into a page may ask for them.
PERMISSIONS_POLICY: dict[str, list[str]] = {
    feature: []
    for feature in (
        *("accelerometer", "browsing-topics", "camera", "display-capture", "geolocation", "gyroscope"),
        *("hid", "idle-detection", "magnetometer", "microphone", "midi", "payment", "serial", "usb"),
    )
}
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "strict-origin-when-cross-origin"
X_FRAME_OPTIONS = "DENY"
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = ENV.https
SECURE_SSL_REDIRECT = ENV.https
# Saleor's server follows no redirect, and may reach us over a network of its own.
SECURE_REDIRECT_EXEMPT = (
    [r"^saleor/(manifest|register|webhooks)$", r"^static/saleor/logo"] if ENV.internal_url.startswith("http://") else []
)
SECURE_HSTS_SECONDS = 31_536_000 if ENV.https else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = ENV.hsts_subdomains
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if ENV.https else None

CELERY_BROKER_URL = (
    ENV.redis_url.replace("unix://", "redis+socket://", 1).replace("?db=", "?virtual_host=", 1)
    if ENV.redis_url
    else "memory://"
)
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_ACKS_LATE = True
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
CELERY_TASK_ALWAYS_EAGER = False
# A worker takes from these in turn, so that none waits behind a thousand messages of another kind; a large shop runs a
# worker for each (`--queues imports`).
CELERY_TASK_QUEUES: dict[str, dict[str, str]] = {"celery": {}, "imports": {}, "following": {}, "pictures": {}}
CELERY_TASK_ROUTES = {
    "catalog_import.apply_batch": {"queue": "imports"},
    "catalog_import.plan_run": {"queue": "imports"},
    "catalog_import.make_export": {"queue": "imports"},
    "catalog_import.write_proposal": {"queue": "following"},
    "catalog_import.work_on_pictures": {"queue": "pictures"},
    "catalog_import.upload_pictures": {"queue": "pictures"},
    "saleor.*": {"queue": "following"},
}
# Messages are nudges: what one lost is found again within this time. Two schedulers at once do no harm.
SWEEP_S = 5
SWEEP_PICTURES_S = 30
# How often it is asked whether a sweep of Saleor is due.
SYNC_S = 30
# A mail is sent at once; this finds those that could not be.
MAILS_S = 60
CELERY_BEAT_SCHEDULE = {
    "sweep": {"task": "catalog_import.sweep", "schedule": SWEEP_S, "options": {"expires": SWEEP_S}},
    "tidy": {"task": "catalog_import.tidy", "schedule": 3600, "options": {"expires": 3600}},
    "send_order_mails": {"task": "checkout.send_mails", "schedule": MAILS_S, "options": {"expires": MAILS_S}},
    "tidy_searches": {"task": "staff.tidy_searches", "schedule": 3600, "options": {"expires": 3600}},
    "tidy_carts": {"task": "checkout.tidy", "schedule": 3600, "options": {"expires": 3600}},
    "sweep_pictures": {
        "task": "catalog_import.sweep_pictures",
        "schedule": SWEEP_PICTURES_S,
        "options": {"expires": SWEEP_PICTURES_S},
    },
}
if SALEOR_API_URL:
    CELERY_BEAT_SCHEDULE |= {
        "follow": {"task": "saleor.follow", "schedule": SWEEP_S, "options": {"expires": SWEEP_S}},
        "sync": {"task": "saleor.sync", "schedule": SYNC_S, "options": {"expires": SYNC_S}},
    }

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    # Whoever asks too often could fill the disk with lines.
    "filters": {
        "not_refused": {
            "()": "django.utils.log.CallbackFilter",
            "callback": lambda record: getattr(record, "status_code", None) != 429,
        }
    },
    "formatters": {
        "line": {"()": "storefront.terminal.LineFormatter", "fmt": "%(asctime)s %(levelname)s %(name)s: %(message)s"}
    },
    "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "line", "filters": ["not_refused"]}},
    "root": {"handlers": ["stderr"], "level": ENV.log_level},
    # A line for each request to Saleor would hide all others.
    "loggers": {"httpx": {"level": "WARNING"}},
}
