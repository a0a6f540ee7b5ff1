"""What waits, what was decided, how quickly in each language; and what may be shown."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from sqlalchemy import ColumnElement
from sqlmodel import Session, col, func, select

from portal import clock
from portal.accounts.models import Account, AccountRole, AccountStatus
from portal.moderation.models import ModerationItem, ModerationStatus, ModerationText
from portal.moderation.rules import Speed, Words, due_on, is_overdue, pieces, speed
from portal.moderation.workflow import OPEN
from portal.settings import Settings

SPEED_DAYS = 90
"""How far back the speed of decisions is looked at."""
_MOST_DECIDED = 50


@dataclass(frozen=True, slots=True)
class Queued:
    """One item in a list. `holder` is the name of who holds it."""

    id: int
    reference: str
    language: str
    status: ModerationStatus
    place: str
    due_on: dt.date
    is_overdue: bool
    holder: str
    decided_at: dt.datetime | None


@dataclass(frozen=True, slots=True)
class Colleague:
    """Somebody who may decide too, and the language in which the portal writes to them."""

    id: int
    name: str
    language: str


def queue(session: Session, settings: Settings, language: str = "", holder_id: int | None = None) -> tuple[Queued, ...]:
    """What waits, whatever its language in the order in which it is due: what came first is due first. Of one language,
    or held by one person, where they are named.
    """
    wanted = select(ModerationItem).where(col(ModerationItem.status).in_(OPEN))
    if language:
        wanted = wanted.where(ModerationItem.language == language)
    if holder_id is not None:
        wanted = wanted.where(ModerationItem.claimed_by == holder_id)
    rows = session.exec(wanted.order_by(col(ModerationItem.queued_at), col(ModerationItem.id))).all()
    return _listed(session, settings, rows)


def decided(session: Session, settings: Settings) -> tuple[Queued, ...]:
    """What was decided last, newest first."""
    wanted = select(ModerationItem).where(col(ModerationItem.status).not_in(OPEN))
    newest = wanted.order_by(col(ModerationItem.decided_at).desc(), col(ModerationItem.id).desc()).limit(_MOST_DECIDED)
    return _listed(session, settings, session.exec(newest).all())


def _listed(session: Session, settings: Settings, rows: Iterable[ModerationItem]) -> tuple[Queued, ...]:
    rows, now = tuple(rows), clock.now()
    names = names_of(session, {one.claimed_by for one in rows if one.claimed_by is not None})
    return tuple(
        Queued(
            id=one.key,
            reference=one.reference,
            language=one.language,
            status=one.status,
            place=one.place,
            due_on=due_of(one, settings),
            is_overdue=is_late(one, settings, now),
            holder=names.get(one.claimed_by or 0, ""),
            decided_at=one.decided_at,
        )
        for one in rows
    )


def names_of(session: Session, accounts: Iterable[int]) -> Mapping[int, str]:
    """What colleagues are called, by the number of their account."""
    found = session.exec(select(Account.id, Account.name).where(col(Account.id).in_(list(accounts))))
    return {number: name for number, name in found if number is not None}


def due_of(item: ModerationItem, settings: Settings) -> dt.date:
    """By which day an item should be decided, by today's settings and calendar."""
    return due_on(item.queued_at, settings.moderation_days, settings.authority.nation)


def is_late(item: ModerationItem, settings: Settings, now: dt.datetime) -> bool:
    """Whether an item that waits should have been decided."""
    late = is_overdue(item.queued_at, now, settings.moderation_days, settings.authority.nation)
    return item.status in OPEN and late


def waiting(session: Session) -> tuple[int, dt.datetime | None]:
    """How many items wait, and since when the oldest does."""
    wanted = select(func.count(), func.min(ModerationItem.queued_at)).where(col(ModerationItem.status).in_(OPEN))
    count, oldest = session.exec(wanted).one()
    return count, oldest


def held_by(session: Session, account_id: int) -> int:
    """How many items that wait an account holds."""
    mine = (col(ModerationItem.status).in_(OPEN), ModerationItem.claimed_by == account_id)
    return session.exec(select(func.count()).select_from(ModerationItem).where(*mine)).one()


def speeds(session: Session, settings: Settings) -> tuple[Speed, ...]:
    """A row for each language of the portal: how many wait, and how long it took in the last 90 days."""
    now = clock.now()
    since = now - dt.timedelta(days=SPEED_DAYS)
    queued: dict[str, list[dt.datetime]] = defaultdict(list)
    taken: dict[str, list[tuple[dt.datetime, dt.datetime]]] = defaultdict(list)
    columns = (ModerationItem.language, ModerationItem.queued_at)
    for language, at in session.exec(select(*columns).where(col(ModerationItem.status).in_(OPEN))):
        queued[language].append(at)
    ends = select(ModerationItem.language, ModerationItem.submitted_at, col(ModerationItem.first_decided_at))
    for language, start, end in session.exec(ends.where(col(ModerationItem.first_decided_at) >= since)):
        if end is not None:
            taken[language].append((start, end))
    days, nation = settings.moderation_days, settings.authority.nation
    return tuple(speed(one, queued[one], taken[one], now, days, nation) for one in settings.languages)


def moderators(session: Session, roles: Iterable[str]) -> tuple[Colleague, ...]:
    """Everybody who has one of the roles that may decide, by name."""
    holders = select(AccountRole.account_id).where(col(AccountRole.role).in_(list(roles)))
    active = (col(Account.id).in_(holders), Account.status == AccountStatus.active)
    rows = session.exec(select(Account).where(*active)).all()
    return tuple(
        Colleague(one.key, one.name, one.language)
        for one in sorted(rows, key=lambda one: (one.name.casefold(), one.key))
    )


def find_shown(session: Session, reference: str) -> ModerationItem | None:
    """The item of this name whose words are shown: what somebody may report."""
    is_it = (ModerationItem.reference == reference, ModerationItem.status == ModerationStatus.shown)
    return session.exec(select(ModerationItem).where(*is_it)).first()


def shown(session: Session, kind: str, keys: Iterable[str]) -> Mapping[str, Mapping[str, Words]]:
    """What may be shown of these things of one kind: by key, then by field. What is not here may not be shown."""
    is_shown: tuple[ColumnElement[bool], ...] = (
        col(ModerationItem.thing_kind) == kind,
        col(ModerationItem.thing_key).in_(list(keys)),
        col(ModerationItem.status) == ModerationStatus.shown,
        col(ModerationText.public).is_not(None),
    )
    rows = session.exec(
        select(ModerationItem.thing_key, ModerationText.field, ModerationText.public)
        .join(ModerationText, col(ModerationText.item_id) == ModerationItem.id)
        .where(*is_shown)
        .order_by(col(ModerationText.position))
    )
    found: dict[str, dict[str, Words]] = defaultdict(dict)
    for key, field, public in rows:
        found[key][field] = pieces(public or "")
    return found
