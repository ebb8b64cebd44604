"""Pictures of products."""

from __future__ import annotations

import io
import uuid
from collections.abc import Mapping, Sequence
from pathlib import PurePath
from typing import Any, Final

from PIL import Image, UnidentifiedImageError

from tests.saleor.fake.fields import existing
from tests.saleor.fake.refusals import Refused, error
from tests.saleor.fake.registry import Asked, performs
from tests.saleor.fake.state import Media, Product, Shop

Given = Mapping[str, Any]
Json = dict[str, Any]

ALT_LENGTH: Final = 250
FILE_BYTES: Final = 10 * 1024 * 1024
TYPES: Final = {"image/gif", "image/jpeg", "image/png", "image/webp", "image/tiff", "image/bmp", "image/avif"}
ENDINGS: Final = {".gif", ".jpg", ".jpeg", ".jfif", ".jpe", ".png", ".apng", ".webp", ".tif", ".tiff", ".bmp", ".avif"}


@performs("productMediaCreate", "MANAGE_PRODUCTS")
def product_media_create(asked: Asked, input: Given) -> Json:
    shop = asked.shop
    image, url, alt = input.get("image"), input.get("media_url"), input.get("alt") or ""
    if not image and not url:
        raise Refused(error("input", "REQUIRED", "Image or external URL is required."))
    if image and url:
        raise Refused(error("input", "DUPLICATED_INPUT_ITEM", "Either image or external URL is required."))
    if len(alt) > ALT_LENGTH:
        raise Refused(error("input", "INVALID", f"Alt field exceeds the character limit of {ALT_LENGTH}."))
    product = find_product(shop, input["product"])
    name = keep_file(shop, image) if image else ""
    last = max((media.sort_order for media in shop.media.where(product=product.pk)), default=-1)
    media = Media(product=product.pk, alt=alt, sort_order=last + 1, file=name, external_url=url or "")
    shop.media.add(media)
    return {"media": media, "product": product}


def find_product(shop: Shop, gid: str, field: str = "product") -> Product:
    return existing(shop, gid, "Product", field)  # type: ignore[no-any-return]


def keep_file(shop: Shop, upload: Any) -> str:
    """Keeps an uploaded picture; its name is made unique."""
    content = upload.read()
    if len(content) > FILE_BYTES:
        message = "File size exceeds the maximum allowed size of 10MB."
        raise Refused(error("image", "FILE_SIZE_LIMIT_EXCEEDED", message))
    if upload.mimetype not in TYPES:
        raise Refused(error("image", "INVALID", "Invalid file type."))
    path = PurePath(upload.filename or "")
    if not path.suffix:
        raise Refused(error("image", "INVALID", "Lack of file extension."))
    if path.suffix.lower() not in ENDINGS:
        raise Refused(error("image", "INVALID", "Invalid file extension. Image file required."))
    try:
        with Image.open(io.BytesIO(content)) as picture:
            picture.getexif()
    except (UnidentifiedImageError, SyntaxError, TypeError):
        message = "Invalid file. The following error was raised during the attempt of opening the file: "
        named = f"cannot identify image file <InMemoryUploadedFile: {upload.filename} ({upload.mimetype})>"
        raise Refused(error("image", "INVALID", message + named)) from None
    name = f"products/{path.stem}_{uuid.uuid4().hex[:8]}{path.suffix}"
    shop.files[name] = content
    return name


def find_media(shop: Shop, gid: str, field: str = "id") -> Media:
    return existing(shop, gid, "ProductMedia", field)  # type: ignore[no-any-return]


@performs("productMediaUpdate", "MANAGE_PRODUCTS")
def product_media_update(asked: Asked, id: str, input: Given) -> Json:
    media = find_media(asked.shop, id)
    alt = input.get("alt")
    if alt is not None:
        if len(alt) > ALT_LENGTH:
            raise Refused(error("input", "INVALID", f"Alt field exceeds the character limit of {ALT_LENGTH}."))
        media.alt = alt
    return {"media": media, "product": asked.shop.products[media.product]}


@performs("productMediaDelete", "MANAGE_PRODUCTS")
def product_media_delete(asked: Asked, id: str) -> Json:
    media = find_media(asked.shop, id)
    asked.shop.media.remove([media])
    return {"media": media, "product": asked.shop.products[media.product]}


@performs("productMediaReorder", "MANAGE_PRODUCTS")
def product_media_reorder(asked: Asked, product_id: str, media_ids: Sequence[str]) -> Json:
    shop = asked.shop
    product = find_product(shop, product_id, "productId")
    own = {media.id: media for media in shop.media.where(product=product.pk)}
    if len(media_ids) != len(own):
        raise Refused(error("order", "INVALID", "Incorrect number of media IDs provided."))
    for number, gid in enumerate(media_ids):
        media = find_media(shop, gid, "order")
        if gid not in own:
            raise Refused(error("order", "NOT_PRODUCTS_IMAGE", "Media does not belong to the product."))
        media.sort_order = number
    return {"product": product, "media": [own[gid] for gid in media_ids]}
