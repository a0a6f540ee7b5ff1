"""The letters of accounts: an invitation, a link for a new password, that somebody guesses at codes, and what an
administrator did to somebody's account.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlmodel import Session

from portal.accounts import renewing, service
from portal.accounts.models import Account
from portal.accounts.roles import Role
from portal.notifications.service import Mail, write
from portal.web.letters import Office
from portal.web.manifest import JobContext

if TYPE_CHECKING:
    from _typeshed import DataclassInstance


@dataclass(frozen=True, slots=True)
class LetterContext:
    """What both letters say: whom they greet, the token of the link, and who invites."""

    name: str
    token: str
    sender: str


@dataclass(frozen=True, slots=True)
class WarningContext:
    """Whom it greets, and how many wrong codes were typed today."""

    name: str
    number: int


@dataclass(frozen=True, slots=True)
class RolesContext:
    """Whom it greets, the roles they have now, and who changed them; `is_own`: they did so themselves."""

    name: str
    roles: tuple[Role, ...]
    is_own: bool
    sender: str
    address: str


@dataclass(frozen=True, slots=True)
class ChangeContext:
    """Whom it greets, and who did what it tells of: they are the one to ask."""

    name: str
    sender: str
    address: str


@dataclass(frozen=True, slots=True)
class RefusedContext:
    """Whom it greets."""

    name: str


def send_invitation(session: Session, office: Office, account: Account, token: str, sender: str) -> None:
    """Write to somebody who is invited, in the language that was chosen for them."""
    _send(session, office, account, "invitation", LetterContext(account.name, token, sender))


def send_password_links(here: JobContext) -> str | None:
    """Write to everybody who asked for a new password and has an account: who is suspended gets no link, and is told
    so. The worker's job.
    """
    with here.database.unit_of_work() as session:
        found = renewing.requested_passwords(session)
        for account, token in found:
            if token is None:
                _send(session, here, account, "password_suspended", RefusedContext(account.name))
            else:
                _send(session, here, account, "password", LetterContext(account.name, token, ""))
    return f"{len(found)} letters written" if found else None


def send_warning(session: Session, office: Office, account: Account, number: int) -> None:
    """Tell somebody that wrong codes are typed by whoever has their password."""
    _send(session, office, account, "wrong_codes", WarningContext(account.name, number))


def send_roles(session: Session, office: Office, account: Account, by: Account, roles: tuple[Role, ...]) -> None:
    """Tell somebody which roles they have now. It goes to who changed their own as well: it may not have been they."""
    is_own = account.key == by.key
    _send(session, office, account, "roles_changed", RolesContext(account.name, roles, is_own, by.name, by.email or ""))


def send_suspended(session: Session, office: Office, account: Account, by: Account) -> None:
    """Tell somebody that nobody can sign in with their account."""
    _send(session, office, account, "account_suspended", ChangeContext(account.name, by.name, by.email or ""))


def send_resumed(session: Session, office: Office, account: Account, by: Account) -> None:
    """Tell somebody that they can sign in again."""
    _send(session, office, account, "account_resumed", ChangeContext(account.name, by.name, by.email or ""))


def send_factor_removed(session: Session, office: Office, account: Account, by: Account) -> None:
    """Tell somebody that until they set up an authenticator anew their password alone leads to doing so."""
    _send(session, office, account, "factor_removed", ChangeContext(account.name, by.name, by.email or ""))


def _send(session: Session, office: Office, account: Account, name: str, context: DataclassInstance) -> None:
    letter = office.letters.make(name, context, account.language)
    about = service.reference_of(account.key)
    mail = Mail(account.email or "", letter.subject, letter.body, about=about, language=letter.language)
    write(session, mail, office.settings)
