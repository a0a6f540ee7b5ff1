"""Invite people, let them in, change what they may do, and let them go. Every act here is one for the record."""

from __future__ import annotations

import secrets
from dataclasses import dataclass

from sqlalchemy.exc import IntegrityError
from sqlmodel import Session, col, delete

from portal import clock
from portal.accounts import administrators, factors, links, sessions
from portal.accounts.handing import Handing, pass_on
from portal.accounts.models import (
    Account,
    AccountLink,
    AccountRole,
    AccountStatus,
    LinkPurpose,
)
from portal.accounts.permissions import ADMINISTRATOR
from portal.accounts.workflow import ACCOUNTS
from portal.audit.rules import Personal
from portal.audit.service import erase_commitments, record, rows_first
from portal.lifecycle import Actor, Reference
from portal.notifications.rules import mailbox
from portal.notifications.service import forget_about
from portal.organisations import service as organisations
from portal.organisations.service import Kind
from portal.trouble import Conflict, NotFound
from portal.web.identity import ACCOUNT, Person


class NobodyLeft(Conflict):
    """Nobody would be left who lets others in."""


class OwnAccount(Conflict):
    """Somebody would take away what protects their own account: a colleague does that, who knows that it is they."""


class AlreadyKnown(Conflict):
    """Somebody has an account at this mailbox: the same address but for capital letters or what follows a plus sign."""


@dataclass(frozen=True, slots=True)
class Invited:
    """Who is to be invited."""

    name: str
    email: str
    language: str
    roles: frozenset[str]
    organisation_id: int | None = None
    """The organisation for which a partner's contact acts."""


@dataclass(frozen=True, slots=True)
class Rights:
    """What somebody is to be allowed: roles, and of a partner's contact the organisation for which they act."""

    roles: frozenset[str]
    organisation_id: int | None = None


def reference_of(account_id: int) -> Reference:
    """The name of an account in the record of acts, and of mail about it."""
    return Reference(ACCOUNT, str(account_id))


def get_account(session: Session, account_id: int) -> Account:
    """An account that was not removed. Raises NotFound."""
    account = session.get(Account, account_id)
    if account is None or account.status is AccountStatus.removed:
        raise NotFound(f"there is no account {account_id}")
    return account


def invite(session: Session, actor: Actor, invited: Invited) -> tuple[Account, str]:
    """An account that waits to be accepted, and the token of its link. Raises AlreadyKnown."""
    account = Account(
        email=invited.email,
        email_key=mailbox(invited.email),
        name=invited.name,
        language=invited.language,
        status=AccountStatus(ACCOUNTS.initial),
        organisation_id=invited.organisation_id,
        invited_at=clock.now(),
    )
    try:
        with session.begin_nested():
            session.add(account)
            session.flush()
    except IntegrityError as error:
        raise AlreadyKnown from error
    for role in sorted(invited.roles):
        session.add(AccountRole(account_id=account.key, role=role))
    after = {"name": Personal(invited.name), "email": Personal(invited.email), "roles": sorted(invited.roles)}
    after |= _acting_for(invited.organisation_id)
    record(session, actor, "account-invited", reference_of(account.key), after=after)
    return account, links.make(session, account, LinkPurpose.invitation)


def invite_again(session: Session, actor: Actor, account: Account) -> str:
    """A new link for somebody who has not accepted yet; the old one is good no more. Raises Conflict."""
    if account.status is not AccountStatus.invited:
        raise Conflict("the invitation was accepted")
    account.invited_at = clock.now()
    session.add(account)
    record(session, actor, "account-invited-again", reference_of(account.key))
    return links.make(session, account, LinkPurpose.invitation)


def accept(session: Session, link: AccountLink, account: Account, password_hash: str) -> bool:
    """Let somebody in who was invited, with a password of their own. False when the link was used before."""
    if link.used_at is not None or account.status is not AccountStatus.invited:
        return False
    actor = Actor(str(reference_of(account.key)), "holder")
    account.status = AccountStatus(ACCOUNTS.check("accept", account.status, actor))
    account.password_hash = password_hash
    link.used_at = clock.now()
    session.add_all((account, link))
    record(session, actor, "account-accepted", reference_of(account.key))
    return True


def set_password(
    session: Session, account: Account, password_hash: str, *, link: AccountLink | None = None, session_id: int = 0
) -> bool:
    """A new password: every other browser is signed out, and no other link is good. False when the link was used
    before.
    """
    if link is not None:
        if link.used_at is not None or account.status is not AccountStatus.active:
            return False
        link.used_at = clock.now()
        session.add(link)
    account.password_hash = password_hash
    session.add(account)
    sessions.end_all(session, account.key, but=session_id)
    links.forget_unused(session, account, LinkPurpose.password)
    holder = Actor(str(reference_of(account.key)), "holder")
    record(session, holder, "account-password-changed", reference_of(account.key))
    return True


