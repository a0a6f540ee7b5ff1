"""The months as those see them who release them: what came, what waits until when, what is missing; and the notes."""

from __future__ import annotations

import datetime as dt
import hashlib
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum

from sqlalchemy.orm import defer
from sqlmodel import Session, col, select

from portal import clock
from portal.clock import Month
from portal.crime.models import ContextNote, ForceMonth, ForceMonthState, ImportRun
from portal.crime.rules import TRANSPORT_POLICE, USUAL_DELAY_MONTHS, is_late
from portal.crime.service import Wait, waits
from portal.places.models import Area, AreaKind


class Standing(StrEnum):
    """Where one force's month stands, said for those who look after it."""

    imported = "imported"
    released = "released"
    not_supplied = "not_supplied"
    missing = "missing"
    """Nothing came and nothing was said, though it is late, or a later month is there."""
    expected = "expected"
    """Nothing came yet, and it is not late."""


@dataclass(frozen=True, slots=True)
class Force:
    """A force whose months are shown. One without an area served here, as the transport police, has no pages of which
    readers could miss a month; its slug stands for a name.
    """

    slug: str
    name_en: str
    name_cy: str
    has_area: bool = True

    @property
    def is_transport_police(self) -> bool:
        return self.slug == TRANSPORT_POLICE


@dataclass(frozen=True, slots=True)
class ForceLine:
    """One force in one month."""

    force: Force
    standing: Standing
    row: ForceMonth | None
    run: ImportRun | None = None

    @property
    def set_aside(self) -> tuple[tuple[str, int], ...]:
        """Why rows were set aside: how many by code, of those of which the run kept the reason; the most first."""
        return _codes(self.run)

    @property
    def moved(self) -> tuple[tuple[str, str, int, int], ...]:
        """The counts that this file moved against the one before it: code of the area, measure, was, is."""
        rows = self.run.moved.get("counts") if self.run else None
        return tuple(tuple(one) for one in rows) if isinstance(rows, list) else ()


@dataclass(frozen=True, slots=True)
class MonthLine:
    """One month with every force in it."""

    month: Month
    forces: tuple[ForceLine, ...]
    wait: Wait | None

    @property
    def is_public(self) -> bool:
        return any(one.standing is Standing.released for one in self.forces)

    @property
    def waiting(self) -> tuple[Force, ...]:
        """The forces whose file waits."""
        return tuple(one.force for one in self.forces if one.standing is Standing.imported)

    @property
    def missing(self) -> tuple[Force, ...]:
        """The forces of which nothing came and nothing was said."""
        return tuple(one.force for one in self.forces if one.standing in {Standing.missing, Standing.expected})

    @property
    def seal(self) -> str:
        """A short digest of the files that wait: whoever releases them says by it which files they saw."""
        files = [f"{one.force.slug} {one.row.sha256}" for one in self.forces if one.row and _waits(one)]
        return hashlib.sha256("\n".join(sorted(files)).encode()).hexdigest()[:16]


@dataclass(frozen=True, slots=True)
class Missing:
    """What is missing of one force, newest month first."""

    force: Force
    months: tuple[Month, ...]

    @property
    def since(self) -> dt.datetime:
        """When the oldest of them began to be late."""
        late_on = self.months[-1].plus(USUAL_DELAY_MONTHS + 1).first_on
        return dt.datetime.combine(late_on, dt.time(), clock.LONDON).astimezone(dt.UTC)


@dataclass(frozen=True, slots=True)
class NoteLine:
    """A context note and the area on whose page it stands."""

    note: ContextNote
    area: Area

    @property
    def month(self) -> Month:
        return Month.from_index(self.note.month)


def month_lines(session: Session) -> tuple[MonthLine, ...]:
    """Every month from the first that is known to the one that is usually there by now, newest first."""
    rows = {(one.force, one.month): one for one in session.exec(select(ForceMonth))}
    if not rows:
        return ()
    forces, waiting = _forces(session, rows), {one.month: one for one in waits(session)}
    usual = Month.of(clock.today()).plus(-USUAL_DELAY_MONTHS).index
    known = [month for _, month in rows]
    months = [Month.from_index(index) for index in range(max(*known, usual), min(known) - 1, -1)]
    return tuple(MonthLine(one, _lines(one, forces, rows), waiting.get(one)) for one in months)


