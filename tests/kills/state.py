"""All that a database of the shop holds, without what no two runs have alike: keys, ids made once, times."""

from __future__ import annotations

from typing import Any

import psycopg
from psycopg import sql
from psycopg.rows import dict_row

NOT_COMPARED = {"id", "public_id", "created_at", "updated_at", "stamp", "started_at", "progressed_at", "finished_at"}
# Keys of the read model, which have no constraint in the database.
UNCONSTRAINED = {"product_id": "catalog_product", "channel_id": "catalog_channel", "area_id": "catalog_term"}
# Counts are noted as changes, which are added up now and then: only their sums are alike.
ROWS = {
    "catalog_facetcount": sql.SQL(
        "SELECT min(id) AS id, channel_id, facet, sum(number) AS number FROM catalog_facetcount "
        "GROUP BY channel_id, facet HAVING sum(number) <> 0"
    ),
}
State = dict[str, list[str]]

_FOREIGN_KEYS = """
SELECT con.conrelid::regclass::text, att.attname, con.confrelid::regclass::text
FROM pg_constraint con JOIN pg_attribute att ON att.attrelid = con.conrelid AND att.attnum = con.conkey[1]
WHERE con.contype = 'f' AND con.conrelid::regclass::text ~ '^catalog_'
"""


def state_of(url: str) -> State:
    """Every table of the catalogue and of the importer: its rows by what they say, sorted.

    A foreign key is shown as what the row says that it points to.
    """
    with psycopg.connect(url, row_factory=dict_row) as connection:
        tables = [
            row["tablename"]
            for row in connection.execute(
                "SELECT tablename FROM pg_tables WHERE schemaname = 'public' AND tablename ~ '^catalog_'"
            )
        ]
        keys = {
            (table, column): target
            for table, column, target in (tuple(row.values()) for row in connection.execute(_FOREIGN_KEYS))
        }
        rows: dict[str, dict[int, dict[str, Any]]] = {
            table: {row["id"]: row for row in connection.execute(statement_for(table))} for table in tables
        }
    said: dict[tuple[str, int], str] = {}

    def target_of(table: str, column: str) -> str | None:
        is_read_model = table in ("catalog_productlisting", "catalog_areaoffer", "catalog_facetcount")
        return keys.get((table, column)) or (UNCONSTRAINED.get(column) if is_read_model else None)

    def say(table: str, key: int) -> str:
        if (table, key) not in said:
            parts = {
                column: say(target, value) if value is not None and (target := target_of(table, column)) else value
                for column, value in rows[table][key].items()
                if column not in NOT_COMPARED
            }
            said[table, key] = str(parts)
        return said[table, key]

    return {table: sorted(say(table, key) for key in rows[table]) for table in tables}


def statement_for(table: str) -> sql.Composable:
    found = ROWS.get(table)
    return found if found else sql.SQL("SELECT * FROM {}").format(sql.Identifier(table))


def differences(one: State, other: State, limit: int = 1) -> list[str]:
    """What the states do not have in common, in a few lines; empty where they are equal."""
    found = []
    for table in sorted({*one, *other}):
        mine, theirs = one.get(table, []), other.get(table, [])
        if mine != theirs:
            only_mine, only_theirs = sorted(set(mine) - set(theirs)), sorted(set(theirs) - set(mine))
            found.append(f"{table}: {len(mine)} and {len(theirs)} rows")
            for one_row, other_row in list(zip(only_mine, only_theirs, strict=False))[:limit]:
                start = max(0, first_difference(one_row, other_row) - 60)
                found += [f"  …{one_row[start : start + 160]}", f"  …{other_row[start : start + 160]}"]
    return found


def first_difference(one: str, other: str) -> int:
    pairs = enumerate(zip(one, other, strict=False))
    return next((index for index, (mine, theirs) in pairs if mine != theirs), 0)
