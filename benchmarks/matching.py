"""How near tags and guide links come to a person's judgement: `python benchmarks/matching.py [half] [--misses]`.

`half` is `development` (the default), `held-back` or `all`. Look at the held-back half's figures only, and seldom:
whoever mends its misses has nothing left that tells whether the next change helps with texts nobody has seen.
"""

from __future__ import annotations

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from storefront.catalog.taxonomy import load_taxonomy
from tests.catalog_import import judging

HALVES = {"development": (False,), "held-back": (True,), "all": (False, True)}


def main() -> None:
    half = next((word for word in sys.argv[1:] if not word.startswith("-")), "development")
    kept = HALVES[half]
    figures = judging.measure(
        [case for case in judging.listings() if judging.is_held_back(case.record.name) in kept],
        [guide for guide in judging.guides() if judging.is_held_back(guide.record.slug) in kept],
        load_taxonomy(),
    )
    print(*figures.lines(), sep="\n")  # noqa: T201
    if "--misses" in sys.argv:
        print(*figures.misses, sep="\n")  # noqa: T201


if __name__ == "__main__":
    main()
