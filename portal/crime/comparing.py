"""The rows of an area's page: each measure this month, over the year, against its own past and beside another area."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from sqlmodel import Session, col, func, select

from portal.crime.rules import ALL_CRIME, CATEGORIES, MEASURES
from portal.crime.series import Counts, Window
from portal.figures.headline import Headline, headline
from portal.figures.models import Figure
from portal.figures.page import INCIDENTS, page_signals
from portal.figures.rates import Rate, rate_per_thousand
from portal.figures.signals import Signal
from portal.figures.years import YEAR_MONTHS_NEEDED
from portal.places.models import Area
from portal.places.queries import Population, population

_PER_HOUSEHOLD = frozenset({"burglary"})
"""Measures whose rate is per 1,000 households: what they happen to is a home."""
_CRIMES = tuple(category.slug for category in CATEGORIES if category.is_crime)


@dataclass(frozen=True, slots=True)
class Row:
    """One measure on the page."""

    measure: str
    count: int | None
    year: int
    month_before: int | None
    year_before: int | None
    """The same month of the year before."""
    signal: Signal
    per_household: bool
    rate: Rate | None
    """Per 1,000, of the months supplied among the last 12; None for under 9, or where no population is loaded."""
    beside: Rate | None
    """The same for the area beside which this one is shown."""


@dataclass(frozen=True, slots=True)
class Compared:
    """Every row of a page and what they come to."""

    rows: tuple[Row, ...]
    """The thirteen crimes, most recorded in the last 12 months first: the order hardly moves from month to month."""
    crimes: Row
    incidents: Row
    headline: Headline
    population: Population | None


def compared(session: Session, area: Area, beside: Area | None, window: Window) -> Compared:
    """The rows of an area in the window's last month."""
    counts = counts_of(session, area, window)
    people = population(session, [one.id for one in (area, beside) if one is not None and one.id is not None])
    own, other = people.get(area.id or 0), people.get(beside.id or 0) if beside else None
    maker = _Rows(window, counts, _year_sums(session, beside, window), own, other)
    signals = page_signals({measure: window.series(counts, measure) for measure in MEASURES})
    rows = {measure: maker.row(measure, signals.months[measure]) for measure in MEASURES}
    crimes = sorted((rows[measure] for measure in _CRIMES), key=lambda row: -row.year)
    return Compared(tuple(crimes), rows[ALL_CRIME], rows[INCIDENTS], headline(signals), own)


@dataclass(frozen=True, slots=True)
class _Rows:
    """Makes the rows of one page from what was queried."""

    window: Window
    counts: Counts
    beside_year: Mapping[str, int]
    people: Population | None
    beside_people: Population | None

    def row(self, measure: str, signal: Signal) -> Row:
        month = self.window.month
        return Row(
            measure=measure,
            count=self.window.count(self.counts, measure, month),
            year=self.window.year_count(self.counts, measure),
            month_before=self.window.count(self.counts, measure, month.plus(-1)),
            year_before=self.window.count(self.counts, measure, month.plus(-12)),
            signal=signal,
            per_household=measure in _PER_HOUSEHOLD,
            rate=self._rate(measure, self.window.year_count(self.counts, measure), self.people),
            beside=self._rate(measure, self.beside_year.get(measure, 0), self.beside_people),
        )

    def _rate(self, measure: str, count: int, people: Population | None) -> Rate | None:
        """Of the months supplied among the last twelve, which the page counts; of too few months there is no rate."""
        if people is None or 12 - len(self.window.missing_in_year()) < YEAR_MONTHS_NEEDED:
            return None
        return rate_per_thousand(count, people.households if measure in _PER_HOUSEHOLD else people.residents)


def counts_of(session: Session, area: Area, window: Window) -> Counts:
    """What the window's months have of each measure."""
    months = [month.index for month in window.months()]
    wanted = select(Figure.measure, Figure.month, Figure.count).where(
        Figure.area_id == area.id, col(Figure.month).in_(months)
    )
    return {(measure, month): count for measure, month, count in session.exec(wanted) if measure in MEASURES}


def _year_sums(session: Session, area: Area | None, window: Window) -> Mapping[str, int]:
    """By measure, the sum of an area's last twelve supplied months."""
    if area is None:
        return {}
    months = [month.index for month in window.year() if month.index in window.supplied]
    wanted = (
        select(Figure.measure, func.sum(Figure.count))
        .where(Figure.area_id == area.id, col(Figure.month).in_(months), col(Figure.measure).in_(MEASURES))
        .group_by(Figure.measure)
    )
    return {measure: int(total) for measure, total in session.exec(wanted)}
