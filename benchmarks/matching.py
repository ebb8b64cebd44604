"""How near tags and guide links come to a person's judgement: `python benchmarks/matching.py [set] [--misses]`.

`set` is `development` (the default), `held-back` or `all` of the judged set, or `fresh` or `later`, whole shops that
were judged after it. Look at the misses of a set that is held back as late as you can: whoever mends them needs
another set to tell whether the next change helps with texts that nobody has seen.
"""

from __future__ import annotations

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from storefront.catalog.taxonomy import load_taxonomy
from tests.catalog_import import judging

HALVES = {"development": (False,), "held-back": (True,), "all": (False, True)}


def main() -> None:
    wanted = next((word for word in sys.argv[1:] if not word.startswith("-")), "development")
    if wanted in judging.SHOPS:
        listings, guides = judging.listings(judging.SHOPS[wanted]), judging.guides(judging.SHOPS[wanted])
    else:
        kept = HALVES[wanted]
        listings = [case for case in judging.listings() if judging.is_held_back(case.record.name) in kept]
        guides = [guide for guide in judging.guides() if judging.is_held_back(guide.record.slug) in kept]
    figures = judging.measure(listings, guides, load_taxonomy())
    print(*figures.lines(), sep="\n")  # noqa: T201
    if "--misses" in sys.argv:
        print(*figures.misses, sep="\n")  # noqa: T201


if __name__ == "__main__":
    main()
