"""Pictures that a file names: only from its own folder, only pictures, each content stored once."""

from __future__ import annotations

import struct
import zlib
from pathlib import Path

import pytest
import typer
from django.core.files.storage import FileSystemStorage

from catalog_import.actions.make_plan import new_run, open_import
from catalog_import.cli import applying
from catalog_import.cli.options import finish
from catalog_import.planning.importing import Options
from catalog_import.runs import pictures
from catalog_import.runs.pictures import store_pictures
from catalog_import.sources.picture_digests import PictureDigests, local_picture
from catalog_import.sources.problems import Problem, ProblemCode, Severity
from storefront.catalog.models import Picture
from storefront.catalog.records import MediaRecord
from storefront.catalog.writer import StoredPicture
from tests.builders import a_picture_file, a_product, a_products_file, a_read, a_row, digest_of, open_shop, store_plan


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """The folder of a file, with a neighbour that is none of its business."""
    found = tmp_path / "catalogue"
    found.mkdir()
    a_picture_file(tmp_path, "secret.png")
    return found


@pytest.fixture
def storage(tmp_path: Path) -> FileSystemStorage:
    return FileSystemStorage(tmp_path / "media")


def digested(folder: Path, *locations: str) -> tuple[list[MediaRecord], list[tuple[int, str, ProblemCode, str]]]:
    """What is left of a product's pictures, and what is told."""
    media = tuple(MediaRecord(location=location) for location in locations)
    problems: list[Problem] = []
    product = PictureDigests(folder, problems).with_pictures(a_read(a_product(media=media), row=4))
    assert {problem.severity for problem in problems} <= {Severity.WARNING}
    return list(product.record.media), [told(problem) for problem in problems]


def told(problem: Problem) -> tuple[int, str, ProblemCode, str]:
    return problem.row, problem.column, problem.code, problem.value


def test_a_picture_is_known_by_the_hash_of_its_content(folder: Path) -> None:
    path = a_picture_file(folder, "images/ball.png")

    media, problems = digested(folder, "images/ball.png")

    assert problems == []
    assert media == [MediaRecord(location="images/ball.png", digest=digest_of(path))]


def test_a_changed_picture_is_a_change(folder: Path) -> None:
    a_picture_file(folder, color="red")
    before, _ = digested(folder, "ball.png")

    a_picture_file(folder, color="blue")

    assert digested(folder, "ball.png")[0] != before


def test_a_product_that_says_nothing_of_pictures_stays_as_it_is(folder: Path) -> None:
    product = a_read()

    assert PictureDigests(folder, []).with_pictures(product) == product


@pytest.mark.parametrize(
    "location",
    ["../secret.png", "images/../../secret.png", "nothing.png", "", ".", "images", "x" * 300, "a/" * 3000, "~/x.png"],
    ids=["above", "around", "missing", "empty", "folder", "another folder", "long name", "long path", "home"],
)
def test_a_picture_that_cannot_be_used_is_left_out_and_told(folder: Path, location: str) -> None:
    a_picture_file(folder, "images/ball.png")

    media, problems = digested(folder, location, "images/ball.png")

    assert [found.location for found in media] == ["images/ball.png"]
    assert [(row, column, code) for row, column, code, _ in problems] == [(4, "image", ProblemCode.MISSING_PICTURE)]


def test_a_product_none_of_whose_pictures_can_be_read_says_nothing_of_pictures(folder: Path) -> None:
    """A table brought without its pictures must not empty the shop's galleries."""
    named = a_read(a_product(media=(MediaRecord(location="gone.png"),)))

    read = PictureDigests(folder, []).with_pictures(named)

    assert read.record.stated_fields() == a_product().stated_fields()


def test_a_path_from_the_root_is_outside(folder: Path) -> None:
    secret = folder.parent / "secret.png"

    media, problems = digested(folder, str(secret))

    assert media == []
    assert problems == [(4, "image", ProblemCode.MISSING_PICTURE, str(secret))]


def test_a_link_that_leads_outside_is_outside(folder: Path) -> None:
    (folder / "ball.png").symlink_to(folder.parent / "secret.png")

    media, problems = digested(folder, "ball.png")

    assert media == []
    assert problems == [(4, "image", ProblemCode.MISSING_PICTURE, "ball.png")]


def test_a_file_that_is_no_picture_is_left_out_and_told(folder: Path) -> None:
    (folder / "ball.png").write_text("not a picture")

    media, problems = digested(folder, "ball.png")

    assert media == []
    assert problems == [(4, "image", ProblemCode.MISSING_PICTURE, "ball.png")]


@pytest.mark.parametrize("location", ["https://example.org/a.png", "HTTP://example.org/a.png"])
def test_a_picture_at_an_address_is_known_by_its_address(folder: Path, location: str) -> None:
    media, problems = digested(folder, location)

    assert problems == []
    assert media == [MediaRecord(location=location)]


@pytest.mark.parametrize(
    "location",
    ["http://127.0.0.1/a.png", "http://169.254.169.254/", "http://user:secret@example.org/", "http://example.org:22/"],
)
def test_an_address_that_will_never_be_asked_is_left_out_and_told(folder: Path, location: str) -> None:
    media, problems = digested(folder, location)

    assert media == []
    assert problems == [(4, "image", ProblemCode.PICTURE_NOT_FETCHED, location)]


def test_an_address_of_the_shops_own_hosts_is_kept(folder: Path) -> None:
    product = a_read(a_product(media=(MediaRecord(location="http://127.0.0.1:9000/a.png"),)))

    done = PictureDigests(folder, [], allowed_hosts=["127.0.0.1:9000"]).with_pictures(product)

    assert done == product


