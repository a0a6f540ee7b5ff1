"""Links that are sent by mail. Opening one does nothing, so a scanner of mail uses none up; the form behind it acts,
and says so again when it is sent twice.
"""

from __future__ import annotations

import datetime as dt
import secrets

from sqlalchemy import ColumnElement
from sqlmodel import Session, col, delete, func, select

from portal import clock
from portal.accounts.models import Account, AccountLink, LinkPurpose
from portal.accounts.rules import digest

FRESH = dt.timedelta(minutes=15)
"""For how long a letter that was sent is the answer to whoever asks again."""
LASTING = {LinkPurpose.invitation: dt.timedelta(days=14), LinkPurpose.password: dt.timedelta(hours=2)}


def make(session: Session, account: Account, purpose: LinkPurpose) -> str:
    """A new link. Returns its token. An invitation takes the place of the one before it. A link for a password does
    not: anybody may ask for one, and must not thereby end what the owner has just opened.
    """
    if purpose is LinkPurpose.invitation:
        forget_unused(session, account, purpose)
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


def has_fresh(session: Session, account: Account, purpose: LinkPurpose) -> bool:
    """Whether a link that is not used yet was sent in the last 15 minutes."""
    made = col(AccountLink.made_at) > clock.now() - FRESH
    return session.exec(select(AccountLink.id).where(_unused(account, purpose), made)).first() is not None


def forget_unused(session: Session, account: Account, purpose: LinkPurpose) -> None:
    """End every link for this purpose that was not used. A used one stays, for its page to say so."""
    session.exec(delete(AccountLink).where(_unused(account, purpose)))


def _unused(account: Account, purpose: LinkPurpose) -> ColumnElement[bool]:
    return (
        (col(AccountLink.account_id) == account.key)
        & (col(AccountLink.purpose) == purpose)
        & col(AccountLink.used_at).is_(None)
    )


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


def hold(session: Session, purpose: LinkPurpose, token: str) -> tuple[AccountLink, Account] | None:
    """The same, and the account is held: whoever uses the link, or another one of the account, at this instant did so
    before, and the link says so, or does so after all that follows.
    """
    if (found := find(session, purpose, token)) is None:
        return None
    session.refresh(found[1], with_for_update=True)
    session.expire(found[0])
    return find(session, purpose, token)


def forget_ended(session: Session) -> int:
    """Delete links that have ended. Returns how many."""
    return int(session.exec(delete(AccountLink).where(col(AccountLink.ends_at) < clock.now())).rowcount)


def count_ended(session: Session) -> int:
    """How many links have ended and are still kept."""
    ended = col(AccountLink.ends_at) < clock.now()
    return session.exec(select(func.count()).select_from(AccountLink).where(ended)).one()
