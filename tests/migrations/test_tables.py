"""The history of the tables ends where the models stand, on both databases."""

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import inspect, text
from sqlmodel import SQLModel

from portal import migrating
from portal.db import Database
from portal.revisions import Revision


@pytest.fixture
def empty(tmp_path):
    made = Database(f"sqlite:///{tmp_path}/new/portal.db")
    yield made
    made.close()


def test_after_every_migration_the_tables_are_those_of_the_models(database):
    with database.engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True, "compare_server_default": True})
        assert compare_metadata(context, SQLModel.metadata) == []


def test_the_history_is_one_line():
    script = ScriptDirectory.from_config(migrating.config(None))
    assert len(script.get_heads()) == 1
    assert len(script.get_bases()) == 1


def test_an_empty_database_gets_every_table_once(empty):
    assert not migrating.is_current(empty)
    assert migrating.upgrade(empty) is True
    assert migrating.is_current(empty)
    assert migrating.upgrade(empty) is False
    assert set(SQLModel.metadata.tables) < set(inspect(empty.engine).get_table_names())


def test_migrating_again_keeps_what_is_there(database):
    with database.unit_of_work() as session:
        session.add(Revision(noun="crime", number=7))
    assert migrating.upgrade(database) is False
    with database.reading() as session:
        assert session.get_one(Revision, "crime").number == 7


def test_a_database_of_another_version_is_known_as_such(empty):
    migrating.upgrade(empty)
    with empty.engine.begin() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = 'older'"))
    assert not migrating.is_current(empty)


def test_a_migration_that_fails_leaves_nothing_half_made(empty):
    with empty.engine.begin() as connection:
        connection.execute(text("CREATE TABLE rate_count (mine INTEGER)"))
    with pytest.raises(Exception, match="rate_count"):
        migrating.upgrade(empty)
    assert inspect(empty.engine).get_table_names() == ["rate_count"]


def test_every_migration_can_be_taken_back(empty):
    from alembic import command  # noqa: PLC0415 - slow to load

    migrating.upgrade(empty)
    with empty.engine.begin() as connection:
        command.downgrade(migrating.config(connection), "base")
    assert set(inspect(empty.engine).get_table_names()) <= {"alembic_version"}


def test_every_moment_knows_its_zone():
    naive = [
        f"{table.name}.{column.name}"
        for table in SQLModel.metadata.sorted_tables
        for column in table.columns
        if column.name.endswith("_at") and type(column.type).__name__ != "UTCDateTime"
    ]
    assert naive == []


def test_days_end_in_on_and_moments_in_at():
    for table in SQLModel.metadata.sorted_tables:
        for column in table.columns:
            kind = type(column.type).__name__
            if kind == "UTCDateTime":
                assert column.name.endswith("_at") or column.name in {"at", "not_before"}, f"{table}.{column.name}"
            if kind == "Date":
                assert column.name.endswith("_on") or column.name in {"on", "day"}, f"{table}.{column.name}"
