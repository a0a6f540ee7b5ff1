"""What people and the worker do to months and notes: release, declare, explain, and take back what was only said.

Nothing here alters a figure. Files come in through `portal.crime.importing`.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from sqlalchemy.exc import IntegrityError
from sqlmodel import Session, col, func, select

from portal import clock, revisions
from portal.audit.service import record
from portal.clock import Month, Nation
from portal.crime.models import ContextNote, ForceMonth, ForceMonthState, ImportRun
from portal.crime.months import find_force_month, held_force_month, recorded, reference_of, release_waiting
from portal.crime.rules import (
    LONGEST_NOTE,
    LONGEST_REASON,
    RELEASED_AFTER_WORKING_DAYS,
    is_force_slug,
    missing_in_texts,
)
from portal.crime.served import refuse_to_come, served_forces
from portal.crime.workflow import (
    ABSENT,
    DECLARATION_WITHDRAWN,
    DECLARED_NOT_SUPPLIED,
    MONTHS,
    NOTE_ADDED,
    NOTE_WITHDRAWN,
    mover,
)
from portal.lifecycle import WORKER, Actor, Reference
from portal.places.models import Area
from portal.trouble import Conflict, NotFound


class TextsIncomplete(Exception):
    """A pair of texts cannot be published: `codes` say what is missing (see `rules.missing_in_texts`)."""

    def __init__(self, codes: tuple[str, ...]) -> None:
        super().__init__(", ".join(codes))
        self.codes = codes


def release_month(session: Session, actor: Actor, month: Month) -> tuple[str, ...]:
    """Show a month to the public: every force's that waits. Returns their slugs. Raises NotFound when none waits.

    A month is public as a whole, because a figure of an area is the sum over all forces that are loaded: what is public
    must not hold what still waits. So a month is released for all its forces at once, an import that releases does the
    same, and a file that comes later into a month that is public already is public at once (`Loader`). An area whose
    own force has no file yet says that nothing was supplied.
    """
    released = release_waiting(session, actor, month)
    if not released:
        raise NotFound(f"no file of {month} waits to be released")
    revisions.touch(session, "crime")
    return released


def waiting_months(session: Session) -> tuple[Month, ...]:
    """The months of which at least one force's file waits to be released, oldest first."""
    wanted = select(ForceMonth.month).where(ForceMonth.state == ForceMonthState.imported).distinct()
    return tuple(Month.from_index(index) for index in sorted(session.exec(wanted)))


@dataclass(frozen=True, slots=True)
class Wait:
    """A month that waits, and since when: the moment at which its first file came in."""

    month: Month
    since: dt.datetime

    def releases_on(self, nation: Nation) -> dt.date:
        """The day on which it releases itself.

        A later file of the same month does not start the days again: a month cannot be held back by importing it anew.
        """
        return clock.add_working_days(clock.london_day(self.since), RELEASED_AFTER_WORKING_DAYS, nation)


def waits(session: Session) -> tuple[Wait, ...]:
    """Every month that waits, oldest first."""
    first = (
        select(ForceMonth.month, func.min(ImportRun.at))
        .join(ImportRun, (col(ImportRun.force) == ForceMonth.force) & (col(ImportRun.month) == ForceMonth.month))
        .where(ForceMonth.state == ForceMonthState.imported, ImportRun.outcome == "imported")
        .group_by(col(ForceMonth.month))
        .order_by(col(ForceMonth.month))
    )
    return tuple(Wait(Month.from_index(index), _aware(at)) for index, at in session.exec(first))


def due_for_release(session: Session, nation: Nation, today: dt.date | None = None) -> tuple[Month, ...]:
    """The months whose days are over."""
    today = today or clock.today()
    return tuple(one.month for one in waits(session) if one.releases_on(nation) <= today)


def release_due(session: Session, nation: Nation, today: dt.date | None = None) -> int:
    """Release every month that is due, so that none is held back. The worker's job. Returns how many there were; one
    that somebody releases at the same instant is not counted.
    """
    done = sum(bool(release_waiting(session, WORKER, month)) for month in due_for_release(session, nation, today))
    if done:
        revisions.touch(session, "crime")
    return done


