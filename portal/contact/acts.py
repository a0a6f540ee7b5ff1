"""The acts on messages in words, for who reads the record, and where it finds a message."""

from __future__ import annotations

from collections.abc import Collection

from sqlmodel import Session, col, select

from portal.contact.models import Message
from portal.web.language import N_
from portal.web.manifest import Found, FoundThing, ThingKind

ACTS = {
    "message-read": N_("Message read"),
    "message-claimed": N_("Message taken on by who will answer it"),
    "message-handed-over": N_("Message handed to a colleague, or put back for whoever comes first"),
    "answer_message": N_("Message marked as answered"),
    "message-answer-taken-back": N_("Message marked as not answered after all"),
    "message-erased": N_("Message erased at a person’s request"),
}


def _messages(session: Session, keys: Collection[str]) -> Found:
    rows = session.exec(select(Message.reference).where(col(Message.reference).in_(keys)))
    return {key: FoundThing("contact:message", {"reference": key}) for key in rows}


THINGS = (ThingKind("message", N_("Message"), _messages),)
