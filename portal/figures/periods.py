"""What a recorded period is, and the range of counts that an area's own past calls usual. No verdict is given here."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypeAlias

Observed: TypeAlias = tuple[int, int]
"""A count and the days of the period it covers."""
Series: TypeAlias = Sequence[Observed | None]
"""Consecutive months, oldest first. None is a month for which no data was supplied: never nought."""


@dataclass(frozen=True, slots=True)
class UsualRange:
    """Whole counts, both included, that a page can print as what is usual."""

    low: int
    high: int


def supplied(series: Series) -> list[Observed]:
    """The months that were supplied. A negative count or a period without a day is an error of the caller."""
    known = [month for month in series if month is not None]
    for count, days in known:
        if count < 0 or days < 1:
            raise ValueError(f"{count} in {days} days is not a count of a period")
    return known


def totals(months: Sequence[Observed]) -> Observed:
    """Their counts and their days, added."""
    return sum(count for count, _ in months), sum(days for _, days in months)


def usual_range(months: Sequence[Observed], days: int) -> UsualRange:
    """At least nine in ten of the past months, each scaled to this many days, lie in this range.

    The lowest and the highest twentieth of the months (rounded down: one month at each end of 24 to 39, none under
    20) are left out, so that one freak month does not stretch what a page calls usual. The ends are rounded outwards
    to whole counts. It describes the past; it is narrower than the limits of a signal and decides nothing.
    """
    scaled = sorted(count * days / length for count, length in months)
    left_out = len(scaled) // 20
    return UsualRange(math.floor(scaled[left_out]), math.ceil(scaled[-1 - left_out]))
