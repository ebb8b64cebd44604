"""How fast all of Saleor is read into the store, against a bare loop that asks for the same documents and drops them.

    SALEOR_API_URL=… KNOTWISE_HOME=… python benchmarks/sync.py [rounds]

Needs a Saleor with products and the shop beside it (`storefront embedded --no-sample`), whose store is filled by it.
Rounds alternate: machines are noisy. A round reads everything bare over one connection, bare over as many as the sweep
has, as a full sweep, and as a cheap one. The full sweep before them, into whatever the store had, is told by itself.
"""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from statistics import median

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "storefront.config.settings")
django.setup()

from django.conf import settings  # noqa: E402

from storefront.saleor.client.batches import portions  # noqa: E402
from storefront.saleor.client.connection import open_saleor  # noqa: E402
from storefront.saleor.client.transport import Saleor  # noqa: E402
from storefront.saleor.follow import routines, sweeps  # noqa: E402
from storefront.saleor.read import queries  # noqa: E402


def bare(saleor: Saleor, connections: int) -> int:
    """Ask for all ids, then for all products whole; gives how many there were."""
    parts = portions(queries.all_ids(saleor), queries.WHOLE_PAGE)
    with ThreadPoolExecutor(connections) as pool:
        return sum(len(found) for found in pool.map(lambda ids: queries.whole_page(saleor, ids), parts))


def timed(do: Callable[[], int]) -> float:
    """Products a second."""
    start = time.perf_counter()
    count = do()
    return count / (time.perf_counter() - start)


def main(rounds: int) -> None:
    slugs = settings.SALEOR_SLUGS
    with open_saleor() as saleor:
        several = saleor.connections
        doing: dict[str, Callable[[], int]] = {
            "bare, 1 connection": lambda: bare(saleor, 1),
            f"bare, {several} connections": lambda: bare(saleor, several),
            "full sweep": lambda: sweeps.sweep_all(saleor, slugs).products,
            "cheap sweep": lambda: sweeps.sweep_changed(saleor, slugs).products,
        }
        print(f"first full sweep: {timed(doing['full sweep']):.1f} products/s")  # noqa: T201
        found: dict[str, list[float]] = {name: [] for name in doing}
        for _ in range(rounds):
            for name, do in doing.items():
                found[name].append(timed(do))
        for name, speeds in found.items():
            print(f"{name}: {median(speeds):.1f} products/s ({', '.join(f'{one:.1f}' for one in speeds)})")  # noqa: T201
        ratios = {name: median(found["full sweep"]) / median(speeds) for name, speeds in found.items()}
        print("full sweep against: " + ", ".join(f"{name} {ratio:.2f}×" for name, ratio in ratios.items()))  # noqa: T201


if __name__ == "__main__":
    # The schedule's own sweeps would be in the way.
    from datetime import timedelta

    from django.utils import timezone

    for name in (sweeps.CHANGED, sweeps.ALL):
        routines.postpone(name, timezone.now() + timedelta(hours=1))
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 3)
