"""docker-compose.yml, the Dockerfile and `make env`, as far as can be told without an engine."""

from __future__ import annotations

import importlib
import ipaddress
import os
import re
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
from cryptography.hazmat.primitives.serialization import load_pem_private_key
from django.core.management import get_commands
from typer.main import get_command

from catalog_import.cli import app as importer
from storefront.__main__ import app as storefront
from storefront.cli.saleor import app as saleor
from storefront.config.env import Env
from tests.shops import PROJECT

COMPOSE = PROJECT / "docker-compose.yml"
TEXT = COMPOSE.read_text(encoding="utf-8")
FILE: dict[str, Any] = yaml.safe_load(TEXT)
SERVICES: dict[str, dict[str, Any]] = FILE["services"]
OURS = [name for name, service in SERVICES.items() if service["image"].startswith("knotwise:")]
ONE_SHOTS = [name for name, service in SERVICES.items() if service["restart"] == "no"]
LASTING = sorted({*SERVICES} - {*ONE_SHOTS})
VARIABLE = re.compile(r"(?<!\$)\$\{([A-Z_0-9]+)([^}]*)\}")
# Not Knotwise's own: what the commands in the compose file read, and who an import is by.
OTHERS = {"DELIVERY_COUNTRIES", "DELIVERY_PRICE", "OPEN_SHOP", "IMPORT_SAMPLE", "LOGNAME"}


def words_of(service: str) -> str:
    """The command of a service in a line."""
    return " ".join(" ".join(SERVICES[service]["command"]).split())


def demanded() -> set[str]:
    """The variables without which Compose refuses to start."""
    return {name for name, rest in VARIABLE.findall(TEXT) if rest.startswith(":?")}


# What runs ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("service", SERVICES)
def test_every_service_is_bounded_and_has_few_rights(service: str) -> None:
    found = SERVICES[service]

    assert {*found["deploy"]["resources"]["limits"]} == {"cpus", "memory"}
    assert found["logging"]["options"]["max-size"]
    assert found["cap_drop"] == ["ALL"]
    assert found["security_opt"] == ["no-new-privileges:true"]
    assert found["read_only"] or service == "saleor-dashboard"
    assert not found.get("privileged")


@pytest.mark.parametrize("service", LASTING)
def test_what_lasts_is_watched_and_started_again(service: str) -> None:
    assert SERVICES[service]["restart"] == "unless-stopped"
    assert {"test", "interval", "timeout", "retries"} <= {*SERVICES[service]["healthcheck"]}


def test_what_is_done_once_is_known() -> None:
    assert ONE_SHOTS == ["saleor-prepare", "prepare", "install-app", "setup"]
    assert [name for name in ONE_SHOTS if "ports" in SERVICES[name]] == []
    # The image's own check asks a web server.
    assert {name for name in ONE_SHOTS if "healthcheck" in SERVICES[name]} == {*ONE_SHOTS} & {*OURS}


@pytest.mark.parametrize("service", SERVICES)
def test_images_are_pinned(service: str) -> None:
    image = SERVICES[service]["image"]
    if service in OURS:
        assert SERVICES[service]["build"] == "."
    else:
        assert re.fullmatch(r"[a-z./-]+:v?\d[\w.-]*", image)


def test_services_wait_for_what_can_be_waited_for() -> None:
    waits = [
        (name, other, wait["condition"])
        for name, service in SERVICES.items()
        for other, wait in service.get("depends_on", {}).items()
    ]

    assert {other for _, other, _ in waits} <= {*SERVICES}
    assert [one for one in waits if (one[2] == "service_completed_successfully") != (one[1] in ONE_SHOTS)] == []


@pytest.mark.parametrize("service", OURS)
def test_ours_run_as_nobody_and_write_where_they_may(service: str) -> None:
    dockerfile = (PROJECT / "Dockerfile").read_text(encoding="utf-8")

    user = SERVICES[service]["user"]
    assert f"USER {user}" in dockerfile
    assert SERVICES[service]["volumes"] == ["knotwise-media:/var/lib/knotwise/media"]
    assert "MEDIA_ROOT=/var/lib/knotwise/media" in dockerfile


@pytest.mark.parametrize("service", SERVICES)
def test_what_is_written_to_memory_has_a_size(service: str) -> None:
    sizes = [re.fullmatch(r"/[a-z/]+:size=(\d+)m", entry) for entry in SERVICES[service]["tmpfs"]]
    memory = SERVICES[service]["deploy"]["resources"]["limits"]["memory"]
    limit = int(memory[:-1]) * (1024 if memory.endswith("G") else 1)

    assert all(sizes)
    assert sum(int(size[1]) for size in sizes if size) < limit


@pytest.mark.parametrize("service", ["valkey-queue", "valkey-cache"])
def test_queue_and_cache_ask_for_a_password_of_their_own(service: str) -> None:
    found = SERVICES[service]
    password = found["command"][found["command"].index("--requirepass") + 1]

    assert password == found["environment"]["REDISCLI_AUTH"]
    assert f":{password}@{service}:6379/" in TEXT
    assert f"//{service}:" not in TEXT


