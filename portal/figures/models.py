"""The series that any noun may write and any page may show: one whole number for a measure, an area and a month."""

from __future__ import annotations

from sqlmodel import Field, SQLModel


class Figure(SQLModel, table=True):
    """How many of `measure` were recorded in an area in a month. A month that is absent from its noun's own record
    of supply was not supplied: never 0.
    """

    __table_args__ = {"sqlite_with_rowid": False}  # a month comes in as a whole: its figures lie together

    month: int = Field(primary_key=True)
    """`portal.clock.Month.index`. Ask for months by name (`in_`), not by a range, which would go through every area."""
    area_id: int = Field(foreign_key="area.id", primary_key=True)
    measure: str = Field(primary_key=True, max_length=60)
    count: int
