"""What accounts contribute: signing in, one's own account, the management of accounts, and their ends."""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass

from sqlmodel import Session

from portal.accounts import inviting, linking, links, managing, own, service, sessions, signing_in
from portal.accounts.acts import ACTS, THINGS
from portal.accounts.cli import register
from portal.accounts.mailing import send_password_links
from portal.accounts.permissions import MANAGE_ACCOUNTS, SEE_CASES
from portal.accounts.personal import personal
from portal.accounts.queries import colleagues
from portal.accounts.unaccepted import count_unaccepted, forget_unaccepted
from portal.settings import Settings
from portal.web.identity import Person
from portal.web.language import N_
from portal.web.manifest import DeskTask, FirstStep, Job, JobContext, Manifest, Permission, Retention

_ADMINISTRATORS = 2
"""One who loses their way in is let in again by another."""


def _forget(here: JobContext) -> str | None:
    with here.database.unit_of_work() as session:
        gone = sessions.forget_ended(session, here.settings) + links.forget_ended(session)
    return f"{gone} deleted" if gone else None


@dataclass(frozen=True, slots=True)
class NoContext:
    """The task says everything by itself."""


def _codes_to_keep(session: Session, person: Person) -> Iterable[DeskTask]:
    if service.get_account(session, person.account_id).codes_sealed is not None:
        yield DeskTask("accounts/desk_codes.html", NoContext())


@dataclass(frozen=True, slots=True)
class ColleaguesContext:
    """How many people can sign in: too few of them are administrators."""

    people: int


def _first_steps(session: Session, _settings: Settings) -> Iterable[FirstStep]:
    there = colleagues(session)
    if there.administrators < _ADMINISTRATORS:
        route = "accounts:invite" if there.people else ""
        yield FirstStep("accounts/desk_step.html", ColleaguesContext(there.people), MANAGE_ACCOUNTS, route)


manifest = Manifest(
    noun="accounts",
    routes=(*signing_in.routes, *linking.routes, *own.routes, *inviting.routes, *managing.routes),
    permissions=(Permission(MANAGE_ACCOUNTS), Permission(SEE_CASES)),
    jobs=(
        Job("password-links", dt.timedelta(seconds=3), send_password_links),
        Job("forget-sessions-and-links", dt.timedelta(hours=1), _forget),
        Job("forget-unaccepted-accounts", dt.timedelta(hours=6), forget_unaccepted),
    ),
    retention=(
        Retention(
            N_("sessions of people who work with the portal"),
            N_("until they end"),
            "forget-sessions-and-links",
            sessions.count_ended,
        ),
        Retention(
            N_("links to accept an invitation or set a password"),
            N_("14 days and 2 hours"),
            "forget-sessions-and-links",
            lambda session, _settings: links.count_ended(session),
        ),
        Retention(
            N_("accounts whose invitation nobody accepted"),
            N_("for the months of the setting invited_months after the last invitation"),
            "forget-unaccepted-accounts",
            count_unaccepted,
        ),
    ),
    desk=_codes_to_keep,
    first_steps=_first_steps,
    personal=personal,
    commands=register,
    acts=ACTS,
    things=THINGS,
)
