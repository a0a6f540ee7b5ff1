"""What begins with a letter: accepting an invitation, and a new password. Opening a link does nothing; the form behind
it acts, once, and the answer never says whether an address is known.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

from sqlmodel import Session
from starlette.datastructures import FormData
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from portal.accounts import forms, links, renewing, service, tries
from portal.accounts.models import Account, AccountLink, AccountStatus, LinkPurpose
from portal.accounts.passwords import Checked, Passwords
from portal.accounts.signing_in import suspended
from portal.accounts.tries import Try
from portal.notifications.rules import mailbox
from portal.trouble import TooOften
from portal.web import limits
from portal.web.forms import Problems
from portal.web.handlers import action, page, weighty_action
from portal.web.identity import ANYBODY
from portal.web.limits import Limit
from portal.web.manifest import PageRoute
from portal.web.templates import render

_NO_LINKS = Limit("account-link", times=20, seconds=900)
"""Forms behind links that lead nowhere, from one network. Nobody guesses a link: this is for the database alone, so no
link that is good is counted.
"""
_REQUESTS = Limit("password-request", times=5, seconds=900)
_REQUESTS_FROM_HERE = Limit("password-request-here", times=20, seconds=900)
Sent = str | tuple[Try, Checked]
"""The hash of a new password; or, where the link was used already, whether it is the password that holds."""


@dataclass(frozen=True, slots=True)
class ForgottenContext:
    """The form for a new password, or what happens next."""

    email: str
    is_sent: bool
    problems: Problems


@dataclass(frozen=True, slots=True)
class LinkContext:
    """The page behind a link by mail: whose name it greets, whether the link was used already."""

    purpose: LinkPurpose
    token: str
    name: str
    email: str
    is_used: bool
    problems: Problems


@dataclass(frozen=True, slots=True)
class OverContext:
    """Of what kind the link was, and whether another password was set by it."""

    purpose: LinkPurpose
    is_used: bool


def forgotten(request: Request, _session: Session) -> Response:
    """Ask for a link; once asked, what happens next."""
    is_sent = request.query_params.get("sent") == "yes"
    return render(request, "accounts/forgotten.html", ForgottenContext("", is_sent, {}))


def ask_for_link(request: Request, session: Session, form: FormData) -> Response:
    """Keep that it was asked. The same answer, and as quick, for every address."""
    email, problems = forms.forgotten(form)
    if problems:
        context = ForgottenContext(email, is_sent=False, problems=problems)
        return render(request, "accounts/forgotten.html", context, status=422)
    if limits.spend(session, _REQUESTS, mailbox(email)) == 0:  # beyond it nothing is kept, and nobody learns so
        renewing.ask_for_password(session, email)
    return RedirectResponse(f"{_path(request, 'forgotten')}?sent=yes", 303)


def show_link(request: Request, session: Session, *, purpose: LinkPurpose) -> Response:
    """The form behind a link. Nothing happens by opening it."""
    found = links.find(session, purpose, request.path_params["token"])
    if found is None:
        return _over(request, purpose)
    return suspended(request) if _is_suspended(*found) else _linked(request, purpose, *found, {})


def check_link(
    request: Request, session: Session, form: FormData, *, purpose: LinkPurpose
) -> Response | TooOften | Callable[[], Sent]:
    """Look at the new password, then hash it in the heavy lane; or check there whether it is the one that holds, where
    the link was used already.
    """
    found = links.find(session, purpose, request.path_params["token"])
    if found is None:
        wait = limits.spend(session, _NO_LINKS, limits.caller(request))
        return TooOften(wait) if wait else _over(request, purpose)
    link, account = found
    if _is_suspended(link, account):
        return suspended(request)
    password, problems = forms.new_password(form, account.name, account.email or "")
    if link.used_at is not None:
        return _check_again(request, session, account, password)
    if problems:
        return _linked(request, purpose, link, account, problems)
    return partial(request.app.state.passwords.hash, password)


def _check_again(
    request: Request, session: Session, account: Account, password: str
) -> TooOften | Callable[[], tuple[Try, Checked]]:
    """Whoever holds a link that was used tries a password by it: counted with those that are tried by signing in."""
    tried = tries.count_password(session, request, account.email or "", account)
    if isinstance(tried, TooOften):
        return tried
    passwords: Passwords = request.app.state.passwords
    return lambda: (tried, passwords.check(account.password_hash, password))


def use_link(request: Request, session: Session, _form: FormData, sent: Sent, *, purpose: LinkPurpose) -> Response:
    """The password is set, once; then to signing in with it. The same one sent again is told the same; with another it
    is said that the first one holds.
    """
    token = request.path_params["token"]
    found = links.hold(session, purpose, token)
    if found is None:
        return _over(request, purpose)
    link, account = found
    here = _path(request, purpose.value, token=token)
    if not isinstance(sent, str):
        tried, checked = sent
        if not checked.is_right:
            return _over(request, purpose, is_used=True)
        tries.give_back(session, tried)
    elif link.used_at is not None:  # at this very instant: the form comes again by itself, and is looked at as such
        return RedirectResponse(here, 307)
    elif not _set(session, link, account, sent):
        return _over(request, purpose)
    return RedirectResponse(here, 303)


def _set(session: Session, link: AccountLink, account: Account, hashed: str) -> bool:
    if link.purpose is LinkPurpose.invitation:
        return service.accept(session, link, account, hashed)
    return service.set_password(session, account, hashed, link=link)


def _is_suspended(link: AccountLink, account: Account) -> bool:
    """Whether a link from before leads nowhere for as long as its account is suspended."""
    return link.used_at is None and account.status is AccountStatus.suspended


def _linked(
    request: Request, purpose: LinkPurpose, link: AccountLink, account: Account, problems: Problems
) -> Response:
    token, is_used = request.path_params["token"], link.used_at is not None
    context = LinkContext(purpose, token, account.name, account.email or "", is_used, problems)
    return render(request, "accounts/link.html", context, status=422 if problems else 200)


def _over(request: Request, purpose: LinkPurpose, *, is_used: bool = False) -> Response:
    """The link has ended, a newer one was sent, or it was used with another password: how to go on."""
    return render(request, "accounts/link_over.html", OverContext(purpose, is_used), status=410)


def _path(request: Request, name: str, **params: str) -> str:
    return str(request.app.state.urls.path(f"accounts:{name}", request.path_params["lang"], **params))


def _link_routes(purpose: LinkPurpose, path: str) -> tuple[PageRoute, ...]:
    shown = page(partial(show_link, purpose=purpose), may=ANYBODY)
    used = weighty_action(partial(check_link, purpose=purpose), partial(use_link, purpose=purpose), may=ANYBODY)
    return (
        PageRoute(path, shown, f"accounts:{purpose}"),
        PageRoute(path, used, f"accounts:use_{purpose}", ("POST",)),
    )


routes = (
    PageRoute("/forgotten-password", page(forgotten, may=ANYBODY), "accounts:forgotten"),
    PageRoute(
        "/forgotten-password",
        action(ask_for_link, may=ANYBODY, limit=_REQUESTS_FROM_HERE),
        "accounts:ask_for_link",
        ("POST",),
    ),
    *_link_routes(LinkPurpose.invitation, "/invitation/{token:token}"),
    *_link_routes(LinkPurpose.password, "/new-password/{token:token}"),
)
