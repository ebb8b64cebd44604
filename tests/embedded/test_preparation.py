"""What a start of the embedded run goes by when it leaves preparing the database out."""

from __future__ import annotations

from pathlib import Path

import pytest

from storefront.config.env import Env
from storefront.embedded import preparation, run
from storefront.embedded.home import open_home

# Given by the start itself, where it is not the children's own affair.
NOT_PASSED = {"database_pool_size", "debug", "static_root", "taxonomy_folder", "embedded_staff_password"}


@pytest.mark.parametrize("path", ["storefront/staff/roles.py", "catalog_import/new.py", "uv.lock"])
def test_other_code_or_packages_prepare_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, path: str) -> None:
    monkeypatch.setattr(preparation, "PROJECT", tmp_path)
    monkeypatch.setattr(preparation, "applied_migrations", lambda home: "")
    home, settings = open_home(tmp_path / "home"), Env()
    before = preparation.state(home, settings)
    (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
    (tmp_path / path).write_text("changed")

    assert preparation.state(home, settings) != before


def test_every_setting_reaches_the_children_or_is_known_not_to(tmp_path: Path) -> None:
    supervisor = run.prepare(open_home(tmp_path / "home"), Env(), None)

    assert {*Env.model_fields} - {name.lower() for name in supervisor.environment} == NOT_PASSED
