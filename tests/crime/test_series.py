"""From rows to series: what was supplied, what was not, and what counts as nought."""

from portal.clock import Month
from portal.crime.series import Window

MAY = Month(2026, 5)
GAP = Month(2026, 3)
SUPPLIED = frozenset(MAY.plus(-back).index for back in range(30)) - {GAP.index}
WINDOW = Window(MAY, SUPPLIED, 37)
COUNTS = {("burglary", MAY.index): 4, ("burglary", MAY.plus(-2).index): 9, ("burglary", MAY.plus(-12).index): 7}


def test_a_month_that_was_supplied_without_a_row_counts_as_nought():
    assert WINDOW.count(COUNTS, "burglary", MAY.plus(-1)) == 0


def test_a_month_that_was_not_supplied_has_no_count_whatever_rows_it_has():
    assert WINDOW.count({("burglary", GAP.index): 9}, "burglary", GAP) is None


def test_a_series_begins_with_the_first_month_supplied_and_ends_with_the_month_shown():
    series = WINDOW.series(COUNTS, "burglary")
    assert len(series) == 30
    assert series[-1] == (4, 31)
    assert series[-3] is None


def test_a_series_is_never_longer_than_the_window():
    supplied = frozenset(MAY.plus(-back).index for back in range(100))
    assert len(Window(MAY, supplied, 37).series({}, "burglary")) == 37


def test_the_year_adds_the_supplied_months_and_names_the_missing():
    assert WINDOW.year_count(COUNTS, "burglary") == 4
    assert WINDOW.missing_in_year() == (GAP,)
    assert WINDOW.year()[0] == Month(2025, 6)


def test_february_has_its_own_days():
    window = Window(Month(2024, 2), frozenset({Month(2024, 2).index}), 37)
    assert window.series({}, "drugs") == [(0, 29)]


def test_without_any_supplied_month_the_series_is_the_month_shown_alone():
    assert Window(MAY, frozenset(), 37).series({}, "drugs") == [None]
