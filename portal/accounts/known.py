"""Browsers in which somebody has signed in wholly before. Strangers who guess at an account keep its owner out of it
nowhere, but there least of all. The cookie opens nothing: password and code are asked for as ever.
"""

from __future__ import annotations

import datetime as dt

from starlette.requests import Request
from starlette.responses import Response

from portal import clock
from portal.accounts.models import Account
from portal.settings import Settings
from portal.vault import NotOurs, Vault

KNOWN_DAYS = 180
_LASTING = dt.timedelta(days=KNOWN_DAYS)
_IS = "known-browser"


def cookie_name(settings: Settings) -> str:
    """Over https the browser itself holds the cookie to this host, this path and this scheme."""
    return "__Host-portal-known" if settings.secure else "portal-known"


def hand_out(response: Response, request: Request, account: Account) -> None:
    """Let this browser be known again as the account's: the number of the account and a date, sealed."""
    settings: Settings = request.app.state.settings
    vault: Vault = request.app.state.vault
    ends_at = int((clock.now() + _LASTING).timestamp())
    response.set_cookie(
        cookie_name(settings),
        vault.seal(f"{_IS} {account.key} {ends_at}"),
        max_age=int(_LASTING.total_seconds()),
        path="/",
        secure=settings.secure,
        httponly=True,
        samesite="lax",
    )


def is_known(request: Request, account: Account | None) -> bool:
    """Whether this account was signed in here before, in the last 180 days. The cookie is opened whether there is an
    account or not: nobody learns which it is from the time that it takes.
    """
    vault: Vault = request.app.state.vault
    try:
        what, account_id, ends_at = vault.open(request.cookies.get(cookie_name(request.app.state.settings), "")).split()
    except (NotOurs, ValueError):
        return False
    is_theirs = account is not None and account_id == str(account.key)
    return what == _IS and is_theirs and clock.now().timestamp() < int(ends_at)
