"""Open work of an account that is suspended, removed, or may do it no more: it goes to one colleague who may do all of
it, or back to everybody. Nobody holds work that they cannot open, for it would wait there and keep others out.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from sqlmodel import Session, select

from portal.accounts import queries, sessions
from portal.accounts.models import Account, AccountStatus
from portal.accounts.queries import Listed
from portal.accounts.roles import Role, permissions_of
from portal.audit.service import rows_first
from portal.lifecycle import Actor
from portal.trouble import Conflict
from portal.web.manifest import OpenWork

EVERYBODY = 0
"""In the place of the number of an heir: the work is put back, and whoever comes first takes it up."""


class WorkIsOpen(Conflict):
    """There is open work, and nobody was named to take it who may do it."""


@dataclass(frozen=True, slots=True)
class Handing:
    """The kinds of work that are given to accounts, the roles that there are, and what was chosen: the number of who
    takes the work over, or EVERYBODY; None where nothing was.
    """

    nouns: tuple[OpenWork, ...] = ()
    roles: Mapping[str, Role] = field(default_factory=dict)
    heir_id: int | None = None

    def closed_to(self, held: Iterable[str]) -> tuple[OpenWork, ...]:
        """The kinds of work that nobody does with these roles."""
        may = permissions_of(self.roles, held)
        return tuple(one for one in self.nouns if one.permission not in may)


def amount(session: Session, nouns: Iterable[OpenWork], account_id: int) -> int:
    """How much work of these kinds has been given to an account."""
    return sum(noun.count(session, account_id) for noun in nouns)


def heirs(session: Session, handing: Handing, nouns: Iterable[OpenWork], account_id: int) -> tuple[Listed, ...]:
    """Who may take over what an account holds of these kinds of work, by name: whoever can sign in and may do all of
    it.
    """
    needed = {noun.permission for noun in nouns if noun.count(session, account_id)}
    return tuple(
        one
        for one in queries.listed(session)
        if one.status is AccountStatus.active
        and one.id != account_id
        and needed <= permissions_of(handing.roles, one.roles)
    )


def pass_on(session: Session, actor: Actor, account: Account, handing: Handing, nouns: tuple[OpenWork, ...]) -> int:
    """Let what an account holds of these kinds of work go where it was chosen. Returns how much. The account is held:
    whoever takes up more work with it waits. Raises WorkIsOpen, and has changed nothing.
    """
    if amount(session, nouns, account.key) and handing.heir_id != EVERYBODY:
        _hold(session, handing.heir_id)
        if handing.heir_id not in {one.id for one in heirs(session, handing, nouns, account.key)}:
            raise WorkIsOpen
    heir_id = handing.heir_id or None
    with rows_first(session):
        return sum(noun.hand_over(session, actor, account.key, heir_id) for noun in nouns)


def may_take(session: Session, roles: Iterable[str], account_id: int) -> bool:
    """Whether an account can sign in and has one of these roles. So it stays until this unit of work ends: whoever
    suspends it, removes it or takes the role from it waits, and then finds the work that it has got.
    """
    account = _hold(session, account_id)
    is_active = account is not None and account.status is AccountStatus.active
    return is_active and not sessions.roles_of(session, account_id).isdisjoint(roles)


def _hold(session: Session, account_id: int | None) -> Account | None:
    """An account as it is now; any number may hold it so at one instant, but nobody changes it."""
    wanted = select(Account).where(Account.id == account_id).with_for_update(read=True)
    return session.exec(wanted.execution_options(populate_existing=True)).first()
