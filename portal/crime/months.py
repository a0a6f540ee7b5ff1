"""One force's month as a row: finding it, naming it in the record of acts, and the guard against older releases."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from sqlalchemy import func, text
from sqlmodel import Session, col, select

from portal import clock
from portal.audit.service import record
from portal.clock import Month
from portal.crime.models import ForceMonth, ForceMonthState, ImportRun
from portal.crime.workflow import MONTH_RELEASED, MONTHS, mover
from portal.lifecycle import Actor, Reference
from portal.trouble import NotFound

IMPORT_LOCK = 5_202_401
"""Held by whoever writes months, so that two imports never mix. Any number will do, as long as no other lock has it."""

WARDS_REVISION = "crime-wards"
"""Raised whenever figures are cut again: the wards that an import read before that are stale."""

_GROUND = text("SELECT noun, number FROM revision WHERE noun IN (:places, :wards)")
_STATES = text("SELECT force, state FROM crime_force_month WHERE month = :month")
_LOADED = frozenset({ForceMonthState.imported, ForceMonthState.released})
_KEPT = ("imported", "replaced", "unchanged")


@dataclass(frozen=True, slots=True)
class Known:
    """What stands in a month, as one force's file finds it."""

    own: ForceMonth | None
    public: frozenset[str]
    """The forces whose month is released."""
    waiting: frozenset[str]
    """The forces whose file waits to be released."""
    is_blank: bool
    """No file of any force is loaded."""


def known_for(session: Session, force: str, month: Month) -> Known:
    rows = session.connection().execute(_STATES, {"month": month.index})
    states = [(one.force, ForceMonthState(one.state)) for one in rows]
    return Known(
        own=find_force_month(session, force, month) if any(one == force for one, _ in states) else None,
        public=frozenset(one for one, state in states if state == ForceMonthState.released),
        waiting=frozenset(one for one, state in states if state == ForceMonthState.imported),
        is_blank=not any(state in _LOADED for _, state in states),
    )


def find_force_month(session: Session, force: str, month: Month) -> ForceMonth | None:
    return session.exec(select(ForceMonth).where(ForceMonth.force == force, ForceMonth.month == month.index)).first()


def held_force_month(session: Session, force: str, month: Month) -> ForceMonth | None:
    """The same, held until the unit of work ends and read anew: for whoever takes it back."""
    wanted = select(ForceMonth).where(ForceMonth.force == force, ForceMonth.month == month.index)
    return session.exec(wanted.with_for_update().execution_options(populate_existing=True)).first()


def ground(session: Session) -> dict[str, int]:
    """What figures are cut by, as two numbers: of the places, and of the wards in which snap points were found."""
    rows = session.connection().execute(_GROUND, {"places": "places", "wards": WARDS_REVISION})
    return {row.noun: row.number for row in rows}


def release_waiting(session: Session, actor: Actor, month: Month) -> tuple[str, ...]:
    """Release every force's file of a month that waits; their slugs. The caller marks crime as changed.

    What waits is held while it is released: of two who release at one instant the second finds nothing that waits.
    """
    held = select(ForceMonth).where(ForceMonth.month == month.index, ForceMonth.state == ForceMonthState.imported)
    in_order = held.order_by(col(ForceMonth.id)).with_for_update().execution_options(populate_existing=True)
    waiting = session.exec(in_order).all()
    for one in waiting:
        before = recorded(one)
        one.state = ForceMonthState(MONTHS.check("release", one.state, mover(actor)))
        one.released_at = clock.now()
        record(session, actor, MONTH_RELEASED, reference_of(one.force, month), before=before, after=recorded(one))
    return tuple(sorted(one.force for one in waiting))


def is_loaded(month: ForceMonth) -> bool:
    """Whether a file stands behind it, released or not."""
    return month.state in _LOADED


def standing_digests(session: Session) -> dict[tuple[str, Month], str]:
    """SHA-256 of the file behind every force's month that has one."""
    rows = session.exec(select(ForceMonth.force, ForceMonth.month, ForceMonth.sha256))
    return {(force, Month.from_index(month)): sha256 for force, month, sha256 in rows if sha256}


def get_run_behind(session: Session, force: str, month: Month) -> ImportRun:
    """The run whose file stands for a force's month. Raises NotFound."""
    wanted = select(ImportRun).join(ForceMonth, col(ForceMonth.run_id) == ImportRun.id)
    run = session.exec(wanted.where(ForceMonth.force == force, ForceMonth.month == month.index)).first()
    if run is None:
        raise NotFound(f"{force} {month}: no file stands behind it")
    return run


def last_fetched_on(session: Session, force: str, month: Month) -> dt.date | None:
    """The latest day on which any file that was kept, or found unchanged, for this force's month had been fetched."""
    runs = (col(ImportRun.force) == force, col(ImportRun.month) == month.index, col(ImportRun.outcome).in_(_KEPT))
    return session.exec(select(func.max(ImportRun.fetched_on)).where(*runs)).one()


def reference_of(force: str, month: Month) -> Reference:
    return Reference("crime-month", f"{force}/{month}")


def recorded(month: ForceMonth | None) -> dict[str, object]:
    """What the record of acts keeps of a month."""
    if month is None:
        return {}
    fetched_on = month.fetched_on.isoformat() if month.fetched_on else None
    return {"state": str(month.state), "sha256": month.sha256, "fetched_on": fetched_on}
