"""May a page say by itself that the last twelve months differ from the twelve before? As cautious as `signals`."""

from dataclasses import dataclass

from portal.figures.comparison import change_p_value
from portal.figures.dispersion import measured_dispersion, persistence, steadied
from portal.figures.periods import Series, supplied, totals
from portal.figures.rates import percentage_change
from portal.figures.signals import MONTHS_NEEDED, SIGNAL_LEVEL, Verdict, verdict_of
from portal.figures.tails import binomial_score, student_limit

YEAR = 12
YEAR_MONTHS_NEEDED = 9
"""Supplied months, of twelve, without which a year does not stand for a year."""


@dataclass(frozen=True, slots=True)
class YearSignal:
    """Counts of the supplied months of two years. The percentage is of rates per day; None under 20 on either side."""

    verdict: Verdict
    before: int
    after: int
    months_before: int
    months_after: int
    percentage: int | None = None
    strength: float = 0.0
    """The score over its limit: above 1 is a signal."""
    by_chance: bool = True
    """False where chance alone would rarely make such a change, even if the area's own spread can."""


def year_signal(series: Series, level: float = SIGNAL_LEVEL) -> YearSignal:
    """The last twelve months of the series against the twelve before them, per day supplied.

    Given both counts, the later is binomial with p = t2 / (t1 + t2), were they Poisson. They vary more: both are
    divided by the dispersion measured inside each year (a change from year to year is not variation), steadied as for
    a month, times its persistence from month to month; the score of these effective counts must lie beyond Student's
    limits. Seasons cancel between whole years; where months are missing on one side only, they do not, and widen
    nothing.
    """
    earlier, later = series[-2 * YEAR : -YEAR], series[-YEAR:]
    past, present = supplied(earlier), supplied(later)
    (before, before_days), (after, after_days) = totals(past), totals(present)
    if len(series) < MONTHS_NEEDED or min(len(past), len(present)) < YEAR_MONTHS_NEEDED:
        verdict = Verdict.too_few_months if present else Verdict.no_data
        return YearSignal(verdict, before, after, len(past), len(present))
    steady = steadied(measured_dispersion(earlier, later))
    widening = steady.ratio * persistence(earlier, later)
    share = after_days / (before_days + after_days)
    effective = (before + after) / widening
    limit = student_limit(steady.degrees, level)
    up = binomial_score((after - 0.5) / widening, effective, share) / limit
    down = -binomial_score((after + 0.5) / widening, effective, share) / limit
    return YearSignal(
        verdict=verdict_of(up, down),
        before=before,
        after=after,
        months_before=len(past),
        months_after=len(present),
        percentage=percentage_change((before, before_days), (after, after_days)),
        by_chance=change_p_value((before, before_days), (after, after_days)) >= 1.0 - level,
        strength=max(up, down, 0.0),
    )
