"""A new password that was asked for: kept by the page, and looked up by the worker, so that every address is answered
alike.
"""

from __future__ import annotations

from sqlmodel import Session, col, select

from portal import clock
from portal.accounts import links
from portal.accounts.models import WITH_PASSWORD, Account, AccountStatus, LinkPurpose, PasswordRequest
from portal.accounts.service import reference_of
from portal.audit.service import record
from portal.lifecycle import Actor
from portal.notifications.rules import mailbox
from portal.web import limits
from portal.web.limits import Limit

_REFUSALS = Limit("password-refused", times=1, seconds=int(links.FRESH.total_seconds()))
"""Letters to who is suspended: as seldom as links to who is not."""


def ask_for_password(session: Session, email: str) -> None:
    """Keep that a new password was asked for; the worker finds out for whom, and writes to them."""
    session.add(PasswordRequest(email_key=mailbox(email), asked_at=clock.now()))


def requested_passwords(session: Session) -> list[tuple[Account, str | None]]:
    """Take what was asked for, and make a link for each active account among it that has none of the last minutes:
    whoever asks for another's sends them one letter, and not one a second. For who is suspended there is no link, for
    a password would be no way in; they are to be told so, as seldom.
    """
    asked = session.exec(select(PasswordRequest)).all()
    keys = {one.email_key for one in asked}
    for one in asked:
        session.delete(one)
    wanted = select(Account).where(col(Account.email_key).in_(keys), col(Account.status).in_(WITH_PASSWORD))
    found: list[tuple[Account, str | None]] = []
    for account in session.exec(wanted).all():
        if account.status is AccountStatus.suspended:
            if not limits.spend(session, _REFUSALS, str(account.key)):
                found.append((account, None))
        elif not links.has_fresh(session, account, LinkPurpose.password):
            found.append((account, links.make(session, account, LinkPurpose.password)))
    for account, token in found:
        holder = Actor(str(reference_of(account.key)), "holder")
        act = "account-password-asked-for" if token else "account-password-refused"
        record(session, holder, act, reference_of(account.key))
    return found
