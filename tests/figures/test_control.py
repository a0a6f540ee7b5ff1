"""Control charts."""

import pytest

from portal.figures.control import Rule, control_chart

STEADY = [(100 + shift, 30) for shift in (-6, 4, -2, 7, 1, -4, 3, -5, 6, 2, -3, -1) * 2]


def rules(series):
    return {at: set(point.rules) for at, point in enumerate(control_chart(series).points) if point and point.rules}


def test_under_24_supplied_months_there_is_no_chart():
    assert control_chart(STEADY[1:]) is None
    assert control_chart([*STEADY[1:], None]) is None


def test_a_steady_area_is_marked_nowhere():
    chart = control_chart(STEADY)
    assert rules(STEADY) == {}
    assert chart.widening == 1
    mean = sum(count for count, _ in STEADY) / 24
    assert chart.points[0].mean == pytest.approx(mean)
    assert chart.points[0].low == pytest.approx(mean - 3 * mean**0.5)
    assert chart.points[0].high == pytest.approx(mean + 3 * mean**0.5)


def test_limits_follow_the_days_of_the_month():
    chart = control_chart([(count * 31 // 30, 31) for count, _ in STEADY[:23]] + [(93, 28)])
    assert chart.points[23].mean / chart.points[0].mean == pytest.approx(28 / 31)


def test_one_month_beyond_the_limits_is_marked():
    assert rules([*STEADY[:20], (160, 30), *STEADY[20:]]) == {20: {Rule.beyond_limits}}
    assert rules([*STEADY[:20], (40, 30), *STEADY[20:]]) == {20: {Rule.beyond_limits}}


def test_limits_widen_by_the_moving_range_and_never_narrow():
    wild = [(100 + 40 * (-1) ** at, 30) for at in range(24)]
    # Standardised months of +4 and -4: a mean moving range of 8 over 1.128.
    assert control_chart(wild).widening == pytest.approx(8 / 1.128)
    assert control_chart([(100, 30)] * 24).widening == 1


def test_the_eighth_month_on_one_side_is_marked_and_not_the_seventh():
    levels = [(110 + at % 2, 30) for at in range(8)]
    series = [*[(95 + at % 2, 30) for at in range(7)], *levels, *STEADY[:12]]
    assert rules(series) == {14: {Rule.one_side}}


def test_a_month_not_supplied_ends_a_run():
    levels = [(110 + at % 2, 30) for at in range(8)]
    series = [*[(95 + at % 2, 30) for at in range(7)], *levels[:4], None, *levels[4:], *STEADY[:12]]
    assert rules(series) == {}
    assert control_chart(series).points[11] is None


def test_a_month_exactly_on_the_mean_is_on_neither_side():
    series = [(100, 30)] * 24
    assert rules(series) == {}


def test_six_months_that_each_rise_or_each_fall_are_marked():
    rise = [(count, 30) for count in (93, 96, 99, 102, 105, 108)]
    assert rules([*STEADY, *rise]) == {29: {Rule.trend}}
    assert rules([*STEADY, *rise[1:]]) == {}
    assert rules([*STEADY, (104, 30), *rise[::-1]])[30] == {Rule.trend}


def test_a_rise_is_one_of_rates_and_ends_at_a_gap():
    longer = [(90 + 3 * at, 30 + at) for at in range(6)]
    assert rules([*STEADY, *longer]) == {}
    rise = [(count, 30) for count in (93, 96, 99, 102, 105, 108)]
    assert rules([*STEADY, *rise[:3], None, *rise[3:]]) == {}


def test_an_area_of_noughts_has_limits_of_nought():
    chart = control_chart([(0, 30)] * 24)
    assert (chart.points[0].low, chart.points[0].high, chart.points[0].rules) == (0, 0, frozenset())
