"""What somebody wrote to a named inbox. Nothing of it is ever public."""

from __future__ import annotations

import datetime as dt
from enum import StrEnum

from sqlmodel import Field, SQLModel


class Inbox(StrEnum):
    """Which inbox: the word in the path."""

    figure = "figure"
    accessibility = "accessibility"
    general = "general"


class Message(SQLModel, table=True):
    """One message, until some months after it was answered."""

    __tablename__ = "contact_message"

    id: int | None = Field(default=None, primary_key=True)
    reference: str = Field(max_length=12, unique=True)
    inbox: Inbox
    about: str = Field(max_length=300)
    """The page it is about, as a path of this portal; empty where none was named."""
    text: str = Field(max_length=4000)
    email: str | None = Field(default=None, max_length=254)
    language: str = Field(max_length=2)
    """The language in which it was written and is to be answered."""
    received_at: dt.datetime
    answered_at: dt.datetime | None = None
    claimed_by: int | None = None
    """The number of the account that has said that it will answer."""
