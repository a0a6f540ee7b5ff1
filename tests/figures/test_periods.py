"""Periods and the usual range."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.figures.periods import UsualRange, supplied, totals, usual_range

months = st.lists(st.tuples(st.integers(0, 500), st.integers(28, 31)), min_size=24, max_size=60)


def test_months_not_supplied_are_left_out():
    assert supplied([(3, 31), None, (0, 28)]) == [(3, 31), (0, 28)]


@pytest.mark.parametrize("month", [(-1, 30), (3, 0)])
def test_what_is_not_a_count_of_a_period_is_refused(month):
    with pytest.raises(ValueError, match="is not a count of a period"):
        supplied([month])


def test_counts_and_days_are_added():
    assert totals([(3, 31), (4, 28)]) == (7, 59)


def test_one_freak_month_does_not_stretch_what_is_usual():
    assert usual_range([(12, 30)] * 22 + [(11, 30), (90, 30)], 30) == UsualRange(12, 12)


def test_what_is_usual_is_scaled_to_the_days_of_the_month():
    assert usual_range([(31, 31), (62, 31)] * 12, 28) == UsualRange(28, 56)


def test_the_ends_are_rounded_outwards():
    assert usual_range([(10, 31), (20, 31)] * 12, 30) == UsualRange(9, 20)


@given(months, st.integers(28, 31))
def test_nine_in_ten_past_months_lie_in_the_usual_range(past, days):
    usual = usual_range(past, days)
    inside = sum(usual.low <= count * days / length <= usual.high for count, length in past)
    assert inside >= 0.9 * len(past)
