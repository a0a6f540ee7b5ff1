"""Mail that is to be sent, who follows what, and what there is to tell them. A row is written in the same transaction
as what it tells of, so that neither is ever without the other.
"""

from __future__ import annotations

import datetime as dt
from enum import StrEnum

from sqlalchemy import JSON, Column, Index, text
from sqlmodel import Field, SQLModel

_WAITS = text("sent_at IS NULL AND refused IS NULL")
_QUEUE = ("turn", "put_off_at", "not_before", "id")
"""By which the next letters are found; with all four in the index no letter is read that is not sent."""


class OutboxMessage(SQLModel, table=True):
    """One message to one address. It keeps its Message-ID through every try, so that a repeat can be known as one."""

    __tablename__ = "outbox_message"
    __table_args__ = (Index("outbox_waiting", *_QUEUE, sqlite_where=_WAITS, postgresql_where=_WAITS),)

    id: int | None = Field(default=None, primary_key=True)
    message_id: str = Field(max_length=120, unique=True)
    to_address: str = Field(max_length=254)
    reply_to: str | None = Field(default=None, max_length=254)
    subject: str = Field(max_length=200)
    body: str
    """Empty once it was sent, and the headers too: they may hold links that let their reader in."""
    language: str | None = Field(default=None, max_length=10)
    """In which language or languages it is, for Content-Language; None where nobody said."""
    headers: dict[str, str] | None = Field(default=None, sa_column=Column(JSON, nullable=True))
    """What else stands in its head, such as the way to leave a list."""
    turn: int = Field(default=0, sa_column_kwargs={"server_default": "0"})
    """1 for one of many: those that somebody waits for go first."""
    about: str | None = Field(default=None, max_length=80, index=True)
    """What it tells of, as the text of a Reference: the mail ends with it at the latest."""
    written_at: dt.datetime
    not_before: dt.datetime = Field(index=True)
    tries: int = 0
    sent_at: dt.datetime | None = Field(default=None, index=True)
    tried_again_at: dt.datetime | None = None
    """When somebody had it sent anew that had been refused."""
    put_off_at: dt.datetime | None = None
    """When the server first said of this very letter that it would take it later."""
    refused: str | None = Field(default=None, max_length=200)
    """Why the server refused it for good; no further try is made."""


class Rhythm(StrEnum):
    """How soon a follower is told: at once, or once a week."""

    immediate = "immediate"
    weekly = "weekly"


class FollowRequest(SQLModel, table=True):
    """Somebody asked that this address be told of a topic. Until it is confirmed from the mailbox nothing follows."""

    __tablename__ = "follow_request"

    id: int | None = Field(default=None, primary_key=True)
    email: str = Field(max_length=254)
    email_key: str = Field(max_length=254, index=True)
    topic: str = Field(max_length=120)
    rhythm: str = Field(max_length=10)
    language: str = Field(max_length=2)
    token_hash: str = Field(max_length=64, unique=True)
    asked_at: dt.datetime = Field(index=True)
    confirmed_at: dt.datetime | None = None


class Follower(SQLModel, table=True):
    """An address that follows at least one topic."""

    id: int | None = Field(default=None, primary_key=True)
    email: str = Field(max_length=254)
    email_key: str = Field(max_length=254, unique=True)
    """The address in small letters. What follows a plus sign is part of it: residents use it to sort their mail."""
    language: str = Field(max_length=2)
    rhythm: Rhythm
    token_hash: str = Field(max_length=64, unique=True)
    token_sealed: str = Field(max_length=300)
    """The secret of the private link, which every mail repeats: sealed, so that no copy of the table opens it."""
    began_at: dt.datetime

    @property
    def key(self) -> int:
        """The `id` of a follower that is stored. Raises ValueError for one that is not yet."""
        if self.id is None:
            raise ValueError("the follower is not stored yet")
        return self.id


class FollowedTopic(SQLModel, table=True):
    """A topic that somebody follows, as the text of a Reference."""

    __tablename__ = "followed_topic"

    follower_id: int = Field(foreign_key="follower.id", primary_key=True)
    topic: str = Field(primary_key=True, max_length=120, index=True)
    since_at: dt.datetime


class Announcement(SQLModel, table=True):
    """Something that happened, as a noun announced it: a template that says it, and the facts that go into it."""

    id: int | None = Field(default=None, primary_key=True)
    key: str = Field(max_length=120, unique=True)
    """The same event has the same key, however often it is announced."""
    template: str = Field(max_length=120)
    facts: dict[str, str] = Field(sa_column=Column(JSON, nullable=False))
    route: str = Field(max_length=80)
    params: dict[str, dict[str, str]] = Field(sa_column=Column(JSON, nullable=False))
    """The parameters of the route, by language."""
    is_public: bool
    at: dt.datetime = Field(index=True)


class AnnouncementTopic(SQLModel, table=True):
    """A topic that an announcement is about."""

    __tablename__ = "announcement_topic"

    announcement_id: int = Field(foreign_key="announcement.id", primary_key=True)
    topic: str = Field(primary_key=True, max_length=120, index=True)


class Telling(SQLModel, table=True):
    """A follower who is still to be told of an announcement: written with the announcement, deleted with the mail.

    Without a foreign key to the follower: somebody who leaves at this instant must not make the announcement fail.
    """

    follower_id: int = Field(primary_key=True)
    announcement_id: int = Field(foreign_key="announcement.id", primary_key=True, index=True)
    topic: str = Field(max_length=120)
    """Under which of the topics that they follow it is told."""
    put_off_at: dt.datetime | None = None
    """When it first could not be put into words."""
    not_before: dt.datetime | None = None
    """When that is tried again."""
