"""Two periods compared exactly, for a person who looks on purpose.

It assumes that counts vary no more than chance alone makes them. Sentences made without a person must not use it: see
`signals` and `years`.
"""

from bisect import bisect_left, bisect_right
from dataclasses import dataclass
from enum import StrEnum

from portal.figures.incomplete import beta_lower
from portal.figures.intervals import EXACT_LEVEL, binomial_limits
from portal.figures.periods import Observed, supplied
from portal.figures.rates import percentage_change


class Change(StrEnum):
    """What may be said of two counts."""

    rose = "rose"
    fell = "fell"
    by_chance = "by_chance"


@dataclass(frozen=True, slots=True)
class Comparison:
    """Rates per day, the later over the earlier. A ratio with nothing to divide by is None: unbounded above."""

    before: int
    after: int
    change: Change
    p_value: float
    ratio: float | None
    ratio_low: float
    ratio_high: float | None
    percentage: int | None


@dataclass(frozen=True, slots=True)
class Thresholds:
    """A later count at or below `fall` fell (None: no count can), one at or above `rise` rose."""

    fall: int | None
    rise: int


def change_p_value(before: Observed, after: Observed) -> float:
    """Two-sided exact p-value that both periods have one rate per day.

    Given the sum of two Poisson counts, the later is binomial with p = t2 / (t1 + t2) (Przyborowski and Wilenski,
    Biometrika 31, 1940). Twice the smaller tail, at most 1, so that it agrees with the limits of the ratio.
    """
    (earlier, earlier_days), (later, later_days) = supplied((before, after))
    share = later_days / (earlier_days + later_days)
    at_most = beta_lower(earlier, later + 1, 1.0 - share) if earlier else 1.0
    at_least = beta_lower(later, earlier + 1, share) if later else 1.0
    return min(1.0, 2.0 * min(at_most, at_least))


def compare(before: Observed, after: Observed, level: float = EXACT_LEVEL) -> Comparison:
    """The later period against the earlier, with the exact limits of the ratio of their rates per day.

    The limits are Clopper-Pearson's for the later share s of both counts, turned into a ratio: s / (1 - s) x t1 / t2.
    """
    (earlier, earlier_days), (later, later_days) = before, after
    p_value = change_p_value(before, after)
    limits = binomial_limits(later, earlier + later, level)
    scale = earlier_days / later_days
    ratio = later / earlier * scale if earlier else None
    return Comparison(
        before=earlier,
        after=later,
        change=_change(later * earlier_days - earlier * later_days, p_value, level),
        p_value=p_value,
        ratio=ratio,
        ratio_low=limits.low / (1.0 - limits.low) * scale,
        ratio_high=limits.high / (1.0 - limits.high) * scale if earlier else None,
        percentage=percentage_change(before, after),
    )


def _change(difference: int, p_value: float, level: float) -> Change:
    if p_value >= 1.0 - level:
        return Change.by_chance
    return Change.rose if difference > 0 else Change.fell


def change_thresholds(before: Observed, after_days: int, level: float = EXACT_LEVEL) -> Thresholds:
    """The later counts that would be a change after this period, by `change_p_value` below 1 - level."""
    count, days = before
    alpha = 1.0 - level
    same_rate = round(count * after_days / days)

    def p_value(after: int) -> float:
        return change_p_value(before, (after, after_days))

    high = same_rate + 8
    while p_value(high) >= alpha:
        high *= 2
    rise = bisect_right(range(high), -alpha, lo=same_rate, key=lambda after: -p_value(after))
    fall = bisect_left(range(same_rate), alpha, key=p_value) - 1
    return Thresholds(fall if fall >= 0 else None, rise)
