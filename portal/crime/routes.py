"""The page of an area's month, the choice of a month, and the same figures as CSV and JSON."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial

from sqlmodel import Session
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from portal.clock import Month
from portal.crime import export
from portal.crime.categories import Categories
from portal.crime.pages import AreaMonth, area_month
from portal.places.models import Area, AreaKind
from portal.places.queries import area_by_any_slug, area_by_slug
from portal.trouble import NotFound
from portal.web.handlers import page
from portal.web.language import other
from portal.web.manifest import PageRoute
from portal.web.templates import render

PATHS = {
    AreaKind.neighbourhood: "neighbourhoods",
    AreaKind.authority: "authorities",
    AreaKind.partnership: "partnerships",
    AreaKind.force: "forces",
}
"""The kinds of area that have a page, and their path words."""
SHOWS = ("crime", "organisations", "places")


@dataclass(frozen=True, slots=True)
class MonthContext:
    """The page of an area's month."""

    view: AreaMonth
    categories: Categories
    route: str
    is_latest_address: bool
    """Whether the address names no month, and so shows whichever is the latest."""
    is_preview: bool = False
    """Whether it is shown, to those who may release it, as if every month that waits were released."""


@dataclass(frozen=True, slots=True)
class NothingYetContext:
    """An area before its first month is released."""

    area: Area


def show(request: Request, session: Session, *, kind: AreaKind) -> Response:
    """The latest month; or, when the month picker was sent, the month that was picked."""
    picked = request.query_params.get("month")
    if picked is not None:
        return _to_month(request, kind, picked)
    return _page(request, session, kind, None)


def show_month(request: Request, session: Session, *, kind: AreaKind) -> Response:
    """One month."""
    return _page(request, session, kind, Month.parse(request.path_params["month"]))


def download(request: Request, session: Session, *, kind: AreaKind, form: str) -> Response:
    """Exactly what the page shows, as a file."""
    area = area_asked_for(request, session, kind)
    view = area_month(session, area, Month.parse(request.path_params["month"]), preview=_is_preview(request))
    if view is None:
        raise NotFound
    return export.FORMS[form](request, view)


def _page(request: Request, session: Session, kind: AreaKind, month: Month | None) -> Response:
    area = area_asked_for(request, session, kind)
    lang = request.path_params["lang"]
    if area.slug(lang) != request.path_params["slug"]:
        return RedirectResponse(_own_path(request, area, month), status_code=301)
    view = area_month(session, area, month, preview=_is_preview(request))
    twin = {"slug": area.slug(other(lang))}
    if view is None:
        return render(request, "crime/nothing_yet.html", NothingYetContext(area), twin=twin)
    context = MonthContext(view, request.app.state.categories, f"crime:{kind}", month is None)
    return render(request, "crime/show.html", context, twin=twin)


def _to_month(request: Request, kind: AreaKind, picked: str) -> Response:
    try:
        month = Month.parse(picked)
    except ValueError as error:
        raise NotFound(picked) from error
    lang, slug = request.path_params["lang"], request.path_params["slug"]
    path = request.app.state.urls.path(f"crime:{kind}_month", lang, slug=slug, month=str(month))
    return RedirectResponse(path, status_code=303)


def area_asked_for(request: Request, session: Session, kind: AreaKind) -> Area:
    """The area of the path, by its word in either language. Raises NotFound."""
    lang, slug = request.path_params["lang"], request.path_params["slug"]
    area = area_by_slug(session, kind, lang, slug) or area_by_any_slug(session, kind, slug)
    if area is None:
        raise NotFound(slug)
    return area


def _own_path(request: Request, area: Area, month: Month | None) -> str:
    """The address of an area by its own word in this language: for who came with the other language's word."""
    lang, urls = request.path_params["lang"], request.app.state.urls
    if month is None:
        return str(urls.path(f"crime:{area.kind}", lang, slug=area.slug(lang)))
    return str(urls.path(f"crime:{area.kind}_month", lang, slug=area.slug(lang), month=str(month)))


def _is_preview(request: Request) -> bool:
    """Set by the preview command alone, which calls the application without a network: no request can set it."""
    return bool(request.scope.get("portal.preview"))


def _routes(kind: AreaKind, word: str) -> tuple[PageRoute, ...]:
    base = f"/crime/{word}/{{slug:slug}}"
    shown = partial(page, shows=SHOWS, fragments=("month",))
    return (
        PageRoute(base, shown(partial(show, kind=kind), params=("month",)), f"crime:{kind}"),
        PageRoute(f"{base}/{{month:month}}", shown(partial(show_month, kind=kind)), f"crime:{kind}_month"),
        *(
            PageRoute(
                f"{base}/{{month:month}}.{form}",
                page(partial(download, kind=kind, form=form), shows=SHOWS),
                f"crime:{kind}_{form}",
            )
            for form in export.FORMS
        ),
    )


routes = tuple(route for kind, word in PATHS.items() for route in _routes(kind, word))
