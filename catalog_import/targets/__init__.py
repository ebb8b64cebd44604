"""Where imports are written: the store itself, or a Saleor that the store mirrors.

In: a run whose plan is stored, batch by batch, and what a person decides of one product or guide.
Out: the shop changed, and what became of each item kept with the run.

`base.ImportTarget` says what a target can do; `current_target()` is the one place that chooses. A third target is a new
package beside `store` and `saleor`, and a line there.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from storefront.saleor.client.connection import has_saleor

if TYPE_CHECKING:
    from catalog_import.targets.base import ImportTarget

__all__ = ["base", "current_target", "saleor", "store"]


def current_target() -> ImportTarget:
    """Return where this process writes to."""
    if has_saleor():
        from catalog_import.targets.saleor import SaleorTarget

        return SaleorTarget()
    from catalog_import.targets.store import StoreTarget

    return StoreTarget()
