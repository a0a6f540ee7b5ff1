"""How often passwords may be tried: a building of people who know theirs, behind one address, and who guesses there."""

import pytest

from tests.browse import Browse
from tests.people import account

pytestmark = pytest.mark.both_databases
PASSWORD = "correct horse battery"


@pytest.fixture
def colleagues(app):
    """The addresses of six people who owe a code after their password."""
    emails = [f"colleague{number}@example.org" for number in range(6)]
    with app.state.database.unit_of_work() as session:
        for email in emails:
            account(session, "analyst", email=email).password_hash = app.state.passwords.hash(PASSWORD)
    return emails


@pytest.fixture
def give(app, clock):
    """Gives a password in a browser that is not known, and says how it was answered."""

    def post(email, password=PASSWORD, network=113):
        with Browse(app, address=f"203.0.{network}.7") as browser:
            data = {"email": email, "password": password}
            return browser.client.post("/en/sign-in", data=data).status_code

    return post


def test_a_whole_building_behind_one_address_signs_in_as_often_as_it_likes(give, colleagues):
    assert {give(email) for _ in range(8) for email in colleagues} == {303}


def test_what_is_right_gives_who_guesses_from_the_same_place_no_try_more(give, colleagues):
    own, *others = colleagues
    for number in range(20):
        assert give(own) == 303
        assert give(others[number % 5], "wrong") == 422
    assert [give(others[0], "wrong"), give(others[0]), give(own), give("nobody@example.org")] == [429] * 4
    assert give(others[0], network=114) == 303


def test_who_is_right_between_guesses_at_one_account_has_no_try_more(give, colleagues):
    assert [give(colleagues[0], word) for _ in range(7) for word in (PASSWORD, "wrong")] == [303, 422] * 7
    assert [give(colleagues[0], "wrong"), give(colleagues[0])] == [429] * 2


def test_who_is_refused_for_one_account_takes_nothing_from_the_others_behind_the_address(give, colleagues):
    own, other, *_ = colleagues
    assert [give(own, "wrong") for _ in range(30)] == [422] * 7 + [429] * 23
    assert give(other) == 303
    assert [give(f"nobody{number}@example.org") for number in range(14)] == [422] * 13 + [429]


def test_a_known_browser_is_let_through_when_its_whole_network_is_refused(app, give):
    email = "cadi@example.org"
    with app.state.database.unit_of_work() as session:
        account(session, email=email).password_hash = app.state.passwords.hash(PASSWORD)
    with Browse(app, address="203.0.113.7") as browser:
        data = {"email": email, "password": PASSWORD}
        assert browser.client.post("/en/sign-in", data=data).headers["location"] == "/en/desk"
        browser.open("/en/desk").press("Sign out: Enw Enghreifftiol")
        assert [give(f"nobody{number}@example.org") for number in range(21)] == [422] * 20 + [429]
        assert give(email) == 429
        known = [browser.client.post("/en/sign-in", data=data).status_code for _ in range(8)]
        assert known == [303] * 8
        assert browser.client.post("/en/sign-in", data={"email": "a@example.org", "password": "x"}).status_code == 429


def test_who_knows_a_password_keeps_the_processor_no_busier_than_who_does_not(give, colleagues):
    assert [give(colleagues[0]) for _ in range(52)] == [303] * 50 + [429] * 2
    assert give(colleagues[1]) == 303
