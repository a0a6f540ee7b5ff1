"""How an administrator invites, one or many. A ward councillor sees the cases of the ward whose seat they hold, and
their e-mail address says which that is: where it is no sitting councillor's, whoever invites is told so.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from sqlmodel import Session
from starlette.datastructures import FormData
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from portal import clock
from portal.accounts import forms, mailing, service
from portal.accounts.forms import Invitee, Several
from portal.accounts.models import Account
from portal.accounts.permissions import COUNCILLOR, MANAGE_ACCOUNTS
from portal.accounts.roles import Role
from portal.accounts.service import AlreadyKnown, Invited
from portal.organisations.queries import HeldSeat, seats_by_email
from portal.web.forms import Problems
from portal.web.handlers import action, page
from portal.web.identity import holding, person_of
from portal.web.manifest import PageRoute
from portal.web.templates import render


@dataclass(frozen=True, slots=True)
class InviteContext:
    """The form for one invitation; once it was sent for a ward councillor, the seats of that address."""

    typed: Invitee
    roles: tuple[Role, ...]
    seats: tuple[HeldSeat, ...]
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
    """Who was invited, and who has an account already; of ward councillors the seats that they hold, by address."""

    invited: tuple[tuple[str, str], ...]
    known: tuple[tuple[str, str], ...]
    seats: Mapping[str, tuple[HeldSeat, ...]]
    role: Role | None
    """That of ward councillors, where there is one."""


def ask_to_invite(request: Request, _session: Session) -> Response:
    """The empty form."""
    typed = Invitee("", "", request.path_params["lang"], frozenset())
    return render(request, "accounts/invite.html", InviteContext(typed, _roles(request), (), {}))


def invite(request: Request, session: Session, form: FormData) -> Response:
    """An invitation by mail; or the form again, with everything that was typed."""
    typed, problems = forms.invitee(form, request.app.state.roles)
    seats = _seats(session, typed.roles, [typed.email]).get(typed.email, ())
    if not problems and COUNCILLOR in typed.roles and not seats and not forms.is_sure_of(form, typed.email):
        problems = {"sure": "no_seat"}
    if not problems:
        try:
            account = _invite(request, session, typed.name, typed.email, typed.language, typed.roles)
        except AlreadyKnown:
            problems = {"email": "known"}
        else:
            path = request.app.state.urls.path("accounts:show", request.path_params["lang"], id=account.key)
            return RedirectResponse(f"{path}?done=invited", 303)
    context = InviteContext(typed, _roles(request), seats, problems)
    return render(request, "accounts/invite.html", context, status=422)


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
    seats = _seats(session, typed.roles, [email for _, email in invited])
    context = OutcomeContext(tuple(invited), tuple(known), seats, request.app.state.roles.get(COUNCILLOR))
    return render(request, "accounts/outcome.html", context)


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


def _seats(session: Session, roles: frozenset[str], emails: list[str]) -> Mapping[str, tuple[HeldSeat, ...]]:
    """The seats of each address, where it is that of a ward councillor."""
    return seats_by_email(session, emails, clock.today()) if COUNCILLOR in roles else {}


def _roles(request: Request) -> tuple[Role, ...]:
    return tuple(request.app.state.roles.values())


_MAY = holding(MANAGE_ACCOUNTS)

routes = (
    PageRoute("/accounts/invite", page(ask_to_invite, may=_MAY), "accounts:ask_to_invite"),
    PageRoute("/accounts/invite", action(invite, may=_MAY), "accounts:invite", ("POST",)),
    PageRoute("/accounts/invite-several", page(ask_to_invite_several, may=_MAY), "accounts:ask_to_invite_several"),
    PageRoute("/accounts/invite-several", action(invite_several, may=_MAY), "accounts:invite_several", ("POST",)),
)
