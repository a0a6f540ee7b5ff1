"""What an administrator does with accounts: list, change roles, suspend, resume, remove. Who gets other roles, is
suspended or let in again, or loses the authenticator is told so by a letter.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from sqlmodel import Session
from starlette.datastructures import FormData
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from portal import clock
from portal.accounts import forms, mailing, queries, service
from portal.accounts.handing import WorkIsOpen
from portal.accounts.models import Account, AccountStatus
from portal.accounts.permissions import COUNCILLOR, MANAGE_ACCOUNTS
from portal.accounts.queries import Listed
from portal.accounts.roles import Role
from portal.accounts.showing import Typed, handing_of, not_handed, shown
from portal.lifecycle import IllegalMove
from portal.organisations.models import Organisation
from portal.organisations.queries import (
    HeldSeat,
    organisations_by_number,
    organisations_that_go_on,
    seats_by_email,
)
from portal.web import idempotency
from portal.web.forms import whole_number
from portal.web.handlers import action, page
from portal.web.identity import holding, person_of
from portal.web.manifest import PageRoute
from portal.web.templates import render

DONE = frozenset({"invited", "again", "roles", "suspended", "resumed", "factor", "removed"})
NOT_DONE = frozenset({"last_administrator", "own_account", "not_from_invited", "not_from_active", "not_from_suspended"})


@dataclass(frozen=True, slots=True)
class ListContext:
    """Every account, and what has just been done; of ward councillors the seats that they hold, by address, and the
    organisations for which partners' contacts act, by number.
    """

    accounts: tuple[Listed, ...]
    roles: dict[str, Role]
    seats: Mapping[str, tuple[HeldSeat, ...]]
    organisations: Mapping[int, Organisation]
    done: str


def index(request: Request, session: Session) -> Response:
    """Everybody who has an account."""
    done = request.query_params.get("done", "")
    accounts = queries.listed(session)
    councillors = [one.email for one in accounts if COUNCILLOR in one.roles]
    seats = seats_by_email(session, councillors, clock.today())
    organisations = organisations_by_number(session, (one.organisation_id for one in accounts))
    roles = dict(request.app.state.roles)
    context = ListContext(accounts, roles, seats, organisations, done if done in DONE else "")
    return render(request, "accounts/index.html", context)


def show(request: Request, session: Session) -> Response:
    """One account."""
    account = _account(request, session)
    done = request.query_params.get("done", "")
    return shown(request, session, account, done=done if done in DONE | NOT_DONE else "")


def change_roles(request: Request, session: Session, form: FormData) -> Response:
    """What they may do from now on, once the open work that they may not do then has somebody."""
    account, person = _account(request, session), person_of(request)
    going_on = [one.key for one in organisations_that_go_on(session)]
    rights, problems = forms.chosen_rights(form, request.app.state.roles, going_on)
    given = handing_of(request, whole_number(form, "roles_heir"))
    if not problems:
        try:
            has_changed = service.change_roles(session, person, account, rights, given)
        except service.NobodyLeft:
            problems = {"roles": "last_administrator"}
        except WorkIsOpen:
            problems = {"roles_heir": not_handed(request, session, account, given.closed_to(rights.roles))}
        else:
            if has_changed:
                now = tuple(role for role in _roles(request) if role.code in rights.roles)
                mailing.send_roles(session, request.app.state, account, _own(request, session), now)
            if account.key == person.account_id and not rights.roles & _managing(request):
                return RedirectResponse(request.app.state.urls.path("desk:show", request.path_params["lang"]), 303)
            return _to_account(request, account, "roles")
    return shown(request, session, account, typed=Typed(rights, given.heir_id), problems=problems)


def invite_again(request: Request, session: Session, _form: FormData) -> Response:
    """A new link, by mail."""
    account, person = _account(request, session), person_of(request)
    token = service.invite_again(session, person.actor, account)
    mailing.send_invitation(session, request.app.state, account, token, person.name)
    return _to_account(request, account, "again")


def take_factor_away(request: Request, session: Session, _form: FormData) -> Response:
    """For who has lost it."""
    account = _account(request, session)
    try:
        had_factor = service.take_factor_away(session, person_of(request), account)
    except service.OwnAccount:
        return _to_account(request, account, "own_account")
    if had_factor:
        mailing.send_factor_removed(session, request.app.state, account, _own(request, session))
    return _to_account(request, account, "factor")


def suspend(request: Request, session: Session, form: FormData) -> Response:
    """Nobody signs in with it, and its holder is told so, once its open work has somebody."""
    account, given = _account(request, session), handing_of(request, whole_number(form, "suspend_heir"))

    def make() -> str:
        service.suspend(session, person_of(request), account, given)
        mailing.send_suspended(session, request.app.state, account, _own(request, session))
        return _account_path(request, account, "suspended")

    try:
        led_to = idempotency.once(session, form, make)
        if account.status is not AccountStatus.suspended:  # an old form, and a colleague made it active again since
            led_to = _account_path(request, account, "")
        return RedirectResponse(led_to, 303)
    except IllegalMove as why:
        return _to_account(request, account, why.codes[0])
    except WorkIsOpen:
        problems = {"suspend_heir": not_handed(request, session, account, given.nouns)}
        return shown(request, session, account, typed=Typed(heir_id=given.heir_id), problems=problems)


def resume(request: Request, session: Session, _form: FormData) -> Response:
    """They sign in again, and are told so."""
    account = _account(request, session)
    try:
        service.resume(session, person_of(request), account)
    except IllegalMove as why:
        return _to_account(request, account, why.codes[0])
    mailing.send_resumed(session, request.app.state, account, _own(request, session))
    return _to_account(request, account, "resumed")


def remove(request: Request, session: Session, form: FormData) -> Response:
    """Take the account away, once it is confirmed and its open work has somebody."""
    given = handing_of(request, whole_number(form, "heir"))
    typed = Typed(heir_id=given.heir_id, is_sure=form.get("sure") == "yes")
    if not typed.is_sure:
        return shown(request, session, _account(request, session), typed=typed, problems={"sure": "not_sure"})

    def make() -> str:
        service.remove(session, person_of(request), _account(request, session), given)
        return f"{request.app.state.urls.path('accounts:index', request.path_params['lang'])}?done=removed"

    try:
        return RedirectResponse(idempotency.once(session, form, make), 303)
    except IllegalMove as why:
        return shown(request, session, _account(request, session), typed=typed, problems={"sure": why.codes[0]})
    except WorkIsOpen:
        account = _account(request, session)
        problems = {"heir": not_handed(request, session, account, given.nouns)}
        return shown(request, session, account, typed=typed, problems=problems)


def _account(request: Request, session: Session) -> Account:
    return service.get_account(session, request.path_params["id"])


def _own(request: Request, session: Session) -> Account:
    """The account of who acts: whom the letter says to ask."""
    return service.get_account(session, person_of(request).account_id)


def _roles(request: Request) -> tuple[Role, ...]:
    return tuple(request.app.state.roles.values())


def _managing(request: Request) -> frozenset[str]:
    """The roles that allow what is done here."""
    return frozenset(code for code, role in request.app.state.roles.items() if MANAGE_ACCOUNTS in role.permissions)


def _to_account(request: Request, account: Account, done: str) -> Response:
    return RedirectResponse(_account_path(request, account, done), 303)


def _account_path(request: Request, account: Account, done: str) -> str:
    path = request.app.state.urls.path("accounts:show", request.path_params["lang"], id=account.key)
    return f"{path}?done={done}"


_MAY = holding(MANAGE_ACCOUNTS)
_ONE = "/accounts/{id:number}"

routes = (
    PageRoute("/accounts", page(index, may=_MAY), "accounts:index"),
    PageRoute(_ONE, page(show, may=_MAY), "accounts:show"),
    PageRoute(f"{_ONE}/roles", action(change_roles, may=_MAY), "accounts:change_roles", ("POST",)),
    PageRoute(f"{_ONE}/invite-again", action(invite_again, may=_MAY), "accounts:invite_again", ("POST",)),
    PageRoute(f"{_ONE}/second-factor", action(take_factor_away, may=_MAY), "accounts:take_factor_away", ("POST",)),
    PageRoute(f"{_ONE}/suspend", action(suspend, may=_MAY), "accounts:suspend", ("POST",)),
    PageRoute(f"{_ONE}/resume", action(resume, may=_MAY), "accounts:resume", ("POST",)),
    PageRoute(f"{_ONE}/remove", action(remove, may=_MAY), "accounts:remove", ("POST",)),
)
