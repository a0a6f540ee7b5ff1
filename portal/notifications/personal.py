"""What the outbox and the list of followers hold about a person, and how much of it is over. The text of a message is
never given out: it may carry a link that lets its reader in.
"""

from __future__ import annotations

from collections.abc import Iterable

from sqlalchemy import ColumnElement
from sqlmodel import Session, col, delete, func, select

from portal.lifecycle import Actor
from portal.notifications import following
from portal.notifications.models import OutboxMessage
from portal.notifications.service import is_long_settled, is_too_old
from portal.settings import Settings
from portal.web.manifest import Held, PersonalData


def held(session: Session, email: str) -> Iterable[Held]:
    """Every message to an address, or to be answered to it; oldest first."""
    for one in session.exec(select(OutboxMessage).where(_concerns(email)).order_by(col(OutboxMessage.id))):
        fields = {
            "to_address": one.to_address,
            "reply_to": one.reply_to or "",
            "subject": one.subject,
            "about": one.about or "",
            "written_at": one.written_at.isoformat(),
            "sent_at": one.sent_at.isoformat() if one.sent_at else "",
        }
        yield Held("mail", {name: value for name, value in fields.items() if value})
    yield from following.held(session, email)


def erase(session: Session, actor: Actor, email: str) -> int:
    """Delete every message, sent or not, and what they follow."""
    gone = following.erase(session, actor, email)
    return gone + int(session.exec(delete(OutboxMessage).where(_concerns(email))).rowcount)


def count_settled(session: Session, _settings: Settings) -> int:
    """How many settled messages `forget_over` would delete now."""
    return session.exec(select(func.count()).select_from(OutboxMessage).where(is_long_settled())).one()


def count_too_old(session: Session, _settings: Settings) -> int:
    """How many messages that could not be sent `forget_over` would delete now."""
    wanted = select(func.count()).select_from(OutboxMessage).where(is_too_old(), ~is_long_settled())
    return session.exec(wanted).one()


def count_unconfirmed(session: Session, _settings: Settings) -> int:
    """How many addresses that never confirmed `forget-followers` would delete now."""
    return following.count_unconfirmed(session)


def _concerns(email: str) -> ColumnElement[bool]:
    return (func.lower(col(OutboxMessage.to_address)) == email) | (func.lower(col(OutboxMessage.reply_to)) == email)


personal = PersonalData(held, erase)
