"""Routes outside the languages: the choice of language at the door, robots, sitemap, the theme, and whether the
portal is well.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from xml.sax.saxutils import escape

from sqlalchemy import text
from sqlmodel import Session
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, RedirectResponse, Response

from portal.trouble import NotFound
from portal.web.assets import matches
from portal.web.handlers import Endpoint, page
from portal.web.identity import ANYBODY
from portal.web.language import preferred, translated_path
from portal.web.manifest import PlainRoute, SitemapEntry

Sitemap = Callable[[Session], Iterable[SitemapEntry]]
_MOST_SITEMAP_URLS = 50_000


def door(request: Request) -> Response:
    """To the front page in the language that the browser asks for first."""
    lang = preferred(request.headers.get("accept-language", ""), request.app.state.settings.languages)
    return RedirectResponse(f"/{lang}/", 302, headers={"Vary": "Accept-Language", "Cache-Control": "no-store"})


def front_slash(request: Request) -> Response:
    """/en is /en/."""
    lang = request.path_params["lang"]
    if lang not in request.app.state.settings.languages:
        raise NotFound(lang)
    return RedirectResponse(f"/{lang}/", 301)


def robots(request: Request) -> Response:
    """Everything public may be indexed, but no demonstration; the contact forms and the search need not be."""
    settings = request.app.state.settings
    forms = [f"Disallow: /{lang}{translated_path('/contact/', lang)}" for lang in settings.languages]
    rules = "Disallow: /" if settings.demo else "\n".join(forms)
    body = f"User-agent: *\n{rules}\nSitemap: {settings.public_url}/sitemap.xml\n"
    return PlainTextResponse(body, headers={"Cache-Control": "public, max-age=3600"})


def theme(request: Request) -> Response:
    """The authority's colour, as the one thing of the stylesheet that an authority chooses. It is seen on every page
    within a minute of its change, as the rest of a page is; who has it already is told so.
    """
    colour = request.app.state.settings.authority.brand_colour
    headers = {"Cache-Control": "public, max-age=60", "ETag": f'"{colour.removeprefix("#").lower()}"'}
    if matches(request.headers.get("if-none-match", ""), headers["ETag"]):
        return Response(status_code=304, headers=headers)
    css = f":root{{--portal-brand:{colour};--portal-brand-text:#ffffff}}\n"
    return Response(css, media_type="text/css", headers=headers)


def healthy(_request: Request) -> Response:
    """The process answers."""
    return PlainTextResponse("ok\n", headers={"Cache-Control": "no-store"})


def ready(_request: Request, session: Session) -> Response:
    """The process answers and the database does too, with its tables; otherwise this raises, and the answer is 503
    or 500.
    """
    session.connection().execute(text("SELECT count(*) FROM revision"))
    return JSONResponse({"ready": True}, headers={"Cache-Control": "no-store"})


def sitemap(parts: tuple[Sitemap, ...], shows: tuple[str, ...]) -> Endpoint:
    """Every public page in every language, each with links to its twin."""

    def handler(request: Request, session: Session) -> Response:
        entries = [entry for part in parts for entry in part(session)]
        blocks = [_entry(request, entry, lang) for entry in entries for lang in request.app.state.settings.languages]
        head = (
            '<?xml version="1.0" encoding="UTF-8"?>\n<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9" '
            'xmlns:xhtml="http://www.w3.org/1999/xhtml">\n'
        )
        return Response(head + "".join(blocks[:_MOST_SITEMAP_URLS]) + "</urlset>\n", media_type="application/xml")

    return page(handler, shows=shows)


def _entry(request: Request, entry: SitemapEntry, lang: str) -> str:
    state = request.app.state
    where = {
        one: state.settings.public_url + state.urls.path(entry.name, one, **entry.params[one])
        for one in state.settings.languages
    }
    twins = where.items() if len(where) > 1 else ()
    links = "".join(f'<xhtml:link rel="alternate" hreflang="{one}" href="{escape(url)}"/>' for one, url in twins)
    return f"<url><loc>{escape(where[lang])}</loc>{links}</url>\n"


def routes(parts: tuple[Sitemap, ...], shows: tuple[str, ...]) -> tuple[PlainRoute, ...]:
    """Every route outside the languages but the assets'."""
    return (
        PlainRoute("/", door, "web:door"),
        PlainRoute("/{lang:lang}", front_slash, "web:front_slash"),
        PlainRoute("/robots.txt", robots, "web:robots"),
        PlainRoute("/sitemap.xml", sitemap(parts, shows), "web:sitemap"),
        PlainRoute("/theme.css", theme, "web:theme"),
        PlainRoute("/healthz", healthy, "web:healthy"),
        PlainRoute("/readyz", page(ready, may=ANYBODY), "web:ready"),
    )
