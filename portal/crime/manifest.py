"""What crime contributes: the pages of a month, the commands, the release of months that are due, and the sitemap."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass

from sqlmodel import Session, select

from portal.authority.permissions import MANAGE_SETTINGS
from portal.crime import desk, explaining, staff_routes
from portal.crime.acts import ACTS, PUBLIC_ACTS, THINGS
from portal.crime.announcing import announce_figures, topics
from portal.crime.cli import add_up_again, register
from portal.crime.models import ForceMonth
from portal.crime.permissions import RELEASE_FIGURES
from portal.crime.routes import PATHS, routes
from portal.crime.service import release_due
from portal.places.queries import areas_with_pages, served_authorities
from portal.settings import Settings
from portal.web.manifest import FirstStep, Job, JobContext, Manifest, Permission, SitemapEntry


def _sitemap(session: Session) -> Iterator[SitemapEntry]:
    """The latest month of every area. Earlier months are reached from there."""
    for area in areas_with_pages(session, tuple(PATHS)):
        yield SitemapEntry(f"crime:{area.kind}", {"en": {"slug": area.slug_en}, "cy": {"slug": area.slug_cy}})


def _release(here: JobContext) -> str | None:
    with here.database.unit_of_work() as session:
        released = release_due(session, here.settings.authority.nation)
    return f"{released} months released" if released else None


def _announce(here: JobContext) -> str | None:
    announced = announce_figures(here.database)
    return f"{announced} announced" if announced else None


@dataclass(frozen=True, slots=True)
class LoadedContext:
    """Whether there are areas to count for; what is missing otherwise are figures."""

    has_areas: bool


def _first_steps(session: Session, _settings: Settings) -> Iterator[FirstStep]:
    if session.exec(select(ForceMonth.id).limit(1)).first() is None:
        yield FirstStep("crime/desk_step.html", LoadedContext(bool(served_authorities(session))), MANAGE_SETTINGS)


manifest = Manifest(
    noun="crime",
    routes=(*routes, *staff_routes.routes, *explaining.routes),
    permissions=(Permission(RELEASE_FIGURES),),
    sitemap=_sitemap,
    jobs=(
        Job("release-due-months", dt.timedelta(hours=1), _release),
        Job("announce-figures", dt.timedelta(minutes=1), _announce),
    ),
    topics=topics,
    commands=register,
    after_places=add_up_again,
    acts=ACTS,
    things=THINGS,
    public_acts=PUBLIC_ACTS,
    desk=desk.tasks,
    first_steps=_first_steps,
)
