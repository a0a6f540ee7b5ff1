"""The three findings at the head of a neighbourhood's page: what stands out, what did not change, and its own past.

Codes and numbers only; templates say them. Nothing here adds anti-social behaviour to crimes.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from portal.figures.page import CRIMES, INCIDENTS, MonthBefore, PageSignals
from portal.figures.rates import PERCENTAGE_MINIMUM
from portal.figures.signals import Signal, Verdict
from portal.figures.years import YearSignal


class Outstanding(StrEnum):
    """What the first finding is about."""

    rose = "rose"
    fell = "fell"
    most_recorded = "most_recorded"
    several_most = "several_most"
    """Two or more crime categories share the highest count."""
    only_incidents = "only_incidents"
    """No crime, but anti-social behaviour, was recorded."""
    nothing_recorded = "nothing_recorded"
    no_data = "no_data"


class Steadiness(StrEnum):
    """In how many categories no change may be claimed."""

    all_within = "all_within"
    some_within = "some_within"
    none_within = "none_within"
    too_few_months = "too_few_months"
    no_data = "no_data"


@dataclass(frozen=True, slots=True)
class StandsOut:
    """`signal` where one measure rose or fell; else the highest count, and of how many crimes.

    The share is in whole per cent, None under 20 crimes.
    """

    code: Outstanding
    measures: tuple[str, ...] = ()
    count: int | None = None
    crimes: int | None = None
    share: int | None = None
    signal: Signal | None = None


@dataclass(frozen=True, slots=True)
class Unchanged:
    """Of the categories compared, how many made no signal, and how many lie inside their usual range.

    The second is smaller: one month in ten lies outside its usual range by chance. `month_before` is of all crimes.
    """

    code: Steadiness
    compared: int = 0
    within: int = 0
    inside_usual: int = 0
    month_before: MonthBefore | None = None


@dataclass(frozen=True, slots=True)
class Headline:
    """The findings of one page. The years are None where the page has no such measure."""

    stands_out: StandsOut
    unchanged: Unchanged
    crimes_year: YearSignal | None
    incidents_year: YearSignal | None


def headline(page: PageSignals) -> Headline:
    """The three findings of a page whose measures are the categories and, beside them, `CRIMES`."""
    return Headline(
        stands_out=stands_out(page.months),
        unchanged=unchanged(page),
        crimes_year=page.years.get(CRIMES),
        incidents_year=page.years.get(INCIDENTS),
    )


def stands_out(months: Mapping[str, Signal]) -> StandsOut:
    """The category with the strongest signal; else the total, if it alone changed; else what was recorded most."""
    crimes = {name: signal.count for name, signal in _categories(months).items() if name != INCIDENTS}
    counts = {name: count for name, count in crimes.items() if count is not None}
    if not counts:
        return StandsOut(Outstanding.no_data)
    changed = _changed(_categories(months)) or _changed(months)
    if changed:
        name, signal = max(changed.items(), key=lambda item: item[1].strength)
        return StandsOut(Outstanding(signal.verdict), (name,), signal.count, signal=signal)
    if not any(counts.values()):
        return _no_crime(months.get(INCIDENTS))
    return _most_recorded(counts)


def _no_crime(incidents: Signal | None) -> StandsOut:
    if incidents is not None and incidents.count:
        return StandsOut(Outstanding.only_incidents, (INCIDENTS,), incidents.count, crimes=0)
    return StandsOut(Outstanding.nothing_recorded, crimes=0)


def _most_recorded(counts: Mapping[str, int]) -> StandsOut:
    highest, crimes = max(counts.values()), sum(counts.values())
    measures = tuple(sorted(name for name, count in counts.items() if count == highest))
    code = Outstanding.most_recorded if len(measures) == 1 else Outstanding.several_most
    share = round(100.0 * highest / crimes) if crimes >= PERCENTAGE_MINIMUM else None
    return StandsOut(code, measures, highest, crimes, share)


def unchanged(page: PageSignals) -> Unchanged:
    """In how many of the categories that could be compared no change may be claimed."""
    categories = _categories(page.months).values()
    before = page.crimes_before
    compared = [signal for signal in categories if signal.usual_low is not None]
    within = sum(signal.verdict == Verdict.within for signal in compared)
    if not compared:
        supplied = any(signal.verdict == Verdict.too_few_months for signal in categories)
        return Unchanged(Steadiness.too_few_months if supplied else Steadiness.no_data, month_before=before)
    code = Steadiness.some_within if within else Steadiness.none_within
    return Unchanged(
        code=Steadiness.all_within if within == len(compared) else code,
        compared=len(compared),
        within=within,
        inside_usual=sum(signal.inside_usual for signal in compared),
        month_before=before,
    )


def _categories(months: Mapping[str, Signal]) -> dict[str, Signal]:
    return {name: signal for name, signal in months.items() if name != CRIMES}


def _changed(months: Mapping[str, Signal]) -> dict[str, Signal]:
    return {name: signal for name, signal in months.items() if signal.verdict in (Verdict.rose, Verdict.fell)}
