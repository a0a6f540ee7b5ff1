"""What publishing contributes: the content pages and their places in the sitemap."""

from collections.abc import Iterator

from sqlmodel import Session

from portal.publishing.content import PAGES
from portal.publishing.routes import routes
from portal.web.manifest import Manifest, SitemapEntry


def _sitemap(_session: Session) -> Iterator[SitemapEntry]:
    for slug in PAGES:
        yield SitemapEntry(f"publishing:{slug}", {"en": {}, "cy": {}})


manifest = Manifest(noun="publishing", routes=routes, sitemap=_sitemap)
