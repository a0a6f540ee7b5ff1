"""The map of the site: the nouns, the middleware and the table of errors. `create_app` is the only way to an
application.
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.routing import BaseRoute, Route

from portal.audit.manifest import manifest as audit
from portal.contact.manifest import manifest as contact
from portal.crime import categories
from portal.crime.manifest import manifest as crime
from portal.db import Database
from portal.hub.manifest import manifest as hub
from portal.notifications.manifest import manifest as notifications
from portal.places.manifest import manifest as places
from portal.publishing import content
from portal.publishing.manifest import manifest as publishing
from portal.resources import resource_dir
from portal.settings import Settings
from portal.web import catalogue, plain
from portal.web.access import AccessLog
from portal.web.assets import Assets
from portal.web.catalogue import Catalogues
from portal.web.delivery import Delivery
from portal.web.errors import HANDLERS
from portal.web.faults import Faults
from portal.web.housekeeping import manifest as web
from portal.web.manifest import Manifest, PlainRoute
from portal.web.routing import BilingualRoutes
from portal.web.security import Security
from portal.web.templates import Templates

MANIFESTS: tuple[Manifest, ...] = (web, hub, places, crime, publishing, contact, notifications, audit)


def create_app(
    settings: Settings, *, database: Database | None = None, catalogues: Catalogues | None = None
) -> Starlette:
    """The application. It opens its own database unless it is given one, and closes what it opened."""
    own = database is None
    database = database or Database(settings.url)
    bilingual = BilingualRoutes((route for noun in MANIFESTS for route in noun.routes), settings.languages)
    assets = Assets.load(resource_dir("static/dist"))

    @asynccontextmanager
    async def lifespan(_app: Starlette) -> AsyncIterator[None]:
        yield
        if own:
            database.close()

    app = Starlette(
        routes=[assets.route(), *_plain_routes(), bilingual.mount()],
        middleware=[
            Middleware(AccessLog),
            Middleware(Delivery, database=database),
            Middleware(Security, settings=settings),
            Middleware(Faults),
        ],
        exception_handlers=dict(HANDLERS),
        lifespan=lifespan,
    )
    app.router.redirect_slashes = False  # the language mount moves them itself, for good and without naming a host
    app.state.settings = settings
    app.state.database = database
    app.state.urls = bilingual.urls
    app.state.pages = content.load(settings)
    app.state.categories = categories.load()
    app.state.templates = Templates(settings, assets, bilingual.urls, catalogues or catalogue.load(settings.languages))
    return app


def _plain_routes() -> list[BaseRoute]:
    parts = tuple(noun.sitemap for noun in MANIFESTS if noun.sitemap)
    shown = tuple(noun.noun for noun in MANIFESTS if noun.sitemap)
    declared: list[PlainRoute] = [
        *plain.routes(parts, shown),
        *(route for noun in MANIFESTS for route in noun.plain_routes),
    ]
    return [Route(one.path, one.endpoint, name=one.name, methods=list(one.methods)) for one in declared]
