"""By when a request about personal data must be answered, and a complaint acknowledged: pure.

One month from the day on which it came, whether that is a working day or not: the same day of the next month, or the
last day of a month that has no such day. Where that is no working day, the next one. A complex request may take two
months more, counted from the day on which it came; the person is told so, and why, within the first month.
Source: UK GDPR, article 12(3); ICO, "Right of access", on time limits.

A complaint is acknowledged within days, every day counted, however many the settings say: at most 30. From then on it
is to be dealt with without undue delay, which is no number of days. Source: Data (Use and Access) Act 2025.
"""

from __future__ import annotations

import datetime as dt

from portal.clock import Month, Nation, is_working_day

MONTHS = 1
MONTHS_WHEN_EXTENDED = 3
LONGEST_REASON = 500


def corresponding_day(day: dt.date, months: int) -> dt.date:
    """The same day so many months later; the last day of a month that is too short."""
    month = Month.of(day).plus(months)
    return month.first_on.replace(day=min(day.day, month.days))


def acknowledge_by(received_on: dt.date, days: int) -> dt.date:
    """The last day on which the sender of a complaint is told in time that it came."""
    return received_on + dt.timedelta(days=days)


def due_on(received_on: dt.date, nation: Nation, *, is_extended: bool = False) -> dt.date:
    """The last day on which an answer is in time."""
    day = corresponding_day(received_on, MONTHS_WHEN_EXTENDED if is_extended else MONTHS)
    while not is_working_day(day, nation):
        day += dt.timedelta(days=1)
    return day
