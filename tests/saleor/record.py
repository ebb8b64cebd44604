"""Records what a real Saleor answers to the cases, for the fake to be held against.

    SALEOR_API_URL=https://…/graphql/ SALEOR_TOKEN=… SALEOR_LIMITED_TOKEN=… python -m tests.saleor.record [group …]

SALEOR_LIMITED_TOKEN is that of another app, which has only the permission MANAGE_PRODUCTS.
It makes things with the prefix "fk-", and deletes them.
"""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any, Final

from storefront.saleor.client.transport import Saleor
from tests.saleor.asking import Asking, put_away, send
from tests.saleor.cases import CASES
from tests.saleor.races import RACES, run
from tests.saleor.world import World

RECORDED: Final = Path(__file__).with_name("recorded")
RACING: Final = "races"


def recorded(
    case: Callable[[World], Asking], world: World, url: str, token: str, *, limited: str = "limited", document: str = ""
) -> dict[str, Any]:
    """What a Saleor answers to a case, with what was asked; by the document given, where it was recorded before."""
    asking = case(world)
    if document:
        asking = replace(asking, document=document)
    status, answer = send(asking, url, token, limited)
    note_made(world, answer)
    found: dict[str, Any] = {"status": status, "answer": put_away(answer, world.names)}
    if asking.loose:
        found["answer"] = without_words(found["answer"])
    question = {"document": asking.document, "variables": put_away(dict(asking.variables), world.names)}
    return (question if asking.document else {}) | found


def recorded_race(name: str, world: World, url: str, token: str) -> dict[str, Any]:
    """What Saleor answers to the loser of a race."""
    status, answer = run(name, world, url, token)
    return {"status": status, "answer": put_away(answer, world.names)}


def without_words(answer: Any) -> Any:
    """Only how many errors there are, and of which kind."""
    if not isinstance(answer, dict):
        return None
    return {"codes": [error["extensions"]["exception"]["code"] for error in answer.get("errors", ())]}


def note_made(world: World, answer: Any) -> None:
    """Remembers the things that a case made after all."""
    data = (answer.get("data") if isinstance(answer, dict) else None) or {}
    if isinstance(data.get("m0"), dict):
        world.note(data["m0"])


def main() -> None:
    url, token = os.environ["SALEOR_API_URL"], os.environ["SALEOR_TOKEN"]
    limited = os.environ["SALEOR_LIMITED_TOKEN"]
    with Saleor(url, token) as saleor:
        world = World(saleor)
        try:
            for group in sys.argv[1:] or [*CASES, RACING]:
                if group == RACING:
                    found = {name: recorded_race(name, world, url, token) for name in RACES}
                else:
                    found = {
                        name: recorded(case, world, url, token, limited=limited) for name, case in CASES[group].items()
                    }
                text = json.dumps(found, indent=2, ensure_ascii=False) + "\n"
                (RECORDED / f"{group}.json").write_text(text, encoding="utf-8")
        finally:
            world.clean_up()


if __name__ == "__main__":
    main()
