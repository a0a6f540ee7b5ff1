"""Receive a message, mark it answered, forget it when its time is over."""

from __future__ import annotations

import secrets
from collections.abc import Sequence

from sqlalchemy import ColumnElement
from sqlmodel import Session, col, delete, func, select, update

from portal import clock
from portal.audit.service import erase_commitments, record
from portal.contact.models import Inbox, Message
from portal.db import insert_one
from portal.lifecycle import Actor, Reference
from portal.notifications.service import forget_about
from portal.settings import Settings
from portal.trouble import Conflict, NotFound

_READ_ALOUD = "23456789abcdefghjkmnpqrstvwxyz"
"""No 0, o, 1, i, l or u: nothing that two people on a telephone could take for something else."""


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


class TakenByAnother(Conflict):
    """A colleague has said that they will answer it."""


class TooLate(Conflict):
    """It was said on an earlier day, and the time for which the message is kept runs."""


def get_message(session: Session, reference: str) -> Message:
    """The message of a reference. Raises NotFound."""
    message = session.exec(select(Message).where(Message.reference == reference)).first()
    if message is None:
        raise NotFound(reference)
    return message


def read_message(session: Session, actor: Actor, reference: str) -> Message:
    """A message for somebody who may answer it: that it was read is recorded. Raises NotFound."""
    message = get_message(session, reference)
    record(session, actor, "message-read", reference_of(reference))
    return message


def mark_answered(session: Session, actor: Actor, reference: str) -> Message:
    """Say that a message has been answered: from now on it is kept only for the months that the settings say.
    Raises NotFound.
    """
    message = _held(session, reference)
    if message.answered_at is None:
        message.answered_at = clock.now()
        record(session, actor, "answer_message", reference_of(reference), after={"inbox": message.inbox})
    return message


def take_answer_back(session: Session, actor: Actor, reference: str) -> Message:
    """It was not answered after all: only on the London day on which it was said. Raises NotFound, TooLate."""
    message = _held(session, reference)
    if message.answered_at is not None:
        if clock.london_day(message.answered_at) != clock.today():
            raise TooLate
        message.answered_at = None
        session.add(message)
        record(session, actor, "message-answer-taken-back", reference_of(reference))
    return message


def claim(session: Session, actor: Actor, reference: str, account_id: int) -> Message:
    """Say that an account will answer a message. Of two who say so at one instant one does. Raises NotFound,
    TakenByAnother, and Conflict for what was answered.
    """
    message = _held(session, reference)
    if message.answered_at is not None:
        raise Conflict("it was answered")
    if message.claimed_by not in {None, account_id}:
        raise TakenByAnother
    return _give(session, actor, message, account_id, is_claim=True)


def hand_over(session: Session, actor: Actor, reference: str, account_id: int | None) -> Message:
    """Let another account answer a message, or whoever comes first. Raises NotFound, and Conflict for what was
    answered.
    """
    message = _held(session, reference)
    if message.answered_at is not None:
        raise Conflict("it was answered")
    return _give(session, actor, message, account_id)


def hand_over_all(session: Session, actor: Actor, from_id: int, to_id: int | None) -> int:
    """Let another account answer everything that one would have, or whoever comes first. Returns how many
    messages there were.
    """
    mine = select(Message).where(*_open(from_id)).order_by(col(Message.id)).with_for_update()
    messages = session.exec(mine).all()
    for one in messages:
        _give(session, actor, one, to_id)
    done = update(Message).where(col(Message.claimed_by) == from_id).values(claimed_by=None)
    session.exec(done)  # answered ones: nobody is named any more who could not answer them again
    return len(messages)


def count_claimed(session: Session, account_id: int) -> int:
    """How many unanswered messages an account has said that it will answer."""
    return session.exec(select(func.count()).select_from(Message).where(*_open(account_id))).one()


def forget_answered(session: Session, settings: Settings) -> int:
    """Delete messages answered longer ago than the settings keep them, and all mail about them: the outbox holds their
    words and their writers' addresses too.
    """
    return _forget(session, session.exec(select(Message.reference).where(_is_over(settings))).all())


def count_over(session: Session, settings: Settings) -> int:
    """How many messages `forget_answered` would delete now."""
    return session.exec(select(func.count()).select_from(Message).where(_is_over(settings))).one()


def messages_from(session: Session, email: str) -> Sequence[Message]:
    """Every message that came with an address, given in small letters; oldest first."""
    return session.exec(select(Message).where(_is_from(email)).order_by(col(Message.id))).all()


def erase_messages_from(session: Session, actor: Actor, email: str) -> int:
    """Delete every message that came with an address, all mail about them, and what the record could tie to them.
    Returns how many messages there were.
    """
    references = [one.reference for one in messages_from(session, email)]
    for reference in references:
        record(session, actor, "message-erased", reference_of(reference))
        erase_commitments(session, reference_of(reference))
    return _forget(session, references)


def _held(session: Session, reference: str) -> Message:
    """A message that nobody else changes until this unit of work ends. Raises NotFound."""
    wanted = select(Message).where(Message.reference == reference).with_for_update()
    message = session.exec(wanted.execution_options(populate_existing=True)).first()
    if message is None:
        raise NotFound(reference)
    return message


def _give(
    session: Session, actor: Actor, message: Message, account_id: int | None, *, is_claim: bool = False
) -> Message:
    """Say who will answer: with `is_claim` they say it themselves."""
    if message.claimed_by != account_id:
        before, after = _holder(message.claimed_by), _holder(account_id)
        message.claimed_by = account_id
        session.add(message)
        act = "message-claimed" if is_claim else "message-handed-over"
        record(session, actor, act, reference_of(message.reference), before=before, after=after)
    return message


def _holder(account_id: int | None) -> dict[str, object]:
    return {"claimed_by": f"account:{account_id}"} if account_id else {}


def _open(account_id: int) -> tuple[ColumnElement[bool], ...]:
    return (col(Message.claimed_by) == account_id, col(Message.answered_at).is_(None))


def _is_over(settings: Settings) -> ColumnElement[bool]:
    return col(Message.answered_at) < clock.months_ago(settings.feedback_months)


def _is_from(email: str) -> ColumnElement[bool]:
    return func.lower(col(Message.email)) == email


def _forget(session: Session, references: Sequence[str]) -> int:
    forget_about(session, map(reference_of, references))
    return int(session.exec(delete(Message).where(col(Message.reference).in_(references))).rowcount)
