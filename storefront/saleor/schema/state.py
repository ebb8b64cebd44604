"""What Knotwise keeps in an object's private metadata: whatever Saleor's own fields cannot say.

Who said a tag or a link and why, what a source last imported, which pictures were uploaded from where. With it the
store can be dropped and filled again from Saleor alone. It is JSON, so that people can read it in the dashboard.

    knotwise.state    `State` of a product or page
    knotwise.base     product: what its source last said (`Fields`); page: source → what that source last said
    knotwise.digest   product: stands for all that its source last said; "made" or "pending" until a product that was
                      made or changed was read again whole
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from typing import Any, Final, TypeVar

from pydantic import Field, TypeAdapter, ValidationError

from storefront.catalog.fields import Fields
from storefront.catalog.records import Caution, GuideLink, Record, SourceCitation, Status, Tags
from storefront.saleor.schema.documents import BASE_KEY, DIGEST_KEY, STATE_KEY

log = logging.getLogger(__name__)

MADE: Final = "made"
PENDING: Final = "pending"
UNFINISHED: Final = frozenset({MADE, PENDING})


class PictureState(Record):
    """A picture that a product shall have: where its file says it is, and Saleor's id of it once it was uploaded.

    `digest` is the hash that the file states (none for an address), `content` that of what was uploaded.
    """

    location: str
    alt: str = ""
    digest: str = ""
    id: str = ""
    content: str = ""


class State(Record):
    """What Knotwise knows of an object besides what Saleor's fields say.

    `status`: the one that it shall have, since Saleor knows published or not alone. `category`: Saleor's id of the
    category that was chosen by the tool type, where the source names none. Of variants, by key: `names` that they were
    given where the source gives none, and `order` as the source has it, since Saleor reads those that were made
    together by their SKU. `cautions` and `sources` stand as text in attributes; here they are whole. `texts`: fields
    that the product's type has no attribute for.
    """

    source: str = ""
    status: Status | None = None
    category: str = ""
    names: dict[str, str] = Field(default_factory=dict)
    order: tuple[str, ...] = ()
    texts: dict[str, Any] = Field(default_factory=dict)
    tags: Tags = Tags()
    links: tuple[GuideLink, ...] = ()
    cautions: tuple[Caution, ...] = ()
    sources: tuple[SourceCitation, ...] = ()
    pictures: tuple[PictureState, ...] = ()


Value = TypeVar("Value")

_BASES = TypeAdapter(dict[str, Fields])


def read_state(text: str | None) -> State | None:
    """Return the state in a metadata value; None where there is none or it is not one of ours any more."""
    return _parsed(State.model_validate_json, text)


def read_base(text: str | None) -> Fields:
    return _parsed(Fields.model_validate_json, text) or Fields()


def read_bases(text: str | None) -> dict[str, Fields]:
    return _parsed(_BASES.validate_json, text) or {}


def _parsed(parse: Callable[[str], Value], text: str | None) -> Value | None:
    try:
        return parse(text) if text else None
    except ValidationError as error:
        log.warning("What Knotwise keeps in Saleor's metadata cannot be read: %s", error)
        return None


def bases_text(bases: Mapping[str, Fields]) -> str:
    return _BASES.dump_json(dict(bases)).decode()


def metadata(state: State, base: str, digest: str | None = None) -> list[dict[str, str]]:
    """Return the metadata inputs that keep these; `base` as JSON."""
    found = [*state_note(state), {"key": BASE_KEY, "value": base}]
    return found if digest is None else [*found, {"key": DIGEST_KEY, "value": digest}]


def state_note(state: State) -> list[dict[str, str]]:
    return [{"key": STATE_KEY, "value": state.model_dump_json(exclude_defaults=True)}]


def pending(before: State, after: State, digest: str = PENDING) -> list[dict[str, str]]:
    """Return the metadata inputs of a product that is being changed: its state as it will be. Names that its variants
    were given are known as such until the variants were changed, too. `digest`: `MADE` where it never was settled."""
    state = after.model_copy(update={"names": before.names | after.names})
    return [*state_note(state), {"key": DIGEST_KEY, "value": digest}]
