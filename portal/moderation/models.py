"""What waits to be shown, or was decided: the words as they were written, and apart from them the words as they may be
read by everybody.
"""

from __future__ import annotations

import datetime as dt
from enum import StrEnum

from sqlalchemy import UniqueConstraint
from sqlmodel import Field, SQLModel

from portal.lifecycle import Reference


class ModerationStatus(StrEnum):
    """Where an item stands; see `portal.moderation.workflow`."""

    waiting = "waiting"
    second = "second"
    translation = "translation"
    shown = "shown"
    refused = "refused"
    hidden = "hidden"


class ModerationItem(SQLModel, table=True):
    """One thing of some noun whose words somebody wrote to be shown. One thing has one item."""

    __tablename__ = "moderation_item"
    __table_args__ = (UniqueConstraint("thing_kind", "thing_key"),)

    id: int | None = Field(default=None, primary_key=True)
    reference: str = Field(max_length=12, unique=True)
    """Its name outside: in a report about it, and in mail."""
    thing_kind: str = Field(max_length=40)
    thing_key: str = Field(max_length=80)
    language: str = Field(max_length=2)
    place: str = Field(max_length=300)
    """The page on which it will be shown, as a path of this portal."""
    author_email: str | None = Field(default=None, max_length=254)
    status: ModerationStatus = Field(index=True)
    submitted_at: dt.datetime
    queued_at: dt.datetime = Field(index=True)
    """When its clock began: as it came in, or as it was put back to be decided anew."""
    claimed_by: int | None = Field(default=None, foreign_key="account.id", index=True)
    claimed_at: dt.datetime | None = None
    first_eyes: int | None = Field(default=None, foreign_key="account.id")
    """Who asked for a second pair of eyes, and may therefore not decide."""
    note: str = Field(default="", max_length=500)
    """From one moderator to the next."""
    reason_codes: str = Field(default="", max_length=300)
    other_reason: str = Field(default="", max_length=500)
    first_decided_at: dt.datetime | None = Field(default=None, index=True)
    decided_at: dt.datetime | None = Field(default=None, index=True)
    erased_at: dt.datetime | None = None
    """When the words as they were written were deleted."""

    @property
    def key(self) -> int:
        """The `id` of an item that is stored. Raises ValueError for one that is not yet."""
        if self.id is None:
            raise ValueError("the item is not stored yet")
        return self.id

    @property
    def thing(self) -> Reference:
        """The thing of another noun whose words these are."""
        return Reference(self.thing_kind, self.thing_key)

    @property
    def reasons(self) -> tuple[str, ...]:
        """Why it was refused, as codes of `portal.moderation.rules`."""
        return tuple(self.reason_codes.split()) if self.reason_codes else ()


class ModerationText(SQLModel, table=True):
    """One field of an item: what was written, for moderators alone, and what everybody may read."""

    __tablename__ = "moderation_text"

    item_id: int = Field(foreign_key="moderation_item.id", primary_key=True)
    field: str = Field(primary_key=True, max_length=40)
    position: int
    original: str | None = None
    """As it was written; None once it was deleted."""
    marked: str | None = None
    """The same with a moderator's marks; it holds what was removed, and ends with the original."""
    public: str | None = None
    """What may be read by everybody, with `rules.REMOVED` where something was taken out; None until it was decided."""
    translation: str | None = None
    """A person's translation, for moderators who do not read the language. Never shown."""
