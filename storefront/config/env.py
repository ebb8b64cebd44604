"""The environment, read in one place and typed. Nothing else in the project looks at `os.environ`.

Without `DATABASE_URL` the addresses of the embedded run are taken from its data folder, where
`storefront embedded` leaves them in `environment.json`; that is how `catalog-import` in a second
terminal finds the shop. A variable that is set always wins over that file.
"""

from __future__ import annotations

import json
import os
import secrets
from functools import cache
from pathlib import Path
from typing import Literal, Self
from urllib.parse import urlsplit

from platformdirs import user_cache_path
from pydantic import Field, NonNegativeInt, PositiveInt, field_validator, model_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

from storefront.saleor.schema.model import read_slugs

EMBEDDED_ENVIRONMENT = "environment.json"
SECRET_KEY_LENGTH = 32


class Env(BaseSettings):
    """Every variable that Knotwise reads; `.env.example` explains each in a line."""

    # No `env_file`: nothing is read behind the operator's back.
    model_config = SettingsConfigDict(extra="ignore", env_ignore_empty=True)

    knotwise_home: Path = Path(".knotwise")
    database_url: str | None = None
    database_pool_size: PositiveInt | None = None
    web_statement_timeout_s: PositiveInt = 10
    graphql_deadline_s: PositiveInt = 10
    graphql_expensive_at_once: PositiveInt = 1
    graphql_seconds_per_minute: PositiveInt = 30
    redis_url: str | None = None
    cache_url: str | None = None
    secret_key: str = ""
    secret_key_fallbacks: str = ""
    public_url: str = ""
    internal_url: str = ""
    allowed_hosts: str = "127.0.0.1,localhost,[::1]"
    csrf_trusted_origins: str = ""
    https: bool = False
    hsts_subdomains: bool = False
    staff_second_factor: bool = False
    debug: bool = False
    graphiql: bool = False
    media_root: Path | None = None
    s3_bucket: str = ""
    s3_endpoint_url: str = ""
    s3_region: str = ""
    s3_access_key_id: str = ""
    s3_secret_access_key: str = ""
    s3_public_url: str = ""
    fetch_allowed_hosts: str = ""
    static_root: Path | None = None
    taxonomy_folder: Path | None = None
    cache_folder: Path | None = None
    import_max_mb: PositiveInt = 100
    content_review_days: PositiveInt = 365
    search_report_days: NonNegativeInt = 90
    metrics_token: str = ""
    log_level: Literal["DEBUG", "INFO", "WARNING", "ERROR"] = "INFO"
    host: str = "127.0.0.1"
    port: int = Field(default=8000, ge=1, le=65535)
    web_threads: PositiveInt = 8
    trusted_proxies: NonNegativeInt = 0
    saleor_api_url: str = ""
    saleor_internal_api_url: str = ""
    saleor_token: str = ""
    saleor_slugs: str = ""
    saleor_connections: PositiveInt = 2
    saleor_sync_minutes: PositiveInt = 5
    saleor_full_sync_hours: PositiveInt = 6
    saleor_write_proposals: bool = False
    saleor_app_id: str = "knotwise"
    saleor_dashboard_url: str = ""
    saleor_staff_email: str = ""
    saleor_staff_password: str = ""
    smtp_host: str = ""
    smtp_port: int = Field(default=587, ge=1, le=65535)
    smtp_security: Literal["starttls", "tls", "none"] = "starttls"
    smtp_user: str = ""
    smtp_password: str = ""
    mail_from: str = "Knotwise <knotwise@localhost>"
    embedded_staff_password: str = ""

    @field_validator("database_url")
    @classmethod
    def be_an_address_of_postgresql(cls, value: str | None) -> str | None:
        if value is not None:
            from psycopg import ProgrammingError
            from psycopg.conninfo import conninfo_to_dict

            try:
                conninfo_to_dict(value)
            except ProgrammingError as error:
                raise ValueError(f"not an address of a database, like postgresql://user@host/name ({error})") from error
        return value

    @model_validator(mode="after")
    def require_a_secret_outside_the_embedded_run(self) -> Self:
        if self.database_url and not self.secret_key:
            raise ValueError(
                "SECRET_KEY is not set. With DATABASE_URL set there is no default: give a long random value, "
                'for example from: python3 -c "import secrets; print(secrets.token_urlsafe(48))"'
            )
        if self.secret_key and len(self.secret_key) < SECRET_KEY_LENGTH:
            raise ValueError(
                f"SECRET_KEY has {len(self.secret_key)} characters; at least {SECRET_KEY_LENGTH} are needed, so that "
                "nobody can guess it. To change it without signing everybody out, put the old one into "
                "SECRET_KEY_FALLBACKS."
            )
        return self

    @model_validator(mode="after")
    def require_addresses(self) -> Self:
        for name in ("saleor_api_url", "public_url", "internal_url"):
            value: str = getattr(self, name)
            if value and not value.startswith(("https://", "http://")):
                example = "https://shop.example/graphql/" if name == "saleor_api_url" else "https://knotwise.example"
                raise ValueError(f"{name.upper()} is no address, like {example}")
        for origin in self.dashboard_origins():
            if not origin:
                raise ValueError("SALEOR_DASHBOARD_URL is no address, like https://shop.example/dashboard/")
        read_slugs(self.saleor_slugs)
        return self

    @model_validator(mode="after")
    def require_an_address_for_pictures_in_a_bucket(self) -> Self:
        if self.s3_bucket and not self.s3_public_url.startswith(("https://", "http://")):
            raise ValueError(
                "S3_PUBLIC_URL is not set. With S3_BUCKET set, say where browsers find the bucket's files, "
                "like https://pictures.shop.example"
            )
        return self

    def hosts(self) -> list[str]:
        """Return the allowed host names; those of our own addresses are included automatically."""
        ours = (urlsplit(url).hostname for url in (self.public_url, self.internal_url))
        named = (f"[{name}]" if ":" in name else name for name in ours if name)
        return list(dict.fromkeys([*listed(self.allowed_hosts), *named]))

    def dashboard_origins(self) -> list[str]:
        """The origins whose pages may frame ours and speak with them; "" for what is no address."""
        return [origin_of(url) for url in listed(self.saleor_dashboard_url)]

    def fetch_hosts(self) -> list[str]:
        """The shop's own hosts that may be fetched from: `host` or `host:port`."""
        return [host.lower() for host in listed(self.fetch_allowed_hosts)]

    def cache(self) -> Path:
        return self.cache_folder or user_cache_path("knotwise")

    def saleor_url(self) -> str:
        """Where Saleor is asked; empty without one. `SALEOR_API_URL` is its public name."""
        return self.saleor_internal_api_url or self.saleor_api_url

    def mail_folder(self) -> Path:
        """Where messages are written while there is no mail server to send them."""
        return self.knotwise_home.absolute() / "mail"

    def media_folder(self) -> Path:
        return self.media_root or self.knotwise_home.absolute() / "media"


