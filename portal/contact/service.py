"""Receive a message, mark it answered, forget it when its time is over."""

from __future__ import annotations

import datetime as dt
import secrets

from sqlmodel import Session, col, delete, select

from portal import clock
from portal.audit.service import record
from portal.contact.models import Inbox, Message
from portal.db import insert_one
from portal.lifecycle import Actor, Reference
from portal.notifications.service import forget_about
from portal.settings import Settings
from portal.trouble import NotFound

_READ_ALOUD = "23456789abcdefghjkmnpqrstvwxyz"
"""No 0, o, 1, i, l or u: nothing that two people on a telephone could take for something else."""
_DAYS_A_MONTH = 30.44


def new_reference() -> str:
    """Two groups of four that can be read over the telephone: 30**8 of them."""
    group = ["".join(secrets.choice(_READ_ALOUD) for _ in range(4)) for _ in range(2)]
    return "-".join(group)


def inbox_address(settings: Settings, inbox: Inbox) -> str:
    """Where mail for an inbox goes."""
    authority = settings.authority
    return {
        Inbox.figure: authority.figures_email,
        Inbox.accessibility: authority.accessibility_email,
        Inbox.general: authority.contact_email,
    }[inbox]


def receive(session: Session, message: Message) -> Message:
    """Keep a message under a new reference."""
    message.reference = message.reference or new_reference()
    message.received_at = clock.now()
    insert_one(session, message)
    return message


def reference_of(reference: str) -> Reference:
    """The name of a message in the record of acts and in the outbox."""
    return Reference("message", reference)


def mark_answered(session: Session, actor: Actor, reference: str) -> Message:
    """Say that a message has been answered: from now on it is kept only for the months that the settings say.
    Raises NotFound.
    """
    message = session.exec(select(Message).where(Message.reference == reference)).first()
    if message is None:
        raise NotFound(reference)
    if message.answered_at is None:
        message.answered_at = clock.now()
        record(session, actor, "answer_message", reference_of(reference), after={"inbox": message.inbox})
    return message


def forget_answered(session: Session, settings: Settings) -> int:
    """Delete messages answered longer ago than the settings keep them, and all mail about them: the outbox holds their
    words and their writers' addresses too.
    """
    before = clock.now() - dt.timedelta(days=settings.feedback_months * _DAYS_A_MONTH)
    over = session.exec(select(Message.reference).where(col(Message.answered_at) < before)).all()
    forget_about(session, map(reference_of, over))
    return int(session.exec(delete(Message).where(col(Message.reference).in_(over))).rowcount)
