"""A picture's file holds the picture and nothing else: no place, no camera, nothing behind it."""

from __future__ import annotations

import io
from contextlib import suppress
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image, PngImagePlugin

from storefront.pictures.images import PictureError, measure, require_whole
from storefront.pictures.stripping import strip

SECRET = b"52 deg 31' 12 N, camera of Mia"
KINDS = ["JPEG", "PNG", "WEBP", "AVIF", "GIF"]


def an_image() -> Image.Image:
    image = Image.radial_gradient("L").resize((64, 48)).convert("RGB")
    image.paste((200, 0, 0), (0, 0, 20, 20))
    return image


def a_telling_file(kind: str, *, turned: int = 1) -> bytes:
    """A picture that says more than it shows, in every way its format knows."""
    exif = Image.Exif()
    exif[0x010F] = SECRET.decode()
    exif[0x0112] = turned
    exif.get_ifd(0x8825)[1] = "N"
    options: dict[str, Any] = {} if kind == "GIF" else {"exif": exif}
    if kind in ("JPEG", "GIF"):
        options["comment"] = SECRET
    if kind in ("WEBP", "AVIF", "JPEG"):
        options["xmp"] = b"<x:xmpmeta xmlns:x='adobe:ns:meta/'>" + SECRET + b"</x:xmpmeta>"
    if kind == "PNG":
        notes = PngImagePlugin.PngInfo()
        notes.add_text("Comment", SECRET.decode())
        notes.add_itxt("XML:com.adobe.xmp", SECRET.decode())
        options["pnginfo"] = notes
    target = io.BytesIO()
    an_image().save(target, kind, **options)
    return target.getvalue() + b"behind: " + SECRET


def pixels(content: bytes) -> bytes:
    with Image.open(io.BytesIO(content)) as image:
        return image.convert("RGB").tobytes()


@pytest.mark.parametrize("kind", KINDS)
def test_nothing_is_left_but_the_picture(kind: str) -> None:
    content = a_telling_file(kind)
    assert SECRET in content

    found = strip(content)

    assert SECRET not in found
    assert b"behind" not in found
    assert pixels(found) == pixels(content)
    require_whole(io.BytesIO(found))
    with Image.open(io.BytesIO(found)) as image:
        assert not image.getexif().get_ifd(0x8825)


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("turned", [1, 3, 6])
def test_stripping_again_changes_nothing(kind: str, turned: int) -> None:
    found = strip(a_telling_file(kind, turned=turned))

    assert strip(found) == found


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
@pytest.mark.parametrize("turned", range(1, 9))
def test_how_the_camera_was_held_is_kept(kind: str, turned: int) -> None:
    found = strip(a_telling_file(kind, turned=turned))

    assert measure(io.BytesIO(found)) == measure(io.BytesIO(a_telling_file(kind, turned=turned)))
    with Image.open(io.BytesIO(found)) as image:
        assert image.getexif().get(0x0112, 1) == turned


@pytest.mark.parametrize("kind", ["GIF", "PNG", "WEBP"])
def test_what_moves_goes_on_moving(kind: str) -> None:
    frames = [Image.new("RGB", (20, 20), (number * 60, 0, 0)) for number in range(4)]
    target = io.BytesIO()
    frames[0].save(target, kind, save_all=True, append_images=frames[1:], loop=3, duration=100)

    with Image.open(io.BytesIO(strip(target.getvalue()))) as image:
        assert image.n_frames == 4  # type: ignore[attr-defined]
        assert image.info.get("loop") == 3


def test_a_progressive_picture_with_a_colour_profile_keeps_both() -> None:
    from PIL import ImageCms

    profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    target = io.BytesIO()
    an_image().save(target, "JPEG", progressive=True, icc_profile=profile, quality=95)

    found = strip(target.getvalue())

    assert found == target.getvalue()


def test_a_telephones_second_picture_goes() -> None:
    target = io.BytesIO()
    an_image().save(target, "MPO", save_all=True, append_images=[an_image().rotate(90)])

    found = strip(target.getvalue())

    with Image.open(io.BytesIO(found)) as image:
        assert image.format == "JPEG"
    assert len(found) < len(target.getvalue()) * 0.7
    assert pixels(found) == pixels(target.getvalue())


@pytest.mark.parametrize("kind", KINDS)
def test_a_damaged_file_is_refused_or_stripped_but_breaks_nothing(kind: str) -> None:
    content = a_telling_file(kind)
    for cut in range(0, len(content), max(1, len(content) // 80)):
        with suppress(PictureError):
            strip(content[:cut])


@given(st.sampled_from(KINDS), st.data())
def test_changed_bytes_break_nothing(kind: str, data: st.DataObject) -> None:
    content = bytearray(a_telling_file(kind))
    for _ in range(data.draw(st.integers(1, 8))):
        content[data.draw(st.integers(0, len(content) - 1))] = data.draw(st.integers(0, 255))
    with suppress(PictureError):
        strip(bytes(content))
