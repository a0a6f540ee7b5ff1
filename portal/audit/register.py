"""The public register: acts that anybody may know of, with the hashes that tie them into the record. It shows no other
act and nobody's name, and what it shows can be checked with `portal.audit.rules` alone.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from sqlmodel import Session, col, select

from portal.audit.models import AuditEntry
from portal.audit.service import content
from portal.clock import LONDON, Month, london_day
from portal.trouble import NotFound


@dataclass(frozen=True, slots=True)
class Shown:
    """One act as the register shows it. `template` says it in a sentence, from these fields."""

    number: int
    at: dt.datetime
    roles: tuple[str, ...]
    act: str
    key: str
    """Of the thing, by which its noun knows it."""
    before: Mapping[str, object]
    after: Mapping[str, object]
    template: str
    hash: str
    previous_hash: str

    @property
    def month(self) -> Month:
        return Month.of(london_day(self.at))


_MOST_NUMBER = 2**31 - 1
"""Of the database's own whole numbers."""

Templates = Mapping[str, str]
"""The code of each public act to the template that says it."""


def month_of_register(session: Session, templates: Templates, month: Month) -> tuple[Shown, ...]:
    """The public acts of a month, newest first."""
    first, end = (dt.datetime.combine(one.first_on, dt.time(), LONDON) for one in (month, month.plus(1)))
    wanted = _public(templates).where(col(AuditEntry.at) >= first, col(AuditEntry.at) < end)
    return tuple(_shown(one, templates) for one in session.exec(wanted.order_by(col(AuditEntry.id).desc())))


def newest_acts(session: Session, templates: Templates, most: int) -> tuple[Shown, ...]:
    """The latest public acts of any month, newest first."""
    wanted = _public(templates).order_by(col(AuditEntry.id).desc()).limit(most)
    return tuple(_shown(one, templates) for one in session.exec(wanted))


def public_entries(session: Session, templates: Templates, month: Month) -> tuple[dict[str, object], ...]:
    """The same for who wants to check: each act's content, exactly as it is hashed, and both hashes; oldest first."""
    first, end = (dt.datetime.combine(one.first_on, dt.time(), LONDON) for one in (month, month.plus(1)))
    wanted = _public(templates).where(col(AuditEntry.at) >= first, col(AuditEntry.at) < end)
    rows = session.exec(wanted.order_by(col(AuditEntry.id)))
    return tuple({**content(one), "previous_hash": one.previous_hash, "hash": one.hash} for one in rows)


def get_shown(session: Session, templates: Templates, number: int) -> Shown:
    """One act by its number. Raises NotFound, also for an act that is not public: what is not shown is not there."""
    if number > _MOST_NUMBER:
        raise NotFound("no record is so long")
    entry = session.exec(_public(templates).where(AuditEntry.id == number)).first()
    if entry is None:
        raise NotFound(f"the register has no act {number}")
    return _shown(entry, templates)


def months_with_acts(session: Session, templates: Templates) -> tuple[Month, ...]:
    """From the month of the latest public act to that of the first, newest first; none where there was none."""
    at = col(AuditEntry.at)
    oldest = session.exec(_public(templates).order_by(at).limit(1)).first()
    newest = session.exec(_public(templates).order_by(at.desc()).limit(1)).first()
    if oldest is None or newest is None:
        return ()
    first, last = (Month.of(london_day(one.at)) for one in (oldest, newest))
    return tuple(Month.from_index(index) for index in range(last.index, first.index - 1, -1))


def _public(templates: Iterable[str]):  # type: ignore[no-untyped-def]  # noqa: ANN202 - SQLModel's own select type has no short name
    return select(AuditEntry).where(col(AuditEntry.act).in_([str(one) for one in templates]))


def _shown(entry: AuditEntry, templates: Templates) -> Shown:
    return Shown(
        number=entry.id,
        at=entry.at,
        roles=tuple(entry.role.split("+")),
        act=entry.act,
        key=entry.thing.partition(":")[2],
        before=entry.before,
        after=entry.after,
        template=templates[entry.act],
        hash=entry.hash,
        previous_hash=entry.previous_hash,
    )


def neighbours(months: Sequence[Month], month: Month) -> tuple[Month | None, Month | None]:
    """The months after and before one, of those that the register has."""
    newer = [one for one in months if one > month]
    older = [one for one in months if one < month]
    return (newer[-1] if newer else None), (older[0] if older else None)
