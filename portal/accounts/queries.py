"""What lists of accounts show."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from dataclasses import dataclass

from sqlmodel import Session, col, select

from portal.accounts.models import Account, AccountRole, AccountStatus


@dataclass(frozen=True, slots=True)
class Listed:
    """One account in a list."""

    id: int
    name: str
    email: str
    status: AccountStatus
    roles: tuple[str, ...]
    signed_in_at: dt.datetime | None


def listed(session: Session) -> tuple[Listed, ...]:
    """Every account that was not removed, by name."""
    held: dict[int, list[str]] = defaultdict(list)
    for row in session.exec(select(AccountRole).order_by(col(AccountRole.role))):
        held[row.account_id].append(row.role)
    wanted = select(Account).where(Account.status != AccountStatus.removed)
    rows = sorted(session.exec(wanted), key=lambda one: (one.name.casefold(), one.key))
    return tuple(
        Listed(one.key, one.name, one.email or "", one.status, tuple(held[one.key]), one.signed_in_at) for one in rows
    )
