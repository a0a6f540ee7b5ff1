"""People who work with the portal, for tests: `somebody(app, "administrator")` has a browser and is signed in."""

from __future__ import annotations

import datetime as dt
import secrets

import pyotp
from starlette.applications import Starlette

from portal import clock
from portal.accounts import sessions
from portal.accounts.models import Account, AccountRole, AccountSession, AccountStatus, SessionStage
from portal.accounts.rules import digest
from portal.notifications.rules import mailbox
from portal.vault import Vault
from tests.browse import Browse

_SHORTEST_TOKEN = 32


def account(session, *roles: str, name: str = "Enw Enghreifftiol", email: str = "", language: str = "en") -> Account:
    """An active account with these roles. Its second factor is not set up."""
    email = email or f"{secrets.token_hex(6)}@example.org"
    made = Account(
        email=email,
        email_key=mailbox(email),
        name=name,
        language=language,
        status=AccountStatus.active,
        invited_at=clock.now(),
    )
    session.add(made)
    session.flush()
    session.add_all(AccountRole(account_id=made.key, role=role) for role in roles)
    session.flush()
    return made


def authenticator(session, vault: Vault, made: Account) -> str:
    """The key of the authenticator that this account has from now on."""
    key = pyotp.random_base32()
    made.factor_sealed, made.factor_confirmed_at = vault.seal(key), clock.now()
    session.add(made)
    return key


def signed_in(session, made: Account) -> str:
    """The token of a session in which this account is wholly signed in."""
    now, token = clock.now(), secrets.token_urlsafe(_SHORTEST_TOKEN)
    session.add(
        AccountSession(
            account_id=made.key,
            token_hash=digest(token),
            stage=SessionStage.whole,
            began_at=now,
            seen_at=now,
            ends_at=now + dt.timedelta(hours=12),
            device="Firefox, Linux",
        )
    )
    return token


def somebody(app: Starlette, *roles: str, **about: str) -> Browse:
    """A browser in which a new account with these roles is signed in. Close it, or use it in a `with`."""
    with app.state.database.unit_of_work() as session:
        token = signed_in(session, account(session, *roles, **about))
    browse = Browse(app)
    browse.client.cookies.set(sessions.cookie_name(app.state.settings), token)
    return browse
