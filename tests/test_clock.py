"""Days as London counts them, months, and working days as each nation's bank holidays make them."""

import ast
import datetime as dt
from pathlib import Path

import pytest
import time_machine
from hypothesis import given
from hypothesis import strategies as some

from portal import clock
from portal.clock import Month, Nation

DAY = dt.timedelta(days=1)


def utc(text):
    return dt.datetime.fromisoformat(text).replace(tzinfo=dt.UTC)


def day(text):
    return dt.date.fromisoformat(text)


months = some.builds(Month, some.integers(2010, 2199), some.integers(1, 12))


def test_a_month_is_read_and_written_the_same_way():
    month = Month.parse("2024-05")
    assert (month.year, month.month, str(month)) == (2024, 5, "2024-05")


@pytest.mark.parametrize(
    "text",
    [
        "",
        "2024",
        "2024-5",
        "2024-13",
        "2024-00",
        "24-05",
        "2024-05-01",
        "2024-05\n",
        " 2024-05",
        "0000-05",
        "2009-12",
        "2200-01",
        "9999-12",
        "２０２４-05",
        "٢٠٢٤-٠٥",
    ],
)
def test_anything_else_is_no_month(text):
    with pytest.raises(ValueError, match="not a month"):
        Month.parse(text)


@given(months)
def test_a_month_survives_its_text_and_its_number(month):
    assert Month.parse(str(month)) == month == Month.from_index(month.index)
    assert month.index == month.year * 12 + month.month - 1


@given(months, some.integers(-1200, 1200))
def test_months_are_counted_forwards_and_backwards(month, number):
    assert month.plus(number).index - month.index == number
    assert month.plus(number).plus(-number) == month
    assert (month.plus(number) > month) == (number > 0)


@given(months)
def test_a_month_ends_the_day_before_the_next_begins(month):
    assert month.last_on + DAY == month.plus(1).first_on
    assert Month.of(month.first_on) == Month.of(month.last_on) == month
    assert month.days == (month.last_on - month.first_on).days + 1


@pytest.mark.parametrize(
    ("month", "days"),
    [("2023-02", 28), ("2024-02", 29), ("2096-02", 29), ("2100-02", 28), ("2024-04", 30), ("2024-12", 31)],
)
def test_a_month_has_its_own_number_of_days(month, days):
    assert Month.parse(month).days == days


@pytest.mark.parametrize(
    ("moment", "expected"),
    [
        ("2024-03-31T00:59:59", "2024-03-31"),  # the clocks go forward at 01:00 UTC
        ("2024-03-31T22:59:59", "2024-03-31"),
        ("2024-03-31T23:00:00", "2024-04-01"),  # London is an hour ahead, so the day is over
        ("2024-03-30T23:30:00", "2024-03-30"),  # the evening before it was not yet
        ("2024-10-26T23:00:00", "2024-10-27"),  # the last day of summer time begins at 23:00 UTC
        ("2024-10-27T22:59:59", "2024-10-27"),
        ("2024-10-27T23:30:00", "2024-10-27"),  # and has 25 hours
        ("2024-10-28T00:00:00", "2024-10-28"),
        ("2024-02-28T23:59:59", "2024-02-28"),
        ("2024-02-29T00:00:00", "2024-02-29"),
        ("2024-02-29T23:59:59", "2024-02-29"),
        ("2024-12-31T23:59:59", "2024-12-31"),
        ("2025-01-01T00:00:00", "2025-01-01"),
    ],
)
def test_a_day_is_londons_day_on_either_side_of_every_change(moment, expected):
    with time_machine.travel(utc(moment), tick=False):
        assert clock.now() == utc(moment)
        assert clock.now().tzinfo is dt.UTC
        assert clock.today() == clock.london_day(clock.now()) == day(expected)


@pytest.mark.parametrize(("on", "hours"), [("2024-03-31", 23), ("2024-10-27", 25), ("2024-02-29", 24)])
def test_the_day_of_a_change_is_shorter_or_longer(on, hours):
    quarter, moment = dt.timedelta(minutes=15), utc(f"{on}T12:00:00") - 2 * DAY
    count = 0
    for _ in range(4 * 24 * 4):
        count += clock.london_day(moment) == day(on)
        moment += quarter
    assert count == hours * 4


