"""Signals are worked out on pages that are not cached, so they must be quick."""

import calendar
import logging
import random
import time

import pytest

from portal.figures.page import page_signals
from tests.figures.measures import with_crimes

LOG = logging.getLogger(__name__)


def quickest(work, rounds=40):
    times = []
    for _ in range(rounds):
        started = time.perf_counter()
        work()
        times.append(time.perf_counter() - started)
    return min(times)


@pytest.mark.bench
def test_the_signals_of_a_page_take_no_longer_than_reading_its_numbers_a_hundred_times():
    made_up = random.Random(4)
    days = [calendar.monthrange(2022 + month // 12, month % 12 + 1)[1] for month in range(36)]
    page = with_crimes({str(measure): [(made_up.randint(0, 60), length) for length in days] for measure in range(14)})

    def read_the_numbers():
        total = 0
        for series in page.values():
            for count, length in series:
                total += count * length
        return total

    reading, signals = quickest(read_the_numbers), quickest(lambda: page_signals(page))
    LOG.info("%.2f ms for 15 measures of 36 months: %.0f times reading", signals * 1000, signals / reading)
    assert signals < 100 * reading