def test_the_gateway_alone_is_reached_by_browsers() -> None:
    assert "ports" not in SERVICES["web"]
    assert SERVICES["shop"]["ports"]
    assert SERVICES["web"]["environment"]["TRUSTED_PROXIES"] == "${TRUSTED_PROXIES:-1}"


@pytest.mark.parametrize("service", OURS)
def test_ours_are_given_only_what_they_read(service: str) -> None:
    assert {name.lower() for name in {*SERVICES[service]["environment"]} - OTHERS} <= {*Env.model_fields}


# Not the operator's to set in the compose file: kept in the image, one service's own, or for another kind of run.
NOT_PASSED = {
    *("knotwise_home", "database_pool_size", "allowed_hosts", "csrf_trusted_origins", "debug", "graphiql"),
    *("static_root", "taxonomy_folder", "cache_folder", "fetch_allowed_hosts", "host", "port", "media_root"),
    *("s3_bucket", "s3_endpoint_url", "s3_region", "s3_access_key_id", "s3_secret_access_key", "s3_public_url"),
    *("saleor_token", "saleor_slugs", "saleor_connections", "saleor_sync_minutes", "saleor_full_sync_hours"),
    *("saleor_write_proposals", "saleor_app_id", "saleor_staff_email", "saleor_staff_password"),
    "embedded_staff_password",
}


def test_every_setting_is_passed_or_known_not_to_be() -> None:
    passed = {name.lower() for name in FILE["x-knotwise"]["environment"]}

    assert {*Env.model_fields} - passed == NOT_PASSED


def test_files_that_are_mounted_are_there() -> None:
    mounted = [
        volume.split(":")[0]
        for service in SERVICES.values()
        for volume in service.get("volumes", ())
        if volume.startswith(".")
    ]

    assert mounted
    assert [path for path in mounted if not (PROJECT / path).is_file()] == []


# Commands -----------------------------------------------------------------------------------------------------------


def named_commands() -> Iterator[tuple[str, list[str]]]:
    """Our commands as they are called in the file, each with its words."""
    for service in OURS:
        script = "\n".join(SERVICES[service]["command"])
        for call in re.findall(r"\b((?:storefront|catalog-import) [^&;)|\n]*)", script):
            yield service, call.split()


def test_our_commands_and_their_options_are_there() -> None:
    found = list(named_commands())

    assert {(call[0], call[1]) for _, call in found} >= {("storefront", "saleor"), ("catalog-import", "apply")}
    for _, (program, name, *rest) in found:
        group = storefront if program == "storefront" else importer
        if name == "manage":
            assert rest[0] in get_commands()
            continue
        if name == "saleor":
            group, (name, *rest) = saleor, rest
        command = getattr(get_command(group), "commands")[name]  # noqa: B009 - a group, which mypy does not know
        options = {option for parameter in command.params for option in parameter.opts}
        assert {word for word in rest if word.startswith("--")} <= options


@pytest.mark.parametrize("service", ["worker", "beat"])
def test_celerys_app_is_there(service: str) -> None:
    words = SERVICES[service]["command"]

    assert importlib.import_module(words[words.index("--app") + 1]).app.main


def test_the_web_serves_what_the_image_would() -> None:
    image = (PROJECT / "Dockerfile").read_text(encoding="utf-8")

    assert re.sub(r"\W+", " ", image.rpartition("CMD [")[2]).split() == re.findall(r"\w+", words_of("web"))


# Secrets and addresses ----------------------------------------------------------------------------------------------


def test_no_secret_has_a_default() -> None:
    for name, rest in VARIABLE.findall(TEXT):
        assert rest.startswith((":?", ":-")), name
        if re.search("PASSWORD|SECRET|KEY|TOKEN", name):
            assert rest.startswith(":?") or rest == ":-", name
    assert {"POSTGRES_PASSWORD", "SALEOR_RSA_PRIVATE_KEY", "KNOTWISE_SECRET_KEY", "ADMIN_PASSWORD"} <= demanded()


def test_ports_are_for_this_machine_unless_said_otherwise() -> None:
    ports = [port for service in SERVICES.values() for port in service.get("ports", ())]
    found = [re.fullmatch(r"\$\{BIND:-127\.0\.0\.1\}:\$\{[A-Z_]+_PORT:-(\d+)\}:\d+", port) for port in ports]

    assert all(found)
    assert len({one[1] for one in found if one}) == len(ports) == 3


@pytest.mark.parametrize("service", ["postgres", "valkey-queue", "valkey-cache"])
def test_data_cannot_be_reached_from_outside(service: str) -> None:
    assert SERVICES[service]["networks"] == ["data"]
    assert FILE["networks"]["data"] == {"internal": True}
    assert "ports" not in SERVICES[service]


def test_only_what_publishes_or_fetches_is_outside() -> None:
    outside = [name for name, service in SERVICES.items() if "outside" in service["networks"]]

    assert [name for name, network in FILE["networks"].items() if not network.get("internal")] == ["outside"]
    assert {*outside} == {"mailpit", "saleor", "saleor-api", "saleor-worker", "shop", "worker"}


