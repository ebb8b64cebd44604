"""A whole embedded shop as a process of its own, started the way a person starts it."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from dataclasses import dataclass
from pathlib import Path

import psutil

PROJECT = Path(__file__).resolve().parents[1]
READY = "Knotwise is ready."


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@dataclass(slots=True)
class ShopProcess:
    """A running `storefront embedded`, in a process group of its own like a terminal's job."""

    home: Path
    port: int
    process: subprocess.Popen[bytes]
    log: Path

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def environment(self) -> dict[str, str]:
        return shop_environment(self.home, self.port)

    def said(self) -> str:
        return self.log.read_text(encoding="utf-8", errors="replace")

    def wait_until_ready(self, timeout_s: float = 90) -> None:
        deadline = time.monotonic() + timeout_s
        while READY not in self.said():
            assert self.process.poll() is None, f"The shop ended with {self.process.returncode}:\n{self.said()}"
            assert time.monotonic() < deadline, f"The shop is not ready:\n{self.said()}"
            time.sleep(0.1)

    def wait_until(self, text: str, timeout_s: float = 60) -> None:
        deadline = time.monotonic() + timeout_s
        while text not in self.said():
            assert self.process.poll() is None, f"The shop ended with {self.process.returncode}:\n{self.said()}"
            assert time.monotonic() < deadline, f"{text!r} was not said:\n{self.said()}"
            time.sleep(0.02)

    def children(self) -> list[psutil.Process]:
        return psutil.Process(self.process.pid).children(recursive=True)

    def interrupt(self) -> int:
        """Ctrl-C: SIGINT to the whole process group; gives the exit code."""
        os.killpg(self.process.pid, signal.SIGINT)
        return self.process.wait(60)

    def get(self, path: str) -> tuple[int, str]:
        try:
            with urllib.request.urlopen(f"{self.address}{path}", timeout=10) as answer:  # noqa: S310 - our own shop
                return answer.status, answer.read().decode()
        except urllib.error.HTTPError as error:
            return error.code, error.read().decode()


def shop_environment(home: Path, port: int) -> dict[str, str]:
    kept = {name: os.environ[name] for name in ("PATH", "HOME", "LANG") if name in os.environ}
    return kept | {"KNOTWISE_HOME": str(home), "PORT": str(port), "COLUMNS": "120"}


def copy_home(home: Path, to: Path) -> Path:
    """Copy the data folder of a stopped shop with the owners of its files, which shutil leaves out."""
    subprocess.run(["cp", "-a", str(home), str(to)], check=True)
    return to


def start_shop(
    home: Path,
    *options: str,
    port: int | None = None,
    environment: dict[str, str] | None = None,
    before: tuple[str, ...] = (),
) -> ShopProcess:
    """Start `storefront embedded` on a data folder, by way of the command `before`; it is not ready yet."""
    port = port or free_port()
    log = Path(tempfile.mkdtemp(prefix="knotwise-shop-")) / "said"
    with log.open("wb") as output:
        process = subprocess.Popen(
            [*before, sys.executable, "-m", "storefront", "embedded", *options],
            cwd=PROJECT,
            env=shop_environment(home, port) | (environment or {}),
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            process_group=0,
        )
    return ShopProcess(home, port, process, log)


def run_import(shop: ShopProcess, *arguments: str | Path) -> subprocess.CompletedProcess[str]:
    """`catalog-import …` as in a second terminal."""
    return subprocess.run(
        [sys.executable, "-m", "catalog_import", *(str(argument) for argument in arguments)],
        cwd=PROJECT,
        env=shop.environment,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
