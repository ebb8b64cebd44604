"""How fast an import makes products in Saleor, against a bare loop that sends the same payloads ready-made.

    SALEOR_API_URL=… SALEOR_TOKEN=… KNOTWISE_HOME=… python benchmarks/saleor.py [products] [of the bare loop]

Needs a Saleor that was set up (`storefront saleor setup`) and a shop beside it that runs with the same settings
(`storefront embedded --no-sample`): its worker does the import. What is made stays in Saleor; take one for tests.
"""

from __future__ import annotations

import csv
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "storefront.config.settings")
django.setup()

from django.conf import settings  # noqa: E402
from generate import COLUMNS, rows  # noqa: E402

from catalog_import.actions.make_plan import open_import  # noqa: E402 - the settings come first
from catalog_import.models import ImportRun  # noqa: E402
from catalog_import.planning.importing import Options  # noqa: E402
from catalog_import.planning.writes import product_write  # noqa: E402
from catalog_import.targets.saleor.batches import complete_choices  # noqa: E402
from storefront.saleor.client.batches import portions  # noqa: E402
from storefront.saleor.client.connection import open_saleor  # noqa: E402
from storefront.saleor.client.transport import Saleor  # noqa: E402
from storefront.saleor.mirror.view import open_shop_view  # noqa: E402
from storefront.saleor.schema import documents  # noqa: E402
from storefront.saleor.schema.documents import Call, document_of  # noqa: E402
from storefront.saleor.write.inputs import Writer  # noqa: E402
from storefront.saleor.write.products import CREATED_AT_ONCE  # noqa: E402
from storefront.saleor.write.variant_inputs import POLICY  # noqa: E402

STAMP = f"{int(time.time()):x}"


def products_file(folder: Path, count: int, name: str) -> Path:
    """A file of so many products, none of which any earlier run made."""
    path = folder / f"{name}.csv"
    seen: set[str] = set()
    with path.open("w", newline="") as out:
        writer = csv.DictWriter(out, COLUMNS, restval="", lineterminator="\n")
        writer.writeheader()
        for row in rows(3 * count + 10):
            if row["product"] not in seen and len(seen) == count:
                break
            seen.add(row["product"])
            changed = {key: f"{STAMP}-{name}-{row[key]}" for key in ("sku", "product")}
            writer.writerow(row | changed | {"name": f"{row['name']} {STAMP} {name}" if row.get("name") else ""})
    return path


def payloads(path: Path) -> list[dict[str, Any]]:
    """The inputs that an import of the file would send."""
    options = Options()
    with open_import(path, None, options) as importing, open_saleor() as saleor:
        writes = [product_write(options.source, item) for item in importing.items()]
        view = open_shop_view(saleor, settings.SALEOR_SLUGS)
        complete_choices(view, writes)
        writer = Writer(view.shop, view.pages)
        return [writer.created(write, f"bare-{write.reference}".lower()) for write in writes]


def bare_loop(inputs: Sequence[dict[str, Any]], connections: int) -> float:
    """Products a second."""
    parts = portions(inputs, CREATED_AT_ONCE)
    with Saleor(settings.SALEOR_URL, settings.SALEOR_TOKEN, connections) as saleor:
        prepared = [
            document_of([Call(documents.PRODUCT_BULK_CREATE, {"products": part, "errorPolicy": POLICY})])
            for part in parts
        ]
        saleor.ask(documents.IDENTITY)
        started = time.perf_counter()
        with ThreadPoolExecutor(connections) as pool:
            answers = list(pool.map(lambda one: saleor.send(*one, may_repeat=False), prepared))
        took = time.perf_counter() - started
    made = sum(result["product"] is not None for answer in answers for result in answer.data["m0"]["results"])
    if made != len(inputs):
        raise SystemExit(f"The bare loop made {made} of {len(inputs)} products.")
    return made / took


def run_import(path: Path) -> tuple[float, float, float]:
    """(seconds of the whole command, of its writing, of settling)."""
    started = time.perf_counter()
    subprocess.run(
        [sys.executable, "-m", "catalog_import", "apply", str(path), "--yes"],
        check=True,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    whole = time.perf_counter() - started
    run = ImportRun.objects.order_by("-pk")[0]
    if not (run.started_at and run.written_at and run.finished_at):
        raise SystemExit(f"Import {run.pk} is {run.status}.")
    writing = (run.written_at - run.started_at).total_seconds()
    return whole, writing, (run.finished_at - run.written_at).total_seconds()


def main() -> None:
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 1000
    bare = int(sys.argv[2]) if len(sys.argv) > 2 else 200
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        speeds = {}
        for connections in (1, 2, 4):
            inputs = payloads(products_file(folder, bare, f"bare{connections}"))
            speeds[connections] = bare_loop(inputs, connections)
            print(f"bare loop, {connections} connections: {speeds[connections]:.1f} products/s")  # noqa: T201
        ceiling = max(speeds.values())
        path = products_file(folder, count, "import")
        whole, writing, settling = run_import(path)
        print(  # noqa: T201
            f"import of {count}: {writing:.1f} s written = {count / writing:.1f} products/s, "
            f"{count / writing / ceiling:.2f}x of the ceiling; {settling:.1f} s settled; {whole:.1f} s in all"
        )
        again, _, _ = run_unchanged(path)
        print(f"the same file again: {again:.1f} s = {again / whole:.2f}x")  # noqa: T201


def run_unchanged(path: Path) -> tuple[float, str, str]:
    started = time.perf_counter()
    done = subprocess.run(
        [sys.executable, "-m", "catalog_import", "apply", str(path), "--yes"],
        check=True,
        capture_output=True,
        text=True,
    )
    if "Nothing to do" not in done.stdout:
        raise SystemExit(f"The second import was not without changes:\n{done.stdout}")
    return time.perf_counter() - started, done.stdout, done.stderr


if __name__ == "__main__":
    main()
