"""What staff do with the seats of a ward: see who sits, say how many there are, mark everybody as checked."""

from __future__ import annotations

from dataclasses import dataclass

from sqlmodel import Session
from starlette.datastructures import FormData
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from portal import clock
from portal.organisations import service
from portal.organisations.permissions import MANAGE_ORGANISATIONS
from portal.organisations.service import Kind
from portal.organisations.sitting import WardView, ward_and_councillors
from portal.web.forms import Problems, line
from portal.web.handlers import action, page
from portal.web.identity import holding, person_of
from portal.web.manifest import PageRoute
from portal.web.templates import render

DONE = frozenset({"seats", "checked"})


@dataclass(frozen=True, slots=True)
class SeatsContext:
    """The seats of one ward."""

    view: WardView
    typed: str
    most: int
    problems: Problems
    done: str


def seats(request: Request, session: Session) -> Response:
    """The seats of a ward."""
    return _seats(request, session, "", {})


def set_seats(request: Request, session: Session, form: FormData) -> Response:
    """How many there are from today on."""
    ward, typed = service.get_ward(session, request.path_params["id"]), line(form, "number", 3)
    if not (typed.isascii() and typed.isdigit() and 1 <= int(typed) <= service.MOST_SEATS):
        return _seats(request, session, typed, {"number": "not_number"})
    try:
        service.set_seats(session, person_of(request).actor, ward, int(typed))
    except service.StillHeld:
        return _seats(request, session, typed, {"number": "still_held"})
    return _to_seats(request, "seats")


def check_seats(request: Request, session: Session, _form: FormData) -> Response:
    """Everybody who sits for the ward was looked at today."""
    view = ward_and_councillors(session, service.get_ward(session, request.path_params["id"]), clock.today())
    sitting = [seat.councillor.key for seat in view.seats if seat.councillor is not None]
    service.mark_all_checked(session, person_of(request).actor, Kind.councillor, sitting)
    return _to_seats(request, "checked")


def _seats(request: Request, session: Session, typed: str, problems: Problems) -> Response:
    view = ward_and_councillors(session, service.get_ward(session, request.path_params["id"]), clock.today())
    done = request.query_params.get("done", "")
    shown = typed or str(len(view.seats))
    context = SeatsContext(view, shown, service.MOST_SEATS, problems, done if done in DONE else "")
    return render(request, "organisations/seats.html", context, status=422 if problems else 200)


def _to_seats(request: Request, done: str) -> Response:
    path = request.app.state.urls.path("organisations:seats", request.path_params["lang"], id=request.path_params["id"])
    return RedirectResponse(f"{path}?done={done}", 303)


_MAY = holding(MANAGE_ORGANISATIONS)
_ONE = "/organisations/wards/{id:number}"

routes = (
    PageRoute(_ONE, page(seats, may=_MAY), "organisations:seats"),
    PageRoute(f"{_ONE}/seats", action(set_seats, may=_MAY), "organisations:set_seats", ("POST",)),
    PageRoute(f"{_ONE}/checked", action(check_seats, may=_MAY), "organisations:check_seats", ("POST",)),
)
