"""From rows of figures to the series that `portal.figures` judges: what was supplied, what was not, and what counts
as nought. Pure.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from portal.clock import Month
from portal.figures.periods import Observed

Counts = Mapping[tuple[str, int], int]
"""Count by measure and month index; what is absent was nought, where the month was supplied."""


@dataclass(frozen=True, slots=True)
class Window:
    """The months up to the one shown, and which of them were supplied."""

    month: Month
    supplied: frozenset[int]
    length: int

    def months(self) -> Iterable[Month]:
        """Oldest first, ending with the month shown."""
        return (self.month.plus(-back) for back in range(self.length - 1, -1, -1))

    def series(self, counts: Counts, measure: str) -> list[Observed | None]:
        """The measure month by month; None where nothing was supplied. Months before the first supplied are left
        out.
        """
        first = min(self.supplied, default=self.month.index)
        return [self._observed(counts, measure, month) for month in self.months() if month.index >= first]

    def _observed(self, counts: Counts, measure: str, month: Month) -> Observed | None:
        if month.index not in self.supplied:
            return None
        return counts.get((measure, month.index), 0), month.days

    def count(self, counts: Counts, measure: str, month: Month) -> int | None:
        """The count of one month; None where it was not supplied."""
        return counts.get((measure, month.index), 0) if month.index in self.supplied else None

    def year(self) -> tuple[Month, ...]:
        """The twelve months that end with the one shown, oldest first."""
        return tuple(self.month.plus(-back) for back in range(11, -1, -1))

    def missing_in_year(self) -> tuple[Month, ...]:
        return tuple(month for month in self.year() if month.index not in self.supplied)

    def year_count(self, counts: Counts, measure: str) -> int:
        """The sum of the supplied months among the last twelve."""
        return sum(self.count(counts, measure, month) or 0 for month in self.year())
