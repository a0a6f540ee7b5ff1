"""What an administrator does to somebody's account is told them by a letter, in their own language, and whom to ask."""

import pytest
from sqlmodel import select

from portal.accounts import service
from portal.accounts.models import AccountStatus
from portal.notifications.models import OutboxMessage
from tests.people import account, authenticator

ASK_EN = "If you have a question, ask who did this:\nAnwen Enghraifft, anwen@example.org"
ASK_CY = "Anwen Enghraifft, anwen@example.org"


@pytest.fixture
def bet(app, admin):
    """An account with an authenticator, that an administrator has before them."""
    with app.state.database.unit_of_work() as session:
        made = account(session, "analyst", name="Bet Example", email="bet@example.org")
        authenticator(session, app.state.vault, made)
    return admin.open(f"/en/accounts/{made.key}")


def letters(app):
    with app.state.database.reading() as session:
        return session.exec(select(OutboxMessage).order_by(OutboxMessage.id)).all()


def test_who_gets_other_roles_is_told_which_they_have_now_and_whom_to_ask(app, bet):
    bet.tick("Analyst", on=False).tick("Moderator").tick("Communications officer").press("Save the roles")
    (letter,) = letters(app)
    assert (letter.to_address, letter.language, letter.about) == ("bet@example.org", "en", "account:2")
    assert letter.subject == "Your roles at the community safety portal have changed"
    assert letter.body.startswith("Hello Bet Example,\n\n")
    assert "Moderator\nReads what people want to say" in letter.body
    assert letter.body.index("Communications officer") < letter.body.index("Moderator")
    assert "Analyst" not in letter.body
    assert ASK_EN in letter.body


def test_letters_are_in_the_language_of_whose_account_it_is(app, admin):
    with app.state.database.unit_of_work() as session:
        made = account(session, "analyst", email="bet@example.org", language="cy")
        authenticator(session, app.state.vault, made)
    page = admin.open(f"/en/accounts/{made.key}").tick("Moderator").press("Save the roles")
    page.press("Let them set up a new authenticator").press("Suspend the account").press(
        "Make the account active again"
    )
    found = letters(app)
    assert [one.language for one in found] == ["cy"] * 4
    assert "Cymedrolwr\nYn darllen" in found[0].body
    assert "/cy/mewngofnodi" in found[1].body
    assert all(ASK_CY in one.body for one in found)


def test_nobody_is_told_of_roles_that_stay_as_they_are(app, bet):
    assert "The roles are saved." in bet.press("Save the roles").said
    assert bet.tick("Analyst", on=False).press("Save the roles").problems() == ["Choose at least one role"]
    assert letters(app) == []


def test_who_changes_their_own_roles_is_told_what_to_do_if_it_was_not_they(app, admin):
    admin.open("/en/accounts/1").tick("Moderator").press("Save the roles")
    (letter,) = letters(app)
    assert letter.to_address == "anwen@example.org"
    assert "tell another administrator of the portal at once" in letter.body
    assert "ask who did this" not in letter.body


def test_who_is_suspended_and_let_in_again_is_told_both_times(app, bet):
    page = bet.press("Suspend the account")
    bet.press("Suspend the account")  # sent twice: the second does nothing, and tells of nothing
    page.press("Make the account active again")
    suspended, resumed = letters(app)
    assert suspended.subject == "Your account at the community safety portal is suspended"
    assert ASK_EN in suspended.body
    assert resumed.subject == "Your account at the community safety portal is active again"
    assert "/en/sign-in" in resumed.body
    assert ASK_EN in resumed.body


def test_who_loses_the_authenticator_is_told_what_to_do_if_they_did_not_ask_for_it(app, bet):
    bet.press("Let them set up a new authenticator")
    bet.press("Let them set up a new authenticator")
    (letter,) = letters(app)
    assert letter.subject == "The authenticator of your account at the community safety portal was removed"
    assert "/en/forgotten-password" in letter.body
    assert ASK_EN in letter.body


@pytest.mark.both_databases
def test_what_is_not_kept_is_not_told(app, bet, monkeypatch):
    monkeypatch.setattr(app.state.letters, "make", lambda *_: 1 / 0)
    assert bet.browse.send("/en/accounts/2/suspend", {}, 500).heading == "Sorry, something is wrong on our side"
    with app.state.database.reading() as session:
        assert service.get_account(session, 2).status is AccountStatus.active
    assert letters(app) == []
