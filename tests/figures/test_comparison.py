"""Two periods compared: the published table, the worked check, an independent implementation, unequal lengths."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from portal.figures.comparison import Change, change_p_value, change_thresholds, compare

TABLE = (
    "0: -/6; 1: -/8; 2: -/10; 3: -/12; 4: -/13; 5: -/15; 6: 0/17; 8: 1/20; 10: 2/23; 15: 5/29; 20: 8/36; 23: 10/40; "
    "25: 12/42; 30: 15/49; 50: 31/73; 75: 51/103; 100: 73/131; 150: 117/187; 200: 161/243; 300: 252/351; 500: 438/565"
)
ROWS = [
    (int(count), None if fall == "-" else int(fall), int(rise))
    for count, (fall, rise) in ((row.split(": ")[0], row.split(": ")[1].split("/")) for row in TABLE.split("; "))
]
counts = st.integers(0, 3000)
days = st.integers(1, 400)


@pytest.mark.parametrize(("count", "fall", "rise"), ROWS)
def test_thresholds_of_change_are_those_of_the_table(count, fall, rise):
    thresholds = change_thresholds((count, 30), 30)
    assert (thresholds.fall, thresholds.rise) == (fall, rise)


@pytest.mark.parametrize("days_after", [28, 31, 90, 365])
@pytest.mark.parametrize("level", [0.95, 0.998])
@pytest.mark.parametrize("count", [0, 3, 40, 700])
def test_a_count_at_a_threshold_is_a_change_and_the_next_is_not(count, level, days_after):
    thresholds = change_thresholds((count, 30), days_after, level)
    assert compare((count, 30), (thresholds.rise, days_after), level).change == Change.rose
    assert compare((count, 30), (thresholds.rise - 1, days_after), level).change == Change.by_chance
    lowest = 0 if thresholds.fall is None else thresholds.fall + 1
    assert compare((count, 30), (lowest, days_after), level).change == Change.by_chance
    if thresholds.fall is not None:
        assert compare((count, 30), (thresholds.fall, days_after), level).change == Change.fell


def test_burglaries_in_hounslow_fell_from_23_to_6():
    comparison = compare((23, 30), (6, 30))
    assert comparison.change == Change.fell
    assert round(comparison.p_value, 4) == 0.0023
    assert round(comparison.ratio, 2) == 0.26
    assert (round(comparison.ratio_low, 2), round(comparison.ratio_high, 2)) == (0.09, 0.66)
    assert comparison.percentage is None  # 6 is too few for a percentage


@given(counts, days, counts, days)
def test_the_p_value_is_twice_the_smaller_binomial_tail(before, before_days, after, after_days):
    share = after_days / (before_days + after_days)
    tails = stats.binom.cdf(after, before + after, share), stats.binom.sf(after - 1, before + after, share)
    expected = min(1, 2 * min(tails))
    assert change_p_value((before, before_days), (after, after_days)) == pytest.approx(expected, rel=1e-6, abs=1e-290)


@pytest.mark.parametrize(("before", "after"), [(23, 6), (40, 55), (5, 5), (0, 7)])
def test_equal_periods_agree_with_the_binomial_test_of_scipy(before, after):
    expected = stats.binomtest(after, before + after).pvalue
    assert change_p_value((before, 31), (after, 31)) == pytest.approx(expected)


@given(counts, days, counts, days)
def test_the_limits_of_the_ratio_leave_out_one_exactly_when_it_is_a_change(before, before_days, after, after_days):
    comparison = compare((before, before_days), (after, after_days))
    outside = comparison.ratio_low > 1 or (comparison.ratio_high is not None and comparison.ratio_high < 1)
    assert outside == (comparison.change != Change.by_chance)
    if comparison.ratio is not None:
        assert comparison.ratio_low <= comparison.ratio <= comparison.ratio_high


def test_february_is_not_a_fall_for_being_short():
    by_count = compare((310, 31), (260, 31))
    by_day = compare((310, 31), (280, 28))
    assert by_count.change == Change.fell
    assert by_day.ratio == pytest.approx(1)
    assert by_day.percentage == 0


def test_a_ratio_over_nothing_is_unbounded():
    comparison = compare((0, 30), (6, 30))
    assert (comparison.ratio, comparison.ratio_high) == (None, None)
    assert comparison.ratio_low > 1
    assert comparison.change == Change.rose


def test_nothing_after_nothing_is_by_chance():
    comparison = compare((0, 30), (0, 30))
    assert (comparison.change, comparison.p_value, comparison.ratio_low) == (Change.by_chance, 1, 0)


def test_a_period_without_days_is_refused():
    with pytest.raises(ValueError, match="3 in 0 days"):
        change_p_value((3, 0), (4, 30))
