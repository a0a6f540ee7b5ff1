"""All the signals of one page, held to one chance of a false sentence for the page as a whole."""

from collections.abc import Mapping
from dataclasses import dataclass

from portal.figures.comparison import change_p_value
from portal.figures.periods import Series
from portal.figures.signals import SIGNAL_LEVEL, Signal, month_signal
from portal.figures.years import YearSignal, year_signal

CRIMES = "all-crime"
"""The measure that is the total of the crime categories."""
INCIDENTS = "anti-social-behaviour"
"""The measure that is counted in incidents, stands beside the crimes and is never added to them."""


@dataclass(frozen=True, slots=True)
class MonthBefore:
    """This month and the one before. `by_chance` is False where even chance alone would rarely make such a change."""

    before: int
    after: int
    by_chance: bool


@dataclass(frozen=True, slots=True)
class PageSignals:
    """By measure, the month and the year against their own past; and all crimes against the month before."""

    months: Mapping[str, Signal]
    years: Mapping[str, YearSignal]
    crimes_before: MonthBefore | None = None


def page_signals(measures: Mapping[str, Series], level: float = SIGNAL_LEVEL) -> PageSignals:
    """Signals of all measures of one area's page; each series ends with the month that the page shows.

    The level holds for the page: on a page where nothing has changed, the chance of any "rose" or "fell" at all is at
    most 1 - level. Every measure can make two sentences (its month, its year), so each is judged at 1 - (1 - level) /
    (2 x measures): Bonferroni's bound, which asks for no independence between measures, totals included.
    """
    own = 1.0 - (1.0 - level) / (2 * max(1, len(measures)))
    return PageSignals(
        months={
            name: month_signal(series[:-1], series[-1] if series else None, own) for name, series in measures.items()
        },
        years={name: year_signal(series, own) for name, series in measures.items()},
        crimes_before=month_before(measures.get(CRIMES, ()), level),
    )


def month_before(series: Series, level: float = SIGNAL_LEVEL) -> MonthBefore | None:
    """The last two months; None unless both were supplied.

    By chance: the exact two-period test at the level of signals, which supposes no more variation than chance alone. A
    change it finds is therefore not yet a "rise" or "fall": only `month_signal` may say so.
    """
    before, after = (None, None, *series)[-2:]
    if before is None or after is None:
        return None
    return MonthBefore(before[0], after[0], change_p_value(before, after) >= 1.0 - level)
