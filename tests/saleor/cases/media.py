"""Metadata and pictures."""

from __future__ import annotations

from storefront.saleor.schema import documents as d
from tests.saleor.asking import Asking, File, call
from tests.saleor.cases.registry import (
    NO_ID,
    NO_MEDIA,
    case,
)
from tests.saleor.world import World


@case("metadata")
def metadata_without_a_key(world: World) -> Asking:
    return call(d.PRIVATE_METADATA, id=world.a_product(), input=[{"key": " ", "value": "x"}])


@case("metadata")
def metadata_of_what_is_not_there(_: World) -> Asking:
    return call(d.PRIVATE_METADATA, id=NO_ID, input=[{"key": "a", "value": "x"}])


@case("metadata")
def metadata_of_an_id_that_is_none(_: World) -> Asking:
    return call(d.PRIVATE_METADATA, id="none", input=[{"key": "a", "value": "x"}])


@case("metadata")
def deleting_metadata_that_is_not_there(world: World) -> Asking:
    return call(d.DELETE_PRIVATE_METADATA, id=world.a_product(), keys=["none"])


@case("media")
def media_of_nothing(world: World) -> Asking:
    return call(d.MEDIA_CREATE, input={"product": world.a_product(), "alt": "x"})


@case("media")
def an_alt_text_too_long(world: World) -> Asking:
    given = {"product": world.a_product(), "alt": "x" * 251, "mediaUrl": "https://example.com/a.png"}
    return call(d.MEDIA_CREATE, input=given)


def upload(product: str, name: str, mime_type: str, content: bytes) -> Asking:
    asking = call(d.MEDIA_CREATE, input={"product": product, "alt": "x", "image": None})
    file = File("m0_input.image", name, mime_type, content)
    return Asking(asking.document, asking.variables, file=file)


@case("media")
def a_picture_that_is_a_text(world: World) -> Asking:
    return upload(world.a_product(), "a.png", "image/png", b"hello")


@case("media")
def a_picture_without_an_ending(world: World) -> Asking:
    return upload(world.a_product(), "a", "image/png", b"hello")


@case("media")
def a_picture_with_the_ending_of_a_text(world: World) -> Asking:
    return upload(world.a_product(), "a.txt", "image/png", b"hello")


@case("media")
def a_file_that_is_no_picture(world: World) -> Asking:
    return upload(world.a_product(), "a.txt", "text/plain", b"hello")


@case("media")
def a_picture_of_an_unknown_product(_: World) -> Asking:
    return upload(NO_ID, "a.png", "image/png", b"hello")


@case("media")
def changing_an_unknown_picture(_: World) -> Asking:
    return call(d.MEDIA_UPDATE, id=NO_MEDIA, input={"alt": "x"})


@case("media")
def deleting_an_unknown_picture(_: World) -> Asking:
    return call(d.MEDIA_DELETE, id=NO_MEDIA)


@case("media")
def ordering_too_few_pictures(world: World) -> Asking:
    return call(d.MEDIA_REORDER, productId=world.a_product(), mediaIds=[NO_MEDIA])
