"""Measured over-dispersion, how it is steadied, and how long sums vary more than months."""

import numpy as np
import pytest

from portal.figures.dispersion import (
    TYPICAL_DISPERSION,
    TYPICAL_WEIGHT,
    Dispersion,
    measured_dispersion,
    persistence,
    steadied,
)


def test_dispersion_is_pearsons_chi_square_over_its_degrees():
    # Mean 10: (4 + 0 + 4) / 10 over 2 degrees.
    assert measured_dispersion([(8, 30), (10, 30), (12, 30)]) == Dispersion(0.4, 2, 10)


def test_unequal_months_with_one_rate_per_day_do_not_vary():
    assert measured_dispersion([(31, 31), (28, 28), (30, 30)]).ratio == 0


def test_months_not_supplied_are_left_out():
    assert measured_dispersion([(8, 30), None, (10, 30), (12, 30)]) == measured_dispersion(
        [(8, 30), (10, 30), (12, 30)]
    )


def test_a_change_between_windows_is_not_variation():
    steady, higher = [(10, 30)] * 6, [(40, 30)] * 6
    assert measured_dispersion(steady, higher) == Dispersion(0, 10, 25)
    assert measured_dispersion([*steady, *higher]).ratio > 9


def test_a_window_of_noughts_does_not_vary():
    assert measured_dispersion([(0, 30)] * 4) == Dispersion(0, 3, 0)


def test_a_window_that_was_not_supplied_at_all_adds_nothing():
    assert measured_dispersion([(8, 30), (10, 30), (12, 30)], [None, None]).degrees == 1


@pytest.mark.parametrize("window", [[], [(3, 30)], [None, (3, 30), None]])
def test_dispersion_cannot_be_measured_on_one_month(window):
    with pytest.raises(ValueError, match="at least two months"):
        measured_dispersion(window)


def test_widening_is_never_below_one():
    assert Dispersion(0.4, 23, 10).widening == 1
    assert Dispersion(2.5, 23, 10).widening == 2.5


@pytest.mark.parametrize("dispersion", [1.5, 2.2, 4.0])
def test_measured_dispersion_finds_that_of_a_negative_binomial(dispersion):
    random = np.random.default_rng(2024)
    counts = random.negative_binomial(30 / (dispersion - 1), 1 / dispersion, 20_000)
    assert measured_dispersion([(int(count), 30) for count in counts]).ratio == pytest.approx(dispersion, rel=0.05)


def test_a_measurement_on_large_counts_is_worth_its_degrees():
    steady = steadied(Dispersion(3.0, 24, 10_000))
    expected = (24 * 3.0 + TYPICAL_WEIGHT * TYPICAL_DISPERSION) / (24 + TYPICAL_WEIGHT)
    assert steady.ratio == pytest.approx(expected, rel=1e-3)
    assert steady.degrees == 35


def test_of_a_category_that_is_nearly_always_nought_nearly_nothing_is_measured():
    steady = steadied(Dispersion(1.0, 24, 0.1))
    assert 1.7 < steady.ratio < TYPICAL_DISPERSION
    assert steady.degrees == 13


def test_a_steadied_dispersion_is_never_below_one():
    assert steadied(Dispersion(0.0, 400, 10_000)).ratio == 1


def test_the_worth_of_months_is_that_of_the_variance_of_a_sample_variance():
    # 4,000 neighbourhoods of 25 months: relative variance of the measured dispersion against 2 / worth.
    random = np.random.default_rng(7)
    for mean in (3.0, 12.0, 40.0):
        shape = (4000, 25)
        counts = random.negative_binomial(mean / (TYPICAL_DISPERSION - 1), 1 / TYPICAL_DISPERSION, shape)
        ratios = counts.var(axis=1, ddof=1) / mean
        worth = steadied(Dispersion(1.8, 24, mean)).degrees - TYPICAL_WEIGHT
        assert 2 / (ratios.var() / ratios.mean() ** 2) == pytest.approx(worth, rel=0.2)


def test_independent_months_persist_no_more_than_two_dozen_months_can_show():
    alternating = [(8 if month % 2 else 12, 30) for month in range(12)]
    assert persistence(alternating, alternating) == pytest.approx(1.5)
    assert persistence([(0, 30)] * 12, [(0, 30)] * 12) == pytest.approx(1.5)
    assert persistence([None] * 12) == pytest.approx(1.5)


def test_months_that_go_up_and_down_together_persist():
    # Residuals -2 six times and +2 six times: 9 of 11 products positive... (10 - 1) / 12 plus 1 / 12 of bias.
    wave = [(8, 30)] * 6 + [(12, 30)] * 6
    assert persistence(wave) == pytest.approx((1 + 0.75 + 1 / 12 - 1 / 30) / (1 - 0.75 - 1 / 12 + 1 / 30))


def test_pairs_across_a_month_not_supplied_are_left_out():
    wave = [(8, 30)] * 3 + [None] + [(12, 30)] * 3
    # Four products of neighbours, all positive, over six squares, plus a sixth of bias, is held at 0.8.
    assert persistence(wave) == pytest.approx(9)
    assert persistence([(8, 30), None, (12, 30), None, (8, 30), (12, 30)]) == pytest.approx(1.5)


def test_persistence_is_measured_on_a_long_autocorrelated_series():
    random = np.random.default_rng(3)
    noise = [0.0]
    for _ in range(20_000):
        noise.append(0.5 * noise[-1] + random.standard_normal())
    series = [(round(10_000 + 500 * value), 30) for value in noise]
    assert persistence(series) == pytest.approx(3, rel=0.05)  # (1 + 0.5) / (1 - 0.5)
