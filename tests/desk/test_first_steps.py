"""What a new portal still needs stands on the desks of those who can see to it, until it is done."""

from dataclasses import replace

import pytest

from portal.app import create_app
from portal.organisations.models import Holder, Organisation, OrganisationKind, Post
from tests.checks import every, words
from tests.people import account, somebody

HEADINGS = {"en": "What this portal still needs", "cy": "Beth sydd ei angen ar y porth hwn o hyd"}
ALONE = "Nobody but you can sign in: invite the people who will work here, and a second administrator"
ONE_ADMINISTRATOR = (
    "There is one administrator only: invite a second one, who can help if the first is ill or locked out"
)
NOBODY_ENTERED = (
    "Residents see nobody in charge and no councillor: enter them, or have a file of them read on the server"
)
NO_COUNCILLOR = "No councillor is entered: enter them, or have a file of them read on the server"
NO_AREAS = "No areas are loaded yet: portal import-places loads wards, neighbourhoods and postcodes"


@pytest.fixture
def keeper(app):
    """The administrator of a portal on its first day: it has a row nowhere else."""
    with somebody(app, "administrator") as one:
        yield one


def headings(page):
    return [words(one) for one in every(page.main, "h2")]


def steps(page):
    """Each sentence with where it leads."""
    found = {}
    for row in every(page.main, "li"):
        places = [href for _, href in page.links(row)]
        found[words(row)] = places[0] if places else None
    return found


def test_an_administrator_sees_on_the_first_day_what_to_do_and_where(keeper):
    desk = keeper.open("/en/desk")
    assert headings(desk) == [HEADINGS["en"]]
    found = steps(desk)
    assert found[ALONE] == "/en/accounts/invite"
    assert found[NOBODY_ENTERED].startswith("/en/")
    assert found[NO_AREAS] is None
    (inboxes,) = [href for said, href in found.items() if said.startswith("Some inboxes are at example.org")]
    assert inboxes == "/en/settings"
    assert "the command portal check tells them the same" in desk.said
    welsh = desk.in_other_language()
    assert headings(welsh) == [HEADINGS["cy"]]
    assert len(steps(welsh)) == len(found)


def test_a_step_that_is_done_is_gone(app, keeper, sqlite_database):
    with sqlite_database.unit_of_work() as session:
        account(session, "analyst")
        names = {"name_en": "Roads", "name_cy": "Ffyrdd", "is_public": True}
        session.add(council := Organisation(code="a", kind=OrganisationKind.council_service, **names))
        session.flush()
        titles = {"code": "b", "title_en": "Engineer", "title_cy": "Peiriannydd", "is_public": True}
        session.add(post := Post(organisation_id=council.key, **titles))
        session.flush()
        assert NOBODY_ENTERED in steps(keeper.open("/en/desk")), "a post is nobody"
        session.add(Holder(post_id=post.key, name="Ann Example"))
    found = steps(keeper.open("/en/desk"))
    assert {ALONE, NOBODY_ENTERED} & found.keys() == set()
    assert {ONE_ADMINISTRATOR, NO_COUNCILLOR} <= found.keys()
    with sqlite_database.unit_of_work() as session:
        account(session, "administrator")
    assert ONE_ADMINISTRATOR not in steps(keeper.open("/en/desk"))


def test_others_see_what_is_theirs_to_do_and_no_more(app):
    with somebody(app, "communications") as writer:
        assert list(steps(writer.open("/en/desk"))) == [NOBODY_ENTERED]
    with somebody(app, "councillor") as councillor:
        assert "Nothing waits for you." in councillor.open("/en/desk").said


def test_a_demonstration_is_never_opened_and_needs_nothing(sqlite_database, settings):
    with somebody(create_app(replace(settings, demo=True), database=sqlite_database), "administrator") as keeper:
        assert "Nothing waits for you." in keeper.open("/en/desk").said


def test_who_is_signed_in_is_not_asked_to_sign_in(app, keeper, browse):
    assert "Sign in for staff and councillors" in [
        text for text, _ in browse.open("/en/").links(browse.open("/en/").root)
    ]
    page = keeper.open("/en/desk")
    assert "Sign in for staff and councillors" not in [text for text, _ in page.links(page.root)]
