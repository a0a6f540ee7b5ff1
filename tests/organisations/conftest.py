"""The small invented land with its wards, files of councillors and organisations for it, and staff who keep them."""

import pytest

from portal.app import create_app
from portal.organisations.importing import Options, import_councillors, import_organisations
from portal.places.importing import Options as PlacesOptions
from portal.places.importing import import_places
from tests.brought import brought
from tests.organisations.lists import BODIES, COUNCILLORS, POSTS
from tests.people import somebody
from tests.places import land


@pytest.fixture
def today(time_machine):
    time_machine.move_to("2026-11-20T12:00:00+00:00", tick=False)


@pytest.fixture
def loaded(database, tmp_path, today):
    """The land, on each database."""
    return brought(
        database, "land", lambda: import_places(database, land.write_land(tmp_path / "land"), PlacesOptions())
    )


@pytest.fixture
def file(tmp_path):
    """Writes a file and gives its path."""

    def write(text, name="list.csv"):
        path = tmp_path / name
        path.write_bytes(text if isinstance(text, bytes) else text.encode("utf-8"))
        return path

    return write


@pytest.fixture
def bring(loaded, file):
    """Imports a list of councillors."""

    def run(text, name="list.csv", **options):
        return import_councillors(loaded, [file(text, name)], Options(**options))

    return run


@pytest.fixture
def filled(database, tmp_path, file, today):
    """The land with its organisations, posts and councillors."""

    def bring():
        import_places(database, land.write_land(tmp_path / "land"), PlacesOptions())
        import_organisations(database, [file(BODIES, "bodies.csv"), file(POSTS, "posts.csv")], Options())
        import_councillors(database, [file(COUNCILLORS, "councillors.csv")], Options())

    return brought(database, "land with its councillors", bring)


@pytest.fixture
def app(filled, settings):
    return create_app(settings, database=filled)


@pytest.fixture
def staff(app):
    """Somebody of communications, signed in."""
    with somebody(app, "communications") as browse:
        yield browse
