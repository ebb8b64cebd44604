"""Pictures that an import brings into Saleor."""

from __future__ import annotations

from pathlib import Path

import pytest

from storefront.saleor.client.mutations import do_one
from storefront.saleor.schema import documents
from storefront.saleor.schema.documents import Call
from tests.builders import a_picture_file, a_products_file, a_row
from tests.saleor.fake import Fault, Kind
from tests.saleor.fake.state import Media
from tests.saleor.importing import FakeImporter, drop_store, left_over, mutations, store


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for name, color in (("red", "red"), ("blue", "blue"), ("green", "green")):
        a_picture_file(tmp_path, f"{name}.png", color=color)
    return tmp_path


def gallery(importer: FakeImporter) -> list[str]:
    """What the product's pictures are said to show, in their order."""
    found = sorted(importer.fake.shop.media, key=lambda media: (media.sort_order, media.pk))
    return [media.alt for media in found]


def with_pictures(folder: Path, images: str, **cells: str) -> Path:
    return a_products_file(folder, a_row(image=images, **cells))


def test_pictures_are_uploaded_once_in_their_order(importer: FakeImporter, folder: Path) -> None:
    path = with_pictures(folder, "Red | red.png; Blue | blue.png")
    run = importer.files(path)
    assert left_over(run) == []
    assert gallery(importer) == ["Red", "Blue"]

    with importer.watched() as asked:
        importer.files(path)
        importer.files(with_pictures(folder, "Red | red.png; Blue | blue.png", material="Cork"))

    assert "productMediaCreate" not in asked
    assert gallery(importer) == ["Red", "Blue"]


def test_another_order_and_other_words_upload_nothing(importer: FakeImporter, folder: Path) -> None:
    importer.files(with_pictures(folder, "Red | red.png; Blue | blue.png"))

    with importer.watched() as asked:
        importer.files(with_pictures(folder, "Azure | blue.png; Red | red.png"))

    assert "productMediaCreate" not in asked
    assert gallery(importer) == ["Azure", "Red"]


def test_a_replaced_file_replaces_its_picture(importer: FakeImporter, folder: Path) -> None:
    path = with_pictures(folder, "Ball | red.png; Blue | blue.png")
    importer.files(path)
    [first, second] = importer.fake.shop.media
    a_picture_file(folder, "red.png", color="yellow")

    importer.files(path)

    assert gallery(importer) == ["Ball", "Blue"]
    kept = {media.pk for media in importer.fake.shop.media}
    assert second.pk in kept
    assert first.pk not in kept


def test_a_picture_that_is_no_longer_named_goes(importer: FakeImporter, folder: Path) -> None:
    importer.files(with_pictures(folder, "Red | red.png; Blue | blue.png"))

    importer.files(with_pictures(folder, "Blue | blue.png"))

    assert gallery(importer) == ["Blue"]


def test_a_picture_that_was_added_in_the_dashboard_stays(importer: FakeImporter, folder: Path) -> None:
    importer.files(with_pictures(folder, "Red | red.png"))
    values = {"input": {"product": importer.product().id, "mediaUrl": "https://example.org/own.png", "alt": "Own"}}
    do_one(importer.saleor, Call(documents.MEDIA_CREATE, values))

    importer.files(with_pictures(folder, "Red | red.png", material="Cork"))

    assert gallery(importer) == ["Red", "Own"]


def test_pictures_are_known_after_the_store_was_dropped(importer: FakeImporter, folder: Path) -> None:
    path = with_pictures(folder, "Red | red.png; Blue | blue.png")
    importer.files(path)
    before = store()
    drop_store()
    importer.refresh()
    assert store() == before

    with importer.watched() as asked:
        importer.files(path)

    assert mutations(asked) == {}


@pytest.mark.parametrize("kind", [Kind.DROPPED_AFTER, Kind.DROPPED, Kind.STATUS_AFTER, Kind.DEADLOCK])
def test_a_lost_answer_to_an_upload_makes_no_twin(importer: FakeImporter, folder: Path, kind: Kind) -> None:
    importer.fake.faults.add(Fault(kind, "productMediaCreate"))

    run = importer.files(with_pictures(folder, "Red | red.png; Blue | blue.png; Green | green.png"))

    assert left_over(run) == []
    assert gallery(importer) == ["Red", "Blue", "Green"]
    assert all(isinstance(media, Media) and media.private_metadata for media in importer.fake.shop.media)


def test_a_picture_that_is_missing_stops_no_product(importer: FakeImporter, folder: Path) -> None:
    run = importer.files(with_pictures(folder, "Red | red.png; None | none.png"))

    assert (left_over(run), gallery(importer)) == ([], ["Red"])
