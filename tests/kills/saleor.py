"""Imports into a real Saleor that are killed at random moments: `python -m tests.kills.saleor --help`.

Saleor is somebody else's to start and stop: the commands for that are given. SALEOR_API_URL and SALEOR_TOKEN name it,
and it has to be set up. Each trial imports products of its own; they stay there.
"""

from __future__ import annotations

import argparse
import csv
import os
import random
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import django
import psycopg

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "storefront.config.settings")
django.setup()

from benchmarks.generate import COLUMNS, rows  # noqa: E402 - the settings come first
from storefront.saleor.client.transport import Saleor  # noqa: E402
from storefront.saleor.read import queries  # noqa: E402
from storefront.saleor.schema.state import UNFINISHED  # noqa: E402
from tests.kills.machine import (  # noqa: E402
    PROJECT,
    Machine,
    empty_machine,
    flush_broker,
    kill_database,
    kill_tree,
    kill_worker,
    make_shop,
    restart_database,
    wait_for,
    watch,
)

Happening = Callable[[Machine], None]

DOWN_S = 4.0
NAMES = """
query Names($first: Int!, $after: String) {
  products(first: $first, after: $after) { edges { node { name } } pageInfo { hasNextPage endCursor } }
}
"""


def main() -> int:
    options = argparse.ArgumentParser(prog="python -m tests.kills.saleor", description=__doc__)
    options.add_argument("--trials", type=int, default=10)
    options.add_argument("--products", type=int, default=300)
    options.add_argument("--seed", type=int, default=1)
    options.add_argument("--kill-api", required=True, help="The command that kills Saleor's API.")
    options.add_argument("--start-api", required=True, help="The command that starts it again.")
    options.add_argument("--restart-database", required=True, help="The command that crashes and starts its database.")
    given = options.parse_args()

    def kill_api(found: Machine) -> None:
        """SIGKILL Saleor's API; it is back after a while."""
        run_command(given.kill_api)
        watch(found, time.monotonic() + DOWN_S)
        run_command(given.start_api)

    def crash_saleor_database(found: Machine) -> None:
        """Saleor's PostgreSQL dies and is started again."""
        run_command(given.restart_database)

    happenings: tuple[Happening, ...] = (
        *(kill_worker, kill_api, crash_saleor_database, kill_database, restart_database),
    )
    chance = random.Random(given.seed)
    failures = 0
    os.environ.setdefault("SECRET_KEY", "only for this test, never for a shop")
    stamp = f"k{int(time.time()):x}"
    with tempfile.TemporaryDirectory() as folder, empty_machine(Path(folder) / "machine") as found:
        found.settings |= {name: os.environ[name] for name in ("SALEOR_API_URL", "SALEOR_TOKEN")}
        undisturbed, took = trial(found, Path(folder), f"{stamp}u00", given.products, None, 0)
        say(f"undisturbed: {took:.1f} s, {len(undisturbed)} products")
        for number in range(given.trials):
            happening = happenings[number % len(happenings)]
            after_s = chance.uniform(0, took)
            state, lasted = trial(found, Path(folder), f"{stamp}t{number:02}", given.products, happening, after_s)
            found_differences = differences(undisturbed, state)
            failures += bool(found_differences)
            verdict = "DIFFERENT" if found_differences else "identical"
            say(f"{number + 1:3} {happening.__name__:24} after {after_s:4.1f} s: {verdict}, {lasted:.1f} s")
            for line in found_differences[:10]:
                say(f"      {line}")
    say(f"{given.trials - failures} of {given.trials} identical")
    return 1 if failures else 0


def trial(
    found: Machine, folder: Path, stamp: str, products: int, happening: Happening | None, after_s: float
) -> tuple[dict[str, Any], float]:
    """Import so many products while this happens, so many seconds after the first of them can be there; gives what
    Saleor has of them at the end, and how long it took."""
    path = folder / f"{stamp}.csv"
    write_products(path, products, stamp)
    flush_broker(found)
    make_shop(found, stamp)
    found.start_worker(stamp)
    command = found.importer(stamp, "apply", str(path), "--yes")
    try:
        wait_for(found, stamp, "SELECT 1 FROM catalog_import_importrun WHERE started_at IS NOT NULL")
        began = time.monotonic()
        if happening is not None:
            watch(found, began + after_s)
            happening(found)
        wait_for(found, stamp, "SELECT 1 FROM catalog_import_importrun WHERE status IN ('done', 'partly')")
        took = time.monotonic() - began
    finally:
        kill_tree(command.pid)
        command.wait()
        found.stop("Schedule")
        found.stop("Worker")
    state = in_saleor(stamp)
    state |= {"problems": failed_items(found, stamp)}
    return state, took


