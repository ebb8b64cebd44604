"""Many rows in one statement: COPY for new ones, one UPDATE over arrays for those that are there.

Columns go by the names of the model's fields. Values are as the database takes them; a JSON column's are lists and
dictionaries, or their JSON text.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import chain
from typing import Any

import orjson
from django.db import connection
from django.db.models import JSONField, Model
from django.db.models.fields import Field

Row = Sequence[Any]


def reserve_keys(model: type[Model], count: int) -> list[int]:
    """Return fresh primary keys for rows that are about to be copied."""
    if not count:
        return []
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT nextval(pg_get_serial_sequence(%s, %s)) FROM generate_series(1, %s)",
            [model._meta.db_table, model._meta.pk.column, count],
        )
        return [key for (key,) in cursor.fetchall()]


def copy_rows(model: type[Model], columns: Sequence[str], rows: Iterable[Row]) -> None:
    """Insert rows. Columns that are not named get the database's default, so name all that have none."""
    left = iter(rows)
    first = next(left, None)
    if first is None:
        return
    fields = fields_of(model, columns)
    names = ", ".join(column_names(fields))
    with (
        connection.wrap_database_errors,
        connection.cursor() as cursor,
        cursor.copy(f"COPY {quoted(model._meta.db_table)} ({names}) FROM STDIN") as copy,
    ):
        for row in plain_rows(fields, chain([first], left)):
            copy.write_row(row)


def update_rows(model: type[Model], columns: Sequence[str], rows: Iterable[Row]) -> None:
    """Set columns of rows that are there; the first column is the primary key."""
    given_rows = list(rows)
    if not given_rows:
        return
    fields = fields_of(model, columns)
    names = column_names(fields)
    key, *others = names
    assignments = ", ".join(f"{name} = given.{name}" for name in others)
    table = quoted(model._meta.db_table)
    arrays, values = as_arrays(fields, given_rows)
    with connection.cursor() as cursor:
        cursor.execute(
            f"UPDATE {table} SET {assignments} FROM {arrays} AS given ({', '.join(names)}) "  # noqa: S608
            f"WHERE {table}.{key} = given.{key}",
            values,
        )


def as_arrays(fields: Sequence[Field[Any, Any]], rows: Sequence[Row]) -> tuple[str, list[list[Any]]]:
    """Return SQL that yields the rows from one array a column, and its parameters."""
    columns = [list(column) for column in zip(*plain_rows(fields, rows), strict=True)]
    types = [str(field.rel_db_type(connection) if field.is_relation else field.db_type(connection)) for field in fields]
    types = [kind.partition("(")[0] for kind in types]
    return f"unnest({', '.join(f'%s::{kind}[]' for kind in types)})", columns


def plain_rows(fields: Sequence[Field[Any, Any]], rows: Iterable[Row]) -> Iterator[Row]:
    """Return the rows with JSON as text."""
    jsons = [index for index, field in enumerate(fields) if isinstance(field, JSONField)]
    if not jsons:
        yield from rows
        return
    for row in rows:
        changed = list(row)
        for index in jsons:
            if not isinstance(changed[index], str):
                changed[index] = orjson.dumps(changed[index]).decode()
        yield changed


def check_keys() -> None:
    """Check the foreign keys of what was written now, not at the commit.

    What comes after may take locks that everybody waits for; the checking should be over by then.
    """
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("SET CONSTRAINTS ALL DEFERRED")


def fields_of(model: type[Model], columns: Sequence[str]) -> list[Field[Any, Any]]:
    return [model._meta.get_field(name) for name in columns]  # type: ignore[misc]


def column_names(fields: Iterable[Field[Any, Any]]) -> list[str]:
    """Return the fields' columns, quoted."""
    return [quoted(str(field.column)) for field in fields]


def quoted(name: str) -> str:
    return connection.ops.quote_name(name)
