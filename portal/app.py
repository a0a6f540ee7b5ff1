"""The map of the site: the nouns, the middleware and the table of errors. `create_app` is the only way to an
application.
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from functools import partial

from starlette.applications import Starlette
from starlette.datastructures import State
from starlette.middleware import Middleware
from starlette.routing import BaseRoute, Route

from portal.accounts import roles, sessions
from portal.accounts.manifest import manifest as accounts
from portal.accounts.passwords import Passwords
from portal.audit.manifest import manifest as audit
from portal.authority.manifest import manifest as authority
from portal.authority.service import in_force as authority_in_force
from portal.contact.manifest import manifest as contact
from portal.crime import categories
from portal.crime.manifest import manifest as crime
from portal.db import Database
from portal.desk.manifest import manifest as desk
from portal.hub.manifest import manifest as hub
from portal.moderation.manifest import manifest as moderation
from portal.notifications.manifest import manifest as notifications
from portal.organisations.manifest import manifest as organisations
from portal.places.manifest import manifest as places
from portal.publishing import content
from portal.publishing.manifest import manifest as publishing
from portal.resources import resource_dir
from portal.rights.manifest import manifest as rights
from portal.settings import Settings
from portal.vault import Vault
from portal.web import catalogue, plain
from portal.web.access import AccessLog
from portal.web.assets import Assets
from portal.web.catalogue import Catalogues
from portal.web.delivery import Delivery
from portal.web.effective import Effective
from portal.web.errors import HANDLERS
from portal.web.faults import Faults
from portal.web.housekeeping import manifest as web
from portal.web.letters import Letters
from portal.web.manifest import JobContext, Manifest, PlainRoute
from portal.web.routing import BilingualRoutes
from portal.web.security import Security
from portal.web.templates import Templates

MANIFESTS: tuple[Manifest, ...] = (
    web,
    hub,
    desk,
    places,
    organisations,
    crime,
    publishing,
    moderation,
    contact,
    accounts,
    authority,
    notifications,
    audit,
    rights,
)


def create_app(
    settings: Settings, *, database: Database | None = None, catalogues: Catalogues | None = None
) -> Starlette:
    """The application. It opens its own database unless it is given one, and closes what it opened."""
    effective = Effective(settings, authority_in_force)
    own = database is None
    database = database or Database(settings.url)
    bilingual = bilingual_routes(settings)
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
            Middleware(Delivery, database=database, learned=effective.keep_up),
            Middleware(Security, settings=settings),
            Middleware(Faults),
        ],
        exception_handlers=dict(HANDLERS),
        lifespan=lifespan,
    )
    app.router.redirect_slashes = False  # the language mount moves them itself, for good and without naming a host
    app.state.effective = effective
    app.state.settings = settings
    app.state.database = database
    app.state.urls = bilingual.urls
    app.state.templates = Templates(settings, assets, bilingual.urls, catalogues or catalogue.load(settings.languages))
    app.state.letters = Letters(app.state.templates, settings.languages)
    _give(app.state, settings)
    effective.follow(partial(_take, app.state))
    return app


def bilingual_routes(settings: Settings) -> BilingualRoutes:
    """Every page of every noun, in the languages of the portal: what is known without a database."""
    return BilingualRoutes((route for noun in MANIFESTS for route in noun.routes), settings.languages)


def _take(state: State, settings: Settings) -> None:
    """What is made from settings, made anew: they were changed on screen."""
    state.pages = content.load(settings)
    state.templates.take(settings)
    state.settings = settings


def _give(state: State, settings: Settings) -> None:
    """What handlers take from the application: data that is read once at the start, and what the nouns contribute."""
    state.pages = content.load(settings)
    state.categories = categories.load()
    state.roles = roles.load(permission for noun in MANIFESTS for permission in noun.permissions)
    state.identify = sessions.identify
    state.keep_alive = sessions.keep_alive
    state.passwords = Passwords()
    state.vault = Vault(settings)
    state.desks = tuple(noun.desk for noun in MANIFESTS if noun.desk)
    state.first_steps = tuple(noun.first_steps for noun in MANIFESTS if noun.first_steps)
    state.open_work = tuple(noun.open_work for noun in MANIFESTS if noun.open_work)
    state.topics = {kind.kind: kind for noun in MANIFESTS for kind in noun.topics}
    state.moderated = {kind: told for noun in MANIFESTS for kind, told in noun.moderated.items()}
    state.acts = {act: words for noun in MANIFESTS for act, words in noun.acts.items()}
    state.things = {kind.kind: kind for noun in MANIFESTS for kind in noun.things}
    state.public_acts = {act: template for noun in MANIFESTS for act, template in noun.public_acts.items()}
    state.personal = tuple(noun.personal for noun in MANIFESTS if noun.personal)
    state.retention = tuple(one for noun in MANIFESTS for one in noun.retention)


def job_context(app: Starlette) -> JobContext:
    """What the jobs of the worker work with: the same as the application's handlers."""
    state = app.state
    look_up = partial(state.effective.now, state.database)
    retention = frozenset(one.job for one in state.retention)
    return JobContext(state.database, state.settings, state.letters, look_up, state.topics, retention)


def _plain_routes() -> list[BaseRoute]:
    parts = tuple(noun.sitemap for noun in MANIFESTS if noun.sitemap)
    shown = tuple(noun.noun for noun in MANIFESTS if noun.sitemap)
    declared: list[PlainRoute] = [
        *plain.routes(parts, shown),
        *(route for noun in MANIFESTS for route in noun.plain_routes),
    ]
    return [Route(one.path, one.endpoint, name=one.name, methods=list(one.methods)) for one in declared]
