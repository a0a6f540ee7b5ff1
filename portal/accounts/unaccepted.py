"""The end of accounts that were invited and that nobody accepted: they hold a name and an address for nothing."""

from __future__ import annotations

from sqlalchemy import ColumnElement
from sqlmodel import Session, col, func, select

from portal import clock
from portal.accounts.models import Account, AccountStatus
from portal.accounts.service import forget, reference_of
from portal.audit.service import record, rows_first
from portal.lifecycle import WORKER
from portal.settings import Settings
from portal.web.manifest import JobContext


def forget_unaccepted(here: JobContext) -> str | None:
    """The job: empty those whose last invitation is older than the setting says, long after its link was over."""
    with here.database.unit_of_work() as session, rows_first(session):
        over = session.exec(select(Account).where(_is_over(here.settings)).with_for_update()).all()
        for account in over:
            forget(session, account)
            session.add(account)
            record(session, WORKER, "account-removed", reference_of(account.key), after={"handed_over": 0})
    return f"{len(over)} deleted" if over else None


def count_unaccepted(session: Session, settings: Settings) -> int:
    """How many accounts `forget_unaccepted` would empty now."""
    return session.exec(select(func.count()).select_from(Account).where(_is_over(settings))).one()


def _is_over(settings: Settings) -> ColumnElement[bool]:
    before = clock.months_ago(settings.invited_months)
    return (col(Account.status) == AccountStatus.invited) & (col(Account.invited_at) < before)
