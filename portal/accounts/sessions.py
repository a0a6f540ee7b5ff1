"""Who is signed in, in which browser. The browser holds a random token in a cookie; the database holds its digest."""

from __future__ import annotations

import datetime as dt
import secrets
from collections.abc import Iterable

from sqlalchemy import ColumnElement
from sqlmodel import Session, col, delete, func, select, update
from starlette.requests import Request
from starlette.responses import Response

from portal import clock
from portal.accounts.models import Account, AccountRole, AccountSession, AccountStatus, SessionStage
from portal.accounts.roles import Roles, permissions_of
from portal.accounts.rules import device, digest
from portal.settings import Settings
from portal.web.identity import Person

_UNFINISHED = dt.timedelta(minutes=10)
"""For how long somebody who gave the password may look for the code."""
_MARK_EVERY = dt.timedelta(minutes=5)


def cookie_name(settings: Settings) -> str:
    """Over https the browser itself holds the cookie to this host, this path and this scheme."""
    return "__Host-portal" if settings.secure else "portal"


def begin(session: Session, request: Request, account: Account, stage: SessionStage) -> str:
    """Begin a session for this browser, in the place of the one it has. Returns the token for `hand_out`."""
    settings: Settings = request.app.state.settings
    end(session, request)
    now = clock.now()
    lasting = _UNFINISHED if stage is SessionStage.password else dt.timedelta(hours=settings.session_hours)
    token = secrets.token_urlsafe(32)
    row = AccountSession(
        account_id=account.key,
        token_hash=digest(token),
        stage=stage,
        began_at=now,
        seen_at=now,
        ends_at=now + lasting,
        device=device(request.headers.get("user-agent", "")),
    )
    session.add(row)
    if stage is SessionStage.whole:
        account.signed_in_at = now
        session.add(account)
    return token


def hand_out(response: Response, settings: Settings, token: str) -> None:
    """Put the token of a session into the browser."""
    response.set_cookie(
        cookie_name(settings),
        token,
        max_age=settings.session_hours * 3600,
        path="/",
        secure=settings.secure,
        httponly=True,
        samesite="lax",
    )


def take_back(response: Response, settings: Settings) -> None:
    """Take the token out of the browser."""
    response.delete_cookie(cookie_name(settings), path="/", secure=settings.secure, httponly=True, samesite="lax")


def end(session: Session, request: Request) -> None:
    """End the session of this browser, where it has one."""
    if token := request.cookies.get(cookie_name(request.app.state.settings)):
        session.exec(delete(AccountSession).where(col(AccountSession.token_hash) == digest(token)))


def end_all(session: Session, account_id: int, *, but: int = 0) -> int:
    """End every session of an account but one. Returns how many there were."""
    theirs = delete(AccountSession).where(col(AccountSession.account_id) == account_id, col(AccountSession.id) != but)
    return int(session.exec(theirs).rowcount)


def identify(session: Session, request: Request) -> Person | None:
    """Who asks, when somebody is signed in wholly and their account is active."""
    found = _find(session, request, SessionStage.whole)
    if found is None:
        return None
    row, account = found
    held = roles_of(session, account.key)
    return Person(
        account_id=account.key,
        session_id=row.id or 0,
        name=account.name,
        language=account.language,
        roles=held,
        permissions=permissions_of(request.app.state.roles, held),
        organisation_id=account.organisation_id,
        is_stale=clock.now() - row.seen_at > _MARK_EVERY,
    )


def half_way(session: Session, request: Request) -> tuple[AccountSession, Account] | None:
    """The account whose password was given in this browser, and whose code is still owed."""
    return _find(session, request, SessionStage.password)


def hold_half_way(session: Session, request: Request) -> tuple[AccountSession, Account] | None:
    """The same, and the account is held: whoever sets a new password at this instant has ended the session before, or
    ends the one that it becomes.
    """
    if found := half_way(session, request):
        session.refresh(found[1], with_for_update=True)
    return half_way(session, request)


def keep_alive(session: Session, person: Person) -> None:
    """Mark a session as used just now."""
    session.exec(update(AccountSession).where(col(AccountSession.id) == person.session_id).values(seen_at=clock.now()))


def roles_of(session: Session, account_id: int) -> frozenset[str]:
    """The codes of the roles that an account has."""
    return frozenset(session.exec(select(AccountRole.role).where(AccountRole.account_id == account_id)))


def holds_guarded_role(roles: Roles, held: Iterable[str]) -> bool:
    """Whether one of these roles asks for a second factor."""
    return any(roles[code].needs_second_factor for code in held if code in roles)


def forget_ended(session: Session, settings: Settings) -> int:
    """Delete sessions that have ended. Returns how many."""
    return int(session.exec(delete(AccountSession).where(_is_over(settings))).rowcount)


def count_ended(session: Session, settings: Settings) -> int:
    """How many sessions have ended and are still kept."""
    return session.exec(select(func.count()).select_from(AccountSession).where(_is_over(settings))).one()


def _is_over(settings: Settings) -> ColumnElement[bool]:
    now = clock.now()
    idle = now - dt.timedelta(minutes=settings.session_idle_minutes)
    return (col(AccountSession.ends_at) < now) | (col(AccountSession.seen_at) < idle)


def _find(session: Session, request: Request, stage: SessionStage) -> tuple[AccountSession, Account] | None:
    settings: Settings = request.app.state.settings
    token = request.cookies.get(cookie_name(settings))
    if not token:
        return None
    now = clock.now()
    wanted = (
        select(AccountSession, Account)
        .join(Account, col(Account.id) == AccountSession.account_id)
        .where(
            AccountSession.token_hash == digest(token),
            AccountSession.stage == stage,
            col(AccountSession.ends_at) > now,
            col(AccountSession.seen_at) > now - dt.timedelta(minutes=settings.session_idle_minutes),
            Account.status == AccountStatus.active,
        )
    )
    return session.exec(wanted).first()
