"""The signals on two years of what the police recorded in the wards of Gwent. Skipped where the data is not at hand."""

import calendar
import csv
import logging
from collections import Counter
from pathlib import Path

import pytest

from portal.figures.comparison import Change, compare
from portal.figures.page import CRIMES, INCIDENTS
from portal.figures.signals import SIGNAL_LEVEL, Verdict, judged
from portal.figures.years import year_signal
from tests.figures.measures import with_crimes

LOG = logging.getLogger(__name__)
DATA = Path(__file__).parents[3] / "shared" / "data"
CALLED = (Verdict.rose, Verdict.fell)
PAGE_LEVEL = 1 - (1 - SIGNAL_LEVEL) / 30


@pytest.fixture(scope="module")
def wards():
    """For each ward with 50 records or more, its 14 categories and their total over 24 months."""
    streets = sorted(DATA.glob("crime/*/*-gwent-street.csv"))
    lookup = DATA / "geography" / "lookups" / "lsoa21_ward24_lad24_wales.csv"
    if not streets or not lookup.exists():
        pytest.skip("the real police data is not beside this checkout")
    with lookup.open(encoding="utf-8-sig") as file:
        ward_of = {row["lsoa21_code"]: row["ward24_code"] for row in csv.DictReader(file)}
    counts = Counter()
    for street in streets:
        with street.open(encoding="utf-8") as file:
            counts.update(
                (ward_of[row["LSOA code"]], row["Crime type"], row["Month"])
                for row in csv.DictReader(file)
                if row["LSOA code"] in ward_of
            )
    return series_of_wards(counts)


def series_of_wards(counts):
    categories, months = sorted({key[1] for key in counts}), sorted({key[2] for key in counts})
    days = {month: calendar.monthrange(int(month[:4]), int(month[5:]))[1] for month in months}
    recorded = Counter()
    for (ward, _, _), count in counts.items():
        recorded[ward] += count
    wards = {}
    for ward in sorted(ward for ward, count in recorded.items() if count >= 50):
        series = {name: [(counts[ward, name, month], days[month]) for month in months] for name in categories}
        series[INCIDENTS] = series.pop("Anti-social behaviour")
        wards[ward] = with_crimes(series)
    return wards


def test_few_months_of_real_wards_are_called(wards):
    pages, called, sentences, outside, compared = 0, 0, Counter(), 0, 0
    for measures in wards.values():
        for month in range(24):
            signals = [judged(s[:month] + s[month + 1 :], s[month], PAGE_LEVEL) for s in measures.values()]
            verdicts = [signal.verdict for signal in signals if signal.verdict in CALLED]
            pages, called = pages + 1, called + bool(verdicts)
            sentences.update(verdicts)
            often = [signal for signal in signals if signal.expected >= 5]
            outside, compared = outside + sum(not signal.inside_usual for signal in often), compared + len(often)
    LOG.info("%d of %d ward-months: %s; outside usual %.3f", called, pages, dict(sentences), outside / compared)
    assert len(wards) > 100
    assert called / pages < 0.005
    assert 0.05 < outside / compared < 0.15


def test_few_years_of_real_wards_are_called_where_the_looser_rule_calls_many(wards):
    years = {ward: [year_signal(s, PAGE_LEVEL).verdict for s in measures.values()] for ward, measures in wards.items()}
    called = sum(any(verdict in CALLED for verdict in verdicts) for verdicts in years.values())
    loose = 0
    for measures in wards.values():
        crimes = [count for count, _ in measures[CRIMES]]
        loose += compare((sum(crimes[:12]), 365), (sum(crimes[12:]), 366)).change != Change.by_chance
    LOG.info("%d of %d wards; by the 5%% rule %d", called, len(wards), loose)
    assert called / len(wards) < 0.05
    assert loose / len(wards) > 0.1
