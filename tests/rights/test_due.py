"""By when a request must be answered: the law's month, counted as the law counts it."""

import datetime as dt
import itertools

import pytest

from portal.clock import Month, Nation, is_working_day
from portal.lifecycle import Actor, IllegalMove
from portal.rights.rules import corresponding_day, due_on
from portal.rights.workflow import REQUESTS, Acknowledging, Extending

OFFICER = Actor("account:1", "officer")
DAY = dt.timedelta(days=1)


def day(text):
    return dt.date.fromisoformat(text)


@pytest.mark.parametrize(
    ("start", "months", "end"),
    [
        ("2024-01-15", 1, "2024-02-15"),
        ("2024-01-29", 1, "2024-02-29"),
        ("2024-01-30", 1, "2024-02-29"),
        ("2024-01-31", 1, "2024-02-29"),
        ("2023-01-29", 1, "2023-02-28"),
        ("2023-01-31", 1, "2023-02-28"),
        ("2024-02-29", 1, "2024-03-29"),
        ("2024-02-29", 12, "2025-02-28"),
        ("2024-02-29", -12, "2023-02-28"),
        ("2024-02-29", -24, "2022-02-28"),
        ("2024-03-31", 1, "2024-04-30"),
        ("2024-04-30", 1, "2024-05-30"),
        ("2024-05-31", 1, "2024-06-30"),
        ("2024-07-31", 1, "2024-08-31"),
        ("2024-08-31", 1, "2024-09-30"),
        ("2024-10-31", 1, "2024-11-30"),
        ("2024-12-31", 1, "2025-01-31"),
        ("2024-11-30", 3, "2025-02-28"),
        ("2023-11-30", 3, "2024-02-29"),
        ("2024-12-01", 3, "2025-03-01"),
        ("2024-05-31", 0, "2024-05-31"),
    ],
)
def test_the_same_day_of_another_month_or_its_last(start, months, end):
    assert corresponding_day(day(start), months) == day(end)


@pytest.mark.parametrize("months", [1, 3])
def test_of_every_day_of_four_years_the_month_is_right_and_the_day_is_the_same_or_the_last(months):
    first = day("2023-01-01")
    for number in range(4 * 366):
        start = first + number * DAY
        end = corresponding_day(start, months)
        assert Month.of(end) == Month.of(start).plus(months)
        assert end.day == start.day or (end.day < start.day and end == Month.of(end).last_on)


@pytest.mark.parametrize(
    ("received", "due", "extended"),
    [
        ("2024-05-07", "2024-06-07", "2024-08-07"),  # a Tuesday: a Friday, a Wednesday
        ("2024-05-08", "2024-06-10", "2024-08-08"),  # the 8th of June is a Saturday
        ("2024-05-09", "2024-06-10", "2024-08-09"),  # the 9th is a Sunday
        ("2024-05-05", "2024-06-05", "2024-08-05"),  # it came on a Sunday: the month runs all the same
        ("2023-11-25", "2023-12-27", "2024-02-26"),  # Christmas Day and Boxing Day
        ("2024-02-29", "2024-04-02", "2024-05-29"),  # Good Friday, the weekend, Easter Monday
        ("2024-01-31", "2024-02-29", "2024-04-30"),  # a leap day
        ("2023-01-31", "2023-02-28", "2023-05-02"),  # 30 April a Sunday, 1 May a bank holiday
        ("2023-11-30", "2024-01-02", "2024-02-29"),  # 30 December a Saturday, New Year's Day
    ],
)
@pytest.mark.parametrize("nation", list(Nation))
def test_the_last_day_is_a_working_day(nation, received, due, extended):
    assert due_on(day(received), nation) == day(due)
    assert due_on(day(received), nation, is_extended=True) == day(extended)


@pytest.mark.parametrize("nation", list(Nation))
def test_nobody_ever_has_less_than_the_month_and_never_more_than_the_days_off_after_it(nation):
    for number in range(2 * 366):
        start = day("2023-06-01") + number * DAY
        for is_extended, months in ((False, 1), (True, 3)):
            least, end = corresponding_day(start, months), due_on(start, nation, is_extended=is_extended)
            assert is_working_day(end, nation)
            assert least <= end
            assert not [one for one in range((end - least).days) if is_working_day(least + one * DAY, nation)]


STATES = ("open", "extended", "acknowledged", "answered")
ALLOWED = {("extend", "open"), ("answer", "open"), ("answer", "extended"), ("answer", "acknowledged")}
ALLOWED |= {("acknowledge", "open")}
TARGETS = {"extend": "extended", "acknowledge": "acknowledged", "answer": "answered"}
IN_TIME = Extending(day("2024-06-07"), day("2024-06-07"), "Many records")


@pytest.mark.parametrize(("move", "state"), list(itertools.product(TARGETS, STATES)))
@pytest.mark.parametrize("role", ["officer", "administrator"])
def test_the_table_of_moves_is_this_one(move, state, role):
    actor = Actor("account:1", role)
    thing = Acknowledging(is_complaint=True) if move == "acknowledge" else IN_TIME
    if (move, state) in ALLOWED and role == "officer":
        assert REQUESTS.check(move, state, actor, thing) == TARGETS[move]
    else:
        with pytest.raises(IllegalMove):
            REQUESTS.check(move, state, actor, thing)


@pytest.mark.parametrize(
    ("today", "reason", "codes"),
    [
        ("2024-06-07", "x", ()),
        ("2024-06-08", "x", ("too_late",)),
        ("2024-06-07", "  ", ("no_reason",)),
        ("2024-06-08", "", ("too_late", "no_reason")),
    ],
)
def test_a_request_is_extended_within_its_month_and_with_a_reason(today, reason, codes):
    extending = Extending(day(today), day("2024-06-07"), reason)
    if not codes:
        assert REQUESTS.check("extend", "open", OFFICER, extending) == "extended"
        return
    with pytest.raises(IllegalMove) as refused:
        REQUESTS.check("extend", "open", OFFICER, extending)
    assert refused.value.codes == codes
