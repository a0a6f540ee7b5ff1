"""Control chart of one measure: limits and run rules, for a person who reads a chart. It makes no sentence."""

from dataclasses import dataclass
from enum import StrEnum
from itertools import pairwise
from math import sqrt

from portal.figures.periods import Observed, Series, supplied, totals

CHART_MONTHS_NEEDED = 24
RUN_ONE_SIDE = 8
RUN_TREND = 6
_RANGE_TO_SIGMA = 1.128
"""Mean moving range of two normal values over their standard deviation: d2 of the Shewhart tables."""


class Rule(StrEnum):
    """Why a month is marked."""

    beyond_limits = "beyond_limits"
    one_side = "one_side"
    """It ends eight months or more on one side of the mean."""
    trend = "trend"
    """It ends six months or more that each rose, or each fell."""


@dataclass(frozen=True, slots=True)
class Point:
    """A month as counts of that month's length."""

    count: int
    mean: float
    low: float
    high: float
    rules: frozenset[Rule]


@dataclass(frozen=True, slots=True)
class ControlChart:
    """One point a month, None where no data was supplied. `widening` multiplies three standard deviations of chance."""

    points: tuple[Point | None, ...]
    widening: float


def control_chart(series: Series) -> ControlChart | None:
    """A u' chart of rates per day (Laney, Quality Engineering 14, 2002); None under 24 supplied months.

    Limits mean +- 3 sqrt(mean) x w, mean = rate x days of the month; w = mean moving range of the standardised months
    / 1.128, never below 1. Runs are of rates per day, end at a month not supplied, and a month exactly on the mean is
    on neither side.
    """
    known = supplied(series)
    if len(known) < CHART_MONTHS_NEEDED:
        return None
    count, days = totals(known)
    rate = count / days
    standardised = [None if month is None else _standardised(month, rate) for month in series]
    widening = _laney_widening([value for value in standardised if value is not None])
    runs = zip(_runs_one_side(standardised), _runs_of_trend(series), strict=True)
    points = [
        None if month is None else _point(month, rate, widening, run) for month, run in zip(series, runs, strict=True)
    ]
    return ControlChart(tuple(points), widening)


def _standardised(month: Observed, rate: float) -> float:
    expected = rate * month[1]
    return (month[0] - expected) / sqrt(expected) if expected else 0.0


def _laney_widening(values: list[float]) -> float:
    ranges = [abs(later - earlier) for earlier, later in pairwise(values)]
    return max(1.0, sum(ranges) / len(ranges) / _RANGE_TO_SIGMA)


def _runs_one_side(values: list[float | None]) -> list[int]:
    """For each month, how many months up to it lie on its own side of the mean."""
    runs, last, length = [], 0, 0
    for value in values:
        side = 0 if value is None else (value > 0) - (value < 0)
        length = 0 if side == 0 else length + 1 if side == last else 1
        runs.append(length)
        last = side
    return runs


def _runs_of_trend(series: Series) -> list[int]:
    """For each month, how many months up to it form an unbroken rise or fall of the rate per day."""
    runs, before, direction, length = [], None, 0, 0
    for month in series:
        turn = 0
        if month is not None and before is not None:
            difference = month[0] * before[1] - before[0] * month[1]
            turn = (difference > 0) - (difference < 0)
        length = (length + 1 if turn == direction else 2) if turn else int(month is not None)
        runs.append(length)
        before, direction = month, turn
    return runs


def _point(month: Observed, rate: float, widening: float, runs: tuple[int, int]) -> Point:
    count, mean = month[0], rate * month[1]
    side, trend = runs
    reach = 3.0 * sqrt(mean) * widening
    found = {
        Rule.beyond_limits: abs(count - mean) > reach,
        Rule.one_side: side >= RUN_ONE_SIDE,
        Rule.trend: trend >= RUN_TREND,
    }
    rules = frozenset(rule for rule, applies in found.items() if applies)
    return Point(count, mean, max(0.0, mean - reach), mean + reach, rules)
