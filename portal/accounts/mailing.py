"""The letters of accounts: an invitation, a link for a new password, and that somebody guesses at codes."""

from __future__ import annotations

from dataclasses import dataclass

from sqlmodel import Session

from portal.accounts import service
from portal.accounts.models import Account
from portal.notifications.service import Mail, write
from portal.web.letters import Office
from portal.web.manifest import JobContext


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


def send_invitation(session: Session, office: Office, account: Account, token: str, sender: str) -> None:
    """Write to somebody who is invited, in the language that was chosen for them."""
    _send(session, office, account, "invitation", LetterContext(account.name, token, sender))


def send_password_links(here: JobContext) -> str | None:
    """Write to everybody who asked for a new password and has an account. The worker's job."""
    with here.database.unit_of_work() as session:
        found = service.requested_passwords(session)
        for account, token in found:
            _send(session, here, account, "password", LetterContext(account.name, token, ""))
    return f"{len(found)} links written" if found else None


def send_warning(session: Session, office: Office, account: Account, number: int) -> None:
    """Tell somebody that wrong codes are typed by whoever has their password."""
    _send(session, office, account, "wrong_codes", WarningContext(account.name, number))


def _send(
    session: Session, office: Office, account: Account, name: str, context: LetterContext | WarningContext
) -> None:
    letter = office.letters.make(name, context, account.language)
    about = service.reference_of(account.key)
    mail = Mail(account.email or "", letter.subject, letter.body, about=about, language=letter.language)
    write(session, mail, office.settings)
