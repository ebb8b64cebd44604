"""`catalog-import pictures`: the pictures that the shop does not show yet, and why."""

from __future__ import annotations

from typing import Any

from rich.table import Table

from catalog_import import printing, tasks
from storefront.pictures.waiting import WaitingPicture, retry, waiting_pictures


def list_pictures() -> bool:
    """Print what waits and what failed; gives whether anything was given up."""
    found = waiting_pictures()
    if not found:
        printing.out.print("Every picture is there.")
        return False
    table = Table("Product", "Picture", "Tries", "Next try", "Why", box=None, pad_edge=False, header_style="bold")
    for one in found:
        table.add_row(one.product_name, one.location, str(one.attempts), next_try(one), one.message or "not tried yet")
    printing.out.print(table)
    given_up = sum(one.has_failed for one in found)
    printing.out.print(f"{len(found) - given_up} to come, {given_up} given up.")
    return given_up > 0


def next_try(one: WaitingPicture) -> str:
    return f"{one.next_try_at:%Y-%m-%d %H:%M} UTC" if one.next_try_at else "given up"


def pictures_json() -> dict[str, Any]:
    return {
        "pictures": [
            {
                "product": one.product_id,
                "name": one.product_name,
                "location": one.location,
                "message": one.message,
                "attempts": one.attempts,
                "next_try_at": one.next_try_at,
                "is_shown": one.is_shown,
            }
            for one in waiting_pictures()
        ]
    }


def retry_pictures() -> None:
    """Let the workers try again at once what waits or was given up."""
    count = retry()
    tasks.sweep_pictures.delay()
    printing.out.print(f"The workers try {printing.counted(count, 'picture')} again.")
