"""`python -m tests.catalog_import.fuzz --inputs 20000`: run the fuzzer by hand and save what breaks."""

from __future__ import annotations

import argparse
import os
import random
import resource
import sys
import tempfile
import time
import traceback
from pathlib import Path

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "storefront.config.settings")
django.setup()

from tests.catalog_import.fuzz.inputs import inputs  # noqa: E402 - the settings come first
from tests.catalog_import.fuzz.run import read_input  # noqa: E402


def main() -> int:
    options = argparse.ArgumentParser(prog="python -m tests.catalog_import.fuzz", description=__doc__)
    options.add_argument("--inputs", type=int, default=2_000)
    options.add_argument("--seed", type=int, default=1)
    options.add_argument("--keep", type=Path, default=Path(tempfile.gettempdir()) / "fuzz-failures")
    given = options.parse_args()
    failures = problems = 0
    slowest = 0.0
    began = time.monotonic()
    with tempfile.TemporaryDirectory() as folder:
        for number, content in enumerate(inputs(given.inputs, given.seed)):
            started = time.monotonic()
            try:
                problems += read_input(content, Path(folder), random.Random(number))
            except Exception:  # noqa: BLE001 - to find them is what this is for
                failures += 1
                given.keep.mkdir(parents=True, exist_ok=True)
                (given.keep / f"{given.seed}-{number}.bin").write_bytes(content)
                sys.stderr.write(f"input {number} of seed {given.seed}:\n{traceback.format_exc(limit=-4)[:1_500]}\n")
            slowest = max(slowest, time.monotonic() - started)
    megabytes = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    sys.stdout.write(
        f"{given.inputs} inputs, {failures} failures, {problems} problems told, {time.monotonic() - began:.0f} s "
        f"(slowest {slowest:.2f} s), {megabytes} MB at most.\n"
    )
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main())
