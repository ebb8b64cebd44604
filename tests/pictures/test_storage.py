"""Where pictures are kept: whole or not at all, each content once, on a disk or in a bucket."""

from __future__ import annotations

import json
import os
import threading
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import storages
from django.utils.module_loading import import_string

from storefront.config.env import Env
from storefront.config.settings import picture_sources, picture_storage
from storefront.pictures.storage import WholeFileStorage, store_once


@pytest.fixture
def storage(tmp_path: Path) -> WholeFileStorage:
    return WholeFileStorage(tmp_path / "media", base_url="/media/")


def files_in(storage: WholeFileStorage) -> list[str]:
    root = Path(storage.location)
    return sorted(str(path.relative_to(root)) for path in root.rglob("*") if path.is_file())


def test_a_file_keeps_its_name_when_it_is_saved_again(storage: WholeFileStorage) -> None:
    for content in (b"one", b"two"):
        assert storage.save("pictures/ab/x.png", ContentFile(content)) == "pictures/ab/x.png"

    assert files_in(storage) == ["pictures/ab/x.png"]
    with storage.open("pictures/ab/x.png") as file:
        assert file.read() == b"two"


def test_what_is_there_is_not_written_again(storage: WholeFileStorage) -> None:
    store_once(storage, "x.png", b"one")
    before = Path(storage.path("x.png")).stat().st_ino

    store_once(storage, "x.png", b"one")

    assert Path(storage.path("x.png")).stat().st_ino == before


def test_a_write_that_broke_off_leaves_nothing(storage: WholeFileStorage) -> None:
    class Broken(ContentFile):
        def chunks(self, chunk_size: int | None = None) -> Iterator[bytes]:
            yield b"half"
            raise OSError("the disk is full")

    with pytest.raises(OSError, match="full"):
        storage.save("x.png", Broken(b"whole"))

    assert files_in(storage) == []


def test_the_web_server_may_read_what_was_stored(storage: WholeFileStorage) -> None:
    storage.save("x.png", ContentFile(b"one"))

    assert Path(storage.path("x.png")).stat().st_mode & 0o777 == 0o644


def test_many_at_once_leave_one_whole_file(storage: WholeFileStorage) -> None:
    content = os.urandom(500_000)
    writers = [threading.Thread(target=storage.save, args=("x.png", ContentFile(content))) for _ in range(8)]
    for writer in writers:
        writer.start()
    for writer in writers:
        writer.join()

    assert files_in(storage) == ["x.png"]
    assert Path(storage.path("x.png")).read_bytes() == content


@pytest.mark.parametrize("name", ["../x.png", "/etc/x.png", "a/../../x.png"])
def test_nothing_is_stored_outside(storage: WholeFileStorage, name: str) -> None:
    with pytest.raises(Exception, match=r"traversal|outside|dangerous"):
        storage.save(name, ContentFile(b"x"))


# --- a bucket -----------------------------------------------------------------------------------------------


def in_bucket(**changes: Any) -> Env:
    given = {"s3_bucket": "pictures", "s3_public_url": "https://pictures.shop.example/shop/"} | changes
    return Env.model_validate(given)


def test_without_a_bucket_pictures_are_on_the_disk_and_come_from_the_shop_itself() -> None:
    assert picture_storage(Env()) == {"BACKEND": "storefront.pictures.storage.WholeFileStorage"}
    assert picture_sources(Env()) == []
    assert isinstance(storages["default"], WholeFileStorage)


def test_pictures_in_a_bucket_are_shown_from_its_public_address() -> None:
    found = picture_storage(in_bucket())

    bucket = import_string(found["BACKEND"])(**found["OPTIONS"])
    assert bucket.url("pictures/ab/x y.png") == "https://pictures.shop.example/shop/pictures/ab/x%20y.png"
    assert picture_sources(in_bucket()) == ["https://pictures.shop.example"]


@pytest.fixture
def service(monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """An S3-compatible service of this machine; gives its address."""
    server = pytest.importorskip("moto.server").ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    for name in ("http_proxy", "https_proxy", "all_proxy", "HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY"):
        monkeypatch.delenv(name, raising=False)
    server.start()
    host, port = server.get_host_and_port()
    yield f"http://{host}:{port}"
    server.stop()


def test_a_picture_goes_into_a_bucket_and_comes_back(service: str) -> None:
    boto3 = pytest.importorskip("boto3")
    env = in_bucket(
        s3_endpoint_url=service,
        s3_region="eu-central-1",
        s3_access_key_id="key",
        s3_secret_access_key="secret",
        s3_public_url=f"{service}/pictures",
    )
    found = picture_storage(env)
    options = found["OPTIONS"]
    client = boto3.client(
        "s3",
        endpoint_url=service,
        region_name="eu-central-1",
        aws_access_key_id="key",
        aws_secret_access_key="secret",
    )
    client.create_bucket(Bucket="pictures", CreateBucketConfiguration={"LocationConstraint": "eu-central-1"})
    everybody_reads = {
        "Effect": "Allow",
        "Principal": "*",
        "Action": "s3:GetObject",
        "Resource": "arn:aws:s3:::pictures/*",
    }
    client.put_bucket_policy(
        Bucket="pictures", Policy=json.dumps({"Version": "2012-10-17", "Statement": [everybody_reads]})
    )
    bucket = import_string(found["BACKEND"])(**options)

    store_once(bucket, "pictures/ab/x.png", b"one")
    store_once(bucket, "pictures/ab/x.png", b"one")

    assert bucket.exists("pictures/ab/x.png")
    assert bucket.listdir("pictures/ab") == ([], ["x.png"])
    with bucket.open("pictures/ab/x.png") as file:
        assert file.read() == b"one"
    with urllib.request.urlopen(bucket.url("pictures/ab/x.png"), timeout=10) as answer:  # noqa: S310
        assert answer.read() == b"one"
        assert answer.headers["Cache-Control"] == "public, max-age=31536000, immutable"
        assert answer.headers["Content-Type"] == "image/png"
