"""Areas with a month of figures, and the seats, posts and organisations in them: where there are none, small ones."""

from __future__ import annotations

import secrets

from sqlmodel import Session, col, select

from portal import clock
from portal.clock import Month
from portal.crime.models import ContextNote, ForceMonth, ForceMonthState
from portal.organisations.models import Councillor, Holder, Organisation, OrganisationKind, Post, Seat
from portal.places.models import Area, AreaKind
from tests.crime.streets import Country


def area(session: Session, kind: AreaKind) -> Area:
    """An area of a kind that has pages."""
    wanted = select(Area).where(Area.kind == kind, col(Area.served), col(Area.ends_on).is_(None)).order_by(col(Area.id))
    if session.exec(wanted).first() is None:
        Country(session)
    return session.exec(wanted.limit(1)).one()


def month(session: Session) -> dict[str, object]:
    """A month that everybody sees."""
    is_public = ForceMonth.state == ForceMonthState.released
    found = session.exec(select(ForceMonth.month).where(is_public).order_by(col(ForceMonth.month).desc())).first()
    if found is None:
        found = Month(2024, 10).index
        force = area(session, AreaKind.force).slug_en
        session.add(ForceMonth(force=force, month=found, state=ForceMonthState.released, released_at=clock.now()))
        session.flush()
    return {"month": Month.from_index(found)}


def month_of(session: Session, kind: AreaKind) -> dict[str, object]:
    """A month of an area, by its English word."""
    return {"slug": area(session, kind).slug_en, **month(session)}


def note(session: Session) -> dict[str, object]:
    """A note about a month."""
    params = month(session)
    made = ContextNote(
        area_id=area(session, AreaKind.neighbourhood).key,
        month=params["month"].index,
        text_en="A festival was held.",
        text_cy="Cynhaliwyd gŵyl.",
        written_at=clock.now(),
    )
    session.add(made)
    session.flush()
    return {"id": made.id, **params}


def ward(session: Session) -> int:
    """A ward."""
    return area(session, AreaKind.ward).key


def organisation(session: Session) -> int:
    """An organisation."""
    made = Organisation(
        code=secrets.token_hex(6), kind=OrganisationKind.other, name_en="Example Trust", name_cy="Ymddiriedolaeth"
    )
    session.add(made)
    session.flush()
    return made.key


def post(session: Session) -> int:
    """A post that is vacant."""
    made = Post(organisation_id=organisation(session), code="lead", title_en="Example Lead", title_cy="Arweinydd")
    session.add(made)
    session.flush()
    return made.key


def holder(session: Session) -> int:
    """Somebody in a post."""
    made = Holder(post_id=post(session), name="Enw Enghreifftiol")
    session.add(made)
    session.flush()
    return made.key


def seat(session: Session) -> int:
    """A seat that is vacant: one more than its ward had."""
    taken = session.exec(select(Seat.number).where(Seat.ward_id == (at := ward(session)))).all()
    made = Seat(ward_id=at, number=max(taken, default=0) + 1)
    session.add(made)
    session.flush()
    return made.key


def councillor(session: Session) -> int:
    """Somebody on a seat."""
    made = Councillor(seat_id=seat(session), name="Enw Enghreifftiol")
    session.add(made)
    session.flush()
    return made.key