def origin_of(url: str) -> str:
    """Scheme, host and port of an address as browsers say them; empty for what is none."""
    parts = urlsplit(url)
    if parts.scheme not in ("https", "http") or not parts.hostname:
        return ""
    host = f"[{parts.hostname}]" if ":" in parts.hostname else parts.hostname
    is_usual = parts.port in (None, {"https": 443, "http": 80}[parts.scheme])
    return f"{parts.scheme}://{host}" if is_usual else f"{parts.scheme}://{host}:{parts.port}"


def listed(text: str) -> list[str]:
    return [part.strip() for part in text.split(",") if part.strip()]


def embedded_environment(home: Path) -> dict[str, str]:
    """The variables that a running (or the last) embedded shop left in its data folder, or none."""
    try:
        left = json.loads((home / EMBEDDED_ENVIRONMENT).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return {str(name): str(value) for name, value in left.items()} if isinstance(left, dict) else {}


def embedded_env() -> Env:
    """The settings of the embedded run; without a secret of the operator's, it makes one of its own."""
    given = os.environ.get("SECRET_KEY", "")
    found = Env(secret_key=given or "made by the embedded run, once it starts")
    return found if given else found.model_copy(update={"secret_key": ""})


@cache
def env() -> Env:
    """The settings of this process.

    Raises `pydantic.ValidationError`, which names every wrong variable at once.
    """
    found = Env()
    if found.database_url is None:
        left = {name.lower(): value for name, value in embedded_environment(found.knotwise_home).items()}
        found = Env.model_validate(left | found.model_dump(exclude_unset=True))
    # No database, so nothing is stored that a key could protect: `check` and `--help` need no setting.
    return found if found.secret_key else found.model_copy(update={"secret_key": secrets.token_urlsafe(48)})
