"""The page of one account: as it is, or with what was typed into one of its forms and what is wrong with it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from sqlmodel import Session
from starlette.requests import Request
from starlette.responses import Response

from portal import clock
from portal.accounts import factors, handing
from portal.accounts.handing import Handing
from portal.accounts.models import Account
from portal.accounts.permissions import COUNCILLOR
from portal.accounts.queries import Listed
from portal.accounts.roles import Role
from portal.accounts.service import Rights
from portal.accounts.sessions import roles_of
from portal.audit.permissions import READ_RECORD
from portal.organisations.models import Organisation
from portal.organisations.queries import (
    HeldSeat,
    organisations_by_number,
    organisations_that_go_on,
    seats_by_email,
)
from portal.web import idempotency
from portal.web.forms import Problems
from portal.web.identity import person_of
from portal.web.manifest import OpenWork
from portal.web.templates import render


@dataclass(frozen=True, slots=True)
class Typed:
    """What was typed into one of the forms: roles, who takes over open work, and whether to remove for good."""

    rights: Rights | None = None
    heir_id: int | None = None
    is_sure: bool = False


UNTOUCHED = Typed()


@dataclass(frozen=True, slots=True)
class AccountContext:
    """One account, and what may be done with it; of a ward councillor the seats that they hold, of others None.

    `heirs` may take over everything that is open, `roles_heirs` what goes with roles: None until that is to be asked.
    """

    account: Account
    held: frozenset[str]
    rights: Rights
    seats: tuple[HeldSeat, ...] | None
    organisation: Organisation | None
    organisations: tuple[Organisation, ...]
    roles: tuple[Role, ...]
    has_factor: bool
    is_own: bool
    open_work: int
    heirs: tuple[Listed, ...]
    roles_heirs: tuple[Listed, ...] | None
    may_read_record: bool
    typed: Typed
    done: str
    problems: Problems
    form_key: str


def shown(  # noqa: PLR0913 - what a page shows
    request: Request,
    session: Session,
    account: Account,
    *,
    typed: Typed = UNTOUCHED,
    problems: Problems | None = None,
    done: str = "",
) -> Response:
    """The page of one account."""
    held, email = roles_of(session, account.key), account.email or ""
    given, rights = handing_of(request), typed.rights or Rights(held, account.organisation_id)
    lost = given.closed_to(rights.roles) if typed.rights is not None else ()
    is_asked = "roles_heir" in (problems or {}) or typed.heir_id is not None
    context = AccountContext(
        account=account,
        held=held,
        rights=rights,
        seats=seats_by_email(session, [email], clock.today())[email] if COUNCILLOR in held else None,
        organisation=organisations_by_number(session, [account.organisation_id]).get(account.organisation_id or 0),
        organisations=organisations_that_go_on(session),
        roles=tuple(given.roles.values()),
        has_factor=factors.is_set_up(account),
        is_own=account.key == person_of(request).account_id,
        open_work=handing.amount(session, given.nouns, account.key),
        heirs=handing.heirs(session, given, given.nouns, account.key),
        roles_heirs=handing.heirs(session, given, lost, account.key) if lost and is_asked else None,
        may_read_record=person_of(request).may(READ_RECORD),
        typed=typed,
        done=done,
        problems=problems or {},
        form_key=idempotency.new_key(),
    )
    return render(request, "accounts/show.html", context, status=422 if problems else 200)


def handing_of(request: Request, heir_id: int | None = None) -> Handing:
    """The open work and the roles of this portal, and who was chosen to take work over."""
    return Handing(tuple(request.app.state.open_work), request.app.state.roles, heir_id)


def not_handed(request: Request, session: Session, account: Account, nouns: Iterable[OpenWork]) -> str:
    """The code of what is wrong while nobody was chosen: there may be colleagues to choose, or none who may."""
    return "open_work" if handing.heirs(session, handing_of(request), nouns, account.key) else "nobody_fits"
