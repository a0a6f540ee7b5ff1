"""All the signals of one page."""

import pytest

from portal.figures.page import MonthBefore, month_before, page_signals
from portal.figures.signals import Verdict, month_signal
from portal.figures.years import year_signal
from tests.figures.measures import with_crimes

STEADY = [(30 + shift, 30) for shift in (-6, 4, -2, 7, 0, -4, 3, -5, 6, 1, -3, -1) * 2]


def test_each_measure_is_judged_at_its_share_of_the_level_of_the_page():
    page = page_signals({"burglary": [*STEADY, (58, 30)], "drugs": [*STEADY, (30, 30)]})
    assert page.months["burglary"] == month_signal(STEADY, (58, 30), 1 - 0.002 / 4)
    assert page.years["drugs"] == year_signal([*STEADY, (30, 30)], 1 - 0.002 / 4)


def test_the_more_a_page_shows_the_more_it_takes_to_be_called():
    series = [*STEADY, (58, 30)]
    alone = page_signals({"burglary": series}).months["burglary"]
    among = page_signals({"burglary": series, **{str(other): [*STEADY, (30, 30)] for other in range(14)}})
    assert alone.strength > among.months["burglary"].strength
    assert alone.verdict == Verdict.rose
    assert among.months["burglary"].verdict == Verdict.within


def test_a_page_without_measures_or_months_says_nothing():
    assert page_signals({}).months == {}
    page = page_signals({"burglary": []})
    assert page.months["burglary"].verdict == Verdict.no_data
    assert page.years["burglary"].verdict == Verdict.no_data
    assert page.crimes_before is None


def test_a_page_compares_all_crimes_with_the_month_before():
    page = page_signals(with_crimes({"burglary": [(2, 31), (3, 28)], "drugs": [(1, 31), (0, 28)]}))
    assert page.crimes_before == MonthBefore(3, 3, by_chance=True)


def test_two_months_that_differ_little_can_differ_by_chance():
    assert month_before([(12, 31), (17, 30)]) == MonthBefore(12, 17, by_chance=True)


def test_two_months_that_differ_much_are_not_put_down_to_chance():
    assert month_before([(12, 31), (70, 30)]) == MonthBefore(12, 70, by_chance=False)


@pytest.mark.parametrize("series", [[], [(3, 30)], [None, (3, 30)], [(3, 30), None]])
def test_without_two_supplied_months_there_is_no_month_before(series):
    assert month_before(series) is None
