"""Who sits for each ward, how each seat stands, and who answers: for pages and for other nouns. Everybody who sits is
loaded at once, in three statements, for a council has tens of seats and not thousands.
"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass

from sqlmodel import Session, col, func, or_, select

from portal import clock
from portal.organisations import rules
from portal.organisations.models import Councillor, Seat
from portal.organisations.rules import Incumbent, Missing, Place, Standing, Why
from portal.places.models import Area, AreaKind, AreaMember
from portal.places.queries import areas_with_pages, in_being
from portal.places.queries.areas import areas, by_name


@dataclass(frozen=True, slots=True)
class SeatView:
    """One seat, who sits in it, and how it stands."""

    seat: Seat
    ward: Area
    councillor: Councillor | None
    standing: Standing
    cover: Councillor | None
    """Who stands in for somebody absent, and can be reached."""
    missing: tuple[Missing, ...]
    vacant_since: dt.date | None


@dataclass(frozen=True, slots=True)
class WardView:
    """A ward and its seats, by number."""

    ward: Area
    seats: tuple[SeatView, ...]


@dataclass(frozen=True, slots=True)
class Reached:
    """A councillor who answers, and the absent one for whom they stand in."""

    councillor: Councillor
    covers: Councillor | None


@dataclass(frozen=True, slots=True)
class Unreached:
    """A seat for which nobody answers, whose it is, and why."""

    number: int
    councillor: Councillor | None
    why: Why


@dataclass(frozen=True, slots=True)
class WhoAnswers:
    """Who answers for a ward, in the order in which to ask them."""

    reached: tuple[Reached, ...]
    unreached: tuple[Unreached, ...]


class Bench:
    """Every seat and everybody who sits, loaded once."""

    def __init__(self, session: Session, today: dt.date) -> None:
        self._today = today
        current = or_(col(Councillor.ends_on).is_(None), col(Councillor.ends_on) > today)
        self.people = {one.key: one for one in session.exec(select(Councillor).where(current))}
        self._by_seat = {one.seat_id: one for one in self.people.values()}
        self._covers = {key: _of_councillor(one) for key, one in self.people.items()}
        left = select(Councillor.seat_id, func.max(Councillor.ends_on)).where(col(Councillor.ends_on) <= today)
        rows = session.exec(left.group_by(col(Councillor.seat_id)))
        self._left: Mapping[int, dt.date] = {seat: day for seat, day in rows if day}
        self._seats: defaultdict[int, list[Seat]] = defaultdict(list)
        for seat in session.exec(select(Seat).order_by(col(Seat.number), col(Seat.id))):
            self._seats[seat.ward_id].append(seat)

    def ward(self, ward: Area) -> WardView:
        """The ward as its pages show it. Seats that went while the ward goes on are left out."""
        has_ended = rules.is_over(ward.ends_on, self._today)
        seats = [one for one in self._seats[ward.key] if has_ended or not rules.is_over(one.ends_on, self._today)]
        return WardView(ward, tuple(self._seat(one, ward) for one in seats))

    def answering(self, ward: Area) -> WhoAnswers:
        """Who answers for the ward."""
        seats = [self._place(one.seat, one.councillor) for one in self.ward(ward).seats]
        found = rules.answering(seats, self._covers, self._today)
        reached = (Reached(self.people[one.key], self.people.get(one.covers or 0)) for one in found.reached)
        silent = (Unreached(one.number, self.people.get(one.key or 0), one.why) for one in found.silent)
        return WhoAnswers(tuple(reached), tuple(silent))

    def _place(self, seat: Seat, one: Councillor | None) -> Place:
        return Place(seat.number, _of_councillor(one) if one else None, seat.ends_on)

    def _seat(self, seat: Seat, ward: Area) -> SeatView:
        one = self._by_seat.get(seat.key)
        place = self._place(seat, one)
        stands_in = rules.stand_in(place.incumbent, self._covers, self._today) if place.incumbent else None
        return SeatView(
            seat=seat,
            ward=ward,
            councillor=one,
            standing=rules.standing(place, self._today),
            cover=self.people[stands_in.key] if stands_in else None,
            missing=rules.missing(place, self._covers, one.checked_on if one else None, self._today),
            vacant_since=self._left.get(seat.key) if one is None else None,
        )


def wards_and_councillors(session: Session, today: dt.date) -> tuple[WardView, ...]:
    """Every ward that is served, by code, with its seats."""
    bench = Bench(session, today)
    return tuple(bench.ward(one) for one in areas_with_pages(session, (AreaKind.ward,)))


def ward_and_councillors(session: Session, ward: Area, today: dt.date) -> WardView:
    """One ward, which may have ended: then its seats have ended too."""
    return Bench(session, today).ward(ward)


def who_answers(session: Session, ward: Area, today: dt.date) -> WhoAnswers:
    """Whom to ask about a ward: those of its councillors who are there and can be reached, then who stands in; and of
    every other seat, why nobody answers for it.
    """
    return Bench(session, today).answering(ward)


def people_who_sit(session: Session) -> tuple[Councillor, ...]:
    """Every councillor who has not left, by name."""
    rows = session.exec(select(Councillor).where(col(Councillor.ends_on).is_(None)))
    return tuple(sorted(rows, key=lambda one: (one.name.casefold(), one.key)))


def wards_with_councillors(session: Session, neighbourhood: Area) -> tuple[Area, ...]:
    """The wards of a neighbourhood of which seats are recorded, by English name: what its page links to."""
    today = clock.today()
    with_seats = select(Seat.ward_id).where(col(Seat.ends_on).is_(None))
    wanted = areas().join(AreaMember, col(AreaMember.child_id) == Area.id)
    wanted = wanted.where(AreaMember.parent_id == neighbourhood.key, Area.kind == AreaKind.ward, col(Area.served))
    wanted = wanted.where(in_being(AreaMember, today), in_being(Area, today), col(Area.id).in_(with_seats))
    return by_name(session.exec(wanted))


def _of_councillor(one: Councillor) -> Incumbent:
    has_contact = bool(one.email or one.telephone)
    return Incumbent(one.key, has_contact, one.term_ends_on, one.absent_from_on, one.absent_until_on, one.covered_by)
