"""How an administrator invites, one or many. A ward councillor sees the cases of the ward whose seat they hold, and
their e-mail address says which that is: where it is no sitting councillor's, whoever invites is told so. A partner's
contact acts for one organisation, which is chosen.
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
from portal.accounts.service import AlreadyKnown, Invited, Rights
from portal.organisations.models import Organisation
from portal.organisations.queries import HeldSeat, organisations_that_go_on, seats_by_email
from portal.web import idempotency
from portal.web.forms import Problems
from portal.web.handlers import action, page
from portal.web.identity import holding, person_of
from portal.web.manifest import PageRoute
from portal.web.templates import render

NOTHING = Rights(frozenset())


@dataclass(frozen=True, slots=True)
class InviteContext:
    """The form for one invitation; once it was sent for a ward councillor, the seats of that address."""

    typed: Invitee
    roles: tuple[Role, ...]
    organisations: tuple[Organisation, ...]
    seats: tuple[HeldSeat, ...]
    problems: Problems
    form_key: str


@dataclass(frozen=True, slots=True)
class SeveralContext:
    """The form for many, and after sending it what became of each."""

    typed: Several
    roles: tuple[Role, ...]
    organisations: tuple[Organisation, ...]
    problems: Problems
    wrong_lines: tuple[int, ...]
    form_key: str


@dataclass(frozen=True, slots=True)
class OutcomeContext:
    """Who was invited, and who has an account already; of ward councillors the seats that they hold, by address, and of
    partners' contacts their organisation.
    """

    invited: tuple[tuple[str, str], ...]
    known: tuple[tuple[str, str], ...]
    seats: Mapping[str, tuple[HeldSeat, ...]]
    organisation: Organisation | None
    roles: Mapping[str, Role]


def ask_to_invite(request: Request, session: Session) -> Response:
    """The empty form."""
    typed, going_on = Invitee("", "", request.path_params["lang"], NOTHING), organisations_that_go_on(session)
    context = InviteContext(typed, _roles(request), going_on, (), {}, idempotency.new_key())
    return render(request, "accounts/invite.html", context)


def invite(request: Request, session: Session, form: FormData) -> Response:
    """An invitation by mail; or the form again, with everything that was typed."""
    going_on = organisations_that_go_on(session)
    typed, problems = forms.invitee(form, request.app.state.roles, [one.key for one in going_on])
    seats = _seats(session, typed.rights, [typed.email]).get(typed.email, ())
    if not problems and COUNCILLOR in typed.rights.roles and not seats and not forms.is_sure_of(form, typed.email):
        problems = {"sure": "no_seat"}

    def make() -> str:
        account = _invite(request, session, typed)
        path = request.app.state.urls.path("accounts:show", request.path_params["lang"], id=account.key)
        return f"{path}?done=invited"

    if not problems:
        try:
            return RedirectResponse(idempotency.once(session, form, make), 303)
        except AlreadyKnown:
            problems = {"email": "known"}
    context = InviteContext(typed, _roles(request), going_on, seats, problems, idempotency.new_key())
    return render(request, "accounts/invite.html", context, status=422)


def ask_to_invite_several(request: Request, session: Session) -> Response:
    """The empty form."""
    typed = Several("", request.path_params["lang"], NOTHING)
    context = SeveralContext(typed, _roles(request), organisations_that_go_on(session), {}, (), idempotency.new_key())
    return render(request, "accounts/invite_several.html", context)


def invite_several(request: Request, session: Session, form: FormData) -> Response:
    """An invitation for each line, and who has an account already; sent twice, the list of accounts. While a line is
    wrong nobody is invited.
    """
    going_on = {one.key: one for one in organisations_that_go_on(session)}
    typed, people, problems, wrong = forms.several(form, request.app.state.roles, going_on)
    if problems:
        organisations, form_key = tuple(going_on.values()), idempotency.new_key()
        context = SeveralContext(typed, _roles(request), organisations, problems, wrong, form_key)
        return render(request, "accounts/invite_several.html", context, status=422)
    invited: list[tuple[str, str]] = []
    known: list[tuple[str, str]] = []

    def make() -> str:
        for name, email in people:
            try:
                _invite(request, session, Invitee(name, email, typed.language, typed.rights))
                invited.append((name, email))
            except AlreadyKnown:
                known.append((name, email))
        return str(request.app.state.urls.path("accounts:index", request.path_params["lang"]))

    led_to = idempotency.once(session, form, make)
    if not invited and not known:  # sent twice: who was invited stands among the accounts
        return RedirectResponse(led_to, 303)
    seats = _seats(session, typed.rights, [email for _, email in invited])
    organisation = going_on.get(typed.rights.organisation_id or 0)
    outcome = OutcomeContext(tuple(invited), tuple(known), seats, organisation, request.app.state.roles)
    return render(request, "accounts/outcome.html", outcome)


def _invite(request: Request, session: Session, typed: Invitee) -> Account:
    person, rights = person_of(request), typed.rights
    invited = Invited(typed.name, typed.email, typed.language, rights.roles, rights.organisation_id)
    account, token = service.invite(session, person.actor, invited)
    mailing.send_invitation(session, request.app.state, account, token, person.name)
    return account


def _seats(session: Session, rights: Rights, emails: list[str]) -> Mapping[str, tuple[HeldSeat, ...]]:
    """The seats of each address, where it is that of a ward councillor."""
    return seats_by_email(session, emails, clock.today()) if COUNCILLOR in rights.roles else {}


def _roles(request: Request) -> tuple[Role, ...]:
    return tuple(request.app.state.roles.values())


_MAY = holding(MANAGE_ACCOUNTS)

routes = (
    PageRoute("/accounts/invite", page(ask_to_invite, may=_MAY), "accounts:ask_to_invite"),
    PageRoute("/accounts/invite", action(invite, may=_MAY), "accounts:invite", ("POST",)),
    PageRoute("/accounts/invite-several", page(ask_to_invite_several, may=_MAY), "accounts:ask_to_invite_several"),
    PageRoute("/accounts/invite-several", action(invite_several, may=_MAY), "accounts:invite_several", ("POST",)),
)
