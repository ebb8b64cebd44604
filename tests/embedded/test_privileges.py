"""Whom children run as where the supervisor is root, and what they may do. Runs where the tests are root."""

from __future__ import annotations

import json
import os
import pwd
import shutil
import signal
import stat
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest
from django.core.files.base import ContentFile

from storefront.embedded import privileges
from storefront.embedded.home import EmbeddedError, Home, make_folders, open_home
from storefront.embedded.privileges import User, before_exec, unprivileged_user
from storefront.pictures.storage import WholeFileStorage
from tests.shops import PROJECT, run_import, start_shop

pytestmark = [
    pytest.mark.xdist_group("embedded"),
    pytest.mark.skipif(os.getuid() != 0, reason="only root gives its rights away"),
]
NOBODY = pwd.getpwnam("nobody")
WITHOUT_CAPABILITIES = ("setpriv", "--bounding-set=-all", "--inh-caps=-all")


@pytest.fixture
def closed(tmp_path: Path) -> Path:
    """A folder that only root may enter, like /root."""
    folder = tmp_path / "closed to others"
    folder.mkdir(mode=0o700)
    return folder


def run_as(user: User | None, script: str) -> str:
    """Return what a child of ours says that runs as `user`."""
    done = subprocess.run(
        ["/bin/sh", "-c", script],
        preexec_fn=before_exec(user, signal.SIGTERM),
        capture_output=True,
        text=True,
        check=False,
        cwd="/",
    )
    return done.stdout + done.stderr


def capabilities(text: str) -> set[str]:
    return {line.split()[1] for line in text.splitlines() if line.startswith(("CapEff", "CapPrm", "CapAmb", "CapInh"))}


def test_a_child_has_no_capability_and_reads_nothing_of_roots(closed: Path) -> None:
    home = open_home(closed / "home")
    user = unprivileged_user(home, [])
    make_folders(home, user.owner if user else None)
    (closed / "secret").write_text("secret")

    said = run_as(user, f"cat /proc/self/status; cat /etc/shadow '{closed}/secret'; ls '{closed}'; id -u")

    assert capabilities(said) == {"0" * 16}
    assert said.count("Permission denied") + said.count("No such file") == 2
    assert f"home\n{NOBODY.pw_uid}\n" in said


def test_no_permission_on_the_way_is_changed(closed: Path) -> None:
    home = open_home(closed / "home")

    said = run_as(unprivileged_user(home, []), f"ls -d '{home.path}'")

    assert said.strip() == str(home.path)
    assert stat.S_IMODE(closed.stat().st_mode) == 0o700
    assert closed.stat().st_uid == 0


def test_links_on_the_way_are_followed(closed: Path, tmp_path: Path) -> None:
    (closed / "versions" / "3.11.7").mkdir(parents=True)
    (closed / "versions" / "3.11.7" / "python").write_text("here")
    (closed / "versions" / "3.11").symlink_to("3.11.7")
    (tmp_path / "link").symlink_to(closed / "versions" / "3.11")
    needed = tmp_path / "link" / "python"

    said = run_as(unprivileged_user(open_home(closed / "home"), [needed]), f"cat '{needed}'")

    assert said == "here"


def test_a_folder_inside_a_folder_is_opened_too(closed: Path) -> None:
    inner = closed / "project" / "private" / "data"
    inner.mkdir(parents=True)
    (closed / "project" / "private").chmod(0o700)
    (inner / "file").write_text("here")
    (closed / "project" / "code").write_text("code")
    user = unprivileged_user(open_home(closed / "home"), [closed / "project", inner])

    said = run_as(user, f"cat '{inner}/file' '{closed}/project/code'")

    assert said == "herecode"


def test_what_others_may_not_read_is_named(closed: Path) -> None:
    project = closed / "project"
    project.mkdir(mode=0o700)

    with pytest.raises(EmbeddedError, match=r"chmod -R o\+rX"):
        unprivileged_user(open_home(closed / "home"), [project])


def test_an_open_folder_needs_no_passage() -> None:
    folder = Path("/tmp/knotwise-open-folder-of-a-test")  # noqa: S108 - the folder has to be open to everybody
    try:
        user = unprivileged_user(open_home(folder), [])
    finally:
        shutil.rmtree(folder)

    assert user == User((NOBODY.pw_uid, NOBODY.pw_gid))


