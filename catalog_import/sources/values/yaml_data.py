"""The data files beside the code, read with YAML's faster loader where it was built."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import yaml

_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


def load_data(path: Path) -> Any:
    """Return what a data file of this package says."""
    # Both loaders are safe ones: they make plain values alone.
    return yaml.load(path.read_text(encoding="utf-8"), Loader=_LOADER)  # noqa: S506
