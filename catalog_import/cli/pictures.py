"""What `catalog-import pictures` does: list what the shop does not show yet, and why."""

from __future__ import annotations

import typer
from rich.markup import escape

from catalog_import import tasks
from catalog_import.cli import printing
from catalog_import.cli.options import print_json
from catalog_import.cli.parameters import Exit
from storefront.pictures.waiting import WaitingPicture, retry, waiting_pictures


def list_pictures(wants_retry: bool, json_output: bool) -> None:
    if wants_retry:
        count = retry()
        tasks.sweep_pictures.delay()
        printing.out.print(f"The workers try {printing.counted(count, 'picture')} again.")
        return
    found = waiting_pictures()
    if json_output:
        print_json({"pictures": [picture_json(one) for one in found]})
    else:
        print_pictures(found)
    if any(one.has_failed for one in found):
        raise typer.Exit(Exit.PROBLEMS)


def print_pictures(found: list[WaitingPicture]) -> None:
    if not found:
        printing.out.print("Every picture is there.")
        return
    table = printing.plain_table("product", "picture", "tries", "next try", "why")
    for one in found:
        next_try = f"{one.next_try_at:%Y-%m-%d %H:%M} UTC" if one.next_try_at else "given up"
        said = (one.product_name, one.location, str(one.attempts), next_try, one.message or "not tried yet")
        table.add_row(*map(escape, said))
    printing.out.print(table)
    given_up = sum(one.has_failed for one in found)
    printing.out.print(f"{len(found) - given_up} to come, {given_up} given up.")


def picture_json(one: WaitingPicture) -> dict[str, object]:
    return {
        "product": one.product_id,
        "name": one.product_name,
        "location": one.location,
        "message": one.message,
        "attempts": one.attempts,
        "next_try_at": one.next_try_at,
        "is_shown": one.is_shown,
    }
