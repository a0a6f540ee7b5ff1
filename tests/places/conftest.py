"""The small invented land, as files and loaded."""

import pytest

from portal.places.importing import Options, import_places
from tests.places import land


@pytest.fixture
def files(tmp_path):
    """Every file of the land."""
    return land.write_land(tmp_path / "files")


@pytest.fixture
def loaded(database, files):
    """A database with the land in it."""
    import_places(database, files, Options())
    return database


@pytest.fixture
def loaded_sqlite(sqlite_database, files):
    """A SQLite database with the land in it, for what does not hang on the database."""
    import_places(sqlite_database, files, Options())
    return sqlite_database
