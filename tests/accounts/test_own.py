"""One's own account: name and language, password, recovery codes, browsers."""

import re

import pyotp
import pytest
from sqlmodel import select

from portal.accounts import factors
from portal.accounts.models import Account, AccountSession
from portal.accounts.passwords import Passwords
from portal.audit.models import AuditEntry
from tests.people import account, authenticator, signed_in, somebody

PASSWORD = "correct horse battery"


@pytest.fixture
def own(app):
    """A browser in which Cadi is signed in, who has a password."""
    with somebody(app, "analyst", name="Cadi", email="cadi@example.org") as one:
        with app.state.database.unit_of_work() as session:
            made = session.exec(select(Account)).one()
            made.password_hash = app.state.passwords.hash(PASSWORD)
        yield one


def cadi(app):
    with app.state.database.reading() as session:
        return session.exec(select(Account).where(Account.email == "cadi@example.org")).one()


def ended(app):
    """What the record says of browsers that Cadi signed out."""
    with app.state.database.reading() as session:
        (key,) = session.exec(select(Account.id)).all()
        entries = session.exec(select(AuditEntry).order_by(AuditEntry.id)).all()
    assert {(one.actor, one.thing) for one in entries} <= {(f"account:{key}", f"account:{key}")}
    return [one.after for one in entries if one.act == "account-browsers-signed-out"]


def test_a_name_and_a_language_are_changed_and_the_page_comes_in_that_language(app, own):
    page = own.open("/en/account").fill("Name", "Cadi Fach").tick("Cymraeg").press("Save name and language")
    assert page.path == "/cy/cyfrif?done=named"
    assert (cadi(app).name, cadi(app).language) == ("Cadi Fach", "cy")


def test_nobody_is_without_a_name(app, own):
    page = own.open("/en/account").fill("Name", "   ").press("Save name and language")
    assert page.problems() == ["Write the name that colleagues call you by"]
    assert cadi(app).name == "Cadi"


def test_a_password_is_changed_by_who_knows_the_present_one(app, own):
    page = own.open("/en/account").fill("Present password", PASSWORD).fill("New password", "tri gair rhyfedd")
    assert "Your password is changed" in page.press("Change the password").said
    assert app.state.passwords.check(cadi(app).password_hash, "tri gair rhyfedd").is_right


@pytest.mark.parametrize(
    ("present", "new", "problem"),
    [
        ("wrong", "tri gair rhyfedd", "This is not right. Check what you typed, and try again"),
        (PASSWORD, "short", "Make the password longer: at least 12 characters"),
        ("", "tri gair rhyfedd", "This is not right. Check what you typed, and try again"),
    ],
)
def test_a_password_stays_as_it_is_when_something_is_wrong(app, own, present, new, problem):
    page = own.open("/en/account").fill("Present password", present).fill("New password", new)
    page = page.press("Change the password")
    assert page.problems() == [problem]
    assert app.state.passwords.check(cadi(app).password_hash, PASSWORD).is_right
    assert page.in_other_language().path == "/cy/cyfrif"


def test_a_new_password_signs_every_other_browser_out_but_not_this_one(app, own):
    with app.state.database.unit_of_work() as session:
        signed_in(session, session.exec(select(Account)).one())
    page = own.open("/en/account").fill("Present password", PASSWORD).fill("New password", "tri gair rhyfedd")
    page.press("Change the password")
    with app.state.database.reading() as session:
        assert len(session.exec(select(AccountSession)).all()) == 1


def test_guessing_the_present_password_is_slowed(own):
    data = {"password": "wrong", "new_password": "tri gair rhyfedd"}
    statuses = [own.client.post("/en/account/password", data=data).status_code for _ in range(9)]
    assert statuses == [422] * 7 + [429] * 2


def test_a_password_that_was_changed_while_the_present_one_was_checked_stays(app, own):
    quick = app.state.passwords

    class Slow(Passwords):
        def check(self, kept, typed):
            with app.state.database.unit_of_work() as session:
                session.exec(select(Account)).one().password_hash = quick.hash("tri gair rhyfedd")
            return super().check(kept, typed)

    app.state.passwords = Slow(quick._hasher)
    data = {"password": PASSWORD, "new_password": "another set of words"}
    assert own.client.post("/en/account/password", data=data).status_code == 422
    assert quick.check(cadi(app).password_hash, "tri gair rhyfedd").is_right


def test_browsers_are_listed_and_signed_out_one_by_one_or_all_at_once(app, own):
    with app.state.database.unit_of_work() as session:
        made = session.exec(select(Account)).one()
        for _ in range(3):
            signed_in(session, made)
    page = own.open("/en/account")
    others = re.findall(r'name="browser" value="(\d+)"', page.text)
    assert len(others) == 3
    assert ended(app) == []
    page = own.send("/en/account/browser", {"browser": others[0]})
    assert "That browser is signed out." in page.said
    assert len(re.findall(r'name="browser"', page.text)) == 2
    page = page.press("Sign out every other browser")
    assert 'name="browser"' not in page.text
    assert ended(app) == [{"browsers": 1}, {"browsers": 2}]
    for path, form in (("/en/account/browser", {"browser": others[0]}), ("/en/account/browsers", {})):
        own.send(path, form)
    assert len(ended(app)) == 2


@pytest.mark.parametrize("typed", ["", "x", "-1", "9" * 40, "²"])
def test_a_browser_that_is_not_there_is_out_already(own, typed):
    assert own.send("/en/account/browser", {"browser": typed}).status == 200


def test_nobody_signs_out_the_browser_of_another(app, own):
    with app.state.database.unit_of_work() as session:
        signed_in(session, account(session, "administrator"))
    with app.state.database.reading() as session:
        other = session.exec(select(AccountSession).order_by(AccountSession.id.desc())).first()
    own.send("/en/account/browser", {"browser": str(other.id)})
    with app.state.database.reading() as session:
        assert session.get(AccountSession, other.id) is not None


def test_new_recovery_codes_take_the_place_of_the_old_for_who_holds_the_authenticator(app, own):
    with app.state.database.unit_of_work() as session:
        made = session.exec(select(Account)).one()
        secret = authenticator(session, app.state.vault, made)
        factors.new_recovery_codes(session, app.state.vault, made)
        old = factors.codes_to_keep(app.state.vault, made)
    page = own.open("/en/account")
    assert "Codes that you have not used: 10" in page.said
    assert page.fill("Code from your authenticator app", "000000").press("Make new recovery codes").status == 422
    page = own.open("/en/account").fill("Code from your authenticator app", pyotp.TOTP(secret).now())
    page = page.press("Make new recovery codes")
    assert page.heading == "Keep your recovery codes"
    with app.state.database.unit_of_work() as session:
        made = session.exec(select(Account)).one()
        assert not factors.use_recovery_code(session, made, old[0])
        assert factors.use_recovery_code(session, made, factors.codes_to_keep(app.state.vault, made)[0])


def test_what_an_account_may_do_is_said_in_words(own):
    assert "Analyst: Looks through a month of crime figures" in own.open("/en/account").said
    assert "Dadansoddwr: Yn edrych drwy fis" in own.open("/cy/cyfrif").said
