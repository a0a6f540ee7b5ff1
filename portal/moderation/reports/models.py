"""A concern that somebody reported about what a page shows, until some months after it was settled."""

from __future__ import annotations

import datetime as dt
from enum import StrEnum

from sqlmodel import Field, SQLModel

from portal.lifecycle import Reference


class ConcernKind(StrEnum):
    """What is wrong with what is shown."""

    names_somebody = "names_somebody"
    hateful = "hateful"
    something_else = "something_else"


class ConcernOutcome(StrEnum):
    """What was done about it."""

    removed = "removed"
    stays = "stays"
    passed_on = "passed_on"


class ContentReport(SQLModel, table=True):
    """One report, as it was sent."""

    __tablename__ = "content_report"

    id: int | None = Field(default=None, primary_key=True)
    reference: str = Field(max_length=12, unique=True)
    kind: ConcernKind
    about: str = Field(max_length=300)
    """The page it is about, as a path of this portal; empty where none was named."""
    item_id: int | None = Field(default=None, index=True)
    """The item of the queue whose words it is about, where that is known."""
    text: str
    email: str | None = Field(default=None, max_length=254)
    language: str = Field(max_length=2)
    received_at: dt.datetime
    settled_at: dt.datetime | None = Field(default=None, index=True)
    outcome: ConcernOutcome | None = None

    @property
    def thing(self) -> Reference:
        """The name of a report in the record of acts, and of mail about it."""
        return Reference("report", self.reference)
