"""How fast files are read and explained: `python benchmarks/check.py [rows …]` (1,000, 10,000 and 100,000 without).

For each size `catalog-import check --json` runs twice with an empty cache to begin with: the second run finds the
texts that it knows. Prints rows a second and the peak memory of any one process.
"""

from __future__ import annotations

import os
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

PROJECT = Path(__file__).resolve().parents[1]
SIZES = (1_000, 10_000, 100_000)


def main() -> None:
    sizes = [int(size) for size in sys.argv[1:]] or SIZES
    print(f"{'rows':>8}  {'first':>8}  {'rows/s':>8}  {'second':>8}  {'rows/s':>8}  {'peak':>8}")  # noqa: T201
    for size in sizes:
        with tempfile.TemporaryDirectory() as folder:
            file = Path(folder) / "products.csv"
            with file.open("w") as stream:
                subprocess.run(
                    [sys.executable, PROJECT / "benchmarks/generate.py", str(size)], stdout=stream, check=True
                )
            first, second = check(file, Path(folder) / "cache"), check(file, Path(folder) / "cache")
        peak_mib = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024
        print(  # noqa: T201
            f"{size:8}  {first:7.1f}s  {size / first:8.0f}  {second:7.1f}s  {size / second:8.0f}  {peak_mib:6.0f} M"
        )


def check(file: Path, cache: Path) -> float:
    """Seconds that one check takes, start of the process included."""
    command = [
        sys.executable,
        "-m",
        "catalog_import",
        "check",
        file,
        "--guides",
        PROJECT / "sample_data/guides",
        "--json",
    ]
    began = time.monotonic()
    subprocess.run(
        [str(part) for part in command],
        cwd=PROJECT,
        env=os.environ | {"CACHE_FOLDER": str(cache)},
        stdout=subprocess.DEVNULL,
        check=True,
    )
    return time.monotonic() - began


if __name__ == "__main__":
    main()
