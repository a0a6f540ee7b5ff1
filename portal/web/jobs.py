"""How each job of the worker last went. The worker writes it; pages may read it."""

from __future__ import annotations

import datetime as dt

from sqlmodel import Field, SQLModel


class JobRun(SQLModel, table=True):
    """When a job is next due, and how it last ended."""

    __tablename__ = "job_run"

    name: str = Field(primary_key=True, max_length=60)
    due_at: dt.datetime
    ended_at: dt.datetime | None = None
    report: str = Field(default="", max_length=300)
    failures: int = 0
