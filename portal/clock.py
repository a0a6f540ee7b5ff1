"""Time: moments in UTC, days in London, months, and working days by nation. The only module that reads the clock."""

from __future__ import annotations

import datetime as dt
import functools
import re
from dataclasses import dataclass
from enum import StrEnum
from zoneinfo import ZoneInfo

LONDON = ZoneInfo("Europe/London")
_DAYS_A_MONTH = 30.44
_MONTH = re.compile(r"(20[1-9]\d|21\d{2})-(0[1-9]|1[0-2])\Z", re.ASCII)
"""From 2010, when the police began to publish what happens month by month, and within two centuries: a slip of the
finger in a year must not become a gap of centuries between two months.
"""


class Nation(StrEnum):
    """The nation whose bank holidays and law apply to an authority."""

    england = "england"
    wales = "wales"


@dataclass(frozen=True, slots=True, order=True)
class Month:
    """A calendar month. `index` (year x 12 + month - 1) is how a month is stored and counted."""

    year: int
    month: int

    @classmethod
    def parse(cls, text: str) -> Month:
        """Read "2024-05". Raises ValueError for anything else, and for years before 2010 and after 2199."""
        found = _MONTH.match(text)
        if found is None:
            raise ValueError(f"not a month (YYYY-MM, from 2010): {text!r}")
        return cls(int(found[1]), int(found[2]))

    @classmethod
    def from_index(cls, index: int) -> Month:
        return cls(index // 12, index % 12 + 1)

    @classmethod
    def of(cls, day: dt.date) -> Month:
        return cls(day.year, day.month)

    @property
    def index(self) -> int:
        return self.year * 12 + self.month - 1

    @property
    def first_on(self) -> dt.date:
        return dt.date(self.year, self.month, 1)

    @property
    def last_on(self) -> dt.date:
        return self.plus(1).first_on - dt.timedelta(days=1)

    @property
    def days(self) -> int:
        return self.last_on.day

    def plus(self, months: int) -> Month:
        return Month.from_index(self.index + months)

    def __str__(self) -> str:
        return f"{self.year:04d}-{self.month:02d}"


def now() -> dt.datetime:
    """This moment, aware, in UTC."""
    return dt.datetime.now(dt.UTC)


def months_ago(months: int) -> dt.datetime:
    """This moment, less so many months of mean length (30.44 days): before it, what is kept for so long is over."""
    return now() - dt.timedelta(days=months * _DAYS_A_MONTH)


def today() -> dt.date:
    """This day as London counts it."""
    return now().astimezone(LONDON).date()


def london_day(moment: dt.datetime) -> dt.date:
    """The London day on which an aware moment falls."""
    return moment.astimezone(LONDON).date()


@functools.cache
def bank_holidays(nation: Nation, year: int) -> frozenset[dt.date]:
    """Bank holidays of one nation in one year. Source: the `holidays` library, which follows the published list."""
    import holidays  # noqa: PLC0415 - slow to import, and needed by few processes

    subdivision = {Nation.england: "ENG", Nation.wales: "WLS"}[nation]
    return frozenset(holidays.country_holidays("GB", subdiv=subdivision, years=year))


def is_working_day(day: dt.date, nation: Nation) -> bool:
    """Monday to Friday and not a bank holiday of the nation."""
    return day.weekday() < 5 and day not in bank_holidays(nation, day.year)  # noqa: PLR2004 - Saturday is 5


def add_working_days(start: dt.date, days: int, nation: Nation) -> dt.date:
    """The day on which the `days`-th working day after `start` falls; `start` itself is never counted."""
    if days < 0:
        raise ValueError("working days are counted forwards")
    day = start
    while days:
        day += dt.timedelta(days=1)
        days -= is_working_day(day, nation)
    return day


def working_days_between(start: dt.date, end: dt.date, nation: Nation) -> int:
    """How many working days lie after `start`, up to and including `end`; 0 when `end` is not later."""
    span = (end - start).days
    return sum(is_working_day(start + dt.timedelta(days=n), nation) for n in range(1, span + 1))
