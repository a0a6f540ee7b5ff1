"""What an administrator does with accounts: list, change roles, suspend, resume, remove. Who gets other roles, is
suspended or let in again, or loses the authenticator is told so by a letter.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial

from sqlmodel import Session
from starlette.datastructures import FormData
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from portal import clock
from portal.accounts import factors, forms, mailing, queries, service
from portal.accounts.models import Account, AccountStatus
from portal.accounts.permissions import COUNCILLOR, MANAGE_ACCOUNTS
from portal.accounts.queries import Listed
from portal.accounts.roles import Role
from portal.accounts.sessions import roles_of
from portal.audit.permissions import READ_RECORD
from portal.lifecycle import IllegalMove
from portal.organisations.queries import HeldSeat, seats_by_email
from portal.web.forms import Problems, whole_number
from portal.web.handlers import action, page
from portal.web.identity import Person, holding, person_of
from portal.web.letters import Office
from portal.web.manifest import OpenWork, PageRoute
from portal.web.templates import render

DONE = frozenset({"invited", "again", "roles", "suspended", "resumed", "factor", "removed"})
NOT_DONE = frozenset({"last_administrator", "own_account", "not_from_invited", "not_from_active", "not_from_suspended"})


@dataclass(frozen=True, slots=True)
class ListContext:
    """Every account, and what has just been done; of ward councillors the seats that they hold, by address."""

    accounts: tuple[Listed, ...]
    roles: dict[str, Role]
    seats: Mapping[str, tuple[HeldSeat, ...]]
    done: str


@dataclass(frozen=True, slots=True)
class AccountContext:
    """One account, and what may be done with it; of a ward councillor the seats that they hold, of others None."""

    account: Account
    held: frozenset[str]
    seats: tuple[HeldSeat, ...] | None
    roles: tuple[Role, ...]
    has_factor: bool
    is_own: bool
    open_work: int
    heirs: tuple[Listed, ...]
    may_read_record: bool
    done: str
    problems: Problems


def index(request: Request, session: Session) -> Response:
    """Everybody who has an account."""
    done = request.query_params.get("done", "")
    accounts = queries.listed(session)
    councillors = [one.email for one in accounts if COUNCILLOR in one.roles]
    seats = seats_by_email(session, councillors, clock.today())
    context = ListContext(accounts, dict(request.app.state.roles), seats, done if done in DONE else "")
    return render(request, "accounts/index.html", context)


def show(request: Request, session: Session) -> Response:
    """One account."""
    account = _account(request, session)
    done = request.query_params.get("done", "")
    return _shown(request, session, account, {}, done if done in DONE | NOT_DONE else "")


def change_roles(request: Request, session: Session, form: FormData) -> Response:
    """What they may do from now on."""
    account = _account(request, session)
    chosen, problems = forms.chosen_roles(form, request.app.state.roles)
    if not problems:
        try:
            has_changed = service.change_roles(session, person_of(request), account, chosen)
        except service.NobodyLeft:
            problems = {"roles": "last_administrator"}
        else:
            if has_changed:
                now = tuple(role for role in _roles(request) if role.code in chosen)
                mailing.send_roles(session, request.app.state, account, _own(request, session), now)
            if account.key == person_of(request).account_id and not chosen & _managing(request):
                return RedirectResponse(request.app.state.urls.path("desk:show", request.path_params["lang"]), 303)
            return _to_account(request, account, "roles")
    return _shown(request, session, account, problems, "")


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


Act = Callable[[Session, Person, Account], None]
Tell = Callable[[Session, Office, Account, Account], None]


def move(request: Request, session: Session, _form: FormData, *, act: Act, tell: Tell, done: str) -> Response:
    """Suspend or resume, and tell its holder; or the page again, with the reason why not."""
    account = _account(request, session)
    try:
        act(session, person_of(request), account)
    except IllegalMove as why:
        return _to_account(request, account, why.codes[0])
    tell(session, request.app.state, account, _own(request, session))
    return _to_account(request, account, done)


def remove(request: Request, session: Session, form: FormData) -> Response:
    """Take the account away, once it is confirmed and its open work has somebody."""
    account = _account(request, session)
    if form.get("sure") != "yes":
        return _shown(request, session, account, {"sure": "not_sure"}, "")
    try:
        service.remove(session, person_of(request), account, _open_work(request), whole_number(form, "heir"))
    except IllegalMove as why:
        return _shown(request, session, account, {"sure": why.codes[0]}, "")
    except service.WorkIsOpen:
        return _shown(request, session, account, {"heir": "open_work"}, "")
    return RedirectResponse(
        f"{request.app.state.urls.path('accounts:index', request.path_params['lang'])}?done=removed", 303
    )


def _shown(request: Request, session: Session, account: Account, problems: Problems, done: str) -> Response:
    work = service.open_work(session, _open_work(request), account.key)
    heirs = tuple(
        one for one in queries.listed(session) if one.status is AccountStatus.active and one.id != account.key
    )
    held, email = roles_of(session, account.key), account.email or ""
    context = AccountContext(
        account=account,
        held=held,
        seats=seats_by_email(session, [email], clock.today())[email] if COUNCILLOR in held else None,
        roles=_roles(request),
        has_factor=factors.is_set_up(account),
        is_own=account.key == person_of(request).account_id,
        open_work=work,
        heirs=heirs,
        may_read_record=person_of(request).may(READ_RECORD),
        done=done,
        problems=problems,
    )
    return render(request, "accounts/show.html", context, status=422 if problems else 200)


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


def _open_work(request: Request) -> tuple[OpenWork, ...]:
    return tuple(request.app.state.open_work)


def _to_account(request: Request, account: Account, done: str) -> Response:
    path = request.app.state.urls.path("accounts:show", request.path_params["lang"], id=account.key)
    return RedirectResponse(f"{path}?done={done}", 303)


_MAY = holding(MANAGE_ACCOUNTS)
_ONE = "/accounts/{id:number}"

routes = (
    PageRoute("/accounts", page(index, may=_MAY), "accounts:index"),
    PageRoute(_ONE, page(show, may=_MAY), "accounts:show"),
    PageRoute(f"{_ONE}/roles", action(change_roles, may=_MAY), "accounts:change_roles", ("POST",)),
    PageRoute(f"{_ONE}/invite-again", action(invite_again, may=_MAY), "accounts:invite_again", ("POST",)),
    PageRoute(f"{_ONE}/second-factor", action(take_factor_away, may=_MAY), "accounts:take_factor_away", ("POST",)),
    PageRoute(
        f"{_ONE}/suspend",
        action(partial(move, act=service.suspend, tell=mailing.send_suspended, done="suspended"), may=_MAY),
        "accounts:suspend",
        ("POST",),
    ),
    PageRoute(
        f"{_ONE}/resume",
        action(partial(move, act=service.resume, tell=mailing.send_resumed, done="resumed"), may=_MAY),
        "accounts:resume",
        ("POST",),
    ),
    PageRoute(f"{_ONE}/remove", action(remove, may=_MAY), "accounts:remove", ("POST",)),
)
