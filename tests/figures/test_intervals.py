"""Limits of one count or share: the published table, an independent implementation, and what must always hold."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from portal.figures.intervals import Limits, binomial_limits, byar_limits, poisson_limits

TABLE = (
    "0:0-3.69; 1:0.03-5.57; 2:0.24-7.22; 3:0.62-8.77; 4:1.09-10.24; 5:1.62-11.67; 6:2.20-13.06; 8:3.45-15.76; "
    "10:4.80-18.39; 15:8.40-24.74; 20:12.22-30.89; 23:14.58-34.51; 25:16.18-36.90; 30:20.24-42.83; 50:37.11-65.92; "
    "75:58.99-94.01; 100:81.36-121.63; 150:126.96-176.02; 200:173.24-229.72; 300:267.01-335.94; 500:457.13-545.81"
)
ROWS = [(int(count), *map(float, limits.split("-"))) for count, limits in (row.split(":") for row in TABLE.split("; "))]
LEVELS = [0.5, 0.9, 0.95, 0.998, 0.99993]


@pytest.mark.parametrize(("count", "low", "high"), ROWS)
def test_limits_of_a_count_are_those_of_the_table(count, low, high):
    limits = poisson_limits(count)
    assert round(limits.low, 2) == low
    assert round(limits.high, 2) == high


@pytest.mark.parametrize("level", LEVELS)
@pytest.mark.parametrize("count", [0, 1, 2, 7, 40, 999, 12_345, 1_000_000])
def test_limits_of_a_count_agree_with_scipy_at_any_level(count, level):
    tail = (1 - level) / 2
    limits = poisson_limits(count, level)
    assert limits.low == pytest.approx(stats.gamma.ppf(tail, count) if count else 0, rel=1e-8)
    assert limits.high == pytest.approx(stats.gamma.isf(tail, count + 1), rel=1e-8)


@pytest.mark.parametrize("level", LEVELS)
def test_under_the_limits_a_count_is_just_as_rare_as_the_level_says(level):
    limits = poisson_limits(17, level)
    assert stats.poisson.sf(16, limits.low) == pytest.approx((1 - level) / 2)
    assert stats.poisson.cdf(17, limits.high) == pytest.approx((1 - level) / 2)


@given(st.integers(0, 1_000_000), st.sampled_from(LEVELS))
def test_limits_enclose_the_count_and_widen_with_the_level(count, level):
    limits, wider = poisson_limits(count, level), poisson_limits(count, level + (1 - level) / 2)
    assert wider.low <= limits.low <= count < limits.high < wider.high


@pytest.mark.parametrize("count", [3, 4, 10, 23, 100, 500, 100_000])
def test_byars_approximation_is_within_two_hundredths_from_a_count_of_three(count):
    exact, near = poisson_limits(count), byar_limits(count)
    assert abs(exact.low - near.low) < 0.02
    assert abs(exact.high - near.high) < 0.02


def test_byars_lower_limit_is_never_below_nought():
    assert byar_limits(0).low == 0
    assert byar_limits(1, 0.998).low == 0


@pytest.mark.parametrize("level", LEVELS)
@pytest.mark.parametrize(("successes", "trials"), [(0, 5), (5, 5), (6, 29), (1, 1000), (40_000, 90_000)])
def test_limits_of_a_share_agree_with_scipy(successes, trials, level):
    expected = stats.binomtest(successes, trials).proportion_ci(level, method="exact")
    limits = binomial_limits(successes, trials, level)
    assert (limits.low, limits.high) == pytest.approx((expected.low, expected.high), rel=1e-7)


def test_no_trials_tell_nothing_of_a_share():
    assert binomial_limits(0, 0) == Limits(0, 1)


@pytest.mark.parametrize("limits", [poisson_limits, byar_limits])
def test_a_count_below_nought_is_refused(limits):
    with pytest.raises(ValueError, match="a count cannot be -1"):
        limits(-1)


@pytest.mark.parametrize("level", [0.0, 1.0, 95.0])
def test_a_level_outside_nought_and_one_is_refused(level):
    with pytest.raises(ValueError, match="between 0 and 1"):
        poisson_limits(5, level)


def test_more_successes_than_trials_are_refused():
    with pytest.raises(ValueError, match="6 of 5 is not a share"):
        binomial_limits(6, 5)
