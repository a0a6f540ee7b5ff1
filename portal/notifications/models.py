"""Mail that is to be sent: a row written in the same transaction as what it tells of, so that neither is ever
without the other.
"""

from __future__ import annotations

import datetime as dt

from sqlmodel import Field, SQLModel


class OutboxMessage(SQLModel, table=True):
    """One message to one address. It keeps its Message-ID through every try, so that a repeat can be known as one."""

    __tablename__ = "outbox_message"

    id: int | None = Field(default=None, primary_key=True)
    message_id: str = Field(max_length=120, unique=True)
    to_address: str = Field(max_length=254)
    reply_to: str | None = Field(default=None, max_length=254)
    subject: str = Field(max_length=200)
    body: str
    about: str | None = Field(default=None, max_length=80, index=True)
    """What it tells of, as the text of a Reference: the mail ends with it at the latest."""
    written_at: dt.datetime
    not_before: dt.datetime = Field(index=True)
    tries: int = 0
    sent_at: dt.datetime | None = Field(default=None, index=True)
    refused: str | None = Field(default=None, max_length=200)
    """Why the server refused it for good; no further try is made."""
