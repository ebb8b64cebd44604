"""How fast a catalogue goes into the shop: `python benchmarks/apply.py [rows …]` (1,000, 10,000 and 100,000 without).

For each size a fresh embedded shop gets one file of variants by `catalog-import check` and `catalog-import apply`, and
then the same file again. The floor is measured right after, on the same database: `csv.reader` over the file, and
PostgreSQL's own COPY of the finished rows of all tables with their indexes in place. Prints seconds, rows a second,
how many times the floor the first import took, and the peak memory of any one process.
"""

from __future__ import annotations

import csv
import json
import os
import resource
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psutil
import psycopg
from psycopg import sql

PROJECT = Path(__file__).resolve().parents[1]
SIZES = (1_000, 10_000, 100_000)
BLOCK = 256 * 1024
IMPORTER = (sys.executable, "-m", "catalog_import")
GUIDES = ("--guides", str(PROJECT / "sample_data/guides"))


def main() -> None:
    sizes = [int(size) for size in sys.argv[1:]] or SIZES
    heads = ("rows", "check", "apply", "rows/s", "floor", "times", "again", "of first", "peak")
    print("".join(f"{head:>10}" for head in heads), flush=True)  # noqa: T201
    for size in sizes:
        with tempfile.TemporaryDirectory() as folder:
            print(measure(Path(folder), size), flush=True)  # noqa: T201


def measure(folder: Path, size: int) -> str:
    """One line of the table."""
    file = folder / "products.csv"
    with file.open("w") as stream:
        subprocess.run([sys.executable, PROJECT / "benchmarks/generate.py", str(size)], stdout=stream, check=True)
    with shop(folder / "home") as environment:
        check = importer(environment, "check", str(file), *GUIDES, "--json")
        apply = importer(environment, "apply", str(file), *GUIDES, "--yes")
        again = importer(environment, "check", str(file), *GUIDES, "--json")
        again += importer(environment, "apply", str(file), *GUIDES, "--yes")
        peak = max(peak_of_workers(folder / "home"), resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024)
        floor = read_floor(file) + copy_floor(environment["DATABASE_URL"], folder)
    first = check + apply
    return (
        f"{size:10}{check:9.1f}s{apply:9.1f}s{size / first:10.0f}{floor:9.1f}s{first / floor:10.2f}"
        f"{again:9.1f}s{again / first:10.2f}{peak:8.0f} M"
    )


@contextmanager
def shop(home: Path) -> Iterator[dict[str, str]]:
    """A fresh shop without products; gives the environment in which the importer finds it."""
    variables = os.environ | {"KNOTWISE_HOME": str(home), "PORT": "18765", "CACHE_FOLDER": str(home / "cache")}
    running = subprocess.Popen(
        [sys.executable, "-m", "storefront", "embedded", "--no-sample"],
        cwd=PROJECT,
        env=variables,
        stderr=subprocess.PIPE,
        text=True,
    )
    try:
        assert running.stderr is not None  # noqa: S101
        for line in running.stderr:
            if "is ready" in line:
                break
        left = json.loads((home / "environment.json").read_text())
        yield variables | {"DATABASE_URL": left["DATABASE_URL"], "REDIS_URL": left["REDIS_URL"]}
    finally:
        running.send_signal(signal.SIGINT)
        running.wait()


def importer(environment: dict[str, str], *arguments: str) -> float:
    """Seconds that a command takes, start of the process included."""
    began = time.monotonic()
    home = {name: value for name, value in environment.items() if name not in ("DATABASE_URL", "REDIS_URL")}
    subprocess.run([*IMPORTER, *arguments], cwd=PROJECT, env=home, stdout=subprocess.DEVNULL, check=True)
    return time.monotonic() - began


def peak_of_workers(home: Path) -> float:
    """The most memory (MiB) that any Python process of this shop has had."""
    peaks = []
    for process in psutil.process_iter(["environ", "cmdline"]):
        cmdline = process.info["cmdline"] or [""]
        if (process.info["environ"] or {}).get("KNOTWISE_HOME") == str(home) and "python" in cmdline[0]:
            status = Path(f"/proc/{process.pid}/status").read_text()
            peaks += [int(line.split()[1]) / 1024 for line in status.splitlines() if line.startswith("VmHWM")]
    return max(peaks, default=0.0)


def read_floor(file: Path) -> float:
    began = time.monotonic()
    with file.open(newline="") as stream:
        for _ in csv.reader(stream):
            pass
    return time.monotonic() - began


def copy_floor(url: str, folder: Path) -> float:
    """Seconds that COPY takes for all rows of the catalogue's and the importer's tables, indexes and keys in place."""
    with psycopg.connect(url, autocommit=True) as connection:
        tables = [
            name
            for (name,) in connection.execute(
                "SELECT tablename FROM pg_tables WHERE schemaname = 'public' AND tablename ~ '^catalog_'"
            )
        ]
        for table in tables:
            with (folder / table).open("wb") as out, connection.cursor().copy(copying(table, "TO STDOUT")) as copy:
                for block in copy:
                    out.write(block)
        connection.execute(sql.SQL("TRUNCATE {}").format(sql.SQL(", ").join(map(sql.Identifier, tables))))
        # Foreign keys are checked at the commit, so the order of the tables does not matter.
        began = time.monotonic()
        with connection.transaction():
            for table in tables:
                with (
                    (folder / table).open("rb") as rows,
                    connection.cursor().copy(copying(table, "FROM STDIN")) as copy,
                ):
                    while block := rows.read(BLOCK):
                        copy.write(block)
        return time.monotonic() - began


def copying(table: str, direction: str) -> sql.Composed:
    return sql.SQL("COPY {} {}").format(sql.Identifier(table), sql.SQL(direction))


if __name__ == "__main__":
    main()
