"""What waits for an answer, and who may give it. Lists hold nothing that anybody wrote."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass

from sqlmodel import Session, col, func, select

from portal import clock
from portal.accounts.models import Account, AccountRole, AccountStatus
from portal.contact.models import Inbox, Message

MOST_LISTED = 200


@dataclass(frozen=True, slots=True)
class Waiting:
    """One message in a list."""

    reference: str
    language: str
    received_at: dt.datetime
    wants_answer: bool
    claimed_by: str
    """The name of who has said that they will answer."""

    @property
    def days(self) -> int:
        """For how many days it has waited; 0 on the day on which it came."""
        return (clock.today() - clock.london_day(self.received_at)).days


@dataclass(frozen=True, slots=True)
class Listed:
    """The messages of one inbox that wait, oldest first whatever their language."""

    inbox: Inbox
    count: int
    messages: tuple[Waiting, ...]


@dataclass(frozen=True, slots=True)
class Colleague:
    """Somebody who may answer messages."""

    account_id: int
    name: str


def inboxes(session: Session) -> tuple[Listed, ...]:
    """What waits in every inbox; of very many the oldest."""
    return tuple(_listed(session, inbox) for inbox in Inbox)


def answered_today(session: Session) -> tuple[Waiting, ...]:
    """What was said today to be answered: it can be taken back until the day ends."""
    begin = dt.datetime.combine(clock.today(), dt.time(), clock.LONDON)
    return _rows(session, col(Message.answered_at) >= begin)


def unanswered(session: Session) -> tuple[int, dt.datetime | None]:
    """How many messages wait in all inboxes, and since when the oldest does."""
    waits = col(Message.answered_at).is_(None)
    count = session.exec(select(func.count()).select_from(Message).where(waits)).one()
    oldest = session.exec(select(Message).where(waits).order_by(col(Message.received_at)).limit(1)).first()
    return count, oldest.received_at if oldest else None


def colleagues(session: Session, roles: Iterable[str]) -> tuple[Colleague, ...]:
    """Everybody who can sign in and has one of these roles, by name."""
    wanted = (
        select(Account)
        .join(AccountRole, col(AccountRole.account_id) == Account.id)
        .where(Account.status == AccountStatus.active, col(AccountRole.role).in_(list(roles)))
        .distinct()
    )
    found = [Colleague(one.key, one.name) for one in session.exec(wanted)]
    return tuple(sorted(found, key=lambda one: (one.name.casefold(), one.account_id)))


def name_of(session: Session, account_id: int | None) -> str:
    """What colleagues call somebody; nothing where there is nobody."""
    account = session.get(Account, account_id) if account_id is not None else None
    return account.name if account else ""


def _listed(session: Session, inbox: Inbox) -> Listed:
    conditions = (col(Message.inbox) == inbox, col(Message.answered_at).is_(None))
    count = session.exec(select(func.count()).select_from(Message).where(*conditions)).one()
    return Listed(inbox, count, _rows(session, *conditions))


def _rows(session: Session, *conditions: object) -> tuple[Waiting, ...]:
    wanted = (
        select(Message, Account.name)
        .outerjoin(Account, col(Account.id) == Message.claimed_by)
        .where(*conditions)  # type: ignore[arg-type]
        .order_by(col(Message.received_at), col(Message.id))
        .limit(MOST_LISTED)
    )
    return tuple(
        Waiting(one.reference, one.language, one.received_at, one.email is not None, name or "")
        for one, name in session.exec(wanted)
    )
