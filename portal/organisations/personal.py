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
from portal.organisations.models import Councillor, Holder
from portal.organisations.rules import is_over, plus_months
from portal.organisations.service import NOUN, Kind, reference_of
from portal.settings import Settings
from portal.web.manifest import Held

KEPT_BECAUSE = "public_office"
_TABLES: tuple[tuple[Kind, Any], ...] = ((Kind.holder, Holder), (Kind.councillor, Councillor))
_ERASED = {kind: f"{kind}-erased" for kind, _ in _TABLES}
_FIELDS = ("name", "telephone", "email", "party_en", "surgery_en", "surgery_cy", "starts_on", "term_ends_on", "ends_on")


def held(session: Session, email: str) -> Iterator[Held]:
    """Every row of the person with this address."""
    for kind, row in _rows(session, email):
        fields = {name: str(value) for name in _FIELDS if (value := getattr(row, name, None)) not in {None, ""}}
        yield Held(kind.value, fields)


def erase(session: Session, actor: Actor, email: str) -> int:
    """Delete how to reach somebody: of who holds the office no more all of it, of who holds it what is not public."""
    gone = 0
    for kind, row in list(_rows(session, email)):
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


def _rows(session: Session, email: str) -> Iterator[tuple[Kind, Holder | Councillor]]:
    for kind, table in _TABLES:
        wanted = select(table).where(func.lower(table.email) == email.strip().lower())
        yield from ((kind, row) for row in session.exec(wanted.order_by(col(table.id))))


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
