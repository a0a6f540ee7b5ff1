"""What the page of an area's month shows: everything the reader sees, as numbers and codes, from a constant number
of queries.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from sqlmodel import Session, col, select

from portal.clock import Month
from portal.crime.comparing import Compared, Row, compared
from portal.crime.models import ContextNote, ForceMonth, Revised
from portal.crime.series import Window
from portal.crime.supply import MonthState, Supply, supply
from portal.figures.headline import Headline
from portal.organisations.sitting import wards_with_councillors
from portal.places.models import Area, AreaKind
from portal.places.queries import Lineage, Population, lineage, successors
from portal.trouble import NotFound

REMEMBERED = 37
"""Months that a page looks back on: 36 of own past, and the one shown."""


@dataclass(frozen=True, slots=True)
class Revision:
    """A figure shown on the page that a later release changed."""

    measure: str
    month: Month
    was: int
    now: int
    on: dt.date


@dataclass(frozen=True, slots=True)
class AreaMonth:
    """The whole page."""

    area: Area
    lineage: Lineage
    month: Month
    supply: Supply
    standing: ForceMonth | None
    """What is known of this month; None for a month of which nothing was ever said."""
    state: MonthState
    compared: Compared
    year_gaps: tuple[Month, ...]
    beside: Area | None
    notes: tuple[ContextNote, ...]
    revisions: tuple[Revision, ...]
    successors: tuple[Area, ...]
    """What took the place of an area that ended."""
    wards: tuple[Area, ...]
    """The wards of a neighbourhood whose councillors are known."""

    @property
    def is_supplied(self) -> bool:
        return self.state is MonthState.supplied

    @property
    def year_supplied(self) -> int:
        """How many of the last twelve months were supplied and are published."""
        return 12 - len(self.year_gaps)

    @property
    def rows(self) -> tuple[Row, ...]:
        return self.compared.rows

    @property
    def crimes(self) -> Row:
        return self.compared.crimes

    @property
    def incidents(self) -> Row:
        return self.compared.incidents

    @property
    def headline(self) -> Headline:
        return self.compared.headline

    @property
    def population(self) -> Population | None:
        return self.compared.population

    @property
    def fetched_on(self) -> dt.date | None:
        return self.standing.fetched_on if self.standing else None

    @property
    def without_place(self) -> int:
        return self.standing.rows_without_place if self.standing else 0

    @property
    def months(self) -> tuple[Month, ...]:
        return self.supply.choices()

    @property
    def earlier(self) -> Month | None:
        return self.month.plus(-1) if self.month.plus(-1) in self.months else None

    @property
    def later(self) -> Month | None:
        return self.month.plus(1) if self.month.plus(1) in self.months else None


def area_month(session: Session, area: Area, month: Month | None, *, preview: bool = False) -> AreaMonth | None:
    """The page of an area in a month, or in the latest; None while no month at all is released.

    Raises NotFound for a month out of range.
    """
    line = lineage(session, area)
    known = supply(session, line.force.slug_en if line.force else "", area, preview=preview)
    if known.latest is None:
        return None
    month = month or known.latest
    if month not in known.choices():
        raise NotFound(str(month))
    beside = _beside(area, line)
    window = Window(month, known.supplied, REMEMBERED)
    return AreaMonth(
        area=area,
        lineage=line,
        month=month,
        supply=known,
        standing=known.months.get(month.index),
        state=known.state(month),
        compared=compared(session, area, beside, window),
        year_gaps=window.missing_in_year(),
        beside=beside,
        notes=_notes(session, area, month),
        revisions=_revisions(session, area, month),
        successors=successors(session, area) if area.ends_on else (),
        wards=wards_with_councillors(session, area) if area.kind is AreaKind.neighbourhood else (),
    )


def _beside(area: Area, line: Lineage) -> Area | None:
    """A neighbourhood stands beside its authority, an authority or a partnership beside its force, a force beside
    nothing.
    """
    return {AreaKind.neighbourhood: line.authority, AreaKind.force: None}.get(area.kind, line.force)


def _notes(session: Session, area: Area, month: Month) -> tuple[ContextNote, ...]:
    wanted = select(ContextNote).where(ContextNote.area_id == area.id, ContextNote.month == month.index)
    return tuple(session.exec(wanted.where(col(ContextNote.withdrawn_at).is_(None)).order_by(col(ContextNote.id))))


def _revisions(session: Session, area: Area, month: Month) -> tuple[Revision, ...]:
    """What was changed among the months that the page shows: this one, the one before and the same month last year.

    Changed more than once, a figure is told from its first publication to what it is now.
    """
    shown = [month.index, month.plus(-1).index, month.plus(-12).index]
    wanted = select(Revised).where(Revised.area_id == area.id, col(Revised.month).in_(shown)).order_by(col(Revised.id))
    first: dict[tuple[int, str], int] = {}
    last: dict[tuple[int, str], Revised] = {}
    for one in session.exec(wanted):
        first.setdefault((one.month, one.measure), one.was)
        last[one.month, one.measure] = one
    return tuple(
        Revision(measure, Month.from_index(index), first[index, measure], one.now, one.on)
        for (index, measure), one in sorted(last.items(), key=lambda item: (-item[0][0], item[0][1]))
        if first[index, measure] != one.now
    )
