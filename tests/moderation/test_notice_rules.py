"""The clock of a notice of complaint over every kind of day, its contents, and its table of moves."""

import datetime as dt
import itertools
from dataclasses import dataclass, replace

import pytest

from portal import clock
from portal.clock import LONDON, Nation
from portal.lifecycle import Actor, IllegalMove
from portal.moderation.notices.rules import due_at, is_third, last_day, missing, poster_deadline, within_48_hours
from portal.moderation.notices.workflow import NOTICES, OPEN
from portal.moderation.workflow import DECISIONS, ITEMS
from portal.moderation.workflow import OPEN as OPEN_ITEMS

UTC = dt.UTC


def london(text):
    return dt.datetime.fromisoformat(text).replace(tzinfo=LONDON).astimezone(UTC)


DEADLINES = {
    "a Monday": ("2026-03-02T10:00", "2026-03-04T10:00"),
    "a Wednesday evening": ("2026-03-04T22:30", "2026-03-06T22:30"),
    "a Thursday": ("2026-03-05T10:00", "2026-03-09T10:00"),
    "a Friday": ("2026-03-06T17:00", "2026-03-10T17:00"),
    "the first moment of a Friday": ("2026-03-06T00:00", "2026-03-10T00:00"),
    "the first moment of a Thursday": ("2026-03-05T00:00", "2026-03-07T00:00"),
    "a Saturday": ("2026-03-07T12:00", "2026-03-11T00:00"),
    "the last minute of a Sunday": ("2026-03-08T23:59", "2026-03-11T00:00"),
    "before Good Friday and Easter Monday": ("2026-04-02T10:00", "2026-04-08T10:00"),
    "on Good Friday": ("2026-04-03T10:00", "2026-04-09T00:00"),
    "Easter Monday": ("2026-04-06T10:00", "2026-04-09T00:00"),
    "before the early May holiday": ("2026-05-01T09:00", "2026-05-06T09:00"),
    "Christmas Eve, with Boxing Day made up on Monday": ("2026-12-24T12:00", "2026-12-30T12:00"),
    "Christmas Day on a Friday": ("2026-12-25T12:00", "2026-12-31T00:00"),
    "Christmas Day on a Saturday": ("2027-12-24T12:00", "2027-12-30T12:00"),
    "Christmas Day on a Sunday": ("2022-12-23T12:00", "2022-12-29T12:00"),
    "over New Year": ("2026-12-31T12:00", "2027-01-05T12:00"),
    "the clocks go on": ("2026-03-27T12:00", "2026-03-31T12:00"),
    "the clocks go back": ("2026-10-23T12:00", "2026-10-27T12:00"),
    "in the hour that is not there": ("2026-03-29T01:30", "2026-04-01T00:00"),
    "in the hour that is there twice": ("2026-10-25T01:30", "2026-10-28T00:00"),
    "over a leap day": ("2024-02-28T12:00", "2024-03-01T12:00"),
    "over the holidays of a jubilee": ("2022-06-01T12:00", "2022-06-07T12:00"),
}


@pytest.mark.parametrize("name", DEADLINES)
def test_48_hours_end_when_the_law_says(name):
    start, end = DEADLINES[name]
    assert within_48_hours(london(start)).astimezone(LONDON).isoformat()[:16] == end


def counted(moment):
    """Told once more, by the hour and by hand: neither weekend nor holiday of the day in London."""
    day = moment.astimezone(LONDON).date()
    return day.weekday() < 5 and day not in clock.bank_holidays(Nation.wales, day.year)


