"""Letters that could not be delivered, for who looks after mail: what there is, try one again, give one up."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from sqlalchemy import ColumnElement
from sqlmodel import Session, col, func, select

from portal import clock
from portal.audit.service import record
from portal.lifecycle import Actor, Reference
from portal.notifications import following
from portal.notifications.models import Follower, OutboxMessage
from portal.trouble import NotFound

_LONG = dt.timedelta(hours=1)
"""A letter that waits for so long waits for a server that is away, or does not let the portal in."""
_MOST = 200
_FOLLOWER = "follower:"
_ALL = Reference("mail", "refused")
"""The list of them, in the record of acts."""


@dataclass(frozen=True, slots=True)
class Undelivered:
    """One letter that was refused. Its text is nobody's business."""

    id: int
    to_address: str
    subject: str
    reason: str
    """`unwritable`, `expired`, or what the mail server said as a number."""
    written_at: dt.datetime
    is_to_follower: bool


@dataclass(frozen=True, slots=True)
class Some:
    """How many letters, and since when the oldest of them waits."""

    count: int
    since: dt.datetime | None


def undelivered(session: Session) -> tuple[Undelivered, ...]:
    """The letters that were refused, oldest first."""
    wanted = select(OutboxMessage).where(col(OutboxMessage.refused).is_not(None)).order_by(col(OutboxMessage.id))
    return tuple(_shown(one) for one in session.exec(wanted.limit(_MOST)))


def record_reading(session: Session, actor: Actor) -> None:
    """That somebody saw the addresses of them all, and of what each letter was."""
    record(session, actor, "mail-read", _ALL)


def refused(session: Session) -> Some:
    """How many were refused."""
    return _some(session, col(OutboxMessage.refused).is_not(None))


def stuck(session: Session) -> Some:
    """How many have waited for an hour without having been put off by themselves: the mail server is not reached."""
    waits = col(OutboxMessage.sent_at).is_(None) & col(OutboxMessage.refused).is_(None)
    waits &= col(OutboxMessage.put_off_at).is_(None) & (col(OutboxMessage.tries) > 0)
    return _some(session, waits & (_since() < clock.now() - _LONG))


def try_again(session: Session, actor: Actor, message_id: int) -> None:
    """Send it once more, as if it had never been refused; it keeps its Message-ID. Raises NotFound."""
    message = _get(session, message_id)
    record(session, actor, "mail-tried-again", _reference(message), before={"refused": message.refused})
    message.refused = message.put_off_at = None
    message.not_before = message.tried_again_at = clock.now()
    message.tries = 0
    session.add(message)


def give_up(session: Session, actor: Actor, message_id: int) -> None:
    """Delete it. An address that takes no mail follows nothing any more. Raises NotFound."""
    message = _get(session, message_id)
    record(session, actor, "mail-given-up", _reference(message), before={"refused": message.refused})
    follower = _follower(session, message)
    if follower is not None:
        following.leave_all(session, follower)
    else:
        session.delete(message)


def _get(session: Session, message_id: int) -> OutboxMessage:
    message = session.get(OutboxMessage, message_id)
    if message is None or message.refused is None:
        raise NotFound(f"no letter {message_id} was refused")
    return message


def _follower(session: Session, message: OutboxMessage) -> Follower | None:
    key = (message.about or "").removeprefix(_FOLLOWER) if _is_to_follower(message) else ""
    return session.get(Follower, int(key)) if key.isdecimal() else None


def _is_to_follower(message: OutboxMessage) -> bool:
    return (message.about or "").startswith(_FOLLOWER)


def _reference(message: OutboxMessage) -> Reference:
    return Reference("mail", str(message.id))


def _shown(one: OutboxMessage) -> Undelivered:
    return Undelivered(
        one.id or 0, one.to_address, one.subject, one.refused or "", one.written_at, _is_to_follower(one)
    )


def _since() -> ColumnElement[dt.datetime]:
    """Since when a letter waits: tried again, it begins anew."""
    return func.coalesce(col(OutboxMessage.tried_again_at), col(OutboxMessage.written_at))


def _some(session: Session, condition: ColumnElement[bool]) -> Some:
    count, since = session.exec(select(func.count(), func.min(_since())).where(condition)).one()
    return Some(count, since)
