"""Who may send a large body: whoever was shown the form for it, by a signed value in the form's address.

The web server asks before it takes more than a little (`storefront/config/server.py`), so this looks at no database;
the view then asks, as always, who the person is and what they may do.
"""

from __future__ import annotations

from typing import Final
from urllib.parse import parse_qs

from django.conf import settings
from django.core.signing import BadSignature, TimestampSigner

NAME: Final = "upload"
# As long as somebody stays signed in.
LIFE_S: Final = 12 * 60 * 60
_SALT: Final = "storefront.staff.upload"


def issue(person: str) -> str:
    return TimestampSigner(salt=_SALT).sign(person)


def may_upload(path: str, query: str) -> bool:
    """Return whether a request to this address may have the body of an upload."""
    if path != settings.UPLOAD_PATH or len(query) > 1000:
        return False
    try:
        value = parse_qs(query, max_num_fields=5).get(NAME, [""])[0]
        TimestampSigner(salt=_SALT).unsign(value, max_age=LIFE_S)
    except (BadSignature, ValueError):
        return False
    return True
