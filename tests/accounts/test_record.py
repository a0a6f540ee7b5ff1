"""What the record keeps of people and their own accounts: each whole sign-in and how, and what protects the account."""

import pyotp
import pytest
from sqlmodel import select

from portal.accounts import factors
from portal.accounts.models import Account
from portal.audit.models import AuditEntry
from portal.audit.queries import verify_chain
from tests.people import account, authenticator

pytestmark = pytest.mark.both_databases
PASSWORD = "correct horse battery"


def give(browse, password=PASSWORD, email="ann@example.org"):
    return browse.open("/en/sign-in").fill("E-mail address", email).fill("Password", password).press("Sign in")


def recorded(app, about):
    """The acts of one account on itself, in their order. Nothing is kept beside them."""
    with app.state.database.reading() as session:
        assert verify_chain(session).whole
        entries = session.exec(select(AuditEntry).order_by(AuditEntry.id)).all()
    assert {(one.actor, one.role, one.thing) for one in entries} <= {(f"account:{about}", "holder", f"account:{about}")}
    assert [one for one in entries if one.before or one.after] == []
    return [one.act for one in entries]


@pytest.fixture
def key(app, ann):
    """The key of Ann's authenticator."""
    with app.state.database.unit_of_work() as session:
        made = session.get(Account, ann)
        factors.new_recovery_codes(session, app.state.vault, made)
        return authenticator(session, app.state.vault, made)


def test_who_owes_no_code_signs_in_by_one_act(app, stranger, clock):
    with app.state.database.unit_of_work() as session:
        made = account(session, email="cadi@example.org")
        made.password_hash = app.state.passwords.hash(PASSWORD)
    give(stranger, email="cadi@example.org")
    assert recorded(app, made.key) == ["account-signed-in"]


def test_setting_an_authenticator_up_is_an_act_and_so_is_the_sign_in_that_it_ends(app, stranger, ann, clock):
    page = give(stranger)
    secret = page.text.partition('translate="no">')[2].partition("<")[0].replace(" ", "")
    page = page.fill("The six digits in the app", "000000").press("Go on")
    assert recorded(app, ann) == []
    page.fill("The six digits in the app", pyotp.TOTP(secret).now()).press("Go on")
    assert recorded(app, ann) == ["account-second-factor-set-up", "account-signed-in-authenticator"]


def test_a_sign_in_is_one_act_and_its_tries_are_none(app, stranger, ann, key, clock):
    give(stranger, "wrong")
    page = give(stranger)
    page = page.fill("Code", "000000").press("Go on")
    assert recorded(app, ann) == []
    page.fill("Code", pyotp.TOTP(key).now()).press("Go on")
    assert recorded(app, ann) == ["account-signed-in-authenticator"]


def test_a_recovery_code_that_was_used_is_told_from_an_authenticator(app, stranger, ann, key, clock):
    with app.state.database.reading() as session:
        (code, *_) = factors.codes_to_keep(app.state.vault, session.get(Account, ann))
    give(stranger).fill("Code", "aaaa-bbbb-cccc").press("Go on").fill("Code", code).press("Go on")
    assert recorded(app, ann) == ["account-signed-in-recovery-code"]
