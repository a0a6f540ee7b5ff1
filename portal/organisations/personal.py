"""What is held about people in public office, and what of it can go: how to reach them, once they hold it no more. That
somebody held an office, and when, stays.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from typing import Any

from sqlmodel import Session, col, func, or_, select

from portal import clock, revisions
from portal.audit.service import erase_commitments, record
from portal.lifecycle import Actor
from portal.organisations.models import Councillor, Holder, Post, Seat
from portal.organisations.rules import is_over, plus_months
from portal.organisations.service import NOUN, Kind, reference_of
from portal.places.models import Area
from portal.settings import Settings
from portal.web.manifest import Held

KEPT_BECAUSE = "public_office"
_TABLES: tuple[tuple[Kind, Any], ...] = ((Kind.holder, Holder), (Kind.councillor, Councillor))
_ERASED = {kind: f"{kind}-erased" for kind, _ in _TABLES}
_NOT_OF_THE_PERSON = frozenset({"id", "version", "post_id", "seat_id", "covered_by"})
"""Numbers of rows: what the last three point at is said by name."""


def held(session: Session, whom: str) -> Iterator[Held]:
    """Every row of the person with this address, or the row of this key, with all that it says of them."""
    for kind, row in _rows(session, whom):
        yield _held(session, kind, row)


def named(session: Session, name: str) -> Iterator[tuple[str, Held]]:
    """Everybody who is called so (in full, whatever its capital letters) and holds or held a post or a seat."""
    for kind, table in _TABLES:
        keys = [key for key, theirs in session.exec(select(table.id, table.name)) if _spelt(theirs) == _spelt(name)]
        for row in session.exec(select(table).where(col(table.id).in_(keys)).order_by(col(table.id))):
            yield row.email.strip().lower() or str(reference_of(kind, row.key)), _held(session, kind, row)


def erase(session: Session, actor: Actor, whom: str) -> int:
    """Delete how to reach somebody: of who holds the office no more all of it, of who holds it what is not public."""
    gone = 0
    for kind, row in list(_rows(session, whom)):
        gone += _forget(session, kind, row, is_former=is_over(row.ends_on, clock.today()))
        record(session, actor, _ERASED[kind], reference_of(kind, row.key))
    if gone:
        revisions.touch(session, NOUN)
    return gone


def former_contacts(session: Session, settings: Settings) -> int:
    """How many people left their office so long ago that it is no longer kept how to reach them."""
    return sum(1 for _ in _former(session, settings))


def forget_former_contacts(session: Session, settings: Settings) -> int:
    """Delete it; how many people it was."""
    rows = list(_former(session, settings))
    for kind, row in rows:
        _forget(session, kind, row, is_former=True)
    return len(rows)


def _held(session: Session, kind: Kind, row: Holder | Councillor) -> Held:
    values = {"name": row.name, **_place(session, row)}
    values |= {name: value for name, value in row.model_dump(mode="json").items() if name not in _NOT_OF_THE_PERSON}
    if isinstance(row, Councillor) and row.covered_by is not None:
        values["covered_by"] = session.get_one(Councillor, row.covered_by).name
    return Held(kind.value, {name: _said(value) for name, value in values.items() if value not in {None, ""}})


def _place(session: Session, row: Holder | Councillor) -> dict[str, str]:
    """What they hold: the post, or the ward of the seat."""
    if isinstance(row, Holder):
        post = session.get_one(Post, row.post_id)
        return {"place_en": post.title_en, "place_cy": post.title_cy}
    ward = session.get_one(Area, session.get_one(Seat, row.seat_id).ward_id)
    return {"place_en": ward.name_en, "place_cy": ward.name_cy}


def _said(value: object) -> str:
    return {True: "yes", False: "no"}[value] if isinstance(value, bool) else str(value)


def _spelt(name: str) -> str:
    return " ".join(name.split()).casefold()


def _rows(session: Session, whom: str) -> Iterator[tuple[Kind, Holder | Councillor]]:
    """By an address, or by the key of one row."""
    for kind, table in _TABLES:
        code, _, key = whom.partition(":")
        is_theirs = func.lower(table.email) == whom.strip().lower()
        if "@" not in whom:
            is_theirs = table.id == (int(key) if code == kind and key.isdecimal() else None)
        wanted = select(table).where(is_theirs).order_by(col(table.id))
        yield from ((kind, row) for row in session.exec(wanted))


def _former(session: Session, settings: Settings) -> Iterator[tuple[Kind, Holder | Councillor]]:
    before = plus_months(clock.today(), -settings.former_contact_months) + dt.timedelta(days=1)
    for kind, table in _TABLES:
        has_some = or_(*(getattr(table, one) != "" for one in _contact(kind)))
        wanted = select(table).where(table.ends_on < before, has_some)
        yield from ((kind, row) for row in session.exec(wanted.order_by(col(table.id))))


def _contact(kind: Kind) -> tuple[str, ...]:
    return ("telephone", "email", "surgery_en", "surgery_cy") if kind is Kind.councillor else ("telephone", "email")


def _forget(session: Session, kind: Kind, row: Holder | Councillor, *, is_former: bool) -> bool:
    """Whether there was anything to delete."""
    wanted = [one for one in _contact(kind) if is_former or not getattr(row, f"shows_{one}", True)]
    going = [one for one in wanted if getattr(row, one)]
    for name in going:
        setattr(row, name, "")
    if going:
        row.version += 1
        row.changed_at = clock.now()
        session.add(row)
        session.flush()
        erase_commitments(session, reference_of(kind, row.key))
    return bool(going)