@pytest.mark.parametrize("nation", Nation)
@pytest.mark.parametrize(
    ("on", "is_working"),
    [
        ("2024-03-28", True),  # Maundy Thursday
        ("2024-03-29", False),  # Good Friday
        ("2024-04-01", False),  # Easter Monday: a holiday here, and not in Scotland
        ("2024-05-06", False),  # early May
        ("2024-05-27", False),  # spring
        ("2024-08-05", True),  # Scotland's summer holiday
        ("2024-08-26", False),  # summer
        ("2024-12-24", True),
        ("2024-12-25", False),
        ("2024-12-26", False),
        ("2024-12-27", True),
        ("2022-12-27", False),  # Christmas Day fell on a Sunday: a day in its place
        ("2023-05-08", False),  # a day of its own, for the coronation
        ("2024-01-02", True),  # a holiday in Scotland alone
        ("2024-03-01", True),  # St David's Day is none, in Wales either
        ("2024-03-18", True),  # St Patrick's Day is none but in Northern Ireland
        ("2024-06-15", False),  # a Saturday
        ("2024-06-16", False),
        ("2024-02-29", True),  # a leap day that is a Thursday
        ("2020-02-29", False),  # and one that is a Saturday
    ],
)
def test_working_days_are_those_of_england_and_of_wales(nation, on, is_working):
    assert clock.is_working_day(day(on), nation) is is_working


@pytest.mark.parametrize("nation", Nation)
def test_both_nations_have_eight_bank_holidays_in_an_ordinary_year(nation):
    assert len([one for one in clock.bank_holidays(nation, 2025) if one.weekday() < 5]) == 8


@pytest.mark.parametrize(
    ("start", "days", "expected"),
    [
        ("2024-06-03", 0, "2024-06-03"),
        ("2024-06-03", 1, "2024-06-04"),
        ("2024-06-07", 1, "2024-06-10"),  # over a week-end
        ("2024-06-08", 1, "2024-06-10"),  # from a Saturday
        ("2024-03-28", 1, "2024-04-02"),  # over Easter and the change of clocks
        ("2024-12-24", 3, "2024-12-31"),
        ("2024-12-24", 4, "2025-01-02"),  # into another year, with its own holidays
        ("2024-02-28", 2, "2024-03-01"),  # over a leap day
        ("2024-01-02", 28, "2024-02-09"),  # what "28 working days" means
    ],
)
def test_working_days_are_counted_from_the_day_after(start, days, expected):
    assert clock.add_working_days(day(start), days, Nation.wales) == day(expected)


def test_working_days_are_never_counted_backwards():
    with pytest.raises(ValueError, match="forwards"):
        clock.add_working_days(day("2024-06-03"), -1, Nation.wales)


@given(some.dates(dt.date(2015, 1, 1), dt.date(2030, 12, 31)), some.integers(0, 60), some.sampled_from(Nation))
def test_adding_working_days_and_counting_them_agree(start, days, nation):
    end = clock.add_working_days(start, days, nation)
    assert clock.working_days_between(start, end, nation) == days
    assert days == 0 or clock.is_working_day(end, nation)


@given(some.dates(dt.date(2015, 1, 1), dt.date(2030, 12, 31)), some.integers(0, 400))
def test_no_working_day_lies_before_its_start(start, back):
    assert clock.working_days_between(start, start - back * DAY, Nation.england) == 0


def test_nothing_but_the_clock_reads_the_clock():
    readers = {"now", "utcnow", "today", "time", "time_ns", "localtime", "gmtime", "fromtimestamp"}
    package = Path(clock.__file__).parent
    found = {
        f"{path.relative_to(package)}:{node.lineno}"
        for path in package.rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Call) and _reads(node.func, readers)
    }
    of_the_clock = {one for one in found if one.startswith("clock.py:")}
    of_the_log = {one for one in found if one.startswith("web/access.py:")}
    assert of_the_clock
    assert len(of_the_log) == 1, "a line of the log says when: once"
    assert found == of_the_clock | of_the_log


def _reads(function, readers):
    """Whether a call is to time.time(), dt.datetime.now(), dt.date.today() and their like."""
    if not isinstance(function, ast.Attribute) or function.attr not in readers:
        return False
    owner = function.value
    name = owner.attr if isinstance(owner, ast.Attribute) else owner.id if isinstance(owner, ast.Name) else ""
    return name in {"datetime", "date", "time"}
