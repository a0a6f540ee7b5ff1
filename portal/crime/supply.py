"""Which months of a force the public may see, and what was said about those that are missing."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from sqlalchemy import func
from sqlmodel import Session, col, select

from portal.clock import Month
from portal.crime.models import ForceMonth, ForceMonthState, ImportRun
from portal.places.models import Area


class MonthState(StrEnum):
    """What the public may be told of one month."""

    supplied = "supplied"
    not_supplied = "not_supplied"
    """No file came for it. Never 0."""
    waiting = "waiting"
    """It has come, and is not published yet."""
    not_counted = "not_counted"
    """It came only after the area had ended, and counts for those that took its place. Never 0."""


_SPOKEN_OF = frozenset({MonthState.supplied, MonthState.not_supplied})


@dataclass(frozen=True, slots=True)
class Supply:
    """What is known of the months of one force, and the reasons given for those that were not supplied."""

    months: Mapping[int, ForceMonth]
    is_preview: bool
    """Whether months that wait are shown as if they were released."""
    uncounted: frozenset[int] = frozenset()
    """Months that came only after the area had ended."""

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
        known = [index for index in self.months if self._state(index) in _SPOKEN_OF]
        return tuple(Month.from_index(index) for index in range(max(known), min(known) - 1, -1)) if known else ()

    def _state(self, index: int) -> MonthState:
        standing = self.months.get(index)
        if standing is None or standing.state is ForceMonthState.not_supplied:
            return MonthState.not_supplied
        if index in self.uncounted:
            return MonthState.not_counted
        is_shown = self.is_preview or standing.state is ForceMonthState.released
        return MonthState.supplied if is_shown else MonthState.waiting


def supply(session: Session, force: str, area: Area, *, preview: bool = False) -> Supply:
    """What is known of a force's months for an area; of one that ended, of the whole months before its end."""
    wanted = select(ForceMonth).where(ForceMonth.force == force)
    if area.ends_on is not None:
        wanted = wanted.where(ForceMonth.month < Month.of(area.ends_on).index)
    return Supply({one.month: one for one in session.exec(wanted)}, preview, _uncounted(session, force, area))


def _uncounted(session: Session, force: str, area: Area) -> frozenset[int]:
    if area.closed_at is None:
        return frozenset()
    loaded = (ImportRun.force == force, ImportRun.outcome == "imported")
    came = select(ImportRun.month).where(*loaded).group_by(col(ImportRun.month))
    return frozenset(session.exec(came.having(func.min(ImportRun.at) >= area.closed_at)))
