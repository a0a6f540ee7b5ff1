"""Which months of a force the public may see, and what was said about those that are missing."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from sqlmodel import Session, col, select

from portal.clock import Month
from portal.crime.models import ForceMonth, ForceMonthState, ImportRun
from portal.figures.models import Figure
from portal.places.models import Area


class MonthState(StrEnum):
    """What the public may be told of one month."""

    supplied = "supplied"
    not_supplied = "not_supplied"
    """No file came for it. Never 0."""
    waiting = "waiting"
    """It has come, and is not published yet."""


@dataclass(frozen=True, slots=True)
class Supply:
    """What is known of the months of one force, and the reasons given for those that were not supplied."""

    months: Mapping[int, ForceMonth]
    is_preview: bool
    """Whether months that wait are shown as if they were released."""

    @property
    def supplied(self) -> frozenset[int]:
        return frozenset(index for index in self.months if self._state(index) is MonthState.supplied)

    @property
    def latest(self) -> Month | None:
        return Month.from_index(max(self.supplied)) if self.supplied else None

    @property
    def first(self) -> Month | None:
        return Month.from_index(min(self.supplied)) if self.supplied else None

    def state(self, month: Month) -> MonthState:
        return self._state(month.index)

    def choices(self) -> tuple[Month, ...]:
        """Every month from the latest that was supplied or declared back to the first, gaps included, newest first."""
        known = [index for index in self.months if self._state(index) is not MonthState.waiting]
        return tuple(Month.from_index(index) for index in range(max(known), min(known) - 1, -1)) if known else ()

    def _state(self, index: int) -> MonthState:
        standing = self.months.get(index)
        if standing is None or standing.state is ForceMonthState.not_supplied:
            return MonthState.not_supplied
        is_shown = self.is_preview or standing.state is ForceMonthState.released
        return MonthState.supplied if is_shown else MonthState.waiting


def supply(session: Session, force: str, area: Area, *, preview: bool = False) -> Supply:
    """What is known of a force's months for an area; of one that ended, the whole months before its end.

    A month that came only after the end was never counted for it, and no nought is to be read into that: it is left
    out.
    """
    wanted = select(ForceMonth).where(ForceMonth.force == force)
    if area.ends_on is not None:
        ended_at = dt.datetime.combine(area.ends_on, dt.time(), dt.UTC)
        came = select(ImportRun.month).where(ImportRun.force == force, ImportRun.at < ended_at)
        was_counted = (
            col(ForceMonth.month).in_(came.where(col(ImportRun.outcome) != "refused"))
            | col(ForceMonth.month).in_(select(Figure.month).where(Figure.area_id == area.id))
            | (col(ForceMonth.state) == ForceMonthState.not_supplied)
        )
        wanted = wanted.where(ForceMonth.month < Month.of(area.ends_on).index, was_counted)
    return Supply({one.month: one for one in session.exec(wanted)}, preview)
