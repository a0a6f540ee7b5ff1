"""How posts and seats stand, what is missing, who answers: as tables of every case."""

import datetime as dt
import itertools

import pytest

from portal.organisations import rules
from portal.organisations.rules import Answerer, Incumbent, Missing, Place, Silent, Standing, Why

TODAY = dt.date(2026, 11, 20)
DAY = dt.timedelta(days=1)
BEFORE, AFTER = TODAY - DAY, TODAY + DAY


@pytest.mark.parametrize(
    ("ends_on", "is_over"),
    [(None, False), (BEFORE, True), (TODAY, True), (AFTER, False)],
)
def test_what_ends_today_is_over_today(ends_on, is_over):
    assert rules.is_over(ends_on, TODAY) is is_over


ABSENCES = [
    (first, last, first is not None and first <= TODAY and (last is None or last >= TODAY))
    for first, last in itertools.product((None, BEFORE, TODAY, AFTER), (None, BEFORE, TODAY, AFTER))
]


@pytest.mark.parametrize(("first", "last", "is_absent"), ABSENCES)
def test_the_first_and_the_last_day_away_both_count(first, last, is_absent):
    assert rules.is_absent(first, last, TODAY) is is_absent


STANDINGS = [
    (filled, term, away, ended)
    for filled in (True, False)
    for term in (None, BEFORE, TODAY, AFTER)
    for away in (True, False)
    for ended in (None, TODAY, AFTER)
]


@pytest.mark.parametrize(("filled", "term", "away", "ended"), STANDINGS)
def test_the_first_that_is_true_says_how_a_seat_stands(filled, term, away, ended):
    incumbent = Incumbent(1, term_ends_on=term, absent_from_on=TODAY if away else None) if filled else None
    found = rules.standing(Place(1, incumbent, ended), TODAY)
    if ended == TODAY:
        assert found is Standing.ended
    elif not filled:
        assert found is Standing.vacant
    elif term == BEFORE:
        assert found is Standing.expired
    else:
        assert found is (Standing.absent if away else Standing.present)


@pytest.mark.parametrize(
    ("checked", "today", "is_unchecked"),
    [
        (None, TODAY, True),
        (dt.date(2026, 5, 20), TODAY, True),
        (dt.date(2026, 5, 21), TODAY, False),
        (TODAY, TODAY, False),
        (dt.date(2026, 8, 31), dt.date(2027, 2, 27), False),
        (dt.date(2026, 8, 31), dt.date(2027, 2, 28), True),
        (dt.date(2023, 8, 31), dt.date(2024, 2, 28), False),
        (dt.date(2023, 8, 31), dt.date(2024, 2, 29), True),
    ],
)
def test_after_six_months_somebody_must_look_again(checked, today, is_unchecked):
    assert rules.is_unchecked(checked, today) is is_unchecked


@pytest.mark.parametrize(
    ("day", "months", "later"),
    [
        (dt.date(2026, 1, 31), 1, dt.date(2026, 2, 28)),
        (dt.date(2026, 12, 1), 1, dt.date(2027, 1, 1)),
        (dt.date(2026, 3, 31), -1, dt.date(2026, 2, 28)),
        (dt.date(2026, 1, 15), -12, dt.date(2025, 1, 15)),
    ],
)
def test_months_end_on_their_last_day_where_they_are_shorter(day, months, later):
    assert rules.plus_months(day, months) == later


AWAY = {"absent_from_on": BEFORE}
HERE = Incumbent(9)
CHECKED = TODAY


