"""Bring the tables up to date with Alembic, from inside the portal: no second tool, and no settings file of its own."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from sqlalchemy import Connection, inspect, text

from portal.db import Database

if TYPE_CHECKING:
    from alembic.config import Config

_SCRIPTS = Path(__file__).resolve().parent / "migrations"
_TABLE = "alembic_version"


def upgrade(database: Database) -> bool:
    """Run every migration that is missing, in one transaction. Returns whether there was one."""
    if is_current(database):
        return False
    from alembic import command  # noqa: PLC0415 - as slow to import as the whole portal, and needed once a version

    with database.engine.begin() as connection:
        command.upgrade(config(connection), "head")
    return True


def is_current(database: Database) -> bool:
    """Whether the tables are those of this version of the portal."""
    with database.reading() as session:
        connection = session.connection()
        if not inspect(connection).has_table(_TABLE):
            return False
        return connection.execute(text(f"SELECT version_num FROM {_TABLE}")).scalars().all() == [head()]  # noqa: S608


def head() -> str:
    """The last migration. Each is a file that begins with its number: 0001_the_first_tables.py."""
    return max(known())


def known() -> set[str]:
    """Every version that the tables ever had, this portal's own the last."""
    return {path.name.partition("_")[0] for path in (_SCRIPTS / "versions").glob("[0-9]*_*.py")}


def config(connection: Connection | None) -> Config:
    """Alembic's configuration, with the connection that its environment is to use."""
    from alembic.config import Config  # noqa: PLC0415 - see `upgrade`

    made = Config(attributes={"connection": connection})
    made.set_main_option("script_location", str(_SCRIPTS))
    return made
