"""Requests about personal data: written down, looked at, extended, answered."""

from __future__ import annotations

from dataclasses import dataclass

from sqlmodel import Session
from starlette.datastructures import FormData
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from portal import clock
from portal.clock import Nation
from portal.lifecycle import IllegalMove
from portal.rights import forms, service
from portal.rights.forms import TypedRequest
from portal.rights.models import RightsRequest
from portal.rights.permissions import HANDLE_PERSONAL_DATA
from portal.web import idempotency
from portal.web.forms import Problems, line
from portal.web.handlers import action, page
from portal.web.identity import holding, person_of
from portal.web.manifest import PageRoute
from portal.web.templates import render

_DONE = frozenset({"received", "extended", "answered"})


@dataclass(frozen=True, slots=True)
class NewRequestContext:
    """The form for a new request."""

    typed: TypedRequest
    problems: Problems
    form_key: str


@dataclass(frozen=True, slots=True)
class RequestContext:
    """One request, and what may be done with it."""

    asked: RightsRequest
    may_extend: bool
    is_late: bool
    reason: str
    answered_on: str
    problems: Problems
    done: str


def ask(request: Request, _session: Session) -> Response:
    """The empty form."""
    typed = TypedRequest("", clock.today().isoformat())
    return render(request, "rights/new.html", NewRequestContext(typed, {}, idempotency.new_key()))


def receive(request: Request, session: Session, form: FormData) -> Response:
    """A request that came; or the form again, with what was typed."""
    typed, kind, day, problems = forms.new_request(form, clock.today())
    if kind is None or day is None:
        context = NewRequestContext(typed, problems, idempotency.new_key())
        return render(request, "rights/new.html", context, status=422)

    def make() -> str:
        made = service.receive(session, person_of(request).actor, kind, day, _nation(request))
        return _path(request, made.reference, "received")

    return RedirectResponse(idempotency.once(session, form, make), 303)


def show(request: Request, session: Session) -> Response:
    """One request."""
    asked = service.get_request(session, request.path_params["reference"])
    done = request.query_params.get("done", "")
    return _shown(request, asked, {}, done=done if done in _DONE else "")


def extend(request: Request, session: Session, form: FormData) -> Response:
    """Two months more; or the page again, with why not."""
    asked = service.get_request(session, request.path_params["reference"])
    reason, problems = forms.reason(form)
    if not problems:
        try:
            service.extend(session, person_of(request).actor, asked.reference, reason, _nation(request))
        except IllegalMove as why:
            problems = {"reason": why.codes[0]}
        else:
            return RedirectResponse(_path(request, asked.reference, "extended"), 303)
    return _shown(request, asked, problems, reason=reason)


def answer(request: Request, session: Session, form: FormData) -> Response:
    """It was answered; or the page again, with why that cannot be."""
    asked = service.get_request(session, request.path_params["reference"])
    typed = line(form, "answered_on", 20)[:20]
    day, code = forms.day_up_to(typed, clock.today())
    if day is not None and day < asked.received_on:
        day, code = None, "before_received"
    if day is not None:
        try:
            service.answer(session, person_of(request).actor, asked.reference, day)
        except IllegalMove as why:
            code = why.codes[0]
        else:
            return RedirectResponse(_path(request, asked.reference, "answered"), 303)
    return _shown(request, asked, {"answered_on": code}, answered_on=typed)


def _shown(  # noqa: PLR0913 - what was typed into either form
    request: Request,
    asked: RightsRequest,
    problems: Problems,
    *,
    reason: str = "",
    answered_on: str | None = None,
    done: str = "",
) -> Response:
    today = clock.today()
    context = RequestContext(
        asked=asked,
        may_extend=(asked.state == "open" and today <= asked.due_on) or "reason" in problems,
        is_late=asked.answered_on is None and today > asked.due_on,
        reason=reason,
        answered_on=today.isoformat() if answered_on is None else answered_on,
        problems=problems,
        done=done,
    )
    return render(request, "rights/show.html", context, status=422 if problems else 200)


def _path(request: Request, reference: str, done: str) -> str:
    path = request.app.state.urls.path("rights:request", request.path_params["lang"], reference=reference)
    return f"{path}?done={done}"


def _nation(request: Request) -> Nation:
    nation: Nation = request.app.state.settings.authority.nation
    return nation


_MAY = holding(HANDLE_PERSONAL_DATA)
_ONE = "/rights/requests/{reference:slug}"

routes = (
    PageRoute("/rights/new", page(ask, may=_MAY), "rights:ask"),
    PageRoute("/rights/new", action(receive, may=_MAY), "rights:receive", ("POST",)),
    PageRoute(_ONE, page(show, may=_MAY), "rights:request"),
    PageRoute(f"{_ONE}/extend", action(extend, may=_MAY), "rights:extend", ("POST",)),
    PageRoute(f"{_ONE}/answered", action(answer, may=_MAY), "rights:answer", ("POST",)),
)
