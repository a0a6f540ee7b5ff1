"""Whose files the portal takes, and which months may be spoken of."""

from __future__ import annotations

from sqlmodel import Session, col, select

from portal import clock
from portal.clock import Month
from portal.crime.rules import TRANSPORT_POLICE
from portal.places.models import Area, AreaKind


def served_forces(session: Session) -> frozenset[str]:
    """The forces whose area is served, and the transport police."""
    statement = select(Area.slug_en).where(Area.kind == AreaKind.force, col(Area.served))
    return frozenset(session.exec(statement)) | {TRANSPORT_POLICE}


def refuse_to_come(month: Month) -> None:
    """Raise ValueError for a month that has not begun: nothing can be said of it."""
    if month.first_on > clock.today():
        raise ValueError(f"{month} is still to come")
