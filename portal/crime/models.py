"""What the police published, as it was published: releases, months, snap points and counted cells; and what
operators said about them.
"""

from __future__ import annotations

import datetime as dt
from enum import StrEnum

from sqlalchemy import JSON, Column, UniqueConstraint
from sqlmodel import Field, SQLModel


class ForceMonthState(StrEnum):
    """What is known about one force and one month."""

    imported = "imported"
    """Loaded and waiting: a person may preview it; the public does not see it."""
    released = "released"
    not_supplied = "not_supplied"
    """Declared by hand, with a reason: the force supplied no data. Never shown as 0."""


class ImportRun(SQLModel, table=True):
    """One file read: what it was, what was in it, what was set aside and why, and what moved against the release
    before.
    """

    __tablename__ = "crime_import_run"

    id: int | None = Field(default=None, primary_key=True)
    at: dt.datetime
    file_name: str = Field(max_length=200)
    """The name inside the archive or folder, never a machine's path."""
    sha256: str = Field(max_length=64, index=True)
    force: str = Field(max_length=40)
    """The slug in the file's name, such as "gwent" or "btp"."""
    month: int
    """0, with an empty force, for what could not even be opened."""
    fetched_on: dt.date
    """The day on which the file was fetched from the publisher, as the operator says."""
    outcome: str = Field(max_length=20)
    """"imported", "replaced", "unchanged" or "refused"."""
    rows_read: int = 0
    rows_set_aside: int = 0
    rows_without_place: int = 0
    rows_outside: int = 0
    """Rows with a place outside the areas served. No fault."""
    rows_repeated: int = 0
    """Rows that repeat another exactly, or whose Crime ID repeats: counted all the same, dropped never."""
    faults: list[dict[str, object]] = Field(default_factory=list, sa_column=Column(JSON, nullable=False))
    """Each {"line": n, "code": "...", "detail": "..."}; the first 200. Line 0 is the file itself."""
    moved: dict[str, object] = Field(default_factory=dict, sa_column=Column(JSON, nullable=False))
    """Against the release before: {"counts": [[area code, category, was, is], ...], "outcomes": [[outcome, was,
    is], ...]}.
    """


class ForceMonth(SQLModel, table=True):
    """One force and one month, as it stands now."""

    __tablename__ = "crime_force_month"
    __table_args__ = (UniqueConstraint("force", "month"),)

    id: int | None = Field(default=None, primary_key=True)
    force: str = Field(max_length=40)
    month: int = Field(index=True)
    state: ForceMonthState
    run_id: int | None = Field(default=None, foreign_key="crime_import_run.id")
    sha256: str | None = Field(default=None, max_length=64)
    fetched_on: dt.date | None = None
    """The day on which the file was fetched from the publisher, as the operator or the archive says."""
    released_at: dt.datetime | None = None
    reason_en: str | None = Field(default=None, max_length=600)
    reason_cy: str | None = Field(default=None, max_length=600)
    rows_without_place: int = 0


class SnapPoint(SQLModel, table=True):
    """A point to which the police moved what they recorded, so that nobody's home shows. No coordinates: no place
    was given.
    """

    __tablename__ = "crime_snap_point"
    __table_args__ = (UniqueConstraint("longitude", "latitude", "lsoa_code", "location"),)

    id: int | None = Field(default=None, primary_key=True)
    longitude: int | None = None
    """Millionths of a degree, as published (six decimals)."""
    latitude: int | None = None
    lsoa_code: str = Field(default="", max_length=12)
    """As the police gave it, of the 2011 or the 2021 vintage; empty where none was given."""
    location: str = Field(default="", max_length=200)
    ward_code: str | None = Field(default=None, max_length=12)
    """By the portal's one ward rule, for today's wards; None means outside the areas served."""


class Cell(SQLModel, table=True):
    """How many rows one force's month has at a snap point, in a category, with an outcome. All else is added up
    from these.

    Millions of rows, which one module writes beside the month and the points they name, in one transaction: foreign
    keys would be looked up for each row and make writing take half as long again.
    """

    __tablename__ = "crime_cell"
    __table_args__ = {"sqlite_with_rowid": False}  # the key is the whole row but one: kept once, not twice

    force_month_id: int = Field(primary_key=True)
    """The `ForceMonth`."""
    point_id: int = Field(primary_key=True)
    """The `SnapPoint`."""
    category: int = Field(primary_key=True)
    """`portal.crime.rules.CATEGORIES` position."""
    outcome: int = Field(primary_key=True)
    """`portal.crime.rules.OUTCOMES` position."""
    count: int


class Revised(SQLModel, table=True):
    """A figure that a later release changed: "published as 41, now 43". One row a change, kept for ever."""

    __tablename__ = "crime_revised"

    id: int | None = Field(default=None, primary_key=True)
    run_id: int = Field(foreign_key="crime_import_run.id")
    area_id: int = Field(foreign_key="area.id", index=True)
    month: int
    measure: str = Field(max_length=60)
    was: int
    now: int
    on: dt.date


class ContextNote(SQLModel, table=True):
    """What a reader should know about one area and month, in both languages, by a person at the council. It never
    changes a figure.
    """

    __tablename__ = "crime_context_note"

    id: int | None = Field(default=None, primary_key=True)
    area_id: int = Field(foreign_key="area.id", index=True)
    month: int
    text_en: str = Field(max_length=1000)
    text_cy: str = Field(max_length=1000)
    written_at: dt.datetime
    withdrawn_at: dt.datetime | None = None
