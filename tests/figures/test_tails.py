"""Normal scores of counts against exact tails, and Student's limits."""

import math

import pytest
from scipy import stats

from portal.figures.tails import binomial_score, negative_binomial_score, student_limit


@pytest.mark.parametrize("ratio", [1.03, 1.5, 2.2, 5.0])
@pytest.mark.parametrize(("mean", "near"), [(1.0, 0.04), (5.0, 0.04), (40.0, 0.002), (300.0, 0.001), (5000.0, 0.001)])
@pytest.mark.parametrize("tail", [1e-2, 1e-3, 3e-5])
def test_the_score_of_a_negative_binomial_count_is_that_of_its_exact_tails(mean, near, ratio, tail):
    exact = stats.nbinom(mean / (ratio - 1), 1 / ratio)
    high, low = exact.isf(tail), exact.ppf(tail)
    upper = stats.norm.isf(exact.sf(high - 1))
    assert negative_binomial_score(high - 0.5, mean, ratio) == pytest.approx(upper, abs=near)
    lower = stats.norm.ppf(exact.cdf(low))
    assert negative_binomial_score(low + 0.5, mean, ratio) == pytest.approx(lower, abs=near)


@pytest.mark.parametrize("ratio", [1.03, 1.5, 2.2, 5.0])
@pytest.mark.parametrize("mean", [0.02, 0.05, 0.3, 0.9])
def test_on_small_means_the_score_of_a_rise_errs_to_caution(mean, ratio):
    exact = stats.nbinom(mean / (ratio - 1), 1 / ratio)
    count = exact.isf(3e-5)
    score = stats.norm.isf(exact.sf(count - 1))
    assert score - 0.25 < negative_binomial_score(count - 0.5, mean, ratio) < score


@pytest.mark.parametrize("share", [0.1, 0.5, 0.75])
@pytest.mark.parametrize(("trials", "near"), [(6, 0.04), (12, 0.04), (100, 0.006), (900, 0.001), (20_000, 0.001)])
@pytest.mark.parametrize("tail", [1e-2, 1e-3, 3e-5])
def test_the_score_of_a_binomial_count_is_that_of_its_exact_tails(trials, near, share, tail):
    exact = stats.binom(trials, share)
    high, low = exact.isf(tail), exact.ppf(tail)
    upper, lower = stats.norm.isf(exact.sf(high - 1)), stats.norm.ppf(exact.cdf(low))
    assert binomial_score(high - 0.5, trials, share) == pytest.approx(upper, abs=near)
    assert binomial_score(low + 0.5, trials, share) == pytest.approx(lower, abs=near)


def test_a_value_at_its_mean_scores_nought():
    assert negative_binomial_score(40, 40, 2.2) == pytest.approx(0, abs=0.01)
    assert binomial_score(40, 80, 0.5) == pytest.approx(0, abs=0.01)


def test_what_lies_outside_every_possible_count_is_infinitely_far():
    assert negative_binomial_score(-0.5, 3, 2) == -math.inf
    assert binomial_score(-0.5, 10, 0.5) == -math.inf
    assert binomial_score(10.5, 10, 0.5) == math.inf
    assert binomial_score(0.5, 0, 0.5) == math.inf


@pytest.mark.parametrize("level", [0.95, 0.998, 1 - 0.002 / 30, 1 - 1e-8])
def test_students_limits_agree_with_scipy(level):
    for degrees in range(1, 60):
        expected = stats.t.isf((1 - level) / 2, degrees)
        assert student_limit(degrees, level) == pytest.approx(expected, rel=1e-6)