@pytest.mark.parametrize(
    ("place", "checked", "wanted"),
    [
        (Place(1, None), None, (Missing.vacant,)),
        (Place(1, None, TODAY), None, ()),
        (Place(1, Incumbent(1), TODAY), None, ()),
        (Place(1, Incumbent(1)), CHECKED, ()),
        (Place(1, Incumbent(1)), None, (Missing.unchecked,)),
        (Place(1, Incumbent(1, has_contact=False)), CHECKED, (Missing.no_contact,)),
        (Place(1, Incumbent(1, term_ends_on=BEFORE)), CHECKED, (Missing.expired,)),
        (Place(1, Incumbent(1, **AWAY)), CHECKED, (Missing.uncovered,)),
        (Place(1, Incumbent(1, **AWAY, covered_by=9)), CHECKED, ()),
        (Place(1, Incumbent(1, **AWAY, covered_by=8)), CHECKED, (Missing.uncovered,)),
        (
            Place(1, Incumbent(1, has_contact=False, term_ends_on=BEFORE, **AWAY)),
            None,
            (Missing.expired, Missing.no_contact, Missing.unchecked),
        ),
    ],
)
def test_what_is_missing_about_a_seat(place, checked, wanted):
    assert rules.missing(place, {9: HERE}, checked, TODAY) == wanted


COVERS = {
    "present": (Incumbent(9), True),
    "no contact": (Incumbent(9, has_contact=False), False),
    "away as well": (Incumbent(9, **AWAY), False),
    "term over": (Incumbent(9, term_ends_on=BEFORE), False),
    "away and covered by a third": (Incumbent(9, **AWAY, covered_by=7), False),
    "left": (None, False),
}


@pytest.mark.parametrize("how", COVERS)
def test_only_who_is_there_and_can_be_reached_stands_in(how):
    cover, does = COVERS[how]
    covers = {7: Incumbent(7)} | ({9: cover} if cover else {})
    found = rules.answering([Place(1, Incumbent(1, **AWAY, covered_by=9))], covers, TODAY)
    if does:
        assert found == rules.Answering((Answerer(9, 1),), ())
    else:
        assert found == rules.Answering((), (Silent(1, 1, Why.absent),))


def test_nobody_stands_in_for_themselves():
    own = Incumbent(1, **AWAY, covered_by=1)
    assert rules.stand_in(own, {1: Incumbent(1)}, TODAY) is None


SILENT = {
    Why.ended: Place(1, Incumbent(1), TODAY),
    Why.vacant: Place(1, None),
    Why.expired: Place(1, Incumbent(1, term_ends_on=BEFORE)),
    Why.absent: Place(1, Incumbent(1, **AWAY)),
    Why.no_contact: Place(1, Incumbent(1, has_contact=False)),
}


@pytest.mark.parametrize("why", Why)
def test_each_reason_for_silence_is_said(why):
    place = SILENT[why]
    found = rules.answering([place], {}, TODAY)
    assert found == rules.Answering((), (Silent(1, place.incumbent and 1, why),))


def test_own_councillors_come_before_who_stands_in_and_nobody_comes_twice():
    seats = [
        Place(3, Incumbent(3)),
        Place(1, Incumbent(1, **AWAY, covered_by=9)),
        Place(2, Incumbent(2, **AWAY, covered_by=3)),
        Place(4, Incumbent(4, **AWAY, covered_by=9)),
        Place(5, Incumbent(5)),
    ]
    covers = {one.incumbent.key: one.incumbent for one in seats} | {9: HERE}
    found = rules.answering(seats, covers, TODAY)
    assert found.reached == (Answerer(3), Answerer(5), Answerer(9, 1))
    assert found.silent == ()


def test_every_seat_is_answered_for_or_said_to_be_silent():
    kinds = [*SILENT.values(), Place(1, Incumbent(1)), Place(1, Incumbent(1, **AWAY, covered_by=9))]
    for first, second in itertools.product(kinds, kinds):
        seats = [
            Place(number, one.incumbent and Incumbent(number, *_rest(one.incumbent)), one.ends_on)
            for number, one in ((1, first), (2, second))
        ]
        found = rules.answering(seats, {9: HERE}, TODAY)
        answered = {one.covers or one.key for one in found.reached} | {one.number for one in found.silent}
        shared = [one for one in seats if one.incumbent and one.incumbent.covered_by == 9]
        assert answered >= {1, 2} or len(shared) == 2


def _rest(one):
    return one.has_contact, one.term_ends_on, one.absent_from_on, one.absent_until_on, one.covered_by
