"""Looking at pictures and making them smaller: upright, never larger, nothing private in them, nothing that hurts."""

from __future__ import annotations

import io
import struct
import zlib
from typing import Any

import pytest
from PIL import Image, ImageCms, ImageOps

from storefront.pictures.images import Made, Measured, PictureError, make_renditions, measure, require_whole, widths_for

RED, BLUE = (200, 0, 0), (0, 0, 200)


def a_file(image: Image.Image, kind: str = "PNG", **options: Any) -> io.BytesIO:
    target = io.BytesIO()
    image.save(target, kind, **options)
    return target


def a_picture(size: tuple[int, int] = (400, 300), kind: str = "PNG", mode: str = "RGB", **options: Any) -> io.BytesIO:
    return a_file(Image.new(mode, size, options.pop("color", None) or 0), kind, **options)


def shown(made: Made) -> Image.Image:
    return Image.open(io.BytesIO(made.content))


def colour_at(made: Made, place: tuple[int, int]) -> tuple[int, ...]:
    return tuple(round(value, -1) for value in shown(made).convert("RGB").getpixel(place))  # type: ignore[union-attr, arg-type]


@pytest.mark.parametrize(
    ("width", "widths"),
    [
        *((5000, [320, 640, 960, 1280]), (1280, [320, 640, 960, 1280]), (1200, [320, 640, 960, 1200])),
        *((1000, [320, 640, 1000]), (400, [320, 400]), (330, [330]), (320, [320]), (1, [1])),
    ],
)
def test_a_picture_is_made_in_a_few_widths_and_never_larger(width: int, widths: list[int]) -> None:
    assert widths_for(width) == widths


@pytest.mark.parametrize("kind", ["webp", "avif"])
def test_smaller_ones_keep_the_shape(kind: str) -> None:
    made = make_renditions(a_picture((800, 500)), kind)

    assert [(one.width, one.height) for one in made] == [(320, 200), (640, 400), (800, 500)]
    assert [(shown(one).format, shown(one).size) for one in made] == [
        (kind.upper(), (one.width, one.height)) for one in made
    ]


@pytest.mark.parametrize("kind", ["webp", "avif"])
def test_a_picture_that_lies_on_its_side_is_set_upright(kind: str) -> None:
    image = Image.new("RGB", (400, 300), BLUE)
    image.paste(RED, (0, 0, 400, 150))
    exif = Image.Exif()
    exif[0x0112] = 6  # turn it clockwise to see it as it was taken
    source = a_file(image, "JPEG", exif=exif, quality=95)

    made = make_renditions(source, kind)

    assert measure(source) == Measured(300, 400, "JPEG")
    assert [(one.width, one.height) for one in made] == [(300, 400)]
    assert colour_at(made[0], (280, 200)) == (200, 0, 0)
    assert colour_at(made[0], (20, 200)) == (0, 0, 200)


@pytest.mark.parametrize("file", ["JPEG", "PNG", "WEBP"])
@pytest.mark.parametrize("turned", range(1, 9))
def test_every_way_of_holding_a_camera_is_set_upright(turned: int, file: str) -> None:
    image = Image.new("RGB", (400, 300), BLUE)
    image.paste(RED, (0, 0, 60, 60))
    exif = Image.Exif()
    exif[0x0112] = turned
    source = a_file(image, file, exif=exif)
    expected = ImageOps.exif_transpose(Image.open(source))

    (*_, made) = make_renditions(source, "webp")

    corners = [(20, 20), (made.width - 20, 20), (20, made.height - 20), (made.width - 20, made.height - 20)]
    assert (made.width, made.height) == expected.size
    assert [colour_at(made, corner)[0] > 100 for corner in corners] == [
        expected.getpixel(corner)[0] > 100  # type: ignore[index, operator]
        for corner in corners
    ]


def test_a_picture_is_measured_without_being_decoded() -> None:
    assert measure(png_of(4000, 3000)) == Measured(4000, 3000, "PNG")


@pytest.mark.parametrize("kind", ["webp", "avif"])
def test_what_a_camera_noted_is_left_out(kind: str) -> None:
    exif = Image.Exif()
    exif[0x010F] = "A camera"
    exif.get_ifd(0x8825)[1] = "N"

    (made,) = make_renditions(a_picture((300, 200), "JPEG", exif=exif, comment=b"secret"), kind)

    assert b"A camera" not in made.content
    assert b"secret" not in made.content
    assert dict(shown(made).getexif()) == {}
    assert "xmp" not in shown(made).info


def test_its_colours_are_kept_as_they_are_meant() -> None:
    profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()

    (made,) = make_renditions(a_picture((300, 200), "JPEG", icc_profile=profile), "webp")

    assert shown(made).info["icc_profile"] == profile


