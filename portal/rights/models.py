"""Requests about personal data. Who asked stays in the officer's own mail: here is only what the clock needs."""

from __future__ import annotations

import datetime as dt
from enum import StrEnum

from sqlmodel import Field, SQLModel


class RequestKind(StrEnum):
    """What somebody asks for."""

    access = "access"
    erasure = "erasure"
    rectification = "rectification"
    restriction = "restriction"
    """That data are not used while a question about them is settled."""
    objection = "objection"
    complaint = "complaint"
    """No request: somebody says that their data were not dealt with as the law says. It has a clock of its own."""


class RightsRequest(SQLModel, table=True):
    """One request, until two years after its answer."""

    __tablename__ = "rights_request"

    id: int | None = Field(default=None, primary_key=True)
    reference: str = Field(max_length=12, unique=True)
    kind: RequestKind
    received_on: dt.date
    due_on: dt.date
    """See `portal.rights.rules`."""
    extended_on: dt.date | None = None
    extension_reason: str | None = Field(default=None, max_length=500)
    acknowledged_on: dt.date | None = None
    """Of a complaint: when its sender was told that it came."""
    answered_on: dt.date | None = None

    @property
    def state(self) -> str:
        """Where it stands; see `portal.rights.workflow`."""
        if self.answered_on is not None:
            return "answered"
        if self.acknowledged_on is not None:
            return "acknowledged"
        return "extended" if self.extended_on is not None else "open"
