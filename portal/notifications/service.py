"""Write mail into the outbox, and send what is due. One bad address holds nobody else up."""

from __future__ import annotations

import asyncio
import datetime as dt
import time
import uuid
from collections.abc import Iterable
from dataclasses import dataclass
from email.message import EmailMessage

import aiosmtplib
from sqlmodel import Session, col, delete, select

from portal import clock
from portal.db import Database, insert_one
from portal.lifecycle import Reference
from portal.notifications.models import OutboxMessage
from portal.settings import Settings

_AT_ONCE = 50
_LONGEST_WAIT_SECONDS = 100
_LONGEST_TRY_SECONDS = 20
_LONGEST_RUN_SECONDS = 30
"""A run that began so long ago takes no further letter in hand, so that it ends before its lease does."""
LONGEST_RUN = dt.timedelta(seconds=_LONGEST_RUN_SECONDS + _LONGEST_TRY_SECONDS)
_KEPT_DAYS = 30
UNSENT_KEPT_DAYS = 90
"""For how long a letter may wait for a mail server: longer than any server is down, and not for ever."""
_PERMANENT = 500


@dataclass(frozen=True, slots=True)
class Mail:
    """A message to be written: plain text, already in its reader's language."""

    to_address: str
    subject: str
    body: str
    reply_to: str | None = None
    about: Reference | None = None
    """What it tells of. Whoever deletes that deletes the mail as well, by `forget_about`."""


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
    if not settings.smtp_host:
        return None
    with database.reading() as session:
        due = session.exec(_due(clock.now())).all()
    sent, until = 0, time.monotonic() + _LONGEST_RUN_SECONDS
    for message in due:
        outcome = asyncio.run(_try(message, settings))
        with database.unit_of_work() as session:
            _settle(session, message.id or 0, outcome)
        sent += outcome.sent
        if outcome.server_away or time.monotonic() > until:
            break
    return f"{sent} sent, {len(due) - sent} waiting or refused" if due else None


def forget_about(session: Session, things: Iterable[Reference]) -> None:
    """Delete all mail about these things, sent or not, in the unit of work that deletes the things."""
    session.exec(delete(OutboxMessage).where(col(OutboxMessage.about).in_([str(one) for one in things])))


def forget_over(database: Database) -> str | None:
    """Delete messages sent or refused more than 30 days ago, and those that could not be sent in 90."""
    now = clock.now()
    is_settled = col(OutboxMessage.sent_at).is_not(None) | col(OutboxMessage.refused).is_not(None)
    is_settled &= col(OutboxMessage.not_before) < now - dt.timedelta(days=_KEPT_DAYS)
    is_too_old = col(OutboxMessage.written_at) < now - dt.timedelta(days=UNSENT_KEPT_DAYS)
    with database.unit_of_work() as session:
        gone = session.exec(delete(OutboxMessage).where(is_settled | is_too_old))
    return f"{gone.rowcount} deleted" if gone.rowcount else None


@dataclass(frozen=True, slots=True)
class _Outcome:
    sent: bool = False
    refused: str | None = None
    server_away: bool = False
    """It was not about this message: the next one would fare no better."""


def _due(now: dt.datetime):  # type: ignore[no-untyped-def]  # noqa: ANN202 - SQLModel's own select type has no short name
    waiting = (col(OutboxMessage.sent_at).is_(None), col(OutboxMessage.refused).is_(None))
    return (
        select(OutboxMessage)
        .where(*waiting, col(OutboxMessage.not_before) <= now)
        .order_by(col(OutboxMessage.id))
        .limit(_AT_ONCE)
    )


async def _try(message: OutboxMessage, settings: Settings) -> _Outcome:
    """One try. Only what the server says of this recipient or this text can be a refusal for good: a wrong password or
    a server that is away says nothing about the message, which waits.
    """
    try:
        mail = _letter(message, settings.mail_from)
    except Exception:  # noqa: BLE001 - what cannot be written can never be sent, and must hold nobody else up
        return _Outcome(refused="unwritable")
    try:
        async with asyncio.timeout(_LONGEST_TRY_SECONDS):  # all of it: aiosmtplib's own is for each answer
            await aiosmtplib.send(
                mail,
                hostname=settings.smtp_host,
                port=settings.smtp_port,
                username=settings.smtp_user or None,
                password=settings.smtp_password or None,
                timeout=_LONGEST_TRY_SECONDS,
            )
    except aiosmtplib.SMTPRecipientsRefused as error:
        return _refusal(error.recipients[0].code)
    except aiosmtplib.SMTPDataError as error:
        return _refusal(error.code)
    except ValueError:  # an address that cannot stand in the protocol
        return _Outcome(refused="unwritable")
    except (aiosmtplib.SMTPException, OSError):
        return _Outcome(server_away=True)
    return _Outcome(sent=True)


def _letter(message: OutboxMessage, mail_from: str) -> EmailMessage:
    mail = EmailMessage()
    mail["From"], mail["To"], mail["Subject"] = mail_from, message.to_address, message.subject
    mail["Message-ID"] = message.message_id
    mail["Date"] = message.written_at
    if message.reply_to:
        mail["Reply-To"] = message.reply_to
    mail.set_content(message.body)
    mail.as_bytes()
    return mail


def _refusal(code: int) -> _Outcome:
    return _Outcome(refused=str(code) if code >= _PERMANENT else None)


def _settle(session: Session, message_id: int, outcome: _Outcome) -> None:
    message = session.get(OutboxMessage, message_id)
    if message is None:  # what it tells of was deleted while it was under way
        return
    now = clock.now()
    message.tries += 1
    message.refused = outcome.refused
    if outcome.sent:
        message.sent_at = now
    else:
        message.not_before = now + dt.timedelta(seconds=min(2 ** min(message.tries, 7), _LONGEST_WAIT_SECONDS))
