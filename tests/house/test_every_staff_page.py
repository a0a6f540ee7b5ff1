"""Every page for people who are signed in, in both languages: whole, and translated to the last word."""

import pytest

from portal.app import create_app
from portal.web.identity import ANYBODY
from tests.browse import MARKED, Browse
from tests.factories import known_of
from tests.house.agreed import permissions
from tests.house.examples import example
from tests.people import somebody


def pages():
    return sorted(name for name, (does, who) in permissions().items() if does == "reads" and who != "anybody")


@pytest.fixture
def busy(sqlite_database, settings):
    """Somebody with every role, who reads in marks."""
    app = create_app(settings, database=sqlite_database, catalogues=MARKED)
    with somebody(app, *app.state.roles, name="Enw Enghreifftiol") as one:
        yield one


@pytest.mark.parametrize("route", pages())
def test_a_page_for_staff_is_whole_and_translated(busy, route):
    app = busy.app
    with app.state.database.unit_of_work() as session:
        params = example(route, session)
    assert app.state.urls.access[route] is not ANYBODY
    with Browse(app, known=known_of(app)) as reader:
        reader.client.cookies.update(busy.client.cookies)
        for lang in reader.languages:
            assert reader.open(app.state.urls.path(route, lang, **params)).lang == lang
