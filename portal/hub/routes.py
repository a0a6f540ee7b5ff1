"""The front page: one box, and the ways on."""

from __future__ import annotations

from dataclasses import dataclass

from sqlmodel import Session
from starlette.requests import Request
from starlette.responses import Response

from portal.clock import Month
from portal.crime.supply import supply
from portal.places.models import Area
from portal.places.queries import levels
from portal.web.handlers import page
from portal.web.manifest import PageRoute
from portal.web.templates import render


@dataclass(frozen=True, slots=True)
class FrontContext:
    """The front page: the areas above the neighbourhoods, and the latest month of figures."""

    authorities: tuple[Area, ...]
    partnerships: tuple[Area, ...]
    forces: tuple[Area, ...]
    latest: Month | None


def front(request: Request, session: Session) -> Response:
    """What the portal is for, and the one box."""
    above = levels(session)
    known = [supply(session, force.slug_en, force).latest for force in above.forces]
    latest = max((month for month in known if month is not None), default=None)
    return render(request, "hub/front.html", FrontContext(above.authorities, above.partnerships, above.forces, latest))


routes = (PageRoute("/", page(front, shows=("places", "crime")), "hub:front"),)
