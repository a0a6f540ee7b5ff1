"""May a page say by itself that this month rose or fell? Decides for one measure of one area against its own past.

It must not be used for the comparison of areas, nor for a person's own look-up: see `comparison`.
"""

from dataclasses import dataclass
from enum import StrEnum

from portal.figures.dispersion import measured_dispersion, steadied
from portal.figures.periods import Observed, Series, supplied, totals, usual_range
from portal.figures.tails import negative_binomial_score, student_limit

SIGNAL_LEVEL = 0.998
"""Sentences made without a person are wrong at most twice in a thousand pages when nothing has changed."""
MONTHS_NEEDED = 24
"""Fewer supplied months of own past do not show what is usual, nor how much it varies."""
MONTHS_REMEMBERED = 36
"""Older months are not the past that a resident compares with; the police re-publish as many."""


class Verdict(StrEnum):
    """What a page may say of a count against the area's own past."""

    rose = "rose"
    fell = "fell"
    within = "within"
    """A count of this size can happen by chance: no change may be claimed, and none denied."""
    too_few_months = "too_few_months"
    no_data = "no_data"
    """No data was supplied for this month."""


@dataclass(frozen=True, slots=True)
class Signal:
    """One month of one measure. Numbers of the past are None where there are too few months, or no month to compare."""

    verdict: Verdict
    count: int | None
    months: int
    """Supplied months of own past, the latest 36 at most."""
    usual_low: int | None = None
    usual_high: int | None = None
    """At least nine in ten past months, scaled to this month's days: see `usual_range`. Not the limits of the
    verdict."""
    expected: float | None = None
    dispersion: float | None = None
    """Measured variance over mean of the past, before it is steadied."""
    strength: float = 0.0
    """The score over its limit: above 1 is a signal. For choosing the strongest, not for printing."""

    @property
    def inside_usual(self) -> bool:
        """Whether the count lies in the printed usual range; False where there is none."""
        if self.count is None or self.usual_low is None or self.usual_high is None:
            return False
        return self.usual_low <= self.count <= self.usual_high


def month_signal(history: Series, current: Observed | None, level: float = SIGNAL_LEVEL) -> Signal:
    """The current month against the months before it (oldest first), as a code and the numbers that a page prints.

    On a page of several measures use `page_signals`, which holds the level for the whole page.
    """
    past = supplied(history[-MONTHS_REMEMBERED:])
    if current is None:
        return Signal(Verdict.no_data, None, len(past))
    supplied((current,))
    if len(past) < MONTHS_NEEDED:
        return Signal(Verdict.too_few_months, current[0], len(past))
    return judged(past, current, level)


def judged(past: list[Observed], current: Observed, level: float) -> Signal:
    """The verdict itself, whatever the number of months.

    The past predicts a negative binomial count (a gamma mixture of Poisson counts) with mean m = rate per day x days
    and variance / mean = f (1 + t / T): f the area's own dispersion, drawn towards the typical one as far as it is
    uncertain (`steadied`), and t / T days of the month over days of the past, for the uncertainty of the mean. The
    rate is (sum + 1/2) / T, so that a past of noughts still predicts something. The count's normal score under it
    must lie beyond Student's limits with the degrees of freedom of the dispersion: the predictive limits of a normal
    mean with estimated variance, on the scale where skewed small counts are normal. Seasons and slow drift are part
    of the measured dispersion. A signal also lies outside the usual range, so that a page never contradicts itself.
    """
    (count, days), (total, past_days) = current, totals(past)
    measured = measured_dispersion(past)
    steady = steadied(measured)
    mean = (total + 0.5) / past_days * days
    ratio = steady.ratio * (1.0 + days / past_days)
    limit = student_limit(steady.degrees, level)
    up = negative_binomial_score(count - 0.5, mean, ratio) / limit
    down = -negative_binomial_score(count + 0.5, mean, ratio) / limit
    usual = usual_range(past, days)
    return Signal(
        verdict=verdict_of(up if count > usual.high else 0.0, down if count < usual.low else 0.0),
        count=count,
        months=len(past),
        usual_low=usual.low,
        usual_high=usual.high,
        expected=total / past_days * days,
        dispersion=measured.ratio,
        strength=max(up, down, 0.0),
    )


def verdict_of(up: float, down: float) -> Verdict:
    """Rose or fell where the score over its limit is above 1 on that side."""
    if up > 1.0:
        return Verdict.rose
    return Verdict.fell if down > 1.0 else Verdict.within