def write_products(path: Path, count: int, stamp: str) -> None:
    """A file of products that are this trial's alone."""
    seen: set[str] = set()
    with path.open("w", newline="", encoding="utf-8") as stream:
        writer = csv.DictWriter(stream, COLUMNS, restval="")
        writer.writeheader()
        for row in rows(3 * count + 10):
            if row["product"] not in seen and len(seen) == count:
                return
            seen.add(row["product"])
            changed = {name: f"{stamp}-{row[name]}" for name in ("sku", "product")}
            writer.writerow(row | changed | ({"name": f"{row['name']} {stamp}"} if row.get("name") else {}))


def in_saleor(stamp: str) -> dict[str, Any]:
    """What Saleor has of a trial's products, without ids and moments, by their reference; twins are told."""
    with Saleor(os.environ["SALEOR_API_URL"], os.environ["SALEOR_TOKEN"]) as saleor:
        outlines = queries.outlines_by_id(saleor, queries.all_ids(saleor)).values()
        mine = [outline.id for outline in outlines if outline.external.startswith(stamp)]
        nodes = list(queries.whole_nodes(saleor, mine).values())
        names = Counter(node["name"] for node in named(saleor, stamp))
    state: dict[str, Any] = {node["externalReference"].replace(stamp, ""): plain(node, stamp) for node in nodes}
    state["twins"] = sorted(name for name, count in names.items() if count > 1)
    state["pending"] = sorted(node["externalReference"] for node in nodes if node["digest"] in (None, *UNFINISHED))
    state["count"] = len(nodes)
    return state


def named(saleor: Saleor, stamp: str) -> list[Mapping[str, Any]]:
    """The products with the stamp in their name, whatever their reference."""
    return [node for node in saleor.pages(NAMES, {}, "products") if stamp in node["name"]]


def plain(value: Any, stamp: str) -> Any:
    """An answer without what no two trials have alike."""
    if isinstance(value, dict):
        dropped = {"id", "updatedAt", "digest", "url"} | ({"slug"} if "plainText" in value else set())
        return {name: plain(part, stamp) for name, part in value.items() if name not in dropped}
    if isinstance(value, list):
        return [plain(part, stamp) for part in value]
    return value.replace(stamp, "") if isinstance(value, str) else value


def failed_items(found: Machine, database: str) -> list[Any]:
    with psycopg.connect(found.database(database)) as connection:
        items = connection.execute(
            "SELECT outcome, message FROM catalog_import_importitem WHERE outcome <> '' ORDER BY position"
        )
        return items.fetchall()


def differences(one: Mapping[str, Any], other: Mapping[str, Any]) -> list[str]:
    found = []
    for name in sorted({*one, *other}):
        mine, yours = one.get(name), other.get(name)
        if isinstance(mine, dict) and isinstance(yours, dict):
            found += [f"{name}, {line}" for line in differences(mine, yours)]
        elif isinstance(mine, list) and isinstance(yours, list) and len(mine) == len(yours):
            found += [f"{name}, {line}" for line in differences(numbered(mine), numbered(yours))]
        elif mine != yours:
            found.append(f"{name}: {str(mine)[:400]} | {str(yours)[:400]}")
    return found


def numbered(items: Sequence[Any]) -> dict[str, Any]:
    return {str(number): item for number, item in enumerate(items)}


def run_command(command: str) -> None:
    # Saleor is a Django project, too: what this process says of its own settings must not reach it.
    subprocess.run(
        ["sh", "-c", command],
        check=True,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        cwd=PROJECT,
        env={name: os.environ[name] for name in ("PATH", "HOME", "LANG") if name in os.environ},
    )


def say(text: str) -> None:
    sys.stdout.write(text + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main())
