"""`python -m tests.kills --trials 50`: kill imports at random moments, and compare every table at the end."""

from __future__ import annotations

import argparse
import os
import random
import sys
import tempfile
import time
from pathlib import Path

from tests.kills.machine import HAPPENINGS, machine, trial
from tests.kills.state import differences


def main() -> int:
    options = argparse.ArgumentParser(prog="python -m tests.kills", description=__doc__)
    options.add_argument("--trials", type=int, default=50)
    options.add_argument("--rows", type=int, default=6_000)
    options.add_argument("--seed", type=int, default=1)
    options.add_argument("--alone", action="store_true", help="Kill the command that began the run, too.")
    given = options.parse_args()
    chance = random.Random(given.seed)
    failures, began = 0, time.monotonic()
    os.environ.setdefault("SECRET_KEY", "only for this test, never for a shop")
    with tempfile.TemporaryDirectory() as folder, machine(Path(folder) / "machine", products=given.rows) as found:
        undisturbed, took = trial(found, "undisturbed", [])
        say(f"undisturbed: {took:.1f} s, {sum(map(len, undisturbed.values()))} rows in {len(undisturbed)} tables")
        for number in range(given.trials):
            happening = HAPPENINGS[number % len(HAPPENINGS)]
            after_s = chance.uniform(0, took)
            state, lasted = trial(found, f"trial_{number}", [(after_s, happening)], is_watched=not given.alone)
            found_differences = differences(undisturbed, state)
            failures += bool(found_differences)
            verdict = "DIFFERENT" if found_differences else "identical"
            say(f"{number + 1:3} {happening.__name__:20} after {after_s:4.1f} s: {verdict}, {lasted:.1f} s")
            for line in found_differences:
                say(f"      {line}")
    say(f"{given.trials - failures} of {given.trials} identical, {time.monotonic() - began:.0f} s in all")
    return 1 if failures else 0


def say(text: str) -> None:
    sys.stdout.write(text + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main())
