"""The command that makes the first administrator."""

from __future__ import annotations

import sys
from typing import Annotated

import typer
from sqlmodel import Session, select

from portal.accounts import factors, service
from portal.accounts.models import Account, AccountStatus
from portal.accounts.passwords import Passwords
from portal.accounts.permissions import ADMINISTRATOR
from portal.accounts.rules import password_problem
from portal.accounts.service import Invited
from portal.accounts.signing_in import routes
from portal.audit.service import record
from portal.command import Command, command
from portal.lifecycle import OPERATOR
from portal.notifications.rules import mailbox
from portal.web.forms import looks_like_email
from portal.web.routing import BilingualRoutes

_PROBLEMS = {
    "short": "it is too short: use at least 12 characters, such as three words that do not belong together",
    "long": "it is too long: use at most 128 characters",
    "simple": "it is easy to guess: a common word, a row of keys, or the same few characters again and again",
    "known": "it is mostly the name or the address",
}


_TRIES = 5
"""How often a password is asked for at a terminal before the command ends."""


def register(app: typer.Typer) -> None:
    """Add `portal create-admin`."""
    app.command("create-admin")(create_admin)


def create_admin(
    context: typer.Context,
    email: Annotated[str, typer.Argument(help="Their e-mail address, with which they sign in.")],
    name: Annotated[str, typer.Option(prompt="Name", help="What colleagues call them.")],
    language: Annotated[str, typer.Option(help="en or cy: in which the portal writes to them.")] = "en",
    *,
    reset: Annotated[
        bool,
        typer.Option(
            "--reset", help="For an account that is there: a new password, and the second factor set up anew."
        ),
    ] = False,
) -> None:
    """Make an administrator, who invites everybody else. The password is asked for; the authenticator is set up when
    they first sign in.
    """
    here = command(context)
    if not looks_like_email(email):
        here.refuse(f"{email} is not an e-mail address: say it like name@example.org.")
    if language not in here.settings.languages:
        here.refuse(f"{language} is not a language of this portal: {' or '.join(here.settings.languages)}.")
    hashed = Passwords().hash(_password(here, name, email))
    with here.database.unit_of_work() as session:
        found = session.exec(select(Account).where(Account.email_key == mailbox(email))).first()
        if found is None:
            _make(session, Invited(name, email, language, frozenset({ADMINISTRATOR})), hashed)
        elif reset:
            _make_anew(session, found, hashed)
        else:
            here.refuse(f"{email} has an account: --reset gives it a new password. Nothing was done.")
    _tell(here, email, language)


def _password(here: Command, name: str, email: str) -> str:
    """A password that may be used. Whoever types it is asked again; what is not typed would be the same again."""
    tries = _TRIES if sys.stdin.isatty() else 1
    while True:
        password: str = typer.prompt("Password (at least 12 characters)", hide_input=True, confirmation_prompt=True)
        code = password_problem(password, name, email)
        if code is None:
            return password
        tries -= 1
        why = f"The password cannot be used: {_PROBLEMS[code]}."
        if not tries:
            here.refuse(f"{why} Nothing was done.")
        here.errors.print(f"{why} Type another.", style="bold red", highlight=False, markup=False)


def _make(session: Session, invited: Invited, hashed: str) -> None:
    account, _ = service.invite(session, OPERATOR, invited)
    _make_anew(session, account, hashed)


def _make_anew(session: Session, account: Account, hashed: str) -> None:
    account.status = AccountStatus.active
    service.set_password(session, account, hashed)
    factors.take_away(session, account)
    record(session, OPERATOR, "account-let-in", service.reference_of(account.key))


def _tell(here: Command, email: str, language: str) -> None:
    page = BilingualRoutes(routes, here.settings.languages).urls.path("accounts:sign_in", language)
    here.console.print(f"{email} can sign in at {here.settings.public_url}{page}", highlight=False, soft_wrap=True)
