"""What places contributes: the A to Z, the one box, and the commands."""

from collections.abc import Iterator

from sqlmodel import Session

from portal.places.acts import ACTS, THINGS
from portal.places.cli import register
from portal.places.routes import routes
from portal.places.topics import topics
from portal.web.manifest import Manifest, SitemapEntry


def _sitemap(_session: Session) -> Iterator[SitemapEntry]:
    yield SitemapEntry("places:index", {"en": {}, "cy": {}})
    yield SitemapEntry("places:find", {"en": {}, "cy": {}})


manifest = Manifest(
    noun="places",
    routes=routes,
    sitemap=_sitemap,
    commands=register,
    topics=topics,
    acts=ACTS,
    things=THINGS,
)
