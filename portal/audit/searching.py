"""Look something up in the record of acts, newest first, a page at a time."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from sqlalchemy import ColumnElement
from sqlmodel import Session, col, select

from portal.audit.models import AuditEntry
from portal.clock import LONDON

ON_A_PAGE = 50


@dataclass(frozen=True, slots=True)
class Wanted:
    """What is looked for; what is empty is not asked for."""

    thing: str = ""
    """A kind, such as `message`, or one thing: `message:k7mn-p2qr`."""
    actor: str = ""
    act: str = ""
    first_on: dt.date | None = None
    last_on: dt.date | None = None
    before: int = 0
    """Only entries with a smaller number: the next page."""


def entries(session: Session, wanted: Wanted) -> tuple[tuple[AuditEntry, ...], int]:
    """A page of entries, newest first, and the number before which the next page lies; 0 where there is none."""
    query = select(AuditEntry).where(*_conditions(wanted)).order_by(col(AuditEntry.id).desc()).limit(ON_A_PAGE + 1)
    found = session.exec(query).all()
    page = tuple(found[:ON_A_PAGE])
    return page, (page[-1].id if len(found) > ON_A_PAGE else 0)


def known_acts(session: Session) -> tuple[str, ...]:
    """Every act that was ever recorded, by its code. By leaps along the index: the record is long, its acts are few."""
    acts: list[str] = []
    query = select(AuditEntry.act).order_by(col(AuditEntry.act)).limit(1)
    found = session.exec(query).first()
    while found is not None:
        acts.append(found)
        found = session.exec(query.where(col(AuditEntry.act) > found)).first()
    return tuple(acts)


def _conditions(wanted: Wanted) -> list[ColumnElement[bool]]:
    conditions: list[ColumnElement[bool]] = []
    if ":" in wanted.thing:
        conditions.append(col(AuditEntry.thing) == wanted.thing)
    elif wanted.thing:  # a semicolon follows a colon: this is `LIKE 'kind:%'` in a form that the index serves
        conditions += [col(AuditEntry.thing) >= f"{wanted.thing}:", col(AuditEntry.thing) < f"{wanted.thing};"]
    if wanted.actor:
        conditions.append(col(AuditEntry.actor) == wanted.actor)
    if wanted.act:
        conditions.append(col(AuditEntry.act) == wanted.act)
    if wanted.first_on:
        conditions.append(col(AuditEntry.at) >= _begin(wanted.first_on))
    if wanted.last_on:
        conditions.append(col(AuditEntry.at) < _begin(wanted.last_on + dt.timedelta(days=1)))
    if wanted.before:
        conditions.append(col(AuditEntry.id) < wanted.before)
    return conditions


def _begin(day: dt.date) -> dt.datetime:
    """The first moment of a day in London."""
    return dt.datetime.combine(day, dt.time(), LONDON)