@pytest.mark.parametrize("year", range(2020, 2032))
def test_from_every_hour_of_a_year_exactly_48_counted_hours_pass(year):
    """Every weekend, Good Friday, Christmas, bank holiday and both changes of the clocks of twelve years."""
    hours = [dt.datetime(year, 1, 1, tzinfo=UTC) + dt.timedelta(hours=n) for n in range(24 * 385)]
    totals = list(itertools.accumulate(map(counted, hours), initial=0))
    for number, start in enumerate(hours[: 24 * 366 : 5]):
        end = within_48_hours(start)
        passed = totals[int((end - hours[0]).total_seconds() // 3600)] - totals[number * 5]
        assert passed == 48, start
        assert counted(end - dt.timedelta(microseconds=1)), start


def test_good_friday_and_christmas_day_are_holidays_of_the_calendar_and_both_nations_have_one_list():
    for year in range(2020, 2036):
        holidays = clock.bank_holidays(Nation.england, year)
        assert holidays == clock.bank_holidays(Nation.wales, year)
        assert any(day.weekday() == 4 and day.month in {3, 4} for day in holidays)
        assert dt.date(year, 12, 25) in holidays or dt.date(year, 12, 25).weekday() >= 5


POSTER = {
    "a Monday": ("2026-03-02T10:00", "2026-03-07", "2026-03-08T00:00"),
    "the last minute of a day": ("2026-03-02T23:59", "2026-03-07", "2026-03-08T00:00"),
    "over Easter, whose days count here": ("2026-04-02T10:00", "2026-04-07", "2026-04-08T00:00"),
    "the clocks go on on the last day": ("2026-03-24T10:00", "2026-03-29", "2026-03-30T00:00"),
    "the clocks go back on the last day": ("2026-10-20T10:00", "2026-10-25", "2026-10-26T00:00"),
    "just after midnight in summer": ("2026-06-02T00:10", "2026-06-07", "2026-06-08T00:00"),
    "over a leap day": ("2024-02-26T10:00", "2024-03-02", "2024-03-03T00:00"),
}


@pytest.mark.parametrize("name", POSTER)
def test_the_poster_has_until_midnight_at_the_end_of_the_fifth_day_after(name):
    sent, day, end = POSTER[name]
    assert last_day(london(sent)) == dt.date.fromisoformat(day)
    assert poster_deadline(london(sent)).astimezone(LONDON).isoformat()[:16] == end


def test_each_state_has_its_own_deadline_and_an_end_has_none():
    received, contacted, replied = (london(f"2026-03-0{day}T10:00") for day in (2, 3, 5))
    due = {one: due_at(one, received, contacted, replied) for one in NOTICES.states}
    assert due["received"] == london("2026-03-04T10:00")
    assert due["poster_contacted"] == london("2026-03-11T00:00")
    for state in ("poster_agreed", "poster_objected", "reply_defective"):
        assert due[state] == london("2026-03-09T10:00")
    assert (
        {state for state, moment in due.items() if moment is None}
        == set(NOTICES.states) - OPEN
        == (NOTICES.final_states)
    )


@dataclass(frozen=True)
class Contents:
    name: str = "Ann Example"
    about: str = "/en/find"
    words: str = "w"
    meaning: str = "m"
    wrong: str = "f"
    lacks_details: bool = True
    may_name: bool | None = False
    may_give_email: bool | None = True


FIELDS = ("name", "about", "words", "meaning", "wrong", "lacks_details", "may_name", "may_give_email")
EMPTY = {"lacks_details": False, "may_name": None, "may_give_email": None}


@pytest.mark.parametrize("gone", [one for n in range(len(FIELDS) + 1) for one in itertools.combinations(FIELDS, n)])
def test_a_notice_lacks_exactly_what_is_not_given(gone):
    notice = replace(Contents(), **{one: EMPTY.get(one, "  ") for one in gone})
    assert missing(notice) == gone


@pytest.mark.parametrize("removed", range(5))
@pytest.mark.parametrize("says", [True, False])
def test_the_third_time_is_said_and_was_removed_twice(says, removed):
    assert is_third(says_repeated=says, removed_before=removed) is (says and removed >= 2)


@dataclass(frozen=True)
class Standing:
    is_whole: bool
    can_be_reached: bool
    is_gone: bool
    is_over: bool
    has_details: bool


MODERATOR = Actor("account:1", "moderator")
EVERY_STANDING = [Standing(*each) for each in itertools.product((True, False), repeat=5)]
WANTED = {
    "tell_defective": ("received", "defective_told", lambda one: not one.is_whole),
    "contact_poster": ("received", "poster_contacted", lambda one: one.is_whole and one.can_be_reached),
    "reply_agrees": ("poster_contacted", "poster_agreed", lambda one: not one.is_over),
    "reply_objects": ("poster_contacted", "poster_objected", lambda one: not one.is_over and one.has_details),
    "reply_is_defective": ("poster_contacted", "reply_defective", lambda one: not one.is_over),
    "tell_objection": ("poster_objected", "objection_told", lambda _one: True),
    "remove": ("received poster_agreed reply_defective", "removed", lambda one: one.is_gone),
    "remove_unanswered": ("poster_contacted", "removed", lambda one: one.is_over and one.is_gone),
    "withdraw": (
        "received poster_contacted poster_agreed poster_objected reply_defective",
        "withdrawn",
        lambda _one: True,
    ),
}


@pytest.mark.parametrize("state", NOTICES.states)
@pytest.mark.parametrize("name", [move.name for move in NOTICES.moves])
def test_a_step_is_taken_exactly_where_the_law_has_it(name, state):
    sources, target, holds = WANTED[name]
    for standing in EVERY_STANDING:
        if state in sources.split() and holds(standing):
            assert NOTICES.check(name, state, MODERATOR, standing) == target
        else:
            with pytest.raises(IllegalMove):
                NOTICES.check(name, state, MODERATOR, standing)


@pytest.mark.parametrize("role", ["public", "operator", "analyst"])
def test_nobody_but_a_moderator_takes_a_step(role):
    for move in NOTICES.moves:
        with pytest.raises(IllegalMove):
            NOTICES.check(move.name, next(iter(move.sources)), Actor("x", role), EVERY_STANDING[0])


@dataclass(frozen=True)
class ItemStanding:
    is_held: bool
    asked_for_another: bool
    has_words: bool
    has_reasons: bool


ITEM_MOVES = {
    "show": ("waiting second translation", "shown", "held another words"),
    "show_redacted": ("waiting second translation", "shown", "held another words"),
    "refuse": ("waiting second translation", "refused", "held another reasons"),
    "ask_second": ("waiting translation", "second", "held"),
    "ask_translation": ("waiting", "translation", "held"),
    "translated": ("translation", "waiting", ""),
    "hide": ("shown", "hidden", ""),
    "reopen": ("refused hidden", "waiting", "words"),
}


@pytest.mark.parametrize("state", ITEMS.states)
@pytest.mark.parametrize("name", [move.name for move in ITEMS.moves])
def test_an_item_moves_exactly_where_the_table_has_it(name, state):
    sources, target, wanted = ITEM_MOVES[name]
    for standing in [ItemStanding(*each) for each in itertools.product((True, False), repeat=4)]:
        holds = {
            "held": standing.is_held,
            "another": not standing.asked_for_another,
            "words": standing.has_words,
            "reasons": standing.has_reasons,
        }
        if state in sources.split() and all(holds[one] for one in wanted.split()):
            assert ITEMS.check(name, state, MODERATOR, standing) == target
        else:
            with pytest.raises(IllegalMove):
                ITEMS.check(name, state, MODERATOR, standing)


def test_the_tables_have_the_moves_that_are_tested_and_no_others():
    assert {move.name for move in ITEMS.moves} == set(ITEM_MOVES)
    assert {move.name for move in NOTICES.moves} == set(WANTED)
    assert set(DECISIONS) <= set(ITEM_MOVES)
    assert {"waiting", "second", "translation"} == OPEN_ITEMS