def declare_not_supplied(  # noqa: PLR0913, PLR0917 - one argument for each thing that is said
    session: Session,
    actor: Actor,
    force: str,
    month: Month,
    reason_en: str,
    reason_cy: str,
    languages: tuple[str, ...] = ("en", "cy"),
) -> ForceMonth:
    """Say that a force supplied nothing for a month, and why, in the languages that the portal publishes.

    Raises Conflict where a file is loaded or it was said before, TextsIncomplete, and ValueError for what cannot be
    the slug of a force, for a force that is not served, and for a month that has not begun.
    """
    _refuse_texts(reason_en, reason_cy, LONGEST_REASON, languages)
    if not is_force_slug(force):
        raise ValueError(f"not the slug of a police force: {force!r}")
    if force not in (served := served_forces(session)):
        raise ValueError(f"{force} is not served here; served are {', '.join(sorted(served))}")
    refuse_to_come(month)
    standing = find_force_month(session, force, month)
    if standing is not None:
        raise Conflict(f"{force} {month} is {standing.state} already")
    state = ForceMonthState(MONTHS.check("declare", ABSENT, mover(actor)))
    declared = ForceMonth(force=force, month=month.index, state=state)
    declared.reason_en, declared.reason_cy = reason_en.strip(), reason_cy.strip()
    try:
        with session.begin_nested():
            session.add(declared)
            session.flush()
    except IntegrityError as error:
        raise Conflict(f"{force} {month} was declared or loaded at this very instant") from error
    after = recorded(declared) | {"reason_en": declared.reason_en, "reason_cy": declared.reason_cy}
    record(session, actor, DECLARED_NOT_SUPPLIED, reference_of(force, month), after=after)
    revisions.touch(session, "crime")
    return declared


def withdraw_declaration(session: Session, actor: Actor, force: str, month: Month) -> None:
    """Take back that nothing was supplied. Raises NotFound where that was not said."""
    standing = held_force_month(session, force, month)
    if standing is None or standing.state != ForceMonthState.not_supplied:
        raise NotFound(f"{force} {month} was not declared as not supplied")
    MONTHS.check("withdraw", standing.state, mover(actor))
    before = recorded(standing) | {"reason_en": standing.reason_en, "reason_cy": standing.reason_cy}
    session.delete(standing)
    record(session, actor, DECLARATION_WITHDRAWN, reference_of(force, month), before=before)
    revisions.touch(session, "crime")


def add_note(  # noqa: PLR0913, PLR0917 - one argument for each thing that is said
    session: Session,
    actor: Actor,
    area: Area,
    month: Month,
    text_en: str,
    text_cy: str,
    languages: tuple[str, ...] = ("en", "cy"),
) -> ContextNote:
    """Say in every language that the portal publishes what a reader should know about an area's month. Raises
    TextsIncomplete.
    """
    _refuse_texts(text_en, text_cy, LONGEST_NOTE, languages)
    refuse_to_come(month)
    note = ContextNote(
        area_id=area.id or 0,
        month=month.index,
        text_en=text_en.strip(),
        text_cy=text_cy.strip(),
        written_at=clock.now(),
    )
    session.add(note)
    session.flush()
    record(session, actor, NOTE_ADDED, _reference_of_note(note), after=_said(note, area))
    revisions.touch(session, "crime")
    return note


def withdraw_note(session: Session, actor: Actor, area: Area | None, month: Month, note_id: int) -> ContextNote:
    """Show a note of an area and month no longer. It stays in the table. Raises NotFound, also for a note of another
    area or month, and Conflict when it was withdrawn before.
    """
    note = session.get(ContextNote, note_id, with_for_update=True, populate_existing=True)
    if note is None or note.month != month.index or (area is not None and note.area_id != area.id):
        raise NotFound(f"there is no such context note {note_id} in {month}")
    if note.withdrawn_at is not None:
        raise Conflict(f"context note {note_id} was withdrawn before")
    note.withdrawn_at = clock.now()
    record(
        session,
        actor,
        NOTE_WITHDRAWN,
        _reference_of_note(note),
        before=_said(note, session.get_one(Area, note.area_id)),
    )
    revisions.touch(session, "crime")
    return note


def _refuse_texts(text_en: str, text_cy: str, longest: int, languages: tuple[str, ...]) -> None:
    if codes := missing_in_texts(text_en, text_cy, longest, languages):
        raise TextsIncomplete(codes)


def _aware(at: dt.datetime) -> dt.datetime:
    """A moment as a database gives it: SQLite forgets that it was UTC."""
    return at if at.tzinfo else at.replace(tzinfo=dt.UTC)


def _reference_of_note(note: ContextNote) -> Reference:
    return Reference("crime-note", str(note.id))


def _said(note: ContextNote, area: Area) -> dict[str, object]:
    """The area by name as well: the register says it, whatever the area is called one day."""
    month = str(Month.from_index(note.month))
    names = {"name_en": area.name_en, "name_cy": area.name_cy}
    return {"area_id": note.area_id, "month": month, "text_en": note.text_en, "text_cy": note.text_cy} | names
