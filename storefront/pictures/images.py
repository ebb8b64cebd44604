"""Inspect untrusted pictures, and make smaller versions of them."""

from __future__ import annotations

import io
import struct
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from PIL import Image, UnidentifiedImageError

MAX_BYTES = 20 * 1024 * 1024
MAX_PIXELS = 50_000_000
# WebP has no place for more.
MAX_SIDE = 16_383
EXTENSIONS = {"WEBP": ".webp", "PNG": ".png", "JPEG": ".jpg", "GIF": ".gif", "AVIF": ".avif"}
# What some telephones make: a JPEG with others behind it.
ALSO_JPEG = "MPO"
WIDTHS = (320, 640, 960, 1280)
# A step that is hardly smaller than the next one is not worth its bytes.
LEAST_STEP = 1.2
MAX_COLOUR_PROFILE = 64 * 1024
ENCODERS = {"webp": {"quality": 80, "method": 4}, "avif": {"quality": 60, "speed": 7, "max_threads": 1}}
ORIENTATION = 0x0112
# What sets a picture upright, by the number that cameras note.
UPRIGHT = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}
SIDEWAYS = (5, 6, 7, 8)
NO_PICTURE = "The file is not a supported picture. Save it as WebP, PNG or JPEG."
# What Pillow raises for files that are damaged, or made to do damage.
DAMAGES = (
    *(UnidentifiedImageError, OSError, ValueError, KeyError, IndexError, SyntaxError, TypeError, EOFError),
    *(struct.error, OverflowError, MemoryError),
)


class PictureError(Exception):
    """A picture cannot be used; the text is for staff."""


@dataclass(frozen=True, slots=True)
class Measured:
    """A picture by its content; width and height as it is shown. `format` as Pillow names it."""

    width: int
    height: int
    format: str

    @property
    def extension(self) -> str:
        return EXTENSIONS[self.format]


@dataclass(frozen=True, slots=True)
class Made:
    """A smaller picture, not stored yet."""

    width: int
    height: int
    content: bytes


def measure(source: Path | BinaryIO) -> Measured:
    """Return what a picture is, from its first bytes. Raises `PictureError` when the shop cannot show it."""
    with opened(source) as image:
        width, height = upright_size(image)
        return Measured(width, height, "JPEG" if image.format == ALSO_JPEG else str(image.format))


def require_sound(source: Path | BinaryIO) -> None:
    """Raises `PictureError` where the picture's own check sums say that it is damaged; nothing is decoded."""
    with opened(source) as image:
        image.verify()


def require_whole(source: Path | BinaryIO) -> None:
    """Raises `PictureError` when the picture is damaged further on: it is decoded to its end."""
    with opened(source) as image:
        image.load()


def widths_for(width: int) -> list[int]:
    """Return the widths to make of a picture that is so wide, never a larger one."""
    top = min(width, WIDTHS[-1])
    return [*(step for step in WIDTHS if step * LEAST_STEP <= top), top]


def make_renditions(source: Path | BinaryIO, kind: str) -> list[Made]:
    """Return the picture ("webp" or "avif") in several widths, upright, without what a camera noted in it.

    Of a picture that moves, the first frame. Raises `PictureError`.
    """
    with opened(source) as image:
        turned = orientation(image)
        width, _ = upright_size(image)
        widths = widths_for(width)
        # A JPEG can be decoded at a fraction of its size, in a fraction of the memory.
        share = widths[-1] / width
        image.draft(None, (round(image.width * share), round(image.height * share)))
        profile = image.info.get("icc_profile") or b""
        # The colours of an ink profile are gone once they are RGB.
        has_profile = image.mode not in ("CMYK", "L", "LA") and len(profile) <= MAX_COLOUR_PROFILE
        picture = plain(image)
        picture = picture.transpose(UPRIGHT[turned]) if turned in UPRIGHT else picture
        return [encoded(picture, width, kind, profile if has_profile else b"") for width in widths]


def orientation(image: Image.Image) -> int:
    """Return how a camera noted that it was held; 1, upright, where it noted nothing that is known."""
    # Pillow would decode a whole PNG to look for notes behind its pixels.
    if image.format == "PNG" and "exif" not in image.info:
        return 1
    noted = image.getexif().get(ORIENTATION)
    return int(noted) if noted in UPRIGHT else 1


def upright_size(image: Image.Image) -> tuple[int, int]:
    return image.size if orientation(image) not in SIDEWAYS else (image.height, image.width)


def plain(image: Image.Image) -> Image.Image:
    """Return the picture as RGB, or RGBA where parts are transparent; nothing else of the file is left."""
    if image.mode.startswith("I;16"):
        # Sixteen bits a pixel; converting would cut off the upper half.
        image = image.point(lambda value: value / 256).convert("L")
    found = image.convert("RGBA" if image.has_transparency_data else "RGB")
    found.info = {}
    return found


def encoded(picture: Image.Image, width: int, kind: str, profile: bytes) -> Made:
    height = max(1, round(picture.height * width / picture.width))
    smaller = picture.resize((width, height), Image.Resampling.LANCZOS, reducing_gap=3.0)
    target = io.BytesIO()
    smaller.save(target, kind.upper(), icc_profile=profile, **ENCODERS[kind])
    return Made(width, height, target.getvalue())


@contextmanager
def opened(source: Path | BinaryIO) -> Iterator[Image.Image]:
    """Return the picture, nothing of it decoded yet; whatever is wrong with it comes as a `PictureError`."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            with Image.open(source, formats=list(EXTENSIONS)) as image:
                if image.width * image.height > MAX_PIXELS:
                    raise PictureError(too_many_pixels())
                if max(image.size) > MAX_SIDE:
                    raise PictureError(f"The picture is wider or higher than {MAX_SIDE:,} pixels. Make it smaller.")
                yield image
    except (Image.DecompressionBombError, Image.DecompressionBombWarning) as error:
        raise PictureError(too_many_pixels()) from error
    except DAMAGES as error:
        raise PictureError(NO_PICTURE) from error


def too_many_pixels() -> str:
    return f"The picture has more than {MAX_PIXELS:,} pixels. Make it smaller."
