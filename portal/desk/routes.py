"""Where a signed-in person lands: what waits for them, what has waited longest first, and their ways on."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from sqlmodel import Session
from starlette.requests import Request
from starlette.responses import Response

from portal.desk.opening import first_steps
from portal.web.handlers import page
from portal.web.identity import SIGNED_IN, person_of
from portal.web.manifest import DeskTask, FirstStep, PageRoute
from portal.web.templates import render

_LAST = dt.datetime.max.replace(tzinfo=dt.UTC)


@dataclass(frozen=True, slots=True)
class DeskContext:
    """What waits, what has waited longest first; and what the portal still needs that this person can see to."""

    tasks: tuple[DeskTask, ...]
    steps: tuple[FirstStep, ...]


def show(request: Request, session: Session) -> Response:
    """What waits for the person who asks."""
    person = person_of(request)
    tasks = [task for noun in request.app.state.desks for task in noun(session, person)]
    ordered = sorted(tasks, key=lambda task: task.since or _LAST)
    steps = (step for step in first_steps(request.app.state, session) if person.may(step.permission))
    return render(request, "desk/show.html", DeskContext(tuple(ordered), tuple(steps)))


routes = (PageRoute("/desk", page(show, may=SIGNED_IN), "desk:show"),)
