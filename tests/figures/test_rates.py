"""Rates per 1,000 and percentages, and when there is none."""

import pytest

from portal.figures.intervals import poisson_limits
from portal.figures.rates import percentage_change, rate_per_thousand


def test_a_rate_is_the_count_per_thousand_with_the_limits_of_the_count():
    rate = rate_per_thousand(100, 8_000)
    assert rate.per_thousand == 12.5
    assert (round(rate.low, 2), round(rate.high, 2)) == (10.17, 15.20)  # 81.36 and 121.63 of 8,000


def test_a_rate_can_be_given_at_another_level():
    assert rate_per_thousand(30, 1000, 0.998).high == pytest.approx(poisson_limits(30, 0.998).high)


def test_nothing_recorded_is_a_rate_of_nought_with_an_upper_limit():
    rate = rate_per_thousand(0, 1000)
    assert (rate.per_thousand, rate.low, round(rate.high, 2)) == (0, 0, 3.69)


@pytest.mark.parametrize("denominator", [None, 0])
def test_without_a_population_there_is_no_rate(denominator):
    assert rate_per_thousand(12, denominator) is None


def test_a_population_below_nought_is_refused():
    with pytest.raises(ValueError, match="cannot be -5"):
        rate_per_thousand(12, -5)


@pytest.mark.parametrize(("before", "after"), [(19, 40), (40, 19), (0, 0), (3, 6)])
def test_no_percentage_is_given_under_twenty(before, after):
    assert percentage_change((before, 30), (after, 30)) is None


@pytest.mark.parametrize(("before", "after", "percentage"), [(20, 40, 100), (40, 20, -50), (100, 100, 0), (60, 80, 33)])
def test_a_percentage_is_whole(before, after, percentage):
    assert percentage_change((before, 30), (after, 30)) == percentage


def test_a_percentage_is_of_rates_per_day():
    assert percentage_change((310, 31), (280, 28)) == 0
