"""The outbox: write mail, and send what is due. One bad address holds nobody else up."""

from __future__ import annotations

import datetime as dt
import time
import uuid
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from sqlalchemy import ColumnElement
from sqlmodel import Session, col, delete, select

from portal import clock
from portal.db import Database, insert_one
from portal.lifecycle import Reference
from portal.notifications.models import OutboxMessage
from portal.notifications.senders import Outcome, file_of, sender_of
from portal.settings import Settings

_AT_ONCE = 500
_LONGEST_WAIT_SECONDS = 100
_LONGEST_PUT_OFF_SECONDS = 3600
_LONGEST_TRY_SECONDS = 20
_LONGEST_RUN_SECONDS = 30
"""A run that began so long ago takes no further letter in hand, so that it ends before its lease does."""
_MOST_BROKEN_OFF = 2
"""After so many letters that the server did not answer to, a run ends: it may be the server that is in trouble."""
LONGEST_RUN = dt.timedelta(seconds=_LONGEST_RUN_SECONDS + _LONGEST_TRY_SECONDS)
PUT_OFF_DAYS = 5
"""For how long a server may say of one letter that it will take it later. Source: RFC 5321, 4.5.4.1."""
_KEPT_DAYS = 30
UNSENT_KEPT_DAYS = 90
"""For how long a letter may wait for a mail server: longer than any server is down, and not for ever."""
EXPIRED = "expired"
"""Why a letter is refused that was put off for too long."""


@dataclass(frozen=True, slots=True)
class Mail:
    """A message to be written: plain text, already in its reader's language."""

    to_address: str
    subject: str
    body: str
    language: str = field(kw_only=True)
    """In which it is: `Letter.language`. The sender's name and the header go by it."""
    reply_to: str | None = None
    about: Reference | None = None
    """What it tells of. Whoever deletes that deletes the mail as well, by `forget_about`."""
    headers: Mapping[str, str] = field(default_factory=dict)
    is_bulk: bool = False
    """One of many, which lets those pass that somebody waits for."""


def write(session: Session, mail: Mail, settings: Settings) -> OutboxMessage:
    """Put one message into the outbox, in the caller's unit of work."""
    host = settings.mail_from.rpartition("@")[2]
    now = clock.now()
    message = OutboxMessage(
        message_id=f"<{uuid.uuid4().hex}@{host}>",
        to_address=mail.to_address,
        reply_to=mail.reply_to,
        subject=" ".join(mail.subject.split())[:200],
        body=mail.body,
        language=mail.language or None,
        headers=dict(mail.headers) or None,
        turn=int(mail.is_bulk),
        about=str(mail.about) if mail.about else None,
        written_at=now,
        not_before=now,
    )
    insert_one(session, message)
    return message


def send_due(database: Database, settings: Settings) -> str | None:
    """Send what is due, each message in a unit of work of its own, until the server is found to be away or the run
    has lasted long enough. Returns a report of counts, or None where nothing was due.
    """
    with database.reading() as session:
        due = session.exec(_due(clock.now())).all()
    if not due:
        return None
    sent, gone, broken_off, until = 0, 0, 0, time.monotonic() + _LONGEST_RUN_SECONDS
    with sender_of(settings, _LONGEST_TRY_SECONDS) as sender:
        for key in due:
            message = _find_waiting(database, key)
            if message is None:
                gone += 1
                continue
            outcome = sender.send(message)
            with database.unit_of_work() as session:
                _settle(session, key, outcome)
            sent += outcome.sent
            broken_off += outcome.broke_off
            if outcome.server_away or broken_off >= _MOST_BROKEN_OFF or time.monotonic() > until:
                break
    return f"{sent} sent, {len(due) - gone - sent} waiting or refused"


def forget_about(session: Session, things: Iterable[Reference]) -> None:
    """Delete all mail about these things, sent or not, in the unit of work that deletes the things."""
    session.exec(delete(OutboxMessage).where(col(OutboxMessage.about).in_([str(one) for one in things])))


def is_long_settled() -> ColumnElement[bool]:
    """Of a message: sent or refused more than 30 days ago."""
    is_settled = col(OutboxMessage.sent_at).is_not(None) | col(OutboxMessage.refused).is_not(None)
    return is_settled & (col(OutboxMessage.not_before) < clock.now() - dt.timedelta(days=_KEPT_DAYS))


def is_too_old() -> ColumnElement[bool]:
    """Of a message: written more than 90 days ago."""
    return col(OutboxMessage.written_at) < clock.now() - dt.timedelta(days=UNSENT_KEPT_DAYS)


def forget_over(database: Database) -> str | None:
    """Delete messages sent or refused more than 30 days ago, and those that could not be sent in 90."""
    with database.unit_of_work() as session:
        gone = session.exec(delete(OutboxMessage).where(is_long_settled() | is_too_old())).rowcount
    return f"{gone} deleted" if gone else None


def tidy_folder(database: Database, settings: Settings) -> str | None:
    """Delete each file whose message is in the outbox no more: it is over, its reader left or was erased, or the words
    that it told of were deleted.
    """
    files = sorted(settings.mail_folder.glob("*.*"))
    if not files:
        return None
    with database.reading() as session:
        kept = {file_of(settings.mail_folder, one).stem for one in session.exec(select(OutboxMessage.message_id))}
    over = [path for path in files if path.stem not in kept]
    for path in over:
        path.unlink(missing_ok=True)
    return f"{len(over)} deleted" if over else None


def _waits() -> ColumnElement[bool]:
    return col(OutboxMessage.sent_at).is_(None) & col(OutboxMessage.refused).is_(None)


def _due(now: dt.datetime):  # type: ignore[no-untyped-def]  # noqa: ANN202 - SQLModel's own select type has no short name
    """The ids of the next letters. One that was put off lets those pass that were not: it may keep them waiting."""
    was_put_off = col(OutboxMessage.put_off_at).is_not(None)
    return (
        select(OutboxMessage.id)
        .where(_waits(), col(OutboxMessage.not_before) <= now)
        .order_by(col(OutboxMessage.turn), was_put_off, col(OutboxMessage.not_before), col(OutboxMessage.id))
        .limit(_AT_ONCE)
    )


def _find_waiting(database: Database, key: int) -> OutboxMessage | None:
    """A letter as it is at this moment; None where it was deleted, with the person perhaps, since the run began."""
    with database.reading() as session:
        return session.exec(select(OutboxMessage).where(OutboxMessage.id == key, _waits())).first()


def _settle(session: Session, key: int, outcome: Outcome) -> None:
    message = session.get(OutboxMessage, key)
    if message is None:  # what it tells of was deleted while it was under way
        return
    now = clock.now()
    message.tries += 1
    message.refused = outcome.refused
    if outcome.sent:
        message.sent_at, message.body, message.headers = now, "", None  # links in them may open something for long
    elif outcome.server_away:
        message.not_before = now + dt.timedelta(seconds=min(2 ** min(message.tries, 7), _LONGEST_WAIT_SECONDS))
    elif outcome.refused is None:
        _put_off(message, now)


def _put_off(message: OutboxMessage, now: dt.datetime) -> None:
    """The server will take this letter later, and not the next moment: each wait is as long as all before it."""
    message.put_off_at = message.put_off_at or now
    since = now - message.put_off_at
    if since >= dt.timedelta(days=PUT_OFF_DAYS):
        message.refused = EXPIRED
    wait = min(max(since.total_seconds(), 2), _LONGEST_PUT_OFF_SECONDS)
    message.not_before = now + dt.timedelta(seconds=wait)
