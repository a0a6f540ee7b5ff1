"""An account that nobody accepts is emptied some months after its last invitation; nobody else's is."""

import datetime as dt

import pytest
import time_machine
from sqlmodel import select

from portal.accounts import service
from portal.accounts.manifest import manifest
from portal.accounts.models import Account
from portal.accounts.service import Invited
from portal.accounts.unaccepted import count_unaccepted
from portal.audit.models import AuditEntry
from portal.audit.queries import verify_chain
from portal.lifecycle import OPERATOR
from portal.worker import run_now
from tests.factories import job_context
from tests.people import account

NOON = dt.datetime(2024, 6, 3, 12, 0, tzinfo=dt.UTC)
DAY = dt.timedelta(days=1)
(JOB,) = [one for one in manifest.jobs if one.name == "forget-unaccepted-accounts"]


@pytest.fixture(autouse=True)
def clock():
    with time_machine.travel(NOON, tick=False) as traveller:
        yield traveller


@pytest.fixture
def invited(database):
    """Somebody who was invited, beside somebody who has accepted."""
    with database.unit_of_work() as session:
        account(session, "analyst")
        whom = Invited("Ann Enghraifft", "ann@example.org", "en", frozenset({"analyst"}))
        return service.invite(session, OPERATOR, whom)[0].key


def status(database, key):
    with database.reading() as session:
        return session.get_one(Account, key).status


@pytest.mark.parametrize("days", [91, 92])
def test_it_goes_after_the_months_of_the_setting_and_not_before(database, settings, clock, invited, days):
    gone = days > 91
    clock.move_to(NOON + days * DAY)
    with database.reading() as session:
        assert count_unaccepted(session, settings) == int(gone)
    assert run_now(job_context(database, settings), JOB) == ("1 deleted" if gone else "")
    assert status(database, invited) == ("removed" if gone else "invited")
    with database.reading() as session:
        left = session.get_one(Account, invited)
        assert (left.name, left.email) == (("", None) if gone else ("Ann Enghraifft", "ann@example.org"))
        acts = [(one.act, one.actor) for one in session.exec(select(AuditEntry).order_by(AuditEntry.id))]
        assert verify_chain(session).whole
    assert acts[1:] == ([("account-removed", "worker"), ("retention-run", "worker")] if gone else [])
    with database.reading() as session:
        assert [one.status for one in session.exec(select(Account).where(Account.id != invited))] == ["active"]


def test_the_months_run_from_the_last_invitation(database, settings, clock, invited):
    clock.move_to(NOON + 80 * DAY)
    with database.unit_of_work() as session:
        service.invite_again(session, OPERATOR, session.get_one(Account, invited))
    clock.move_to(NOON + 100 * DAY)
    run_now(job_context(database, settings), JOB)
    assert status(database, invited) == "invited"


def test_the_same_mailbox_can_be_invited_anew(database, settings, clock, invited):
    clock.move_to(NOON + 92 * DAY)
    run_now(job_context(database, settings), JOB)
    with database.unit_of_work() as session:
        whom = Invited("Ann Enghraifft", "ann@example.org", "en", frozenset({"analyst"}))
        assert service.invite(session, OPERATOR, whom)[0].key != invited
