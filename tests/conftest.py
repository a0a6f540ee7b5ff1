"""What every test may ask for: databases made by the migrations, and applications with a client that checks pages."""

from __future__ import annotations

import os
import secrets
import shutil

import pytest
from sqlalchemy import create_engine, make_url, text
from sqlmodel import SQLModel

from portal import migrating
from portal.app import create_app
from portal.db import Database
from portal.settings import Settings, load
from tests.browse import MARKED, Browse
from tests.choosing import pytest_collection_modifyitems
from tests.factories import known_of
from tests.once import made_once
from tests.racing import Racers
from tests.serving import demonstration

__all__ = ["made_once", "pytest_collection_modifyitems"]

POSTGRES = "PORTAL_TEST_POSTGRES"


@pytest.fixture(scope="session")
def empty_file(tmp_path_factory):
    """A SQLite file with every table and no row. Nobody writes to it: it is copied."""
    path = tmp_path_factory.mktemp("template") / "portal.db"
    made = Database(f"sqlite:///{path}")
    migrating.upgrade(made)
    made.close()
    return path


@pytest.fixture(scope="session")
def postgres_server():
    """The address of a PostgreSQL server where databases may be made."""
    url = os.environ.get(POSTGRES)
    if not url:
        absent = f"no PostgreSQL server: put its address into {POSTGRES} (postgresql+psycopg://user@host:port/database)"
        if os.environ.get("CI"):
            pytest.fail(absent)
        pytest.skip(absent)
    return make_url(url)


@pytest.fixture(scope="session")
def postgres_database_url(postgres_server):
    """A database of this run's own, made by the migrations and dropped at the end."""
    name = f"portal_tests_{secrets.token_hex(6)}"
    admin = create_engine(postgres_server, isolation_level="AUTOCOMMIT")
    with admin.connect() as connection:
        connection.execute(text(f'CREATE DATABASE "{name}"'))
    url = postgres_server.set(database=name).render_as_string(hide_password=False)
    made = Database(url)
    migrating.upgrade(made)
    made.close()
    yield url
    with admin.connect() as connection:
        connection.execute(text(f'DROP DATABASE "{name}" WITH (FORCE)'))
    admin.dispose()


@pytest.fixture
def sqlite_database(empty_file, tmp_path):
    """A real SQLite file of this test's own."""
    path = tmp_path / "portal-data" / "portal.db"
    path.parent.mkdir(mode=0o700)
    shutil.copyfile(empty_file, path)
    path.chmod(0o600)
    made = Database(f"sqlite:///{path}")
    yield made
    made.close()


@pytest.fixture
def postgres_database(postgres_database_url):
    """The PostgreSQL database of this run, empty before and after."""
    made = Database(postgres_database_url)
    yield made
    emptied = [str(table.delete()) for table in reversed(SQLModel.metadata.sorted_tables)]
    counted = "SELECT setval(sequencename::regclass, 1, false) FROM pg_sequences"
    with made.engine.begin() as connection:
        connection.exec_driver_sql(";".join([*emptied, counted]))  # in one go: it is done a thousand times
    made.close()


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
def database(request):
    """A real database with every table and no row: each test runs on SQLite, and on PostgreSQL where there is one."""
    return request.getfixturevalue(f"{request.param}_database")


@pytest.fixture
def settings(tmp_path):
    return Settings(data_dir=tmp_path / "portal-data")


@pytest.fixture(scope="session")
def racers():
    """Processes that do the same thing to one database at one instant."""
    some = Racers()
    yield some
    some.close()


@pytest.fixture
def app(sqlite_database, settings):
    """The whole application, on a database without a row."""
    return create_app(settings, database=sqlite_database)


@pytest.fixture
def browse(app):
    """Somebody with a browser at an empty portal of this test's own."""
    with Browse(app) as reader:
        yield reader


@pytest.fixture(scope="session")
def reader(empty_file):
    """Somebody with a browser at an empty portal. Nobody writes to it."""
    with Browse(create_app(Settings(data_dir=empty_file.parent)), thorough=True) as one:
        yield one


@pytest.fixture(scope="session")
def demo():
    """Somebody with a browser at the demonstration. Nobody writes to it."""
    with Browse(create_app(load(demonstration(), environ={})), thorough=True) as one:
        yield one


@pytest.fixture(scope="session")
def marked_demo():
    """The same, where every translated text stands between marks, and whatever is not translated shows."""
    app = create_app(load(demonstration(), environ={}), catalogues=MARKED)
    with Browse(app, known=known_of(app), thorough=True) as one:
        yield one
