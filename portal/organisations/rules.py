"""How a post or a seat stands on a day, what is missing about it, and who answers for a ward. Pure.

```
seat:  ended  >  vacant  >  expired  >  absent  >  present        the first that is true
```

A term that is over is told apart from a vacancy: somebody is still recorded, and nobody has said who came after.
"""

from __future__ import annotations

import calendar
import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

CHECK_MONTHS = 6
"""After so many months without a look, what a page says about a person or an organisation must be looked at again."""


class Standing(StrEnum):
    """How a post or a seat stands."""

    ended = "ended"
    vacant = "vacant"
    expired = "expired"
    absent = "absent"
    present = "present"


class Missing(StrEnum):
    """What somebody should put right."""

    vacant = "vacant"
    expired = "expired"
    uncovered = "uncovered"
    """Absent, and nobody who can be reached stands in."""
    no_contact = "no_contact"
    unchecked = "unchecked"


class Why(StrEnum):
    """Why somebody, or an empty seat, does not answer."""

    ended = "ended"
    vacant = "vacant"
    expired = "expired"
    absent = "absent"
    no_contact = "no_contact"


@dataclass(frozen=True, slots=True)
class Incumbent:
    """Who holds a post or a seat, as the rules look at them."""

    key: int
    has_contact: bool = True
    """Whether there is an e-mail address or a telephone number, on the public page or not."""
    term_ends_on: dt.date | None = None
    absent_from_on: dt.date | None = None
    absent_until_on: dt.date | None = None
    covered_by: int | None = None


@dataclass(frozen=True, slots=True)
class Place:
    """A post or a seat, and who holds it."""

    number: int
    incumbent: Incumbent | None
    ends_on: dt.date | None = None


@dataclass(frozen=True, slots=True)
class Answerer:
    """A councillor who can be reached, and the absent one for whom they stand in."""

    key: int
    covers: int | None = None


@dataclass(frozen=True, slots=True)
class Silent:
    """A seat that nobody answers for, whose it is, and why."""

    number: int
    key: int | None
    why: Why


@dataclass(frozen=True, slots=True)
class Answering:
    """Who answers for a ward, in order; and for each other seat, why nobody does."""

    reached: tuple[Answerer, ...]
    silent: tuple[Silent, ...]


def is_over(ends_on: dt.date | None, today: dt.date) -> bool:
    """Whether something has ended: `ends_on` is the first day on which it is no more."""
    return ends_on is not None and ends_on <= today


def is_absent(absent_from_on: dt.date | None, absent_until_on: dt.date | None, today: dt.date) -> bool:
    """Whether somebody is away: from the first day to the last, both counted; without a last, until further notice."""
    return (
        absent_from_on is not None and absent_from_on <= today and (absent_until_on is None or today <= absent_until_on)
    )


def standing(place: Place, today: dt.date) -> Standing:
    """How a post or a seat stands on a day. The last day of a term still belongs to it."""
    one = place.incumbent
    if is_over(place.ends_on, today):
        return Standing.ended
    if one is None:
        return Standing.vacant
    if one.term_ends_on is not None and one.term_ends_on < today:
        return Standing.expired
    return Standing.absent if is_absent(one.absent_from_on, one.absent_until_on, today) else Standing.present


def is_unchecked(checked_on: dt.date | None, today: dt.date) -> bool:
    """Whether nobody ever looked, or the last look is six months old."""
    return checked_on is None or today >= plus_months(checked_on, CHECK_MONTHS)


def plus_months(day: dt.date, months: int) -> dt.date:
    """The same day of a later month, or that month's last: six months after 31 August is the end of February."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return dt.date(year, month + 1, min(day.day, calendar.monthrange(year, month + 1)[1]))


def missing(
    place: Place, covers: Mapping[int, Incumbent], checked_on: dt.date | None, today: dt.date
) -> tuple[Missing, ...]:
    """What should be put right about a post or a seat. `covers` are those who may stand in, by key."""
    state = standing(place, today)
    if state is Standing.ended:
        return ()
    if state is Standing.vacant or place.incumbent is None:
        return (Missing.vacant,)
    found = [Missing.expired] if state is Standing.expired else []
    if state is Standing.absent and stand_in(place.incumbent, covers, today) is None:
        found.append(Missing.uncovered)
    if not place.incumbent.has_contact:
        found.append(Missing.no_contact)
    if is_unchecked(checked_on, today):
        found.append(Missing.unchecked)
    return tuple(found)


def answering(seats: Sequence[Place], covers: Mapping[int, Incumbent], today: dt.date) -> Answering:
    """Who answers for a ward: its own councillors who are present and can be reached, by seat; then who stands in for
    an absent one. `covers` are those who may stand in, of this ward or another, by key.

    Nobody is named twice, and nobody stands in through a third: who is away covers for nobody.
    """
    own: list[Answerer] = []
    cover: list[Answerer] = []
    silent: list[Silent] = []
    for seat in sorted(seats, key=lambda one: one.number):
        state, one = standing(seat, today), seat.incumbent
        if one is None or state in {Standing.ended, Standing.vacant, Standing.expired}:
            silent.append(Silent(seat.number, one.key if one else None, Why(state)))
        elif state is Standing.absent:
            other = stand_in(one, covers, today)
            if other is None:
                silent.append(Silent(seat.number, one.key, Why.absent))
            else:
                cover.append(Answerer(other.key, one.key))
        elif one.has_contact:
            own.append(Answerer(one.key))
        else:
            silent.append(Silent(seat.number, one.key, Why.no_contact))
    named = {one.key for one in own}
    stand_ins = {one.key: one for one in reversed(cover) if one.key not in named}
    return Answering((*own, *reversed(stand_ins.values())), tuple(silent))


def stand_in(absent: Incumbent, covers: Mapping[int, Incumbent], today: dt.date) -> Incumbent | None:
    """Who stands in for somebody, where they are there themselves and can be reached."""
    one = covers.get(absent.covered_by) if absent.covered_by is not None and absent.covered_by != absent.key else None
    if one is None or not one.has_contact:
        return None
    return one if standing(Place(1, one), today) is Standing.present else None
