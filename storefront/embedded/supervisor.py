"""Starts child processes, watches them, and stops them in order.

Each child has a session of its own, so that a terminal's Ctrl-C reaches the supervisor alone, which
then stops web → schedule → worker → Valkey → PostgreSQL. On Linux the kernel ends the children when the
supervisor is killed (`privileges.before_exec`).
"""

from __future__ import annotations

import os
import signal
import subprocess
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import psutil

from storefront.embedded.home import EmbeddedError, Home, open_private
from storefront.embedded.privileges import User, before_exec

RESTARTS_ALLOWED = 5
RESTART_WINDOW_S = 60.0


@dataclass(frozen=True, slots=True)
class Program:
    """What to run and how to end it. Signals: a polite stop, and one for when the supervisor is gone."""

    name: str
    command: Sequence[str | Path]
    stop_signal: signal.Signals = signal.SIGTERM
    death_signal: signal.Signals = signal.SIGTERM
    stop_timeout_s: float = 20
    environment: Mapping[str, str] = field(default_factory=dict)


@dataclass(slots=True)
class Supervisor:
    home: Home
    user: User | None
    environment: dict[str, str]
    running: dict[str, tuple[Program, subprocess.Popen[bytes]]] = field(default_factory=dict)
    restarts: list[float] = field(default_factory=list)

    def log_file(self, program: Program) -> Path:
        return self.home.logs / f"{program.name.lower()}.log"

    def start(self, program: Program) -> None:
        """Start a program that goes on; its output goes to its log file."""
        self.spawn(program, to_log=True)

    def spawn(self, program: Program, *, to_log: bool) -> subprocess.Popen[bytes]:
        with open(self.log_file(program), "ab", opener=open_private) as log:
            process = subprocess.Popen(
                [str(part) for part in program.command],
                stdin=subprocess.DEVNULL,
                stdout=log if to_log else None,
                stderr=log if to_log else None,
                cwd=self.home.path,
                env=self.environment | dict(program.environment),
                start_new_session=True,
                preexec_fn=before_exec(self.user, program.death_signal),
            )
        self.running[program.name] = (program, process)
        self.remember()
        return process

    def run(self, program: Program, *, is_quiet: bool = True) -> None:
        """Run a step to its end; unless quiet, its output is ours. Raises `EmbeddedError` when it fails."""
        process = self.spawn(program, to_log=is_quiet)
        while process.poll() is None:
            # A step may wait for the worker, so a worker that died must come back meanwhile.
            self.check(but=program.name)
            time.sleep(0.05)
        code = process.returncode
        del self.running[program.name]
        self.remember()
        if code != 0:
            said = self.last_words(program) if is_quiet else "See its output above."
            raise EmbeddedError(f"{program.name} failed (exit code {code}).\n{said}")

    def remember(self) -> None:
        """Note the children where the next start looks for what a killed run left."""
        known = {}
        for name, (_, process) in self.running.items():
            try:
                known[name] = f"{process.pid}@{psutil.Process(process.pid).create_time()}"
            except psutil.Error:
                continue
        self.home.write("children.json", known)

    def check(self, *, but: str = "") -> None:
        """Start again what ended by itself. Raises `EmbeddedError` when that happens too often."""
        for name, (program, process) in list(self.running.items()):
            if name == but or process.poll() is None:
                continue
            now = time.monotonic()
            self.restarts = [at for at in self.restarts if now - at < RESTART_WINDOW_S] + [now]
            if len(self.restarts) > RESTARTS_ALLOWED:
                raise EmbeddedError(
                    f"{name} keeps ending (exit code {process.returncode}).\n{self.last_words(program)}"
                )
            end_session(process)
            self.start(program)

    def require_alive(self, name: str) -> None:
        program, process = self.running[name]
        if process.poll() is not None:
            raise EmbeddedError(f"{name} did not start (exit code {process.returncode}).\n{self.last_words(program)}")

    def last_words(self, program: Program, lines: int = 12) -> str:
        log = self.log_file(program)
        try:
            tail = log.read_text(encoding="utf-8", errors="replace").splitlines()[-lines:]
        except OSError:
            tail = []
        return "\n".join([*(f"    {line}" for line in tail), f"Its log: {log}"])

    def stop_all(self) -> None:
        """Stop everything that was started, the last first, and wait for each."""
        for name in reversed(list(self.running)):
            program, process = self.running.pop(name)
            if process.poll() is None:
                process.send_signal(program.stop_signal)
                try:
                    process.wait(program.stop_timeout_s)
                except subprocess.TimeoutExpired:
                    process.kill()
                    process.wait()
            end_session(process)
        (self.home.path / "children.json").unlink(missing_ok=True)


def end_session(process: subprocess.Popen[bytes]) -> None:
    """Kill what is left of an ended child's process group."""
    try:
        os.killpg(process.pid, signal.SIGKILL)
    except (ProcessLookupError, PermissionError):
        return
