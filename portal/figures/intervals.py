"""Exact limits for one count and for one share. What the limits mean for a page is decided elsewhere."""

import functools
import math
from dataclasses import dataclass
from statistics import NormalDist

from portal.figures.incomplete import beta_quantile, gamma_quantile

EXACT_LEVEL = 0.95
"""The usual level for figures that a person looks up on purpose; sentences made without a person use another."""


@dataclass(frozen=True, slots=True)
class Limits:
    """The lowest and the highest value that the observation is compatible with."""

    low: float
    high: float


@functools.lru_cache(maxsize=10_000)  # the same small counts come back on every page
def poisson_limits(count: int, level: float = EXACT_LEVEL) -> Limits:
    """Exact (Garwood) limits of the mean of which this count is one observation.

    Garwood, Biometrika 28 (1936): with tail = (1 - level) / 2 the limits are the means under which a count this high,
    respectively this low, has just that chance: low solves P(n, x) = tail, high solves P(n + 1, x) = 1 - tail.
    """
    tail = _tail(level)
    if count < 0:
        raise ValueError(f"a count cannot be {count}")
    low = gamma_quantile(count, tail) if count else 0.0
    return Limits(low, gamma_quantile(count + 1, 1.0 - tail))


def byar_limits(count: int, level: float = EXACT_LEVEL) -> Limits:
    """Byar's approximation to the exact limits, within 0.02 of them from a count of 3 at 95%.

    Breslow and Day, Statistical Methods in Cancer Research, vol. II (1987), p. 69:
    low = n (1 - 1/(9n) - z/(3 sqrt n))^3; high is the same of n + 1 with + z.
    """
    z = NormalDist().inv_cdf(1.0 - _tail(level))
    if count < 0:
        raise ValueError(f"a count cannot be {count}")
    low = count * max(0.0, 1.0 - 1.0 / (9.0 * count) - z / (3.0 * math.sqrt(count))) ** 3 if count else 0.0
    above = count + 1
    return Limits(low, above * (1.0 - 1.0 / (9.0 * above) + z / (3.0 * math.sqrt(above))) ** 3)


def binomial_limits(successes: int, trials: int, level: float = EXACT_LEVEL) -> Limits:
    """Exact (Clopper-Pearson, Biometrika 26, 1934) limits of the share of which these trials are a sample.

    low solves I_x(k, n - k + 1) = tail, high solves I_x(k + 1, n - k) = 1 - tail. No trials tell nothing: 0 to 1.
    """
    tail = _tail(level)
    if not 0 <= successes <= trials:
        raise ValueError(f"{successes} of {trials} is not a share")
    low = beta_quantile(successes, trials - successes + 1, tail) if successes else 0.0
    high = beta_quantile(successes + 1, trials - successes, 1.0 - tail) if successes < trials else 1.0
    return Limits(low, high)


def _tail(level: float) -> float:
    if not 0.0 < level < 1.0:
        raise ValueError(f"a level lies between 0 and 1, not at {level}")
    return (1.0 - level) / 2.0