def test_where_nothing_helps_one_sentence_says_so(closed: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    home = open_home(closed / "home")
    monkeypatch.setattr(privileges, "works", lambda action: False)

    with pytest.raises(EmbeddedError, match=r"may not enter .* Move the project"):
        unprivileged_user(home, [])
    monkeypatch.setattr(privileges, "may_change_user", lambda: False)
    with pytest.raises(EmbeddedError, match="start as an ordinary user"):
        unprivileged_user(home, [])


def test_without_capabilities_a_child_is_nobody_by_name(closed: Path) -> None:
    script = (
        "import os; from tests.embedded.test_privileges import *\n"
        f"home = open_home(Path({str(closed / 'home')!r})); user = unprivileged_user(home, [])\n"
        "make_folders(home, user.owner)\n"
        "print(user.owner, run_as(user, 'id -u; cat /proc/self/status'))"
    )
    done = subprocess.run(
        [*WITHOUT_CAPABILITIES, sys.executable, "-c", script],
        cwd=PROJECT,
        env=os.environ | {"PYTHONPATH": str(PROJECT)},
        capture_output=True,
        text=True,
        check=False,
    )

    assert done.stdout.startswith("None 65534\n"), done.stderr
    assert capabilities(done.stdout) == {"0" * 16}


def owner_of(path: Path) -> tuple[int, int]:
    found = path.lstat()
    return found.st_uid, found.st_gid


def test_a_link_in_the_place_of_a_folder_is_refused(home: Home) -> None:
    owner = (NOBODY.pw_uid, NOBODY.pw_gid)
    make_folders(home, owner)
    outside = home.path.parent / "outside"
    outside.mkdir(mode=0o700)
    home.media.rmdir()
    home.media.symlink_to(outside)

    with pytest.raises(EmbeddedError, match="is not a folder"):
        make_folders(home, owner)
    assert owner_of(outside) == (0, 0)


def test_the_shops_user_cannot_replace_what_lies_in_the_data_folder(home: Home) -> None:
    owner = (NOBODY.pw_uid, NOBODY.pw_gid)
    make_folders(home, owner)

    said = run_as(User(owner), f"mv '{home.media}' '{home.path}/elsewhere' && echo moved; ls '{home.path}'")

    assert "moved" not in said
    assert home.media.is_dir()


def test_root_stores_pictures_without_following_links(tmp_path: Path) -> None:
    os.chown(tmp_path, NOBODY.pw_uid, NOBODY.pw_gid)
    storage = WholeFileStorage(tmp_path)
    outside = tmp_path.parent / "outside"
    outside.mkdir()
    (tmp_path / "pictures").symlink_to(outside)

    with pytest.raises(OSError, match="pictures"):
        storage.save("pictures/ab/x.png", ContentFile(b"x"))
    assert list(outside.iterdir()) == []
    storage.save("others/ab/x.png", ContentFile(b"x"))
    made = [tmp_path / "others", tmp_path / "others" / "ab", tmp_path / "others" / "ab" / "x.png"]
    assert {owner_of(path) for path in made} == {(NOBODY.pw_uid, NOBODY.pw_gid)}


@pytest.fixture
def home(tmp_path: Path) -> Iterator[Home]:
    found = open_home(tmp_path / "home")
    yield found
    shutil.rmtree(found.sockets, ignore_errors=True)


def test_a_start_repairs_what_belongs_to_root_or_is_open_to_others(home: Home) -> None:
    owner = (NOBODY.pw_uid, NOBODY.pw_gid)
    make_folders(home, owner)
    (home.media / "pictures" / "ab").mkdir(parents=True, mode=0o755)
    (home.media / "pictures" / "ab" / "x.webp").write_bytes(b"x")
    home.logs.chmod(0o755)
    (home.logs / "web.log").write_text("old")
    outside = home.path.parent / "outside"
    outside.write_text("not ours")
    (home.media / "link").symlink_to(outside)
    os.link(outside, home.media / "second-name")

    make_folders(home, owner)

    repaired = [home.media / "pictures", home.media / "pictures" / "ab", home.media / "pictures" / "ab" / "x.webp"]
    assert [owner_of(path) for path in repaired] == [owner] * 3
    assert [stat.S_IMODE(path.stat().st_mode) for path in (home.path, home.logs, home.logs / "web.log")] == [
        0o710,
        0o700,
        0o600,
    ]
    assert owner_of(outside) == (0, 0)


def test_a_shop_in_a_closed_folder_runs_and_no_child_has_a_capability(closed: Path) -> None:
    shop = start_shop(closed / "home", "--no-sample")
    shop.wait_until_ready()

    for child in shop.children():
        status = Path(f"/proc/{child.pid}/status").read_text()
        assert capabilities(status) == {"0" * 16}, child.cmdline()
    web = psutil.Process(int(json.loads((closed / "home" / "children.json").read_text())["Web"].partition("@")[0]))
    assert web.uids().effective == NOBODY.pw_uid

    # Root imports beside the shop: the pictures still belong to the shop, which makes the smaller ones.
    done = run_import(shop, "apply", "sample_data/products.csv", "--guides", "sample_data/guides", "--yes")
    assert done.returncode == 0, done.stdout + done.stderr
    media = closed / "home" / "media"
    assert {path.lstat().st_uid for path in media.rglob("*")} == {NOBODY.pw_uid}
    modes = {stat.S_IMODE(path.stat().st_mode) & 0o077 for path in (closed / "home").glob("logs/*")}
    assert modes == {0}
    assert shop.interrupt() == 0


def test_a_shop_without_capabilities_runs(closed: Path) -> None:
    shop = start_shop(closed / "home", "--no-sample", before=WITHOUT_CAPABILITIES)
    shop.wait_until_ready()

    assert shop.get("/readyz")[0] == 200
    assert shop.interrupt() == 0
