"""What lists of accounts show."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from dataclasses import dataclass

from sqlmodel import Session, col, func, select

from portal.accounts.models import Account, AccountRole, AccountStatus
from portal.accounts.permissions import ADMINISTRATOR


@dataclass(frozen=True, slots=True)
class Listed:
    """One account in a list."""

    id: int
    name: str
    email: str
    status: AccountStatus
    roles: tuple[str, ...]
    signed_in_at: dt.datetime | None
    organisation_id: int | None


@dataclass(frozen=True, slots=True)
class Colleagues:
    """How many people can sign in, and how many of them are administrators."""

    people: int
    administrators: int


def colleagues(session: Session) -> Colleagues:
    """Who can sign in now: who was invited and has not accepted cannot."""
    can = col(Account.status) == AccountStatus.active
    people = session.exec(select(func.count()).select_from(Account).where(can)).one()
    held = select(func.count()).select_from(AccountRole).join(Account, col(Account.id) == AccountRole.account_id)
    return Colleagues(people, session.exec(held.where(can, col(AccountRole.role) == ADMINISTRATOR)).one())


def listed(session: Session) -> tuple[Listed, ...]:
    """Every account that was not removed, by name."""
    held: dict[int, list[str]] = defaultdict(list)
    for row in session.exec(select(AccountRole).order_by(col(AccountRole.role))):
        held[row.account_id].append(row.role)
    wanted = select(Account).where(Account.status != AccountStatus.removed)
    rows = sorted(session.exec(wanted), key=lambda one: (one.name.casefold(), one.key))
    return tuple(
        Listed(
            id=one.key,
            name=one.name,
            email=one.email or "",
            status=one.status,
            roles=tuple(held[one.key]),
            signed_in_at=one.signed_in_at,
            organisation_id=one.organisation_id,
        )
        for one in rows
    )
