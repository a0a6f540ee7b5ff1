"""What follows by itself: seats end with their wards, and pages say another thing on the day a term is over."""

from __future__ import annotations

import datetime as dt

from sqlmodel import Session, col, func, or_, select

from portal import clock, revisions
from portal.audit.service import record, rows_first
from portal.lifecycle import OPERATOR, Reference
from portal.organisations.models import Councillor, Holder, Seat
from portal.organisations.service import NOUN, Kind, end_on
from portal.places.models import Area
from portal.settings import Settings


def end_seats_of_ended_wards(session: Session, _settings: Settings) -> str | None:
    """End, on the day on which their ward ended, the seats that are still open and the time of who sits in them."""
    session.flush()
    wanted = select(Seat, Area).join(Area, col(Area.id) == Seat.ward_id)
    rows = session.exec(wanted.where(col(Seat.ends_on).is_(None), col(Area.ends_on).is_not(None))).all()
    wards = {area.key: area for _, area in rows}
    people = 0
    with rows_first(session):
        for seat, ward in rows:
            people += _end(session, seat, ward)
        for ward in wards.values():
            record(session, OPERATOR, "seats-ended", Reference("area", str(ward.key)), after={"ward": ward.code})
    if not rows:
        return None
    revisions.touch(session, NOUN)
    return f"Seats ended with their wards: {len(rows)} in {len(wards)} wards; councillors who sat in them: {people}."


def _end(session: Session, seat: Seat, ward: Area) -> int:
    """Returns how many people sat in it."""
    current = select(Councillor).where(Councillor.seat_id == seat.key, col(Councillor.ends_on).is_(None))
    people = session.exec(current.with_for_update()).all()
    for councillor in people:
        if ward.ends_on is not None:
            end_on(session, OPERATOR, Kind.councillor, councillor, ward.ends_on)
    seat.ends_on = ward.ends_on
    session.add(seat)
    return len(people)


def turn_the_day(session: Session) -> int:
    """Have the public pages made anew on a day on which a term is over or an absence begins or ends: nobody wrote
    anything, and yet they say something else. Returns for how many people.
    """
    today = clock.today()
    yesterday = today - dt.timedelta(days=1)
    is_other = or_(
        col(Councillor.term_ends_on) == yesterday,
        col(Councillor.absent_from_on) == today,
        col(Councillor.absent_until_on) == yesterday,
    )
    people = session.exec(select(func.count()).select_from(Councillor).where(is_other)).one()
    people += session.exec(select(func.count()).select_from(Holder).where(Holder.term_ends_on == yesterday)).one()
    if people:
        revisions.touch(session, NOUN)
    return people