def test_queue_and_cache_are_apart() -> None:
    assert "noeviction" in words_of("valkey-queue")
    assert "--appendonly yes" in words_of("valkey-queue")
    assert "allkeys-lru" in words_of("valkey-cache")
    used = [
        SERVICES[name]["environment"][variable]
        for name in ("web", "saleor-api")
        for variable in ("REDIS_URL", "CELERY_BROKER_URL", "CACHE_URL")
        if variable in SERVICES[name]["environment"]
    ]
    assert len({*used}) == 4


def test_saleor_reaches_our_web_with_its_filter_on() -> None:
    """The filter refuses what Python calls private; our address is none of that, and no network leads from it."""
    saleors = [name for name, service in SERVICES.items() if "saleor/saleor:" in service["image"]]
    network = FILE["networks"]["hooks"]
    subnet = ipaddress.ip_network(network["ipam"]["config"][0]["subnet"].removeprefix("${HOOKS_SUBNET:-").rstrip("}"))

    for name in saleors:
        environment = SERVICES[name]["environment"]
        assert environment["HTTP_IP_FILTER_ENABLED"] == "True"
        assert environment["HTTP_IP_FILTER_ALLOW_LOOPBACK_IPS"] == "False"
    assert network["internal"]
    assert not subnet.is_private
    assert not subnet.is_multicast
    assert [name for name, service in SERVICES.items() if "hooks" in service["networks"]] == [
        *("saleor-api", "saleor-worker", "web", "install-app")
    ]
    address = SERVICES["web"]["environment"]["INTERNAL_URL"]
    assert SERVICES["web"]["networks"]["hooks"] == {"aliases": ["knotwise"]}
    assert address == "http://knotwise:8000"
    assert f"{address}/saleor/manifest" in words_of("install-app")


# The image ----------------------------------------------------------------------------------------------------------


def test_the_builder_is_sent_what_the_image_needs() -> None:
    dockerfile = (PROJECT / "Dockerfile").read_text(encoding="utf-8")
    sent = {line[1:] for line in (PROJECT / ".dockerignore").read_text(encoding="utf-8").splitlines() if line[0] == "!"}
    copied = {
        source for line in re.findall(r"^COPY (?!--)(.+)$", dockerfile, re.MULTILINE) for source in line.split()[:-1]
    }

    assert copied == sent
    assert all((PROJECT / path).exists() for path in sent)
    assert "embedded" not in dockerfile


# make env -----------------------------------------------------------------------------------------------------------


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    if shutil.which("openssl") is None:
        pytest.skip("openssl is not installed")
    return tmp_path


def make_env(folder: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        ["sh", PROJECT / "scripts" / "env", folder],
        capture_output=True,
        text=True,
        check=False,
        timeout=30,
        env={"PATH": os.environ["PATH"]},
    )


def read_env(folder: Path) -> dict[str, str]:
    lines = (folder / ".env").read_text(encoding="utf-8").splitlines()
    return dict(line.split("=", 1) for line in lines if line and not line.startswith("#"))


@pytest.mark.server
def test_make_env_writes_all_that_compose_demands(folder: Path) -> None:
    made = make_env(folder)

    found = read_env(folder)
    assert made.returncode == 0
    assert demanded() <= {name for name, value in found.items() if value}
    assert (folder / ".env").stat().st_mode & 0o777 == 0o600
    secrets = [found[name] for name in demanded() - {"ADMIN_EMAIL"}]
    assert len({*secrets}) == len(secrets)
    assert min(map(len, secrets)) >= 20
    assert not any(secret in made.stdout + made.stderr for secret in secrets)


def test_saleors_key_is_a_line_that_compose_reads_as_a_key(folder: Path) -> None:
    make_env(folder)

    line = read_env(folder)["SALEOR_RSA_PRIVATE_KEY"]
    assert (line[0], line[-1]) == ('"', '"')
    key = load_pem_private_key(line[1:-1].replace("\\n", "\n").encode(), password=None)
    assert isinstance(key, RSAPrivateKey)
    assert key.key_size >= 2048


@pytest.mark.server
def test_make_env_changes_nothing_that_is_there(folder: Path) -> None:
    make_env(folder)
    before = (folder / ".env").read_text(encoding="utf-8")

    again = make_env(folder)

    assert "nothing was changed" in again.stdout
    assert (folder / ".env").read_text(encoding="utf-8") == before


@pytest.mark.server
def test_make_env_adds_what_is_missing(folder: Path) -> None:
    (folder / ".env").write_text("KNOTWISE_PORT=80\nMINE=1", encoding="utf-8")

    make_env(folder)

    found = read_env(folder)
    assert (found["KNOTWISE_PORT"], found["MINE"]) == ("80", "1")
    assert demanded() <= {*found}
    assert (folder / ".env").stat().st_mode & 0o777 == 0o600


@pytest.mark.server
def test_make_env_refuses_what_is_no_file(folder: Path) -> None:
    (folder / ".env").mkdir()

    refused = make_env(folder)

    assert refused.returncode == 2
    assert "Nothing was changed" in refused.stderr
