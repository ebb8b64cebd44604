"""One request, and the status and answer to it with all that is of one shop only put away."""

from __future__ import annotations

import base64
import binascii
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final

import httpx

from storefront.saleor.schema.documents import Call, Mutation, document_of

Json = dict[str, Any]

ID: Final = re.compile(r"[A-Za-z0-9+/]{8,}={0,2}")
TIME: Final = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d[.\d]*(\+00:00|Z)")
UPLOADED: Final = re.compile(r"https?://[^\"\s]*/(media|thumbnail)/[^\"\s]*")


@dataclass(frozen=True)
class File:
    """A file to upload: where it stands in the variables, its name, type and content."""

    variable: str
    name: str
    mime_type: str
    content: bytes


@dataclass(frozen=True)
class Asking:
    """A request, as it is sent. `body`, if given, goes in place of document and variables."""

    document: str = ""
    variables: Mapping[str, Any] = field(default_factory=dict)
    body: bytes | None = None
    method: str = "POST"
    strip_slash: bool = False
    token: str | None = None
    """Another one than the client's: "limited" is that of an app that has only MANAGE_PRODUCTS."""
    file: File | None = None
    loose: bool = False
    """The words of the answer are a library's, not Saleor's: they are not compared."""


def call(mutation: Mutation, **values: Any) -> Asking:
    return Asking(*document_of([Call(mutation, values)]))


def send(asking: Asking, url: str, token: str, limited: str = "limited") -> tuple[int, Any]:
    """Status and body; a body that is no JSON is None. `limited` is the token of the app with one permission."""
    if asking.token is not None:
        token = limited if asking.token == "limited" else asking.token
    headers = {"Authorization": f"Bearer {token}"}
    operations = json.dumps({"query": asking.document, "variables": dict(asking.variables)})
    given: dict[str, Any]
    if asking.file is not None:
        paths = json.dumps({"0": [f"variables.{asking.file.variable}"]})
        files = {"0": (asking.file.name, asking.file.content, asking.file.mime_type)}
        given = {"data": {"operations": operations, "map": paths}, "files": files}
    elif asking.method == "GET":
        given = {}
    else:
        headers["Content-Type"] = "application/json"
        given = {"content": asking.body or operations}
    where = url.rstrip("/") if asking.strip_slash else url
    response = httpx.request(asking.method, where, headers=headers, timeout=60, trust_env=False, **given)
    try:
        return response.status_code, response.json()
    except ValueError:
        return response.status_code, None


def put_away(value: Any, names: Mapping[str, str]) -> Any:
    """The value without ids, names and times of one shop: "<Product>", "<ball>", "<time>"."""
    if isinstance(value, list):
        return [put_away(part, names) for part in value]
    if isinstance(value, dict):
        return {key: put_away(part, names) for key, part in value.items() if key != "locations"}
    if not isinstance(value, str):
        return value
    for name in sorted(names, key=len, reverse=True):
        value = value.replace(name, f"<{names[name]}>")
    value = UPLOADED.sub("<file>", value)
    return ID.sub(kind_of, TIME.sub("<time>", value))


def kind_of(found: re.Match[str]) -> str:
    try:
        kind, colon, _ = base64.b64decode(found[0], validate=True).decode("ascii").partition(":")
    except (binascii.Error, UnicodeDecodeError):
        return found[0]
    return f"<{kind}>" if colon and kind.isalpha() else found[0]
