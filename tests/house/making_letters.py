"""What strangers wrote and asked for: words to be decided about, reports, notices, messages, requests, mail."""

from __future__ import annotations

import secrets

from sqlmodel import Session, SQLModel

from portal import clock
from portal.contact.models import Inbox, Message
from portal.contact.service import new_reference, receive
from portal.lifecycle import OPERATOR, Reference
from portal.moderation.notices.models import ComplaintNotice, ComplaintStatus
from portal.moderation.reports.models import ConcernKind, ContentReport
from portal.moderation.service import Submission, submit
from portal.notifications.models import OutboxMessage
from portal.notifications.service import Mail, write
from portal.rights import service as rights
from portal.rights.models import RequestKind
from portal.settings import Settings


def item(session: Session) -> dict[str, object]:
    """Words that wait for a moderator, of a noun that is not here."""
    thing = Reference("example", secrets.token_hex(6))
    return {"id": submit(session, Submission(thing, {"text": "Enw Enghreifftiol"}, "en", "/en/find")).key}


def report(session: Session) -> dict[str, object]:
    """A report that nobody has settled."""
    return _stored(
        session,
        ContentReport(
            reference=new_reference(),
            kind=ConcernKind.something_else,
            about="/en/find",
            text="Enw Enghreifftiol",
            language="en",
            received_at=clock.now(),
        ),
    )


def notice(session: Session) -> dict[str, object]:
    """A notice of complaint that has just come."""
    return _stored(
        session,
        ComplaintNotice(
            reference=new_reference(),
            language="en",
            about="/en/find",
            email="reader@example.org",
            words="Enw Enghreifftiol",
            status=ComplaintStatus.received,
            received_at=clock.now(),
        ),
    )


def message(session: Session) -> dict[str, object]:
    """A message that nobody has answered."""
    made = Message(
        inbox=Inbox.general, about="/en/find", text="Enw Enghreifftiol", language="en", received_at=clock.now()
    )
    made.reference = new_reference()
    return {"reference": receive(session, made).reference}


def request(session: Session) -> dict[str, object]:
    """A request that came today."""
    asked = rights.receive(session, OPERATOR, RequestKind.access, clock.today(), Settings())
    return {"reference": asked.reference}


def refused_mail(session: Session) -> dict[str, object]:
    """A letter that the mail server refused."""
    made = write(
        session, Mail("reader@example.org", "Enw Enghreifftiol", "Enw Enghreifftiol", language="en"), Settings()
    )
    session.get_one(OutboxMessage, made.id).refused = "550"
    return {"id": made.id}


def _stored(session: Session, row: SQLModel) -> dict[str, object]:
    session.add(row)
    session.flush()
    return {"id": row.id}
