"""What those who may release figures see and do: the months, one month, what stands out in it, its pages before they
are public, and its release.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial

from sqlmodel import Session
from starlette.datastructures import FormData
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from portal import clock
from portal.clock import Month
from portal.crime import queries, service
from portal.crime.categories import Categories
from portal.crime.glances import Glance, glances
from portal.crime.models import ImportRun
from portal.crime.pages import area_month
from portal.crime.permissions import RELEASE_FIGURES
from portal.crime.queries import Missing, MonthLine, NoteLine
from portal.crime.routes import PATHS, MonthContext, area_asked_for
from portal.places.models import Area, AreaKind
from portal.places.queries import areas_with_pages
from portal.trouble import NotFound
from portal.web.forms import Problems, line
from portal.web.handlers import action, page
from portal.web.identity import holding, person_of
from portal.web.language import other
from portal.web.manifest import PageRoute
from portal.web.templates import render

MAY = holding(RELEASE_FIGURES)
ONE = "/figures/{month:month}"
DONE = frozenset({"released", "released_before", "declared", "withdrawn", "noted", "note_withdrawn", "in_the_meantime"})
_MOST_MOVED = 200


@dataclass(frozen=True, slots=True)
class MonthsContext:
    """Every month, and what is missing."""

    months: tuple[MonthLine, ...]
    missing: tuple[Missing, ...]


@dataclass(frozen=True, slots=True)
class LookContext:
    """One month: what came in, and what may be done."""

    line: MonthLine
    refused: tuple[ImportRun, ...]
    notes: tuple[NoteLine, ...]
    areas: dict[str, Area]
    categories: Categories
    most_moved: int
    done: str
    is_revised: bool


@dataclass(frozen=True, slots=True)
class GlancesContext:
    """What stands out, area by area."""

    line: MonthLine
    glances: tuple[Glance, ...]
    categories: Categories


@dataclass(frozen=True, slots=True)
class ReleaseContext:
    """What becomes public at once."""

    line: MonthLine
    earlier: tuple[Month, ...]
    notes: tuple[NoteLine, ...]
    pages: int
    problems: Problems


def index(request: Request, session: Session) -> Response:
    """Every month, newest first."""
    context = MonthsContext(queries.month_lines(session), queries.missing_months(session))
    return render(request, "crime/months.html", context)


def look(request: Request, session: Session) -> Response:
    """One month: what came in, set aside or moved, and what may be done."""
    line = queries.month_line(session, month_of(request))
    done = request.query_params.get("done", "")
    context = LookContext(
        line=line,
        refused=queries.refused_files(session, line.month),
        notes=queries.notes(session, line.month),
        areas={one.code: one for one in areas_with_pages(session, tuple(PATHS))},
        categories=request.app.state.categories,
        most_moved=_MOST_MOVED,
        done=done if done in DONE else "",
        is_revised=any(one.moved for one in line.forces),
    )
    return render(request, "crime/month.html", context)


def stand_out(request: Request, session: Session) -> Response:
    """The first sentence of every area's page."""
    line = queries.month_line(session, month_of(request))
    found = glances(session, line.month, tuple(PATHS))
    return render(request, "crime/areas.html", GlancesContext(line, found, request.app.state.categories))


def preview(request: Request, session: Session, *, kind: AreaKind) -> Response:
    """The page of an area as it will be once every month that waits is released; or, when its month picker was sent,
    that of the month that was picked.
    """
    area, lang = area_asked_for(request, session, kind), request.path_params["lang"]
    month = month_of(request, request.query_params.get("month"))
    if month != month_of(request) or area.slug(lang) != request.path_params["slug"]:
        urls = request.app.state.urls
        own = urls.path(f"crime:preview_{kind}", lang, month=str(month), slug=area.slug(lang))
        return RedirectResponse(own, status_code=303)
    view = area_month(session, area, month, preview=True)
    if view is None:
        raise NotFound(str(month))
    context = MonthContext(
        view, request.app.state.categories, f"crime:{kind}", is_latest_address=False, is_preview=True
    )
    return render(request, "crime/preview.html", context, twin={"slug": area.slug(other(lang))})


def ask_to_release(request: Request, session: Session) -> Response:
    """What becomes public at once, to be confirmed; where nothing waits any more, the month as it stands."""
    line = queries.month_line(session, month_of(request))
    if not line.waiting:
        return to_month(request, line.month, "released_before" if line.is_public else "")
    return _asked(request, session, line, {})


def release(request: Request, session: Session, form: FormData) -> Response:
    """Show the month to the public. Files that came while somebody looked are to be looked at first."""
    seen = queries.month_line(session, month_of(request))
    if seen.waiting and line(form, "seal", 20) != seen.seal:
        return _asked(request, session, seen, {"sure": "files_changed"})
    if seen.waiting and form.get("sure") != "yes":
        return _asked(request, session, seen, {"sure": "not_sure"})
    try:
        service.release_month(session, person_of(request).actor, seen.month)
    except NotFound:
        return to_month(request, seen.month, "released_before")
    return to_month(request, seen.month, "released")


def month_of(request: Request, picked: str | None = None) -> Month:
    """The month of the path, or the one picked. Raises NotFound for one that has not begun: nothing is known of it."""
    try:
        month = Month.parse(picked if picked is not None else request.path_params["month"])
    except ValueError as error:
        raise NotFound(str(picked)) from error
    if month.first_on > clock.today():
        raise NotFound(str(month))
    return month


def to_month(request: Request, month: Month, done: str) -> Response:
    """Back to the month, with what has just been done."""
    path = request.app.state.urls.path("crime:look", request.path_params["lang"], month=str(month))
    return RedirectResponse(f"{path}?done={done}" if done else path, 303)


def _asked(request: Request, session: Session, line: MonthLine, problems: Problems) -> Response:
    context = ReleaseContext(
        line=line,
        earlier=tuple(one for one in service.waiting_months(session) if one < line.month),
        notes=queries.notes(session, line.month),
        pages=len(areas_with_pages(session, tuple(PATHS))),
        problems=problems,
    )
    return render(request, "crime/release.html", context, status=422 if problems else 200)


routes = (
    PageRoute("/figures", page(index, may=MAY), "crime:months"),
    PageRoute(ONE, page(look, may=MAY), "crime:look"),
    PageRoute(f"{ONE}/areas", page(stand_out, may=MAY, is_heavy=True), "crime:stand_out"),
    PageRoute(f"{ONE}/release", page(ask_to_release, may=MAY), "crime:ask_to_release"),
    PageRoute(f"{ONE}/release", action(release, may=MAY), "crime:release", ("POST",)),
    *(
        PageRoute(
            f"{ONE}/preview/{word}/{{slug:slug}}",
            page(partial(preview, kind=kind), may=MAY, fragments=("month",)),
            f"crime:preview_{kind}",
        )
        for kind, word in PATHS.items()
    ),
)
