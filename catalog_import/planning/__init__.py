"""Compare records with the shop.

In: records from `sources`, tags and links from `tagging`, and the shop as `shop.Shop` shows it.
Out: a plan, item by item: what would be created, changed, archived or left alone, where the file and the shop both
changed (`threeway`), and how a run is taken back (`undo`). Nothing here writes.
"""

__all__ = ["importing", "pins", "plan", "planner", "preconditions", "shop", "threeway", "undo", "writes"]
