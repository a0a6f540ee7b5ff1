"""One's own account: name and language, password, second factor, and the browsers in which one is signed in."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

from sqlmodel import Session, col, delete, select
from starlette.datastructures import FormData
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from portal.accounts import factors, forms, service, sessions, tries
from portal.accounts.models import Account, AccountSession, AccountStatus, SessionStage
from portal.accounts.passwords import Checked, Passwords
from portal.accounts.roles import Role
from portal.audit.service import record
from portal.trouble import TooOften
from portal.web import limits
from portal.web.forms import Problems, line, whole_number
from portal.web.handlers import action, page, weighty_action
from portal.web.identity import SIGNED_IN, Person, person_of
from portal.web.manifest import PageRoute
from portal.web.templates import render


@dataclass(frozen=True, slots=True)
class Browser:
    """One session as its owner sees it."""

    id: int
    device: str
    began_at: dt.datetime
    seen_at: dt.datetime
    is_this: bool


@dataclass(frozen=True, slots=True)
class OwnContext:
    """The page of one's own account; `done` is the code of what has just been done."""

    account: Account
    roles: tuple[Role, ...]
    has_factor: bool
    codes_left: int
    browsers: tuple[Browser, ...]
    done: str
    problems: Problems


@dataclass(frozen=True, slots=True)
class CodesContext:
    """The recovery codes, until they are kept."""

    codes: tuple[str, ...]
    next: str


DONE = frozenset({"named", "password", "browsers", "browser", "recovery"})


def show(request: Request, session: Session) -> Response:
    """Everything of one's own account."""
    done = request.query_params.get("done", "")
    return _shown(request, session, {}, done if done in DONE else "")


def name(request: Request, session: Session, form: FormData) -> Response:
    """Another name, another language: the page comes in that language."""
    person = person_of(request)
    account = service.get_account(session, person.account_id)
    typed, language, problems = forms.named(form)
    if problems:
        return _shown(request, session, problems, "")
    service.rename(session, person.actor, account, typed, language)
    return _back(request, "named", language)


def check_password(request: Request, session: Session, form: FormData) -> Response | TooOften | Callable[[], Checked]:
    """The present password must be right, and the new one good; both are looked at in the heavy lane."""
    account = service.get_account(session, person_of(request).account_id)
    if wait := limits.spend(session, tries.OWN_PASSWORD, str(account.key)):
        return TooOften(wait)
    new, problems = forms.new_password(form, account.name, account.email or "")
    if problems:
        return _shown(request, session, problems, "")
    passwords: Passwords = request.app.state.passwords
    return partial(passwords.change, account.password_hash, forms.secret(form, "password"), new)


def change_password(request: Request, session: Session, _form: FormData, checked: Checked) -> Response:
    """The new password, and every other browser signed out."""
    person = person_of(request)
    account = service.get_account(session, person.account_id)
    is_right = tries.is_still_right(session, account, checked) and account.status is AccountStatus.active
    if not (checked.renewed and is_right):
        return _shown(request, session, {"password": "wrong"}, "")
    service.set_password(session, account, checked.renewed, session_id=person.session_id)
    return _back(request, "password")


def new_codes(request: Request, session: Session, form: FormData) -> Response | TooOften:
    """Ten new recovery codes in the place of the old ones, for who holds the authenticator."""
    person = person_of(request)
    account = service.get_account(session, person.account_id)
    problem = tries.use_code(session, request.app.state, account, line(form, "code", 40))
    if isinstance(problem, TooOften):
        return problem
    if problem:
        return _shown(request, session, {"code": problem}, "")
    factors.new_recovery_codes(session, request.app.state.vault, account)
    record(session, person.actor, "account-recovery-codes-renewed", service.reference_of(account.key))
    return RedirectResponse(request.app.state.urls.path("accounts:codes", request.path_params["lang"]), 303)


