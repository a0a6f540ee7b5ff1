"""What crime contributes: the pages of a month, the commands, the release of months that are due, and the sitemap."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator

from sqlmodel import Session

from portal.crime.cli import add_up_again, register
from portal.crime.routes import PATHS, routes
from portal.crime.service import release_due
from portal.places.queries import areas_with_pages
from portal.web.manifest import Job, JobContext, Manifest, SitemapEntry


def _sitemap(session: Session) -> Iterator[SitemapEntry]:
    """The latest month of every area. Earlier months are reached from there."""
    for area in areas_with_pages(session, tuple(PATHS)):
        yield SitemapEntry(f"crime:{area.kind}", {"en": {"slug": area.slug_en}, "cy": {"slug": area.slug_cy}})


def _release(here: JobContext) -> str | None:
    with here.database.unit_of_work() as session:
        released = release_due(session, here.settings.authority.nation)
    return f"{released} months released" if released else None


manifest = Manifest(
    noun="crime",
    routes=routes,
    sitemap=_sitemap,
    jobs=(Job("release-due-months", dt.timedelta(hours=1), _release),),
    commands=register,
    after_places=add_up_again,
)
