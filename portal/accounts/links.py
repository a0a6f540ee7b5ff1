"""Links that are sent by mail. Opening one does nothing, so a scanner of mail uses none up; the form behind it acts,
and says so again when it is sent twice.
"""

from __future__ import annotations

import datetime as dt
import secrets

from sqlmodel import Session, col, delete, func, select

from portal import clock
from portal.accounts.models import Account, AccountLink, LinkPurpose
from portal.accounts.rules import digest

LASTING = {LinkPurpose.invitation: dt.timedelta(days=14), LinkPurpose.password: dt.timedelta(hours=2)}


def make(session: Session, account: Account, purpose: LinkPurpose) -> str:
    """A new link in the place of those there were for this purpose. Returns its token."""
    these = delete(AccountLink).where(col(AccountLink.account_id) == account.key, col(AccountLink.purpose) == purpose)
    session.exec(these)
    now, token = clock.now(), secrets.token_urlsafe(32)
    row = AccountLink(
        account_id=account.key,
        purpose=purpose,
        token_hash=digest(token),
        made_at=now,
        ends_at=now + LASTING[purpose],
    )
    session.add(row)
    return token


def find(session: Session, purpose: LinkPurpose, token: str) -> tuple[AccountLink, Account] | None:
    """The link and its account, used or not, while it lasts."""
    wanted = (
        select(AccountLink, Account)
        .join(Account, col(Account.id) == AccountLink.account_id)
        .where(
            AccountLink.token_hash == digest(token),
            AccountLink.purpose == purpose,
            col(AccountLink.ends_at) > clock.now(),
        )
    )
    return session.exec(wanted).first()


def forget_ended(session: Session) -> int:
    """Delete links that have ended. Returns how many."""
    return int(session.exec(delete(AccountLink).where(col(AccountLink.ends_at) < clock.now())).rowcount)


def count_ended(session: Session) -> int:
    """How many links have ended and are still kept."""
    ended = col(AccountLink.ends_at) < clock.now()
    return session.exec(select(func.count()).select_from(AccountLink).where(ended)).one()
