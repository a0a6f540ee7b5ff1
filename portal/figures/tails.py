"""How far out in its tail a count lies, as a standard normal score, and how far out Student's limits lie.

Saddlepoint approximations, because pages are made without a cache and sums over tails are slow. A score is within 0.04
of the exact tail's where the mean is 1 or more (0.002 from 40); on smaller means a rise scores less: more caution.
"""

import math
from functools import lru_cache

from portal.figures.incomplete import beta_quantile

_NEAR_THE_MEAN = 0.01
"""A score so small that its correction is noughts divided by noughts, and no verdict hangs on it."""


def negative_binomial_score(value: float, mean: float, ratio: float) -> float:
    """The normal score of a value of a negative binomial count with this mean and variance / mean = ratio, above 1.

    r* = r + log(u / r) / r of Barndorff-Nielsen (Biometrika 73, 1986) and Lugannani and Rice (1980), with Daniels'
    second continuity correction (Int. Stat. Rev. 55, 1987): P(Y >= y) is about 1 - Phi(r*(y - 1/2)), P(Y <= y)
    Phi(r*(y + 1/2)).
    """
    if value <= 0:
        return -math.inf
    shape = mean / (ratio - 1.0)
    log_value, log_total = math.log(value / mean), math.log((value + shape) / (mean + shape))
    half_deviance = value * log_value - (value + shape) * log_total
    return _corrected(half_deviance, log_value - log_total, value + value * value / shape)


def binomial_score(value: float, trials: float, share: float) -> float:
    """The normal score of a value of a binomial count, by the same formula. The trials need not be whole."""
    if value <= 0:
        return -math.inf
    rest, odds = trials - value, share / (1.0 - share)
    if rest <= 0:
        return math.inf
    half_deviance = value * math.log(value / (trials * share)) + rest * math.log(rest / (trials * (1.0 - share)))
    return _corrected(half_deviance, math.log(value / (rest * odds)), value * rest / trials)


def _corrected(half_deviance: float, saddlepoint: float, variance: float) -> float:
    root = math.copysign(math.sqrt(max(0.0, 2.0 * half_deviance)), saddlepoint)
    if abs(root) < _NEAR_THE_MEAN:
        return root
    return root + math.log(2.0 * math.sinh(saddlepoint / 2.0) * math.sqrt(variance) / root) / root


@lru_cache(maxsize=4096)
def student_limit(degrees: int, level: float) -> float:
    """The t with P(|T| <= t) = level for Student's T: t^2 = d (1 - x) / x with I_x(d / 2, 1 / 2) = 1 - level."""
    x = beta_quantile(degrees / 2.0, 0.5, 1.0 - level)
    return math.sqrt(degrees * (1.0 - x) / x)
