"""The environment: typed, read in one place, and wrong values told all at once."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
from pydantic import ValidationError

from storefront.config.env import Env, embedded_environment
from storefront.embedded.run import NOT_HANDED_ON
from tests.shops import PROJECT


@pytest.fixture(autouse=True)
def _empty_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in Env.model_fields:
        monkeypatch.delenv(name.upper(), raising=False)


def set_variables(monkeypatch: pytest.MonkeyPatch, **variables: str) -> None:
    for name, value in variables.items():
        monkeypatch.setenv(name, value)


def test_nothing_needs_to_be_set() -> None:
    env = Env()

    assert (env.database_url, env.port, env.host, env.debug) == (None, 8000, "127.0.0.1", False)


def test_variables_are_typed(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    set_variables(monkeypatch, PORT="9000", HTTPS="true", KNOTWISE_HOME=str(tmp_path), ALLOWED_HOSTS=" a.example , b ,")

    env = Env()

    assert (env.port, env.https, env.knotwise_home, env.hosts()) == (9000, True, tmp_path, ["a.example", "b"])


def test_an_empty_variable_is_as_if_it_were_not_set(monkeypatch: pytest.MonkeyPatch) -> None:
    set_variables(monkeypatch, PORT="", DATABASE_URL="", DEBUG="")

    assert Env() == Env.model_construct(**{name: field.default for name, field in Env.model_fields.items()})


def test_all_wrong_values_are_told_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    set_variables(monkeypatch, PORT="70000", HTTPS="perhaps", DATABASE_POOL_SIZE="0")

    with pytest.raises(ValidationError) as error:
        Env()

    assert {fault["loc"][0] for fault in error.value.errors()} == {"port", "https", "database_pool_size"}


def test_a_database_of_ones_own_needs_a_secret_of_ones_own(monkeypatch: pytest.MonkeyPatch) -> None:
    set_variables(monkeypatch, DATABASE_URL="postgresql://db.example/shop")

    with pytest.raises(ValidationError, match="SECRET_KEY is not set"):
        Env()

    set_variables(monkeypatch, SECRET_KEY="long and random, as it has to be")
    assert Env().secret_key == "long and random, as it has to be"


def test_a_secret_that_can_be_guessed_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    set_variables(monkeypatch, DATABASE_URL="postgresql://db.example/shop", SECRET_KEY="x" * 31)

    with pytest.raises(ValidationError, match="at least 32"):
        Env()


def test_pictures_in_a_bucket_need_a_public_address(monkeypatch: pytest.MonkeyPatch) -> None:
    set_variables(monkeypatch, S3_BUCKET="pictures")

    with pytest.raises(ValidationError, match="S3_PUBLIC_URL is not set"):
        Env()

    set_variables(monkeypatch, S3_PUBLIC_URL="https://pictures.example")
    assert Env().s3_bucket == "pictures"


def test_the_shops_own_hosts_are_listed(monkeypatch: pytest.MonkeyPatch) -> None:
    set_variables(monkeypatch, FETCH_ALLOWED_HOSTS=" Media.internal:9000 ,10.0.0.5,")

    assert Env().fetch_hosts() == ["media.internal:9000", "10.0.0.5"]


def test_a_dotenv_file_is_not_read_behind_ones_back(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / ".env").write_text("PORT=9999\n")
    monkeypatch.chdir(tmp_path)

    assert Env().port == 8000


def test_the_embedded_shop_leaves_its_addresses_in_its_data_folder(tmp_path: Path) -> None:
    (tmp_path / "environment.json").write_text(json.dumps({"DATABASE_URL": "postgresql:///x", "PORT": 8001}))

    assert embedded_environment(tmp_path) == {"DATABASE_URL": "postgresql:///x", "PORT": "8001"}


@pytest.mark.parametrize("content", ["", "{", "[]", "3"])
def test_a_damaged_file_of_addresses_is_as_none(tmp_path: Path, content: str) -> None:
    (tmp_path / "environment.json").write_text(content)

    assert embedded_environment(tmp_path) == {}
    assert embedded_environment(tmp_path / "nothing") == {}


def test_the_example_explains_every_variable_and_no_other() -> None:
    text = (PROJECT / ".env.example").read_text(encoding="utf-8")
    # The start of the embedded run hands this one to its own command.
    internal = {"embedded_staff_password"}

    names = re.findall(r"^#?\s*([A-Z][A-Z0-9_]+)=", text, re.MULTILINE)

    assert sorted(names) == sorted(name.upper() for name in Env.model_fields if name not in internal)


def test_saleor_needs_no_token_in_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    set_variables(monkeypatch, SALEOR_API_URL="https://shop.example/graphql/")

    assert Env().saleor_url() == "https://shop.example/graphql/"


@pytest.mark.parametrize("name", ["SALEOR_API_URL", "PUBLIC_URL", "INTERNAL_URL", "SALEOR_DASHBOARD_URL"])
def test_what_is_no_address_is_refused(monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    set_variables(monkeypatch, **{name: "shop.example"})

    with pytest.raises(ValidationError, match=f"{name} is no address"):
        Env()


def test_our_own_addresses_are_allowed_hosts(monkeypatch: pytest.MonkeyPatch) -> None:
    set_variables(
        monkeypatch, ALLOWED_HOSTS="a.example", PUBLIC_URL="https://b.example/", INTERNAL_URL="http://web:8000"
    )

    assert Env().hosts() == ["a.example", "b.example", "web"]


def test_dashboards_are_known_by_their_origins(monkeypatch: pytest.MonkeyPatch) -> None:
    set_variables(monkeypatch, SALEOR_DASHBOARD_URL="https://Shop.example:443/dashboard/, http://[::1]:9000")

    assert Env().dashboard_origins() == ["https://shop.example", "http://[::1]:9000"]


def test_children_of_the_embedded_run_get_every_setting_but_these() -> None:
    assert {"database_pool_size", "debug", "embedded_staff_password", "static_root"} == NOT_HANDED_ON
    assert Env.model_fields.keys() > NOT_HANDED_ON
