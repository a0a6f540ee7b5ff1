"""A notice of complaint, from its receipt to its end. Who complains is told to nobody without their consent."""

from __future__ import annotations

import datetime as dt
from enum import StrEnum

from sqlmodel import Field, SQLModel

from portal.lifecycle import Reference


class ComplaintStatus(StrEnum):
    """Where a notice stands; see `portal.moderation.notices.workflow`."""

    received = "received"
    poster_contacted = "poster_contacted"
    poster_agreed = "poster_agreed"
    poster_objected = "poster_objected"
    reply_defective = "reply_defective"
    defective_told = "defective_told"
    removed = "removed"
    objection_told = "objection_told"
    withdrawn = "withdrawn"


class ComplaintNotice(SQLModel, table=True):
    """One notice, as it was sent, and what was done about it. An answer that was not given is empty or None."""

    __tablename__ = "complaint_notice"

    id: int | None = Field(default=None, primary_key=True)
    reference: str = Field(max_length=12, unique=True)
    language: str = Field(max_length=2)
    about: str = Field(max_length=300)
    """Where on the portal the statement stands, as it was written: a path of ours where the form came from one."""
    item_id: int | None = Field(default=None, index=True)
    """The item of the queue whose words it is about, where that is known."""
    name: str = Field(default="", max_length=200)
    email: str = Field(max_length=254)
    words: str = ""
    meaning: str = ""
    wrong: str = ""
    lacks_details: bool = False
    """That they do not know enough about the poster to bring proceedings."""
    may_name: bool | None = None
    """Whether their name may be given to the poster; None where they did not say."""
    may_give_email: bool | None = None
    says_repeated: bool = False
    """That they have sent two or more notices about the same statement before."""
    status: ComplaintStatus = Field(index=True)
    received_at: dt.datetime
    contacted_at: dt.datetime | None = None
    replied_at: dt.datetime | None = None
    poster_email: str | None = Field(default=None, max_length=254)
    """Where the copy was sent: it stays with the notice when the words lose their author."""
    poster_name: str = Field(default="", max_length=200)
    poster_address: str = Field(default="", max_length=500)
    poster_consents: bool = False
    """Whether the poster lets their name and address be given to who complains."""
    ended_at: dt.datetime | None = Field(default=None, index=True)

    @property
    def key(self) -> int:
        """The `id` of a notice that is stored. Raises ValueError for one that is not yet."""
        if self.id is None:
            raise ValueError("the notice is not stored yet")
        return self.id

    @property
    def thing(self) -> Reference:
        """The name of a notice in the record of acts, and of mail about it."""
        return Reference("complaint", self.reference)