@pytest.mark.parametrize("kind", ["webp", "avif"])
@pytest.mark.parametrize("mode", ["RGBA", "LA", "P"])
def test_what_is_transparent_stays_so(mode: str, kind: str) -> None:
    image = Image.new("RGBA", (300, 200), (*RED, 0))
    image.paste((*RED, 255), (0, 0, 150, 200))

    (made,) = make_renditions(a_file(image.convert(mode)), kind)

    found = shown(made).convert("RGBA")
    assert found.getpixel((280, 100))[3] == 0  # type: ignore[index]
    assert found.getpixel((20, 100))[3] == 255  # type: ignore[index]


@pytest.mark.parametrize(
    ("mode", "kind"), [("L", "PNG"), ("1", "PNG"), ("CMYK", "JPEG"), ("P", "GIF"), ("I;16", "PNG"), ("LA", "WEBP")]
)
def test_every_kind_of_colours_can_be_made_smaller(mode: str, kind: str) -> None:
    assert len(make_renditions(a_picture((300, 200), kind, mode), "webp")) == 1


def test_sixteen_bits_a_pixel_are_not_cut_off() -> None:
    image = Image.new("I;16", (300, 200), 30_000)

    (made,) = make_renditions(a_file(image), "webp")

    assert colour_at(made, (100, 100)) == (120, 120, 120)


@pytest.mark.parametrize("kind", ["GIF", "WEBP", "PNG", "AVIF"])
def test_of_a_picture_that_moves_the_first_frame_is_shown(kind: str) -> None:
    frames = [Image.new("RGB", (300, 200), colour) for colour in (RED, BLUE)]

    source = a_file(frames[0], kind, save_all=True, append_images=frames[1:])
    (made,) = make_renditions(source, "webp")

    assert getattr(shown(made), "n_frames", 1) == 1
    assert colour_at(made, (100, 100)) == (200, 0, 0)


def test_a_telephones_jpeg_with_others_behind_it_is_a_jpeg() -> None:
    first, second = Image.new("RGB", (300, 200), RED), Image.new("RGB", (300, 200), BLUE)

    source = a_file(first, "MPO", save_all=True, append_images=[second])

    assert (measure(source), measure(source).extension) == (Measured(300, 200, "JPEG"), ".jpg")
    assert colour_at(make_renditions(source, "webp")[0], (100, 100)) == (200, 0, 0)


# --- what hurts ---------------------------------------------------------------------------------------------


def png_of(width: int, height: int, data: bytes = b"") -> io.BytesIO:
    """A PNG that says how large it is, whatever it holds."""

    def chunk(kind: bytes, content: bytes) -> bytes:
        return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))

    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    body = chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(data)) + chunk(b"IEND", b"")
    return io.BytesIO(b"\x89PNG\r\n\x1a\n" + body)


@pytest.mark.parametrize("size", [(8_000, 8_000), (10_000, 10_000), (60_000, 60_000), (2**31 - 1, 2)])
def test_a_picture_that_would_fill_the_memory_is_refused_before_it_is_decoded(size: tuple[int, int]) -> None:
    for look in (measure, require_whole, lambda source: make_renditions(source, "webp")):
        with pytest.raises(PictureError):
            look(png_of(*size))


def test_a_picture_that_is_too_long_for_webp_is_refused() -> None:
    with pytest.raises(PictureError, match="16,383"):
        measure(png_of(20, 20_000))


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "WEBP", "GIF", "AVIF"])
@pytest.mark.parametrize("share", [0.3, 0.9])
def test_a_picture_that_broke_off_is_refused(kind: str, share: float) -> None:
    whole = a_file(Image.effect_noise((300, 200), 90).convert("RGB"), kind).getvalue()
    broken = whole[: int(len(whole) * share)]

    with pytest.raises(PictureError):
        require_whole(io.BytesIO(broken))
    with pytest.raises(PictureError):
        make_renditions(io.BytesIO(broken), "webp")


@pytest.mark.parametrize(
    "content",
    [
        *(b"", b"not a picture", b"<svg xmlns='http://www.w3.org/2000/svg'/>", b"%PDF-1.7", b"%!PS-Adobe-3.0"),
        *(b"\x89PNG\r\n\x1a\n", b"GIF89a", b"RIFF\0\0\0\0WEBP", b"\xff\xd8\xff\xe0", b"BM", b"II*\0"),
        *(b"#define x_width 9\n#define x_height 9\n", b"P6 9 9 255\n" + bytes(243)),
    ],
)
def test_what_is_no_picture_of_the_web_is_refused(content: bytes) -> None:
    with pytest.raises(PictureError):
        measure(io.BytesIO(content))


def test_damaged_notes_of_a_camera_do_no_harm() -> None:
    source = a_picture((300, 200), "JPEG", exif=b"Exif\0\0II*\0\xff\xff\xff\xff" + bytes(20))

    assert measure(source) == Measured(300, 200, "JPEG")
    assert len(make_renditions(source, "webp")) == 1
