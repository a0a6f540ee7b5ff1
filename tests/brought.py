"""What takes long to bring into an empty database: brought in once a run, and copied from then on."""

from __future__ import annotations

from collections.abc import Callable

from sqlalchemy import func, select, text
from sqlmodel import SQLModel

from portal.db import Database

KEPT: dict[str, dict[str, list[dict[str, object]]]] = {}
"""Rows by table, by the name of what was brought."""


def brought(database: Database, name: str, bring: Callable[[], object]) -> Database:
    """An empty database with what `bring` brings into it: the same rows whenever the name is the same, so that nothing
    but the clock that stands still may tell one time from another.
    """
    if name in KEPT:
        _copy(database, KEPT[name])
        return database
    bring()
    tables = SQLModel.metadata.sorted_tables
    with database.engine.connect() as connection:
        found = {one.name: [dict(row) for row in connection.execute(select(one)).mappings()] for one in tables}
    KEPT[name] = {table: rows for table, rows in found.items() if rows}
    return database


def _copy(database: Database, kept: dict[str, list[dict[str, object]]]) -> None:
    with database.engine.begin() as connection:
        for name, rows in kept.items():
            table = SQLModel.metadata.tables[name]
            connection.execute(table.insert(), rows)
            if not database.is_sqlite and "id" in table.c and table.c.id.autoincrement is not False:
                sequence = connection.scalar(select(func.pg_get_serial_sequence(name, "id")))
                if sequence:
                    connection.execute(text(f"SELECT setval('{sequence}', (SELECT max(id) FROM \"{name}\"))"))
