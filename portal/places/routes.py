"""The A to Z of neighbourhoods, and the one box: a postcode or the name of a place, posted, so that it is in no
address and no log.
"""

from __future__ import annotations

from dataclasses import dataclass

from sqlmodel import Session
from starlette.datastructures import FormData
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from portal import clock
from portal.places.finding import Code, Found
from portal.places.queries import Neighbourhood, find_places, neighbourhoods
from portal.web.forms import line
from portal.web.handlers import asking, page
from portal.web.identity import ANYBODY
from portal.web.manifest import PageRoute
from portal.web.templates import render

_MOST_TYPED = 100


@dataclass(frozen=True, slots=True)
class Letter:
    """One heading of the A to Z; Welsh has ch, dd, ff, ng, ll, ph, rh and th as letters of their own."""

    name: str
    neighbourhoods: tuple[Neighbourhood, ...]


@dataclass(frozen=True, slots=True)
class IndexContext:
    """The A to Z in the order of the page's language."""

    letters: tuple[Letter, ...]
    has_several_authorities: bool


@dataclass(frozen=True, slots=True)
class FindContext:
    """The box, what was typed into it, and what was found."""

    typed: str
    found: Found | None


def index(request: Request, session: Session) -> Response:
    """Every neighbourhood, by the letter it begins with in this language."""
    lang = request.path_params["lang"]
    rows = sorted(neighbourhoods(session, clock.today()), key=lambda one: one.sort_key(lang))
    letters: dict[str, list[Neighbourhood]] = {}
    for one in rows:
        letters.setdefault(one.letter(lang), []).append(one)
    several = len({one.authority_code for one in rows}) > 1
    return render(
        request, "places/index.html", IndexContext(tuple(Letter(k, tuple(v)) for k, v in letters.items()), several)
    )


def ask(request: Request, _session: Session) -> Response:
    """The box by itself."""
    return render(request, "places/find.html", FindContext("", None))


def find(request: Request, session: Session, form: FormData) -> Response:
    """To the neighbourhood when there is one; else what can be done next, with what was typed kept in the box."""
    lang = request.path_params["lang"]
    typed = line(form, "place", _MOST_TYPED)
    found = find_places(session, typed)
    if found.only is not None:
        path = request.app.state.urls.path(f"crime:{found.only.kind}", lang, slug=found.only.slug(lang))
        return RedirectResponse(path, status_code=303)
    is_answer = found.matches or found.code is Code.across_border
    context = FindContext(typed[:_MOST_TYPED], found)
    return render(request, "places/find.html", context, status=200 if is_answer else 422)


routes = (
    PageRoute("/neighbourhoods", page(index, shows=("places",)), "places:index"),
    PageRoute("/find", page(ask, shows=("places",)), "places:find"),
    PageRoute("/find", asking(find, may=ANYBODY), "places:search", ("POST",)),
)
