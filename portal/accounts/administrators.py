"""Who may let others in: held while that changes, so that somebody always can."""

from __future__ import annotations

from dataclasses import dataclass

from sqlmodel import Session, col, func, select

from portal.accounts import sessions
from portal.accounts.models import Account, AccountRole, AccountStatus
from portal.accounts.permissions import ADMINISTRATOR
from portal.trouble import SignedOut
from portal.web.identity import Person


@dataclass(frozen=True, slots=True)
class Standing:
    """What the rules of an account's moves look at; see `portal.accounts.workflow`."""

    is_last_administrator: bool
    is_own: bool


def hold(session: Session, person: Person, account: Account) -> None:
    """Whoever changes who may let others in does so alone, and only while they may themselves: two who remove each
    other at one instant do it one after the other, and the second is not there any more. Both accounts are then as
    they are now, not as they were when the page was read, and who takes up work with the one that is changed waits.
    Raises SignedOut, also for who has lost one of the
    roles with which they were let in: the permission may have come from it.
    """
    held = select(AccountRole.account_id).where(AccountRole.role == ADMINISTRATOR).order_by(col(AccountRole.account_id))
    session.exec(held.with_for_update()).all()
    own = session.get(Account, person.account_id, populate_existing=True)
    if own is None or own.status is not AccountStatus.active or not person.roles <= sessions.roles_of(session, own.key):
        raise SignedOut
    session.refresh(account, with_for_update=True)


def standing(session: Session, person: Person, account: Account) -> Standing:
    """What the rules of moves are to look at before this person makes one of this account's."""
    others = (
        select(func.count())
        .select_from(AccountRole)
        .join(Account, col(Account.id) == AccountRole.account_id)
        .where(AccountRole.role == ADMINISTRATOR, Account.status == AccountStatus.active, Account.id != account.id)
    )
    is_administrator = ADMINISTRATOR in sessions.roles_of(session, account.key)
    is_last = is_administrator and account.status is AccountStatus.active and not session.exec(others).one()
    return Standing(is_last_administrator=is_last, is_own=account.id == person.account_id)