def month_line(session: Session, month: Month) -> MonthLine:
    """One month, with the run behind each force's file."""
    rows = {(one.force, one.month): one for one in session.exec(select(ForceMonth))}
    forces = _forces(session, rows)
    wanted = select(ImportRun).join(ForceMonth, col(ForceMonth.run_id) == ImportRun.id)
    runs = {one.force: one for one in session.exec(wanted.where(ForceMonth.month == month.index))}
    wait = next((one for one in waits(session) if one.month == month), None)
    return MonthLine(month, _lines(month, forces, rows, runs), wait)


def missing_months(session: Session) -> tuple[Missing, ...]:
    """What nobody has explained, by force: of those of which anything was ever known."""
    rows = {(one.force, one.month): one for one in session.exec(select(ForceMonth))}
    today, found = clock.today(), []
    for force in (one for one in _forces(session, rows) if one.has_area):
        known = [month for slug, month in rows if slug == force.slug]
        late = range(max((*known, Month.of(today).index)), min(known, default=0) - 1, -1) if known else ()
        months = [Month.from_index(index) for index in late if (force.slug, index) not in rows]
        gaps = tuple(one for one in months if is_late(one, today) or one.index < max(known))
        found += [Missing(force, gaps)] if gaps else []
    return tuple(found)


def refused_files(session: Session, month: Month) -> tuple[ImportRun, ...]:
    """The files of a month that were refused after the one that stands, or where none stands: newest first."""
    standing = select(ForceMonth.force, ForceMonth.run_id).where(ForceMonth.month == month.index)
    kept = {force: run_id or 0 for force, run_id in session.exec(standing)}
    wanted = select(ImportRun).where(ImportRun.month == month.index, ImportRun.outcome == "refused")
    runs = session.exec(wanted.order_by(col(ImportRun.id).desc())).all()
    return tuple(one for one in runs if (one.id or 0) > kept.get(one.force, 0))


def notes(session: Session, month: Month | None = None) -> tuple[NoteLine, ...]:
    """The notes of a month that stand; or all that were ever written, newest month first."""
    named = select(ContextNote, Area).options(defer(Area.boundary))  # type: ignore[arg-type] # as in places.queries
    wanted = named.join(Area, col(Area.id) == ContextNote.area_id)
    if month is not None:
        wanted = wanted.where(ContextNote.month == month.index, col(ContextNote.withdrawn_at).is_(None))
    ordered = wanted.order_by(col(ContextNote.month).desc(), col(ContextNote.id).desc())
    return tuple(NoteLine(note, area) for note, area in session.exec(ordered))


def _forces(session: Session, rows: Mapping[tuple[str, int], ForceMonth]) -> tuple[Force, ...]:
    """The forces that are served, by English name; then those without such an area of which anything is known."""
    wanted = select(Area.slug_en, Area.name_en, Area.name_cy).where(Area.kind == AreaKind.force, col(Area.served))
    found = [Force(*one) for one in session.exec(wanted.order_by(Area.name_en))]
    others = {force for force, _ in rows} - {one.slug for one in found}
    return (*found, *(Force(one, one, one, has_area=False) for one in sorted(others)))


def _lines(
    month: Month,
    forces: Iterable[Force],
    rows: Mapping[tuple[str, int], ForceMonth],
    runs: Mapping[str, ImportRun] | None = None,
) -> tuple[ForceLine, ...]:
    today, lines = clock.today(), []
    for force in forces:
        row = rows.get((force.slug, month.index))
        if row is None and not force.has_area:
            continue
        known = [index for slug, index in rows if slug == force.slug]
        is_gap = is_late(month, today) or month.index < max(known, default=0)
        absent = Standing.missing if is_gap else Standing.expected
        lines.append(ForceLine(force, Standing(row.state) if row else absent, row, (runs or {}).get(force.slug)))
    return tuple(lines)


def _waits(line: ForceLine) -> bool:
    return line.row is not None and line.row.state is ForceMonthState.imported


def _codes(run: ImportRun | None) -> tuple[tuple[str, int], ...]:
    """`unknown-outcome` is no reason: those rows are counted."""
    found = Counter(str(one["code"]) for one in run.faults) if run else Counter[str]()
    return tuple((code, count) for code, count in found.most_common() if code != "unknown-outcome")
