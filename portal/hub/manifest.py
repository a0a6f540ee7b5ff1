"""What the hub contributes: the front page."""

from collections.abc import Iterator

from sqlmodel import Session

from portal.hub.routes import routes
from portal.web.manifest import Manifest, SitemapEntry


def _sitemap(_session: Session) -> Iterator[SitemapEntry]:
    yield SitemapEntry("hub:front", {"en": {}, "cy": {}})


manifest = Manifest(noun="hub", routes=routes, sitemap=_sitemap)
