"""Organisations, their posts and who holds them; the seats of each ward and who sits in them. What can change is dated,
and what ended is kept: a name that stood on a public page is not made to have never been there.
"""

from __future__ import annotations

import datetime as dt
from enum import StrEnum

from sqlalchemy import CheckConstraint, Index, UniqueConstraint, text
from sqlmodel import Field, SQLModel

from portal import clock

_IS_CURRENT = text("ends_on IS NULL")
_IS_THE_FIGURE = text("is_portfolio_holder AND ends_on IS NULL")


class OrganisationKind(StrEnum):
    """What an organisation is to community safety here, in the order in which pages show them.

    The local policing body is a kind and no constant: who that is differs by area and is to change.
    """

    responsible_authority = "responsible_authority"
    local_policing_body = "local_policing_body"
    cooperating_body = "cooperating_body"
    council_service = "council_service"
    other = "other"


class Organisation(SQLModel, table=True):
    """A body with a part in community safety, from the day it was entered until the day before `ends_on`."""

    id: int | None = Field(default=None, primary_key=True)
    code: str = Field(max_length=60, unique=True)
    """The word by which files name it, so that a second import knows it again."""
    kind: OrganisationKind
    name_en: str = Field(max_length=120)
    name_cy: str = Field(max_length=120)
    short_en: str = Field(default="", max_length=40)
    short_cy: str = Field(default="", max_length=40)
    does_en: str = Field(default="", max_length=600)
    does_cy: str = Field(default="", max_length=600)
    telephone: str = Field(default="", max_length=40)
    email: str = Field(default="", max_length=254)
    web_en: str = Field(default="", max_length=300)
    web_cy: str = Field(default="", max_length=300)
    is_public: bool = False
    checked_on: dt.date | None = None
    """When somebody last looked whether this is right. Never looked at: still to be confirmed."""
    ends_on: dt.date | None = None
    version: int = 1
    changed_at: dt.datetime = Field(default_factory=clock.now)

    @property
    def key(self) -> int:
        return _stored(self.id)

    def name(self, lang: str) -> str:
        return self.name_cy if lang == "cy" else self.name_en

    def web(self, lang: str) -> str:
        return (self.web_cy or self.web_en) if lang == "cy" else (self.web_en or self.web_cy)

    def does(self, lang: str) -> str:
        return self.does_cy if lang == "cy" else self.does_en


class Post(SQLModel, table=True):
    """A post in an organisation that residents should know of, held by somebody or vacant."""

    __table_args__ = (
        UniqueConstraint("organisation_id", "code"),
        Index(
            "post_portfolio_holder",
            "is_portfolio_holder",
            unique=True,
            sqlite_where=_IS_THE_FIGURE,
            postgresql_where=_IS_THE_FIGURE,
        ),
    )

    id: int | None = Field(default=None, primary_key=True)
    organisation_id: int = Field(foreign_key="organisation.id", index=True)
    code: str = Field(max_length=60)
    title_en: str = Field(max_length=120)
    title_cy: str = Field(max_length=120)
    is_portfolio_holder: bool = False
    """The one figure who answers for community safety here, shown before everybody else. There is one in the portal,
    whatever the organisation: of two nobody would know which to turn to.
    """
    telephone: str = Field(default="", max_length=40)
    email: str = Field(default="", max_length=254)
    """The post's own address, which stays when its holder goes."""
    is_public: bool = True
    ends_on: dt.date | None = None
    version: int = 1
    changed_at: dt.datetime = Field(default_factory=clock.now)

    @property
    def key(self) -> int:
        return _stored(self.id)

    def title(self, lang: str) -> str:
        return self.title_cy if lang == "cy" else self.title_en


class Holder(SQLModel, table=True):
    """A named person in a post. Of one post at most one has no `ends_on`."""

    __tablename__ = "post_holder"
    __table_args__ = (
        Index("post_holder_current", "post_id", unique=True, sqlite_where=_IS_CURRENT, postgresql_where=_IS_CURRENT),
    )

    id: int | None = Field(default=None, primary_key=True)
    post_id: int = Field(foreign_key="post.id", index=True)
    name: str = Field(max_length=120)
    starts_on: dt.date | None = None
    term_ends_on: dt.date | None = None
    """The last day of the term, where there is one and it is known."""
    ends_on: dt.date | None = None
    """The day from which they hold it no more."""
    telephone: str = Field(default="", max_length=40)
    email: str = Field(default="", max_length=254)
    shows_telephone: bool = False
    shows_email: bool = False
    """What of it the public sees: nothing, unless somebody says so."""
    checked_on: dt.date | None = None
    version: int = 1
    changed_at: dt.datetime = Field(default_factory=clock.now)

    @property
    def key(self) -> int:
        return _stored(self.id)

    @property
    def public_email(self) -> str:
        return self.email if self.shows_email else ""

    @property
    def public_telephone(self) -> str:
        return self.telephone if self.shows_telephone else ""


class Seat(SQLModel, table=True):
    """One of the seats of a ward, until the day before `ends_on`, when the ward ended or lost the seat."""

    __table_args__ = (
        Index("seat_current", "ward_id", "number", unique=True, sqlite_where=_IS_CURRENT, postgresql_where=_IS_CURRENT),
        CheckConstraint("number > 0", name="seat_number"),
    )

    id: int | None = Field(default=None, primary_key=True)
    ward_id: int = Field(foreign_key="area.id", index=True)
    number: int
    ends_on: dt.date | None = None

    @property
    def key(self) -> int:
        return _stored(self.id)


class Councillor(SQLModel, table=True):
    """Somebody elected to a seat. Of one seat at most one has no `ends_on`. Nothing of their home is kept."""

    __table_args__ = (
        Index("councillor_current", "seat_id", unique=True, sqlite_where=_IS_CURRENT, postgresql_where=_IS_CURRENT),
    )

    id: int | None = Field(default=None, primary_key=True)
    seat_id: int = Field(foreign_key="seat.id", index=True)
    name: str = Field(max_length=120)
    party_en: str = Field(default="", max_length=120)
    party_cy: str = Field(default="", max_length=120)
    """Where it is given. Without a Welsh name the Welsh page has the English one, and says that it is English."""
    starts_on: dt.date | None = None
    term_ends_on: dt.date | None = None
    """The last day of the term, where it is known."""
    ends_on: dt.date | None = None
    """The day from which they sit no more."""
    absent_from_on: dt.date | None = None
    absent_until_on: dt.date | None = None
    """First and last day away; without the last, until further notice."""
    covered_by: int | None = Field(default=None, foreign_key="councillor.id")
    telephone: str = Field(default="", max_length=40)
    email: str = Field(default="", max_length=254)
    shows_telephone: bool = True
    shows_email: bool = True
    """A councillor's own service prints these; on screen each can be taken off the public page."""
    surgery_en: str = Field(default="", max_length=1000)
    surgery_cy: str = Field(default="", max_length=1000)
    source_id: str = Field(default="", max_length=60)
    """The number in the file from which they came, so that a second import knows them again."""
    checked_on: dt.date | None = None
    version: int = 1
    changed_at: dt.datetime = Field(default_factory=clock.now)

    @property
    def key(self) -> int:
        return _stored(self.id)

    @property
    def public_email(self) -> str:
        return self.email if self.shows_email else ""

    @property
    def public_telephone(self) -> str:
        return self.telephone if self.shows_telephone else ""


def _stored(number: int | None) -> int:
    if number is None:
        raise ValueError("it is not stored yet")
    return number