def test_a_broken_address_is_told(folder: Path) -> None:
    media, problems = digested(folder, "http://[oops")

    assert media == []
    assert [(row, column) for row, column, _, _ in problems] == [(4, "image")]


def test_a_picture_inside_the_folder_is_found_whatever_the_way(folder: Path) -> None:
    path = a_picture_file(folder, "images/ball.png")

    assert local_picture(folder, "images/../images/./ball.png") == path.resolve()


def test_a_product_keeps_its_place(folder: Path) -> None:
    product = a_read(a_product(media=(MediaRecord(location="nothing.png"),)), row=9)

    done = PictureDigests(folder, []).with_pictures(product)

    assert (done.place, done.variant_places) == (product.place, product.variant_places)


# --- stored -------------------------------------------------------------------------------------------------


def wanted(path: Path) -> MediaRecord:
    return MediaRecord(location=path.name, digest=digest_of(path))


def stored_files(storage: FileSystemStorage) -> list[str]:
    root = Path(storage.location)
    return sorted(str(path.relative_to(root)) for path in root.rglob("*") if path.is_file())


@pytest.mark.parametrize(
    ("name", "extension"), [("a.png", ".png"), ("a.jpeg", ".jpg"), ("a.webp", ".webp"), ("a.gif", ".gif")]
)
def test_a_picture_is_stored_under_its_hash_with_its_size(
    folder: Path, storage: FileSystemStorage, name: str, extension: str
) -> None:
    path = a_picture_file(folder, name, size=(7, 5))
    digest = digest_of(path)

    stored = list(store_pictures([wanted(path)], folder, storage))

    file = f"pictures/{digest[:2]}/{digest}{extension}"
    kind = {".png": "PNG", ".jpg": "JPEG", ".webp": "WEBP", ".gif": "GIF"}[extension]
    size = path.stat().st_size
    assert stored == [StoredPicture(digest=digest, file=file, format=kind, width=7, height=5, size_bytes=size)]
    assert stored_files(storage) == [file]
    with storage.open(file) as content:
        assert content.read() == path.read_bytes()


def test_the_same_content_is_stored_once(folder: Path, storage: FileSystemStorage) -> None:
    one, two = a_picture_file(folder, "one.png"), a_picture_file(folder, "two.png")

    first = list(store_pictures([wanted(one), wanted(two)], folder, storage))
    again = list(store_pictures([wanted(two)], folder, storage))

    assert first == again
    assert len(stored_files(storage)) == 1


def a_huge_png(path: Path, side: int) -> Path:
    """A PNG that says it is huge and holds nothing."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    header = struct.pack(">IIBBBBB", side, side, 8, 2, 0, 0, 0)
    path.write_bytes(
        b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(b"")) + chunk(b"IEND", b"")
    )
    return path


@pytest.mark.parametrize("side", [8_000, 10_000, 20_000])
def test_a_picture_that_would_fill_the_memory_is_left_out(folder: Path, storage: FileSystemStorage, side: int) -> None:
    path = a_huge_png(folder / "huge.png", side)

    assert list(store_pictures([wanted(path)], folder, storage)) == []
    assert stored_files(storage) == []


@pytest.mark.parametrize(
    "content", [b"not a picture", b"", b"\x89PNG\r\n\x1a\n", b"<svg xmlns='http://www.w3.org/2000/svg'/>"]
)
def test_what_is_no_picture_is_not_stored(folder: Path, storage: FileSystemStorage, content: bytes) -> None:
    path = folder / "ball.png"
    path.write_bytes(content)

    assert list(store_pictures([wanted(path)], folder, storage)) == []
    assert stored_files(storage) == []


def test_a_picture_that_changed_since_the_plan_is_stored_under_its_own_hash(
    folder: Path, storage: FileSystemStorage
) -> None:
    media = wanted(a_picture_file(folder, color="red"))
    changed = digest_of(a_picture_file(folder, color="blue"))

    (stored,) = store_pictures([media], folder, storage)

    assert stored.digest == changed
    assert stored_files(storage) == [f"pictures/{changed[:2]}/{changed}.png"]


def test_what_is_at_an_address_is_not_stored_with_the_files(folder: Path, storage: FileSystemStorage) -> None:
    assert not list(store_pictures([MediaRecord(location="https://example.org/a.png")], folder, storage))


def test_a_picture_that_went_meanwhile_is_left_out(folder: Path, storage: FileSystemStorage) -> None:
    path = a_picture_file(folder)
    media = wanted(path)
    path.unlink()

    assert not list(store_pictures([media], folder, storage))


def test_a_kind_of_picture_that_browsers_do_not_show_is_left_out(folder: Path, storage: FileSystemStorage) -> None:
    path = a_picture_file(folder, "ball.bmp")

    assert list(store_pictures([wanted(path)], folder, storage)) == []


@pytest.mark.django_db(transaction=True)
def test_pictures_that_cannot_be_made_ready_show_in_the_exit_code(
    folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    open_shop()
    monkeypatch.setattr(pictures, "QUIET_S", 0.1)
    path = a_picture_file(folder, "a.png")
    file = a_products_file(folder, a_row(image="a.png"))
    with open_import(file, None, Options()) as importing:
        run = new_run("default", files=[])
        store_plan(run, importing.items())
        pictures.keep_planned_pictures(run.pk, folder, FileSystemStorage(folder / "media"))
    Picture.objects.filter(digest=digest_of(path)).update(message="It could not be written.")

    failed = applying.print_pictures(run.pk)
    with pytest.raises(typer.Exit) as end:
        finish([], None, failed_pictures=failed)

    assert end.value.exit_code == 5
    assert "1 picture could not be made ready" in capsys.readouterr().err
