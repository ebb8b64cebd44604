"""`python -m tests.kills.checkout --runs 5`: many shoppers at once on few units, with something killed meanwhile.

Two web processes serve one shop. Each shopper adds a unit to a cart and orders it, and tries again where no answer
came. At the end every unit is either in stock or in exactly one order, and every shopper knows what came of theirs.
"""

from __future__ import annotations

import argparse
import json
import random
import sys
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import psutil
import psycopg

from tests.shops import ShopProcess, free_port, run_import, start_shop

TRIES = 40
VICTIMS = ("Web", "Worker", "Valkey", "PostgreSQL")
ADDRESS = {
    "email": "ada@example.com",
    "first_name": "Ada",
    "last_name": "Byron",
    "street_address_1": "1 Main Street",
    "postal_code": "94043",
    "city": "Mountain View",
    "country_area": "CA",
    "country": "US",
    "payment": "invoice",
    "terms": "1",
}


@dataclass(slots=True)
class Selling:
    """A shop with two web processes, and its database."""

    first: ShopProcess
    second: ShopProcess
    database: str

    def ask(self, query: str, *values: object) -> list[tuple[Any, ...]]:
        with psycopg.connect(self.database, autocommit=True) as connection:
            cursor = connection.execute(query.encode(), values)
            return cursor.fetchall() if cursor.description else []

    def wait_for_database(self) -> None:
        for _ in range(300):
            try:
                self.ask("SELECT 1")
                return
            except psycopg.Error:
                time.sleep(0.2)


@contextmanager
def selling(folder: Path) -> Iterator[Selling]:
    """A shop that sells one product, reached by two addresses; each shopper counts as an address of their own."""
    proxied = {"TRUSTED_PROXIES": "1"}
    first = start_shop(folder / "home", "--no-sample", environment=proxied)
    first.wait_until_ready()
    left = json.loads((folder / "home" / "environment.json").read_text())
    shared = {name: left[name] for name in ("DATABASE_URL", "REDIS_URL")}
    secret = {"SECRET_KEY": left["SECRET_KEY"]} if "SECRET_KEY" in left else {}
    second = start_shop(folder / "guest", "--no-sample", port=free_port(), environment=shared | proxied | secret)
    try:
        second.wait_until_ready()
        file = folder / "ball.csv"
        file.write_text("sku,name,price,stock\nBALL,Ball,9.90,0\n")
        done = run_import(first, "apply", file, "--yes")
        assert done.returncode == 0, done.stdout + done.stderr
        yield Selling(first, second, shared["DATABASE_URL"])
    finally:
        second.interrupt()
        first.interrupt()


def buy(number: int, addresses: tuple[str, str], variant: str, delivery: str) -> tuple[str, str]:
    """Return what came of one shopper's order ("ordered", "refused", "unknown"), and the cart's id."""
    headers = {"X-Forwarded-For": f"10.{number // 65536}.{number // 256 % 256}.{number % 256}"}
    cart = ""
    with httpx.Client(headers=headers, timeout=30, trust_env=False) as client:
        for attempt in range(TRIES):
            base = addresses[(number + attempt) % 2]
            client.headers["Origin"] = base
            try:
                if not cart:
                    added = client.post(f"{base}/cart/add/", data={"variant": variant, "quantity": "1"})
                    if added.status_code == 409:
                        return "refused", cart
                    cart = added.cookies.get("cart") or ""
                if cart:
                    answer = client.post(
                        f"{base}/checkout/", data=ADDRESS | {"delivery": delivery}, headers={"Cookie": f"cart={cart}"}
                    )
                    if answer.status_code == 302 and "/orders/" in answer.headers["Location"]:
                        return "ordered", cart
                    if answer.status_code == 422 or (
                        answer.status_code == 302 and "/cart/" in answer.headers["Location"]
                    ):
                        return "refused", cart
            except httpx.HTTPError:
                pass
            time.sleep(0.25)
    return "unknown", cart


def kill(shop: ShopProcess, victim: str) -> bool:
    """Kill a child of the shop; return whether it has such a child."""
    children = json.loads((shop.home / "children.json").read_text())
    if victim not in children:
        return False
    process = psutil.Process(int(children[victim].partition("@")[0]))
    for each in [*process.children(recursive=True), process]:
        with suppress(psutil.NoSuchProcess):
            each.kill()
    return True


def trial(shop: Selling, *, shoppers: int, units: int, victim: str = "", after_s: float = 0.0) -> list[str]:
    """Return what is wrong after so many shoppers at once; nothing where all is well."""
    shop.ask("TRUNCATE checkout_order, checkout_cart CASCADE")
    shop.ask("UPDATE catalog_stock SET quantity = %s", units)
    [(variant,)] = shop.ask("SELECT public_id FROM catalog_productvariant")
    delivery = str(shop.ask("SELECT id FROM checkout_deliverymethod ORDER BY price LIMIT 1")[0][0])
    addresses = (shop.first.address, shop.second.address)
    if victim:
        threading.Timer(after_s, kill, (shop.first, victim)).start()
    with ThreadPoolExecutor(shoppers) as pool:
        results = list(pool.map(lambda number: buy(number, addresses, variant, delivery), range(shoppers)))
    shop.wait_for_database()
    came = Counter(result for result, _ in results)
    [(left,)] = shop.ask("SELECT quantity FROM catalog_stock")
    orders = {str(cart) for (cart,) in shop.ask("SELECT cart_id FROM checkout_order")}
    [(sold,)] = shop.ask("SELECT coalesce(sum(quantity), 0) FROM checkout_orderline")
    told = {cart for result, cart in results if result == "ordered"}
    wrong = []
    if sold + left != units:
        wrong.append(f"{sold} sold and {left} left of {units}")
    if sold != min(units, shoppers):
        wrong.append(f"{sold} sold of {units}")
    if told != orders:
        wrong.append(f"{len(told)} shoppers know of {len(orders)} orders")
    if came["unknown"]:
        wrong.append(f"{came['unknown']} shoppers never got an answer")
    return wrong


def main() -> int:
    options = argparse.ArgumentParser(prog="python -m tests.kills.checkout", description=__doc__)
    options.add_argument("--shoppers", type=int, default=200)
    options.add_argument("--units", type=int, default=20)
    options.add_argument("--runs", type=int, default=5, help="without anything killed")
    options.add_argument("--kills", type=int, default=10, help="of each: web process, worker, broker, database")
    options.add_argument("--seed", type=int, default=1)
    given = options.parse_args()
    chance, failures, count = random.Random(given.seed), 0, 0
    with tempfile.TemporaryDirectory() as folder, selling(Path(folder)) as shop:
        victims = [""] * given.runs + [victim for victim in VICTIMS for _ in range(given.kills)]
        for victim in victims:
            after_s = chance.uniform(0.2, 6)
            began = time.monotonic()
            wrong = trial(shop, shoppers=given.shoppers, units=given.units, victim=victim, after_s=after_s)
            count += 1
            failures += bool(wrong)
            what = f"{victim} killed after {after_s:.1f} s" if victim else "nothing killed"
            sys.stdout.write(f"{what}: {'; '.join(wrong) or 'right'}, {time.monotonic() - began:.1f} s\n")
            sys.stdout.flush()
    sys.stdout.write(f"{count - failures} of {count} right\n")
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main())
