"""May a page say that this month rose or fell?"""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.figures.signals import Signal, Verdict, month_signal

STEADY = [(30 + shift, 30) for shift in (-6, 4, -2, 7, 0, -4, 3, -5, 6, 1, -3, -1) * 2]
months = st.tuples(st.integers(0, 400), st.integers(28, 31))


def test_a_month_like_the_others_is_within():
    signal = month_signal(STEADY, (33, 30))
    assert signal.verdict == Verdict.within
    assert (signal.count, signal.months, signal.usual_low, signal.usual_high) == (33, 24, 24, 37)
    assert signal.expected == pytest.approx(30)
    assert signal.dispersion == pytest.approx(404 / 30 / 23)
    assert 0 <= signal.strength < 1
    assert signal.inside_usual


def test_a_month_three_times_as_high_rose():
    signal = month_signal(STEADY, (90, 30))
    assert signal.verdict == Verdict.rose
    assert signal.strength > 1
    assert not signal.inside_usual


def test_a_month_of_almost_nothing_fell():
    assert month_signal(STEADY, (4, 30)).verdict == Verdict.fell


def test_a_month_outside_its_usual_range_need_not_be_a_signal():
    signal = month_signal(STEADY, (41, 30))
    assert signal.verdict == Verdict.within
    assert not signal.inside_usual


def test_february_is_not_a_fall_for_being_short():
    past = [(310, 31)] * 24
    short, as_short = month_signal(past, (280, 28)), month_signal(past, (280, 31))
    assert short.expected == pytest.approx(280)
    assert (short.usual_low, short.usual_high) == (280, 280)
    assert short.strength < 0.01 < as_short.strength


def test_an_area_that_varies_more_needs_more_to_be_called():
    wild = [(count * (3 if at % 2 else 1), days) for at, (count, days) in enumerate(STEADY)]
    assert month_signal(wild, (120, 30)).verdict == Verdict.within
    assert month_signal([(60, 30)] * 24, (120, 30)).verdict == Verdict.rose


def test_a_longer_past_needs_less():
    assert month_signal(STEADY, (60, 30)).strength < month_signal(STEADY + STEADY[:12], (60, 30)).strength


@pytest.mark.parametrize("count", [0, 1, 2, 3, 4])
def test_after_two_years_of_noughts_a_few_are_not_a_rise(count):
    assert month_signal([(0, 30)] * 24, (count, 30)).verdict == Verdict.within


def test_after_two_years_of_noughts_a_dozen_are_a_rise():
    signal = month_signal([(0, 30)] * 24, (12, 30))
    assert signal.verdict == Verdict.rose
    assert (signal.usual_low, signal.usual_high, signal.expected) == (0, 0, 0)


def test_none_after_five_a_month_is_never_a_fall():
    assert month_signal([(5, 30)] * 36, (0, 30)).verdict == Verdict.within


def test_under_24_supplied_months_nothing_is_said():
    assert month_signal(STEADY[:23], (90, 30)) == Signal(Verdict.too_few_months, 90, 23)
    assert month_signal([None, *STEADY[:23]], (90, 30)).verdict == Verdict.too_few_months
    assert month_signal([], (0, 30)) == Signal(Verdict.too_few_months, 0, 0)


def test_a_month_not_supplied_is_no_data_and_not_nought():
    signal = month_signal(STEADY, None)
    assert signal == Signal(Verdict.no_data, None, 24)
    assert not signal.inside_usual


def test_a_gap_in_the_past_is_skipped():
    assert month_signal([*STEADY[:7], None, *STEADY[7:]], (33, 30)) == month_signal(STEADY, (33, 30))


def test_only_the_latest_36_months_are_the_past():
    assert month_signal([(500, 30)] * 40 + STEADY + STEADY[:12], (33, 30)) == month_signal(
        STEADY + STEADY[:12], (33, 30)
    )


@pytest.mark.parametrize("current", [(-1, 30), (5, 0)])
@pytest.mark.parametrize("past", [STEADY, []])
def test_a_month_that_is_no_count_of_a_period_is_refused(past, current):
    with pytest.raises(ValueError, match="is not a count of a period"):
        month_signal(past, current)


@given(st.lists(st.none() | months, max_size=40), st.none() | months, st.sampled_from([0.5, 0.95, 0.998]))
def test_a_signal_never_lies_inside_the_usual_range(past, current, level):
    signal = month_signal(past, current, level)
    if signal.verdict == Verdict.rose:
        assert signal.count > signal.usual_high
        assert signal.strength > 1
    elif signal.verdict == Verdict.fell:
        assert signal.count < signal.usual_low
        assert signal.strength > 1
    else:
        assert signal.verdict in (Verdict.within, Verdict.too_few_months, Verdict.no_data)


@given(st.lists(months, min_size=24, max_size=36), st.integers(0, 900))
def test_more_recorded_is_never_less_of_a_rise(past, count):
    lower, higher = month_signal(past, (count, 30)), month_signal(past, (count + 1, 30))
    assert not (lower.verdict == Verdict.rose and higher.verdict != Verdict.rose)
    assert not (higher.verdict == Verdict.fell and lower.verdict != Verdict.fell)
