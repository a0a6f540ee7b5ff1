"""How much more than chance an area's own months vary, and how far such a measurement can be trusted."""

import math
from dataclasses import dataclass

from portal.figures.periods import Series, supplied, totals

TYPICAL_DISPERSION = 1.8
"""Variance over mean of a monthly count of one category in one ward: the middle of what was measured in 123 wards of
Gwent over 24 months (medians by category 1.0 to 2.8, all crimes 1.9)."""
TYPICAL_WEIGHT = 12.0
"""How many months of the area's own measurement the typical value is worth."""
_MOST_PERSISTENCE = 0.8
_LEAST_PERSISTENCE = 0.2


@dataclass(frozen=True, slots=True)
class Dispersion:
    """A measured ratio of variance to mean, the degrees of freedom behind it, and the mean count of a month."""

    ratio: float
    degrees: int
    mean: float

    @property
    def widening(self) -> float:
        """The ratio to widen limits by: never below 1, since counts do not vary less than chance except by accident."""
        return max(1.0, self.ratio)


@dataclass(frozen=True, slots=True)
class Steadied:
    """A dispersion to calculate with: at least 1, and the degrees of freedom of the Student limits that go with it."""

    ratio: float
    degrees: int


def measured_dispersion(*windows: Series) -> Dispersion:
    """Pearson's chi-square over its degrees of freedom (McCullagh and Nelder, Generalized Linear Models, 1989, 4.5).

    Sum of (count - expected)^2 / expected over sum of (months - 1), where expected is the rate per day of the month's
    own window times its days, so that neither short months nor a change between two windows counts as variation.
    Months not supplied are left out.
    """
    squares, degrees, count, months = 0.0, 0, 0, 0
    for window in windows:
        known = supplied(window)
        total, days = totals(known)
        rate = total / days if days else 0.0
        if rate:
            squares += sum((number - rate * length) ** 2 / length for number, length in known) / rate
        degrees += len(known) - 1
        count, months = count + total, months + len(known)
    if degrees < 1:
        raise ValueError("dispersion is measured over at least two months of a window")
    return Dispersion(squares / degrees, degrees, count / months)


def steadied(measured: Dispersion) -> Steadied:
    """The measurement drawn towards the typical value, by as much as so few or so small counts leave it uncertain.

    Ratio (d r + w t) / (d + w), Student's degrees d + w (Smyth, Stat. Appl. Genet. Mol. Biol. 3, 2004: moderated t),
    with t and w the typical value and its weight. The variance of a sample variance is sigma^4 (2 / (n - 1) +
    kurtosis / n), so n - 1 months are worth d = (n - 1) / (1 + kurtosis / 2) normal ones; the excess kurtosis of a
    negative binomial with variance t x mean is 6 (t - 1) / mean + 1 / (t x mean). Of a category that is nearly always
    nought, nearly nothing is measured (a mean of 0.1 a month: d is 1), and the typical value rules.
    """
    mean = measured.mean + 0.5 / (measured.degrees + 1)
    kurtosis = (6.0 * (TYPICAL_DISPERSION - 1.0) + 1.0 / TYPICAL_DISPERSION) / mean
    worth = measured.degrees / (1.0 + kurtosis / 2.0)
    degrees = worth + TYPICAL_WEIGHT
    ratio = (worth * measured.ratio + TYPICAL_WEIGHT * TYPICAL_DISPERSION) / degrees
    return Steadied(max(1.0, ratio), int(degrees))


def persistence(*windows: Series) -> float:
    """How much longer sums vary than months do, because neighbouring months go up and down together: (1 + r) / (1 - r).

    r is the measured lag-one correlation of the standardised months inside each window (pairs across a month not
    supplied are left out), plus 1 / months for the bias of taking the window's own mean, and held between 0.2 and
    0.8: two dozen months cannot show that it is smaller (its standard error is 0.2), and in 24 months of Gwent the
    mean by category was about 0 to 0.4. The factor is the variance of a long sum of a first-order autoregression over
    that of independent months.
    """
    products, squares, months = 0.0, 0.0, 0
    for window in windows:
        total, days = totals(supplied(window))
        rate = total / days if days else 0.0
        last: float | None = None
        for month in window:
            scaled = None if month is None else (month[0] - rate * month[1]) / math.sqrt(rate * month[1] or 1.0)
            if scaled is not None:
                months += 1
                squares += scaled * scaled
                products += scaled * last if last is not None else 0.0
            last = scaled
    correlation = products / squares + len(windows) / months if squares else 0.0
    held = min(max(correlation, _LEAST_PERSISTENCE), _MOST_PERSISTENCE)
    return (1.0 + held) / (1.0 - held)
