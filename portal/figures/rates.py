"""Rates per 1,000 and percentages, and when neither may be shown."""

from dataclasses import dataclass

from portal.figures.intervals import EXACT_LEVEL, poisson_limits
from portal.figures.periods import Observed, supplied

PERCENTAGE_MINIMUM = 20
"""Under this count in either period no percentage is shown: 3 to 6 is not usefully "100%"."""


@dataclass(frozen=True, slots=True)
class Rate:
    """A yearly count per 1,000 residents or households, with the exact limits of the rate behind it."""

    per_thousand: float
    low: float
    high: float


def rate_per_thousand(count: int, denominator: int | None, level: float = EXACT_LEVEL) -> Rate | None:
    """Count / denominator x 1,000, its limits those of the count (Garwood) on the same scale.

    None where the denominator is missing or nought. The denominator is taken as known without error. The caller says on
    the page which population, of which year, it is.
    """
    if not denominator:
        return None
    if denominator < 0:
        raise ValueError(f"a population cannot be {denominator}")
    limits = poisson_limits(count, level)
    scale = 1000.0 / denominator
    return Rate(count * scale, limits.low * scale, limits.high * scale)


def percentage_change(before: Observed, after: Observed) -> int | None:
    """By how many whole per cent the rate per day differs from the earlier one; None where either count is under 20.

    100 x (n2 / t2) / (n1 / t1) - 100, rounded to the nearest whole: counts of this size do not carry decimals.
    """
    (earlier, earlier_days), (later, later_days) = supplied((before, after))
    if min(earlier, later) < PERCENTAGE_MINIMUM:
        return None
    return round(100.0 * later * earlier_days / (earlier * later_days) - 100.0)
