"""What the import relies on of pictures, on the fake and on a real Saleor."""

from __future__ import annotations

import io

import httpx
from PIL import Image

from storefront.saleor.client.transport import Upload
from storefront.saleor.schema import documents
from storefront.saleor.schema.documents import Call, document_of
from tests.saleor.world import World


def a_picture(colour: str = "red", kind: str = "PNG") -> bytes:
    found = io.BytesIO()
    Image.new("RGB", (8, 8), colour).save(found, kind)
    return found.getvalue()


def add(world: World, product: str, alt: str = "", name: str = "ball.png", content: bytes | None = None) -> str:
    call = Call(documents.MEDIA_CREATE, {"input": {"product": product, "alt": alt, "image": None}})
    upload = Upload("m0_input.image", name, a_picture() if content is None else content, "image/png")
    payload = world.saleor.send(*document_of([call]), may_repeat=False, upload=upload).data["m0"]
    assert payload["errors"] == []
    return str(payload["media"]["id"])


def test_a_picture_is_uploaded_and_served(world: World) -> None:
    gid = world.a_product()

    media = add(world, gid, "A ball")

    [found] = world.read(gid)[0]["media"]
    assert (found["id"], found["alt"]) == (media, "A ball")
    served = httpx.get(found["url"], trust_env=False, follow_redirects=True)
    assert served.status_code == 200
    assert Image.open(io.BytesIO(served.content)).size == (8, 8)


def test_pictures_come_in_the_order_of_their_making_and_are_ordered_anew(world: World) -> None:
    gid = world.a_product()
    first, second, third = (add(world, gid, name) for name in ("one", "two", "three"))

    made = [row["id"] for row in world.read(gid)[0]["media"]]
    world.do(documents.MEDIA_REORDER, productId=gid, mediaIds=[third, first, second])

    assert made == [first, second, third]
    assert [row["alt"] for row in world.read(gid)[0]["media"]] == ["three", "one", "two"]


def test_an_alternative_text_is_changed(world: World) -> None:
    gid = world.a_product()
    media = add(world, gid, "Old")

    world.do(documents.MEDIA_UPDATE, id=media, input={"alt": "New"})

    assert [row["alt"] for row in world.read(gid)[0]["media"]] == ["New"]


def test_a_picture_is_deleted(world: World) -> None:
    gid = world.a_product()
    kept, gone = add(world, gid), add(world, gid)

    world.do(documents.MEDIA_DELETE, id=gone)

    assert [row["id"] for row in world.read(gid)[0]["media"]] == [kept]


def test_pictures_do_not_move_the_stamp(world: World) -> None:
    gid = world.a_product()
    [before] = world.read(gid)

    add(world, gid)

    assert world.read(gid)[0]["updatedAt"] == before["updatedAt"]


def test_a_picture_keeps_private_metadata_and_they_do_not_move_the_stamp(world: World) -> None:
    gid = world.a_product()
    media = add(world, gid)
    [before] = world.read(gid)

    world.do(documents.PRIVATE_METADATA, id=media, input=[{"key": documents.DIGEST_KEY, "value": "7"}])

    found = world.ask(documents.MEDIA_OF, id=gid)["product"]["media"]
    assert [(row["id"], row["content"]) for row in found] == [(media, "7")]
    assert world.read(gid)[0]["updatedAt"] == before["updatedAt"]
