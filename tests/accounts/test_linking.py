"""Links by mail: many behind one address at once, and one that is used twice, by the same hand or by another."""

import time
from threading import Thread

import pytest
from sqlmodel import select

from portal.accounts import links, service
from portal.accounts.models import Account, AccountStatus, LinkPurpose
from portal.accounts.passwords import Passwords
from portal.accounts.service import Invited
from portal.lifecycle import OPERATOR

pytestmark = pytest.mark.both_databases
FIRST, OTHER = "tri gair rhyfedd", "another set of words"
USED = "This link was used already"


@pytest.fixture
def invite(app):
    """Invites somebody, and gives the path of their link."""

    def invited(number=0):
        email = f"invitee{number}@example.org"
        with app.state.database.unit_of_work() as session:
            someone = Invited("Ann Example", email, "en", frozenset({"analyst"}))
            return f"/en/invitation/{service.invite(session, OPERATOR, someone)[1]}"

    return invited


@pytest.fixture
def forgotten(app, ann):
    """The path of a link to a new password for Ann."""
    with app.state.database.unit_of_work() as session:
        return f"/en/new-password/{links.make(session, session.get(Account, ann), LinkPurpose.password)}"


@pytest.fixture(params=["invitation", "password"])
def link(request):
    """A link of either kind that was not used yet."""
    if request.param == "password":
        return request.getfixturevalue("forgotten")
    return request.getfixturevalue("invite")()


def post(browse, path, password=FIRST):
    return browse.client.post(path, data={"new_password": password})


def holds(app, password):
    with app.state.database.reading() as session:
        (kept,) = session.exec(select(Account.password_hash)).all()
    return app.state.passwords.check(kept, password).is_right


def test_a_whole_council_accepts_its_invitations_behind_one_address(app, stranger, invite, clock):
    assert [post(stranger, invite(number)).status_code for number in range(25)] == [303] * 25
    with app.state.database.reading() as session:
        assert session.exec(select(Account.status)).all() == [AccountStatus.active] * 25
    asked = stranger.client.post("/en/forgotten-password", data={"email": "ann@example.org"})
    assert asked.status_code == 303


def test_who_asks_for_passwords_too_often_can_still_accept_an_invitation(stranger, invite, clock):
    asked = [
        stranger.client.post("/en/forgotten-password", data={"email": f"a{number}@example.org"}).status_code
        for number in range(21)
    ]
    assert asked == [303] * 20 + [429]
    assert post(stranger, invite()).status_code == 303


def test_links_that_lead_nowhere_are_slowed_and_a_good_one_is_not(stranger, invite, clock):
    made_up = [post(stranger, f"/en/invitation/{number:043}").status_code for number in range(22)]
    assert made_up == [410] * 20 + [429] * 2
    assert post(stranger, invite()).status_code == 303


def test_the_same_password_sent_twice_is_told_the_same(app, stranger, link, clock):
    for _ in range(9):
        assert stranger.send(link, {"new_password": FIRST}).heading == "Your password is set"
    assert holds(app, FIRST)


def test_another_password_by_the_same_link_is_told_that_the_first_one_holds(app, stranger, link, clock):
    post(stranger, link)
    page = stranger.send(link, {"new_password": OTHER}, 410)
    assert page.heading == USED
    assert "your account keeps the one that it has" in page.said
    assert page.follow("Ask for a new link").heading == "Ask for a new password"
    assert page.follow("Sign in").heading == "Sign in"
    assert holds(app, FIRST)
    assert stranger.send(link, {"new_password": "short"}, 410).heading == USED


def test_who_holds_a_used_link_guesses_by_it_no_more_than_by_signing_in(stranger, forgotten, clock):
    post(stranger, forgotten)
    assert [post(stranger, forgotten, OTHER).status_code for _ in range(8)] == [410] * 7 + [429]
    assert post(stranger, forgotten).status_code == 429
    data = {"email": "ann@example.org", "password": FIRST}
    assert stranger.client.post("/en/sign-in", data=data).status_code == 429


@pytest.mark.parametrize("password", [FIRST, OTHER], ids=["the same", "another"])
def test_of_two_that_are_hashed_at_one_instant_the_first_holds_and_the_other_is_told(app, stranger, link, password):
    quick = app.state.passwords

    class Slow(Passwords):
        def hash(self, password):
            app.state.passwords = quick
            assert post(stranger, link, FIRST).status_code == 303
            return quick.hash(password)

    app.state.passwords = Slow()
    again = post(stranger, link, password)
    assert again.status_code == 307
    assert again.headers["location"] == link
    assert post(stranger, link, password).status_code == (303 if password == FIRST else 410)
    assert holds(app, FIRST)


def test_a_link_that_another_is_just_using_waits_and_sets_nothing(app, stranger, link, clock):
    kind, token = link.split("/")[2:]
    late, sent = [], {"new_password": OTHER}
    browser = Thread(target=lambda: late.append(stranger.client.post(link, data=sent, follow_redirects=True)))
    with app.state.database.unit_of_work() as session:
        hashed = app.state.passwords.hash(FIRST)
        if kind == "invitation":
            assert service.accept(session, *links.hold(session, LinkPurpose.invitation, token), hashed)
        else:
            found, holder = links.hold(session, LinkPurpose.password, token)
            assert service.set_password(session, holder, hashed, link=found)
        session.flush()
        browser.start()
        time.sleep(0.3)
    browser.join()
    assert [one.status_code for one in late] == [410]
    assert USED in late[0].text
    assert holds(app, FIRST)
