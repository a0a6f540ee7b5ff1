"""May a page say that this year differs from the year before?"""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.figures.signals import Verdict
from portal.figures.years import YearSignal, year_signal

YEAR = [(30 + shift, 30) for shift in (-6, 4, -2, 7, 0, -4, 3, -5, 6, 1, -3, -1)]


def times(factor):
    return [(round(count * factor), days) for count, days in YEAR]


def test_a_year_like_the_one_before_is_within():
    signal = year_signal(YEAR + YEAR)
    assert signal == YearSignal(Verdict.within, 360, 360, 12, 12, 0, signal.strength)
    assert 0 <= signal.strength < 0.1


def test_a_year_twice_as_high_rose_by_100_per_cent():
    signal = year_signal(YEAR + times(2))
    assert (signal.verdict, signal.before, signal.after, signal.percentage) == (Verdict.rose, 360, 720, 100)
    assert signal.strength > 1


def test_a_year_half_as_high_fell_by_50_per_cent():
    signal = year_signal(times(2) + YEAR)
    assert (signal.verdict, signal.percentage) == (Verdict.fell, -50)


def test_only_the_last_24_months_count():
    assert year_signal([(900, 30)] * 12 + YEAR + YEAR) == year_signal(YEAR + YEAR)


def test_seasons_cancel_between_whole_years():
    seasonal = [(20, 30)] * 6 + [(60, 30)] * 6
    assert year_signal(seasonal + seasonal).verdict == Verdict.within
    assert year_signal(seasonal + seasonal).percentage == 0


def test_an_area_whose_months_go_up_and_down_together_needs_more():
    waves = [(20, 30)] * 6 + [(60, 30)] * 6
    jumps = [(20, 30), (60, 30)] * 6
    higher_waves, higher_jumps = [(c + 30, d) for c, d in waves], [(c + 30, d) for c, d in jumps]
    assert year_signal(waves + higher_waves).strength < year_signal(jumps + higher_jumps).strength


def test_no_percentage_is_given_under_twenty():
    low = [(1, 30)] * 12
    assert year_signal(low + times(1)).percentage is None
    assert year_signal(times(1) + low).percentage is None


def test_a_gap_is_compared_by_days_supplied():
    signal = year_signal([*YEAR[:5], None, *YEAR[6:], *YEAR])
    assert (signal.months_before, signal.months_after) == (11, 12)
    assert (signal.before, signal.after) == (360 - YEAR[5][0], 360)
    assert signal.verdict == Verdict.within
    assert signal.percentage == -1


def test_a_month_without_data_does_not_end_the_comparison_of_years():
    assert year_signal([*YEAR, *YEAR[:11], None]).months_after == 11


def test_eight_months_do_not_stand_for_a_year():
    signal = year_signal(YEAR + YEAR[:8] + [None] * 4)
    assert signal == YearSignal(Verdict.too_few_months, 360, sum(count for count, _ in YEAR[:8]), 12, 8)
    assert year_signal([None] * 4 + YEAR[4:] + YEAR).verdict == Verdict.too_few_months


def test_under_24_months_there_is_no_year_before():
    assert year_signal(YEAR[1:] + YEAR).verdict == Verdict.too_few_months
    assert year_signal(YEAR).months_before == 0


def test_a_year_without_any_data_is_no_data():
    assert year_signal(YEAR + [None] * 12) == YearSignal(Verdict.no_data, 360, 0, 12, 0)
    assert year_signal([]).verdict == Verdict.no_data


def test_two_years_of_noughts_are_within():
    assert year_signal([(0, 30)] * 24) == YearSignal(Verdict.within, 0, 0, 12, 12)


def test_a_category_that_appears_or_disappears_is_called_when_it_is_many():
    none, many = [(0, 30)] * 12, [(10, 30)] * 12
    assert year_signal(none + many).verdict == Verdict.rose
    assert year_signal(many + none).verdict == Verdict.fell
    assert year_signal(none + [(0, 30)] * 11 + [(5, 30)]).verdict == Verdict.within


months = st.lists(st.tuples(st.integers(0, 300), st.integers(28, 31)), min_size=12, max_size=12)


@given(months, months)
def test_a_year_turned_round_has_the_opposite_verdict(one, other):
    forth, back = year_signal(one + other), year_signal(other + one)
    opposite = {Verdict.rose: Verdict.fell, Verdict.fell: Verdict.rose, Verdict.within: Verdict.within}
    assert back.verdict == opposite[forth.verdict]
    assert back.strength == pytest.approx(forth.strength, rel=1e-6, abs=1e-9)


def test_a_change_that_only_the_areas_own_spread_explains_is_not_called_chance():
    before, after = [(400 + 150 * (n % 2), 30) for n in range(12)], [(480 + 150 * (n % 2), 30) for n in range(12)]
    found = year_signal([*before, *after])
    assert (found.verdict, found.by_chance) == (Verdict.within, False)
    assert year_signal([*before, *before]).by_chance is True