def codes(request: Request, session: Session) -> Response:
    """The recovery codes, as often as it takes to keep them."""
    account = service.get_account(session, person_of(request).account_id)
    waiting = factors.codes_to_keep(request.app.state.vault, account)
    if not waiting:
        return _back(request, "")
    go_on = forms.next_path(request.query_params.get("next", ""))
    return render(request, "accounts/recovery_codes.html", CodesContext(waiting, go_on))


def codes_kept(request: Request, session: Session, form: FormData) -> Response:
    """They are kept: the portal forgets them, and the person goes on."""
    person = person_of(request)
    account = service.get_account(session, person.account_id)
    account.codes_sealed = None
    session.add(account)
    urls, lang = request.app.state.urls, request.path_params["lang"]
    return RedirectResponse(forms.next_path(line(form, "next", 310)) or urls.path("desk:show", lang), 303)


def end_browser(request: Request, session: Session, form: FormData) -> Response:
    """Sign one browser out: one's own only, and what is not there any more is out already."""
    person, chosen = person_of(request), whole_number(form, "browser")
    if chosen is not None:
        own = (col(AccountSession.account_id) == person.account_id) & (col(AccountSession.id) == chosen)
        _record_ended(session, person, int(session.exec(delete(AccountSession).where(own)).rowcount))
    return _back(request, "browser")


def end_others(request: Request, session: Session, _form: FormData) -> Response:
    """Sign every other browser out."""
    person = person_of(request)
    _record_ended(session, person, sessions.end_all(session, person.account_id, but=person.session_id))
    return _back(request, "browsers")


def _record_ended(session: Session, person: Person, number: int) -> None:
    """That somebody signed so many of their browsers out: one act, and none where all of them were out already."""
    if number:
        thing = service.reference_of(person.account_id)
        record(session, person.actor, "account-browsers-signed-out", thing, after={"browsers": number})


def _shown(request: Request, session: Session, problems: Problems, done: str) -> Response:
    person = person_of(request)
    account = service.get_account(session, person.account_id)
    roles = request.app.state.roles
    context = OwnContext(
        account=account,
        roles=tuple(role for code, role in roles.items() if code in person.roles),
        has_factor=factors.is_set_up(account),
        codes_left=factors.recovery_codes_left(session, account.key),
        browsers=_browsers(session, account.key, person.session_id),
        done=done,
        problems=problems,
    )
    return render(request, "accounts/own.html", context, status=422 if problems else 200)


def _browsers(session: Session, account_id: int, this: int) -> tuple[Browser, ...]:
    theirs = (
        select(AccountSession)
        .where(AccountSession.account_id == account_id, AccountSession.stage == SessionStage.whole)
        .order_by(col(AccountSession.seen_at).desc())
    )
    return tuple(
        Browser(one.id or 0, one.device, one.began_at, one.seen_at, one.id == this) for one in session.exec(theirs)
    )


def _back(request: Request, done: str, language: str = "") -> Response:
    languages = request.app.state.settings.languages
    lang = language if language in languages else request.path_params["lang"]
    path = request.app.state.urls.path("accounts:own", lang)
    return RedirectResponse(f"{path}?done={done}" if done else path, 303)


routes = (
    PageRoute("/account", page(show, may=SIGNED_IN), "accounts:own"),
    PageRoute("/account/name", action(name, may=SIGNED_IN), "accounts:name", ("POST",)),
    PageRoute(
        "/account/password",
        weighty_action(check_password, change_password, may=SIGNED_IN),
        "accounts:change_password",
        ("POST",),
    ),
    PageRoute("/account/recovery-codes", page(codes, may=SIGNED_IN), "accounts:codes"),
    PageRoute("/account/recovery-codes/kept", action(codes_kept, may=SIGNED_IN), "accounts:codes_kept", ("POST",)),
    PageRoute("/account/recovery-codes", action(new_codes, may=SIGNED_IN), "accounts:new_codes", ("POST",)),
    PageRoute("/account/browser", action(end_browser, may=SIGNED_IN), "accounts:end_browser", ("POST",)),
    PageRoute("/account/browsers", action(end_others, may=SIGNED_IN), "accounts:end_others", ("POST",)),
)
