"""What an administrator does with accounts: list, invite one or many, change roles, suspend, resume, remove."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

from sqlmodel import Session
from starlette.datastructures import FormData
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from portal.accounts import factors, forms, mailing, queries, service
from portal.accounts.forms import Invitee, Several
from portal.accounts.models import Account, AccountStatus
from portal.accounts.permissions import MANAGE_ACCOUNTS
from portal.accounts.queries import Listed
from portal.accounts.roles import Role
from portal.accounts.service import AlreadyKnown, Invited
from portal.accounts.sessions import roles_of
from portal.audit.permissions import READ_RECORD
from portal.lifecycle import IllegalMove
from portal.web.forms import Problems, whole_number
from portal.web.handlers import action, page
from portal.web.identity import Person, holding, person_of
from portal.web.manifest import OpenWork, PageRoute
from portal.web.templates import render

DONE = frozenset({"invited", "again", "roles", "suspended", "resumed", "factor", "removed"})
NOT_DONE = frozenset({"last_administrator", "own_account", "not_from_invited", "not_from_active", "not_from_suspended"})


@dataclass(frozen=True, slots=True)
class ListContext:
    """Every account, and what has just been done."""

    accounts: tuple[Listed, ...]
    roles: dict[str, Role]
    done: str


@dataclass(frozen=True, slots=True)
class InviteContext:
    """The form for one invitation."""

    typed: Invitee
    roles: tuple[Role, ...]
    problems: Problems


@dataclass(frozen=True, slots=True)
class SeveralContext:
    """The form for many, and after sending it what became of each."""

    typed: Several
    roles: tuple[Role, ...]
    problems: Problems
    wrong_lines: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class OutcomeContext:
    """Who was invited, and who has an account already."""

    invited: tuple[tuple[str, str], ...]
    known: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class AccountContext:
    """One account, and what may be done with it."""

    account: Account
    held: frozenset[str]
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
    context = ListContext(queries.listed(session), dict(request.app.state.roles), done if done in DONE else "")
    return render(request, "accounts/index.html", context)


def ask_to_invite(request: Request, _session: Session) -> Response:
    """The empty form."""
    typed = Invitee("", "", request.path_params["lang"], frozenset())
    return render(request, "accounts/invite.html", InviteContext(typed, _roles(request), {}))


def invite(request: Request, session: Session, form: FormData) -> Response:
    """An invitation by mail; or the form again, with everything that was typed."""
    typed, problems = forms.invitee(form, request.app.state.roles)
    if not problems:
        try:
            account = _invite(request, session, typed.name, typed.email, typed.language, typed.roles)
        except AlreadyKnown:
            problems = {"email": "known"}
        else:
            return _to_account(request, account, "invited")
    return render(request, "accounts/invite.html", InviteContext(typed, _roles(request), problems), status=422)


def ask_to_invite_several(request: Request, _session: Session) -> Response:
    """The empty form."""
    return _several(request, Several("", request.path_params["lang"], frozenset()), {}, ())


def invite_several(request: Request, session: Session, form: FormData) -> Response:
    """An invitation for each line, and who has an account already. While a line is wrong nobody is invited."""
    typed, people, problems, wrong = forms.several(form, request.app.state.roles)
    if problems:
        return _several(request, typed, problems, wrong)
    invited, known = [], []
    for name, email in people:
        try:
            _invite(request, session, name, email, typed.language, typed.roles)
            invited.append((name, email))
        except AlreadyKnown:
            known.append((name, email))
    return render(request, "accounts/outcome.html", OutcomeContext(tuple(invited), tuple(known)))


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
            service.change_roles(session, person_of(request), account, chosen)
        except service.NobodyLeft:
            problems = {"roles": "last_administrator"}
        else:
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
        service.take_factor_away(session, person_of(request), account)
    except service.OwnAccount:
        return _to_account(request, account, "own_account")
    return _to_account(request, account, "factor")


Act = Callable[[Session, Person, Account], None]


def move(request: Request, session: Session, _form: FormData, *, act: Act, done: str) -> Response:
    """Suspend or resume; or the page again, with the reason why not."""
    account = _account(request, session)
    try:
        act(session, person_of(request), account)
    except IllegalMove as why:
        return _to_account(request, account, why.codes[0])
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


def _invite(  # noqa: PLR0913, PLR0917 - what an invitation is
    request: Request, session: Session, name: str, email: str, language: str, roles: frozenset[str]
) -> Account:
    person = person_of(request)
    account, token = service.invite(session, person.actor, Invited(name, email, language, roles))
    mailing.send_invitation(session, request.app.state, account, token, person.name)
    return account


def _several(request: Request, typed: Several, problems: Problems, wrong: tuple[int, ...]) -> Response:
    context = SeveralContext(typed, _roles(request), problems, wrong)
    return render(request, "accounts/invite_several.html", context, status=422 if problems else 200)


def _shown(request: Request, session: Session, account: Account, problems: Problems, done: str) -> Response:
    work = service.open_work(session, _open_work(request), account.key)
    heirs = tuple(
        one for one in queries.listed(session) if one.status is AccountStatus.active and one.id != account.key
    )
    context = AccountContext(
        account=account,
        held=roles_of(session, account.key),
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
    PageRoute("/accounts/invite", page(ask_to_invite, may=_MAY), "accounts:ask_to_invite"),
    PageRoute("/accounts/invite", action(invite, may=_MAY), "accounts:invite", ("POST",)),
    PageRoute("/accounts/invite-several", page(ask_to_invite_several, may=_MAY), "accounts:ask_to_invite_several"),
    PageRoute("/accounts/invite-several", action(invite_several, may=_MAY), "accounts:invite_several", ("POST",)),
    PageRoute(_ONE, page(show, may=_MAY), "accounts:show"),
    PageRoute(f"{_ONE}/roles", action(change_roles, may=_MAY), "accounts:change_roles", ("POST",)),
    PageRoute(f"{_ONE}/invite-again", action(invite_again, may=_MAY), "accounts:invite_again", ("POST",)),
    PageRoute(f"{_ONE}/second-factor", action(take_factor_away, may=_MAY), "accounts:take_factor_away", ("POST",)),
    PageRoute(
        f"{_ONE}/suspend",
        action(partial(move, act=service.suspend, done="suspended"), may=_MAY),
        "accounts:suspend",
        ("POST",),
    ),
    PageRoute(
        f"{_ONE}/resume",
        action(partial(move, act=service.resume, done="resumed"), may=_MAY),
        "accounts:resume",
        ("POST",),
    ),
    PageRoute(f"{_ONE}/remove", action(remove, may=_MAY), "accounts:remove", ("POST",)),
)
