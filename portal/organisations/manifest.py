"""What organisations contribute: who is in charge and the councillors, their upkeep, the commands, and what follows
when a ward ends.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass

from sqlmodel import Session, select

from portal import clock
from portal.organisations import managing, seating
from portal.organisations.acts import ACTS, THINGS
from portal.organisations.checking import to_check
from portal.organisations.cli import register
from portal.organisations.following import end_seats_of_ended_wards, turn_the_day
from portal.organisations.models import Councillor
from portal.organisations.permissions import MANAGE_ORGANISATIONS
from portal.organisations.personal import (
    KEPT_BECAUSE,
    erase,
    forget_former_contacts,
    former_contacts,
    held,
    named,
)
from portal.organisations.queries import organisations_in_charge
from portal.organisations.routes import routes
from portal.places.models import AreaKind
from portal.places.queries import areas_with_pages
from portal.settings import Settings
from portal.web.identity import Person
from portal.web.language import N_
from portal.web.manifest import (
    DeskTask,
    FirstStep,
    Job,
    JobContext,
    Manifest,
    Permission,
    PersonalData,
    Retention,
    SitemapEntry,
)

_FORGET = "forget-former-contacts"


def _sitemap(session: Session) -> Iterator[SitemapEntry]:
    yield SitemapEntry("organisations:in_charge", {"en": {}, "cy": {}})
    yield SitemapEntry("organisations:councillors", {"en": {}, "cy": {}})
    for ward in areas_with_pages(session, (AreaKind.ward,)):
        yield SitemapEntry("organisations:ward", {"en": {"slug": ward.slug_en}, "cy": {"slug": ward.slug_cy}})


@dataclass(frozen=True, slots=True)
class ToCheckContext:
    """How many things somebody should look at."""

    count: int


def _to_check(session: Session, person: Person) -> Iterator[DeskTask]:
    if person.may(MANAGE_ORGANISATIONS) and (things := to_check(session, clock.today())):
        yield DeskTask("organisations/desk_to_check.html", ToCheckContext(len(things)))


@dataclass(frozen=True, slots=True)
class EnteredContext:
    """Whether the public sees anybody in charge, and whether any councillor has been entered."""

    in_charge: bool
    councillors: bool


def _first_steps(session: Session, _settings: Settings) -> Iterator[FirstStep]:
    shown = organisations_in_charge(session, clock.today())
    in_charge = any(post.holder for view in shown for post in view.posts)
    councillors = session.exec(select(Councillor.id).limit(1)).first() is not None
    if not (in_charge and councillors):
        entered = EnteredContext(in_charge, councillors)
        yield FirstStep("organisations/desk_step.html", entered, MANAGE_ORGANISATIONS, "organisations:index")


def _forget(here: JobContext) -> str | None:
    with here.database.unit_of_work() as session:
        gone = forget_former_contacts(session, here.settings)
    return f"{gone} people's contacts deleted" if gone else None


def _turn(here: JobContext) -> str | None:
    with here.database.unit_of_work() as session:
        turned = turn_the_day(session)
    return f"{turned} people's terms or absences began or ended" if turned else None


manifest = Manifest(
    noun="organisations",
    routes=(*routes, *managing.routes, *seating.routes),
    permissions=(Permission(MANAGE_ORGANISATIONS),),
    sitemap=_sitemap,
    jobs=(
        Job(_FORGET, dt.timedelta(hours=6), _forget),
        Job("terms-and-absences", dt.timedelta(minutes=10), _turn),
    ),
    retention=(
        Retention(
            N_("how to reach people who have left a post or a seat"),
            N_("for the months of the setting former_contact_months after they left"),
            _FORGET,
            former_contacts,
        ),
    ),
    personal=PersonalData(held, erase, KEPT_BECAUSE, named),
    desk=_to_check,
    first_steps=_first_steps,
    after_places=end_seats_of_ended_wards,
    commands=register,
    acts=ACTS,
    things=THINGS,
)