def change_roles(session: Session, person: Person, account: Account, rights: Rights, handing: Handing) -> bool:
    """What an account may do from now on; who gains or loses something signs in again, and open work that they may not
    do any more goes to another. False when these are the roles that it had. Raises NobodyLeft and WorkIsOpen.
    """
    administrators.hold(session, person, account)
    held, thing = sessions.roles_of(session, account.key), reference_of(account.key)
    was, now = _acting_for(account.organisation_id), _acting_for(rights.organisation_id)
    if (held, was) == (rights.roles, now):
        return False
    gone = held - rights.roles
    if ADMINISTRATOR in gone and administrators.standing(session, person, account).is_last_administrator:
        raise NobodyLeft
    with rows_first(session):
        if held != rights.roles:
            pass_on(session, person.actor, account, handing, handing.closed_to(rights.roles))
            _give_roles(session, account, held, rights.roles)
            before, after = {"roles": sorted(held)}, {"roles": sorted(rights.roles)}
            record(session, person.actor, "account-roles-changed", thing, before=before, after=after)
        if was != now:
            account.organisation_id = rights.organisation_id
            session.add(account)
            record(session, person.actor, "account-organisation-changed", thing, before=was, after=now)
        if account.key != person.account_id:
            sessions.end_all(session, account.key)
    return True


def rename(session: Session, actor: Actor, account: Account, name: str, language: str) -> None:
    """Another name to be called by, another language to be written to in."""
    if (account.name, account.language) == (name, language):
        return
    before = {"name": Personal(account.name), "language": account.language}
    account.name, account.language = name, language
    session.add(account)
    after = {"name": Personal(name), "language": language}
    record(session, actor, "account-changed", reference_of(account.key), before=before, after=after)


def suspend(session: Session, person: Person, account: Account, handing: Handing) -> int:
    """Nobody signs in with it until it is resumed, and its open work goes to another. Returns how much. Raises
    IllegalMove and WorkIsOpen.
    """
    status = _next(session, person, account, "suspend")
    with rows_first(session):
        handed = pass_on(session, person.actor, account, handing, handing.nouns)
        account.status = status
        session.add(account)
        sessions.end_all(session, account.key)
        record(session, person.actor, "account-suspended", reference_of(account.key), after={"handed_over": handed})
    return handed


def resume(session: Session, person: Person, account: Account) -> None:
    """It is as it was before it was suspended, but for its work. Raises IllegalMove."""
    account.status = _next(session, person, account, "resume")
    session.add(account)
    record(session, person.actor, "account-resumed", reference_of(account.key))


def take_factor_away(session: Session, person: Person, account: Account) -> bool:
    """For who has lost authenticator and recovery codes: they set up anew when they next sign in. False when there was
    none to take. Raises OwnAccount: a browser that was left open must not be the way around the second factor.
    """
    administrators.hold(session, person, account)
    if account.key == person.account_id:
        raise OwnAccount
    had_factor = factors.is_set_up(account)
    factors.take_away(session, account)
    sessions.end_all(session, account.key)
    record(session, person.actor, "account-second-factor-removed", reference_of(account.key))
    return had_factor


def remove(session: Session, person: Person, account: Account, handing: Handing) -> int:
    """Take an account away for good: what it held is forgotten, and its open work goes to another. Returns how much.

    Raises IllegalMove and WorkIsOpen.
    """
    _next(session, person, account, "remove")
    with rows_first(session):
        handed = pass_on(session, person.actor, account, handing, handing.nouns)
        forget(session, account)
        record(session, person.actor, "account-removed", reference_of(account.key), after={"handed_over": handed})
    return handed


def forget(session: Session, account: Account) -> None:
    """Empty the row of an account: what the record of acts points at stays, and says nothing of anybody. Nor can the
    record be asked whether a name or an address was theirs.
    """
    sessions.end_all(session, account.key)
    factors.take_away(session, account)
    for table in (AccountRole, AccountLink):
        session.exec(delete(table).where(col(table.account_id) == account.key))
    erase_commitments(session, reference_of(account.key))
    forget_about(session, [reference_of(account.key)])
    account.status = AccountStatus.removed
    account.email, account.email_key, account.name = None, f"removed-{secrets.token_hex(16)}", ""
    account.password_hash, account.organisation_id = None, None
    session.add(account)


def _give_roles(session: Session, account: Account, held: frozenset[str], roles: frozenset[str]) -> None:
    theirs, gone = col(AccountRole.account_id) == account.key, held - roles
    session.exec(delete(AccountRole).where(theirs, col(AccountRole.role).in_(gone)))
    session.add_all(AccountRole(account_id=account.key, role=role) for role in sorted(roles - held))


def _acting_for(organisation_id: int | None) -> dict[str, object]:
    if organisation_id is None:
        return {}
    return {"organisation": str(organisations.reference_of(Kind.organisation, organisation_id))}


def _next(session: Session, person: Person, account: Account, name: str) -> AccountStatus:
    """Where a move of an account leads, which is held. Raises IllegalMove."""
    administrators.hold(session, person, account)
    manager = Actor(person.actor.reference, "manager")
    standing = administrators.standing(session, person, account)
    return AccountStatus(ACCOUNTS.check(name, account.status, manager, standing))
