"""Simulated neighbourhoods in which nothing changes: how often does a page say that something did?"""

import calendar
import logging
from collections import Counter

import numpy as np
import pytest

from portal.figures.page import INCIDENTS, page_signals
from portal.figures.signals import SIGNAL_LEVEL, Verdict, month_signal
from portal.figures.years import year_signal
from tests.figures.measures import with_crimes

LOG = logging.getLogger(__name__)
SHARES = {
    INCIDENTS: 0.193,
    "bicycle-theft": 0.006,
    "burglary": 0.03,
    "criminal-damage-arson": 0.08,
    "drugs": 0.034,
    "other-crime": 0.025,
    "other-theft": 0.06,
    "possession-of-weapons": 0.008,
    "public-order": 0.135,
    "robbery": 0.005,
    "shoplifting": 0.09,
    "theft-from-the-person": 0.003,
    "vehicle-crime": 0.055,
    "violent-crime": 0.45,
}
"""Of all crimes, as recorded in Gwent; anti-social behaviour in proportion to them."""
VARIANTS = ("negative_binomial", "shared_months", "autocorrelated", "seasonal", "lognormal")
DAYS = [calendar.monthrange(2022 + month // 12, month % 12 + 1)[1] for month in range(36)]
CALLED = (Verdict.rose, Verdict.fell)


def intensities(random, variant, mean, dispersion):
    """What 36 months of Poisson counts are drawn round: no change, but variance / mean = dispersion."""
    extra = dispersion - 1.0
    if variant in ("autocorrelated", "lognormal"):
        persistence = 0.5 if variant == "autocorrelated" else 0.0
        spread = np.log1p(extra / mean)
        noise = np.empty(36)
        noise[0] = random.standard_normal()
        for month in range(1, 36):
            noise[month] = persistence * noise[month - 1] + np.sqrt(1 - persistence**2) * random.standard_normal()
        return mean * np.exp(noise * np.sqrt(spread) - spread / 2)
    mixed = random.gamma(mean / extra, extra, 36)
    if variant == "seasonal":
        mixed *= 1 + 0.3 * np.cos(2 * np.pi * (np.arange(36) / 12 + random.random()))
    return mixed


def neighbourhood(random, variant, crimes_a_month, dispersion=2.2):
    """Measures of a page: 26 to 36 months, one of the past ones not supplied."""
    length = int(random.integers(26, 37))
    gap = 36 - length + int(random.integers(0, length - 1))
    common = random.gamma(20, 1 / 20, 36) if variant == "shared_months" else np.ones(36)
    categories = {}
    for name, share in SHARES.items():
        level = intensities(random, variant, crimes_a_month * share, dispersion) * common * np.array(DAYS) / 30.4375
        counts = random.poisson(level).tolist()
        months = [None if at == gap else month for at, month in enumerate(zip(counts, DAYS, strict=True))]
        categories[name] = months[-length:]
    return with_crimes(categories)


def false_alarms(seed, number, variants=VARIANTS, sizes=(1.5, 300.0), dispersion=2.2):
    """Pages with any "rose" or "fell" among so many, and which sentences they made."""
    random = np.random.default_rng(seed)
    pages, sentences = 0, Counter()
    for at in range(number):
        size = np.exp(random.uniform(*np.log(sizes)))
        page = page_signals(neighbourhood(random, variants[at % len(variants)], size, dispersion))
        months = [signal.verdict for signal in page.months.values() if signal.verdict in CALLED]
        years = [signal.verdict for signal in page.years.values() if signal.verdict in CALLED]
        sentences.update(f"month {verdict}" for verdict in months)
        sentences.update(f"year {verdict}" for verdict in years)
        pages += bool(months or years)
    return pages, sentences


def test_of_1000_neighbourhoods_without_change_at_most_five_are_told_of_one():
    pages, sentences = false_alarms(seed=20_240_501, number=1000)
    LOG.info("%d of 1,000 pages: %s", pages, dict(sentences))
    assert pages <= 5


@pytest.mark.soak
def test_of_10_000_neighbourhoods_without_change_at_most_one_in_200_is_told_of_one():
    pages, sentences = false_alarms(seed=1, number=10_000)
    LOG.info("%d of 10,000 pages: %s", pages, dict(sentences))
    assert pages <= 50


@pytest.mark.soak
@pytest.mark.parametrize("sizes", [(1.0, 5.0), (150.0, 300.0)], ids=["small", "big"])
@pytest.mark.parametrize("variant", VARIANTS)
def test_no_size_and_no_kind_of_variation_is_told_more_often(variant, sizes):
    pages, sentences = false_alarms(seed=2, number=4000, variants=(variant,), sizes=sizes)
    LOG.info("%d of 4,000 pages: %s", pages, dict(sentences))
    assert pages <= 20


def found(mean, times, dispersion, measures=15):
    """The shares of 400 months, and of 400 years, this many times as high as their past, that a page calls a rise."""
    random = np.random.default_rng(5)
    level = 1 - (1 - SIGNAL_LEVEL) / (2 * measures)
    shape, chance = mean / (dispersion - 1), 1 / dispersion
    months = years = 0
    for _ in range(400):
        past = [(int(count), 30) for count in random.negative_binomial(shape, chance, 36)]
        high = [(int(count), 30) for count in random.negative_binomial(shape * times, chance, 12)]
        months += month_signal(past, high[0], level).verdict == Verdict.rose
        years += year_signal([*past[-12:], *high], level).verdict == Verdict.rose
    return months / 400, years / 400


@pytest.mark.parametrize(
    ("mean", "times", "dispersion", "months", "years"),
    [
        (40, 3, 2.2, 0.90, 0.99),
        (80, 2, 1.5, 0.85, 0.99),
        (40, 2, 1.5, 0.30, 0.99),  # the most that any rule this cautious could find in one month is 0.61
        (40, 2, 2.2, 0.10, 0.95),  # and here 0.30
        (20, 3, 1.5, 0.65, 0.99),
        (20, 2, 1.5, 0.00, 0.80),
    ],
)
def test_a_real_rise_is_found_as_often_as_so_few_counts_allow(mean, times, dispersion, months, years):
    in_a_month, in_a_year = found(mean, times, dispersion)
    LOG.info("%d a month, x%d, dispersion %.1f: month %.2f, year %.2f", mean, times, dispersion, in_a_month, in_a_year)
    assert in_a_month >= months
    assert in_a_year >= years
