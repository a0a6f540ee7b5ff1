"""The three findings at the head of a page."""

import pytest

from portal.figures.headline import Outstanding, StandsOut, Steadiness, Unchanged, headline
from portal.figures.page import CRIMES, INCIDENTS, MonthBefore, page_signals
from portal.figures.signals import Verdict
from tests.figures.measures import with_crimes

PAST = [(30 + shift, 30) for shift in (-6, 4, -2, 7, 0, -4, 3, -5, 6, 1, -3, -1) * 2]
NOTHING = [(0, 30)] * 24


def findings(past=PAST, **now):
    """A page with these counts this month (None: not supplied); `asb` is anti-social behaviour."""
    named = {INCIDENTS if name == "asb" else name: count for name, count in now.items()}
    series = {
        name: [*(past[name] if isinstance(past, dict) else past), None if count is None else (count, 30)]
        for name, count in named.items()
    }
    return headline(page_signals(with_crimes(series)))


def test_the_category_with_the_strongest_signal_stands_out():
    found = findings(burglary=90, drugs=31, robbery=120).stands_out
    assert (found.code, found.measures, found.count) == (Outstanding.rose, ("robbery",), 120)
    assert found.signal.verdict == Verdict.rose
    assert (found.signal.usual_low, found.signal.usual_high) == (24, 37)


def test_a_fall_stands_out_too():
    found = findings(burglary=0, drugs=31).stands_out
    assert (found.code, found.measures) == (Outstanding.fell, ("burglary",))


def test_anti_social_behaviour_can_stand_out_and_is_not_in_the_crimes():
    found = findings(burglary=30, asb=120)
    assert (found.stands_out.code, found.stands_out.measures) == (Outstanding.rose, (INCIDENTS,))
    assert found.unchanged.within == 1
    assert found.unchanged.month_before == MonthBefore(29, 30, by_chance=True)


def test_a_category_comes_before_the_total_that_it_moved():
    found = findings(burglary=120, drugs=30).stands_out
    assert found.measures == ("burglary",)


def test_the_total_stands_out_when_it_alone_changed():
    found = findings(burglary=55, drugs=55, robbery=55, arson=55, theft=55, public=55).stands_out
    assert (found.code, found.measures, found.count) == (Outstanding.rose, (CRIMES,), 330)


def test_without_a_signal_what_was_recorded_most_stands_out_with_its_share():
    assert findings(burglary=36, drugs=24, asb=39).stands_out == StandsOut(
        Outstanding.most_recorded, ("burglary",), count=36, crimes=60, share=60
    )


def test_no_share_is_given_of_fewer_than_twenty_crimes():
    found = findings(NOTHING, burglary=2, drugs=1).stands_out
    assert (found.code, found.count, found.crimes, found.share) == (Outstanding.most_recorded, 2, 3, None)


def test_categories_that_share_the_highest_count_stand_out_together():
    found = findings(NOTHING, robbery=1, burglary=1, drugs=0).stands_out
    assert (found.code, found.measures, found.count) == (Outstanding.several_most, ("burglary", "robbery"), 1)


def test_with_no_crime_but_anti_social_behaviour_only_incidents_were_recorded():
    found = findings(NOTHING, burglary=0, asb=3).stands_out
    assert (found.code, found.measures, found.count, found.crimes) == (Outstanding.only_incidents, (INCIDENTS,), 3, 0)


@pytest.mark.parametrize("now", [{"burglary": 0, "asb": 0}, {"burglary": 0}])
def test_when_all_is_nought_nothing_was_recorded(now):
    found = findings(NOTHING, **now)
    assert found.stands_out == StandsOut(Outstanding.nothing_recorded, crimes=0)
    assert found.unchanged.code == Steadiness.all_within
    assert found.crimes_year.verdict == Verdict.within


def test_a_month_not_supplied_says_so_and_still_compares_the_years():
    found = findings(burglary=None, drugs=None, asb=None)
    assert found.stands_out == StandsOut(Outstanding.no_data)
    assert found.unchanged == Unchanged(Steadiness.no_data)
    assert (found.crimes_year.verdict, found.crimes_year.months_after) == (Verdict.within, 11)


def test_a_page_of_no_measures_has_no_data():
    found = headline(page_signals({}))
    assert found.stands_out.code == Outstanding.no_data
    assert found.unchanged.code == Steadiness.no_data
    assert (found.crimes_year, found.incidents_year) == (None, None)


def test_with_too_few_months_only_what_was_recorded_is_said():
    found = findings(PAST[:5], burglary=90, drugs=31)
    assert found.stands_out.code == Outstanding.most_recorded
    assert found.unchanged == Unchanged(Steadiness.too_few_months, month_before=MonthBefore(60, 121, by_chance=False))
    assert found.crimes_year.verdict == Verdict.too_few_months


def test_what_did_not_change_is_counted_in_categories_without_the_total():
    found = findings(burglary=90, drugs=31, robbery=41, asb=30).unchanged
    assert (found.code, found.compared, found.within, found.inside_usual) == (Steadiness.some_within, 4, 3, 2)


def test_all_or_none_of_the_categories_can_be_within():
    assert findings(burglary=30, drugs=31).unchanged.code == Steadiness.all_within
    assert findings(burglary=130, drugs=131).unchanged.code == Steadiness.none_within


def test_the_own_past_is_of_crimes_and_of_incidents_apart():
    found = findings(burglary=30, drugs=30, asb=30)
    assert found.crimes_year.after == 2 * found.incidents_year.after
