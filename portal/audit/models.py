"""Rows of the record of acts. They are only ever added; a personal value is never in them, only a commitment to it."""

from __future__ import annotations

import datetime as dt

from sqlalchemy import JSON, Column, Index
from sqlmodel import Field, SQLModel


class AuditEntry(SQLModel, table=True):
    """One act. `hash` covers every other column and `previous_hash`, so that no row can be changed, removed or put
    between.
    """

    __tablename__ = "audit_entry"
    __table_args__ = (Index("ix_audit_entry_act_at", "act", "at"),)

    id: int = Field(primary_key=True)
    """1, 2, 3 ... without a gap."""
    at: dt.datetime
    actor: str = Field(max_length=80, index=True)
    """A stable reference, never a name."""
    role: str = Field(max_length=200)
    """With several roles, all of them."""
    act: str = Field(max_length=60)
    thing: str = Field(max_length=120, index=True)
    """`kind:key`."""
    before: dict[str, object] = Field(sa_column=Column(JSON, nullable=False))
    after: dict[str, object] = Field(sa_column=Column(JSON, nullable=False))
    previous_hash: str = Field(max_length=64)
    hash: str = Field(max_length=64)


class AuditSalt(SQLModel, table=True):
    """The salt of one commitment. Deleting the row is how a personal value is erased: the commitment can then be
    tied to nothing.
    """

    __tablename__ = "audit_salt"

    entry_id: int = Field(foreign_key="audit_entry.id", primary_key=True)
    field: str = Field(primary_key=True, max_length=80)
    """`before.NAME` or `after.NAME`."""
    salt: str = Field(max_length=64)


class AuditHead(SQLModel, table=True):
    """The end of the chain: one row, locked by whoever adds to it."""

    __tablename__ = "audit_head"

    id: int = Field(primary_key=True)
    entry_id: int
    hash: str = Field(max_length=64)


class AuditCheckpoint(SQLModel, table=True):
    """The end of the chain as it was on one day, signed. Whoever has a copy of it, and the key, sees whether the chain
    up to there was ever written anew.
    """

    __tablename__ = "audit_checkpoint"

    number: int = Field(primary_key=True)
    """1, 2, 3 ... without a gap."""
    day: dt.date = Field(unique=True)
    """The London day on which it was signed."""
    entry_id: int
    """The last entry that it covers. The entry after it is the act of signing."""
    hash: str = Field(max_length=64)
    """Of that entry."""
    signature: str = Field(max_length=128)
    key_id: str = Field(max_length=16)
