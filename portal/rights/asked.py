"""Requests and complaints about personal data: written down, looked at, extended, acknowledged, answered."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from sqlmodel import Session
from starlette.datastructures import FormData
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from portal import clock
from portal.lifecycle import IllegalMove
from portal.rights import forms, service
from portal.rights.forms import TypedRequest
from portal.rights.models import RequestKind, RightsRequest
from portal.rights.permissions import HANDLE_PERSONAL_DATA
from portal.web import idempotency
from portal.web.forms import Problems, line
from portal.web.handlers import action, page
from portal.web.identity import holding, person_of
from portal.web.manifest import PageRoute
from portal.web.templates import render

_DONE = frozenset({"received", "extended", "acknowledged", "answered"})


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
    may_acknowledge: bool
    is_late: bool
    reason: str
    typed: str
    """The day in the form of an answer, or of an acknowledgement."""
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
        made = service.receive(session, person_of(request).actor, kind, day, request.app.state.settings)
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
            nation = request.app.state.settings.authority.nation
            service.extend(session, person_of(request).actor, asked.reference, reason, nation)
        except IllegalMove as why:
            problems = {"reason": why.codes[0]}
        else:
            return RedirectResponse(_path(request, asked.reference, "extended"), 303)
    return _shown(request, asked, problems, reason=reason)


def answer(request: Request, session: Session, form: FormData) -> Response:
    """It was answered; or the page again, with why that cannot be."""
    return _settle(request, session, form, "answered_on", service.answer)


def acknowledge(request: Request, session: Session, form: FormData) -> Response:
    """A complaint was acknowledged; or the page again, with why that cannot be."""
    return _settle(request, session, form, "acknowledged_on", service.acknowledge)


def _settle(
    request: Request, session: Session, form: FormData, field: str, verb: Callable[..., RightsRequest]
) -> Response:
    """What was done on a day that is typed."""
    asked = service.get_request(session, request.path_params["reference"])
    typed = line(form, field, 20)[:20]
    day, code = forms.day_up_to(typed, clock.today())
    if day is not None and day < asked.received_on:
        day, code = None, "before_received"
    if day is not None:
        try:
            verb(session, person_of(request).actor, asked.reference, day)
        except IllegalMove as why:
            code = why.codes[0]
        else:
            return RedirectResponse(_path(request, asked.reference, field.removesuffix("_on")), 303)
    return _shown(request, asked, {field: code}, typed=typed)


def _shown(  # noqa: PLR0913 - what was typed into either form
    request: Request,
    asked: RightsRequest,
    problems: Problems,
    *,
    reason: str = "",
    typed: str | None = None,
    done: str = "",
) -> Response:
    today, is_open, is_complaint = clock.today(), asked.state == "open", asked.kind is RequestKind.complaint
    context = RequestContext(
        asked=asked,
        may_extend=(is_open and not is_complaint and today <= asked.due_on) or "reason" in problems,
        may_acknowledge=(is_open and is_complaint) or "acknowledged_on" in problems,
        is_late=asked.state in {"open", "extended"} and today > asked.due_on,
        reason=reason,
        typed=today.isoformat() if typed is None else typed,
        problems=problems,
        done=done,
    )
    return render(request, "rights/show.html", context, status=422 if problems else 200)


def _path(request: Request, reference: str, done: str) -> str:
    path = request.app.state.urls.path("rights:request", request.path_params["lang"], reference=reference)
    return f"{path}?done={done}"


_MAY = holding(HANDLE_PERSONAL_DATA)
_ONE = "/rights/requests/{reference:slug}"

routes = (
    PageRoute("/rights/new", page(ask, may=_MAY), "rights:ask"),
    PageRoute("/rights/new", action(receive, may=_MAY), "rights:receive", ("POST",)),
    PageRoute(_ONE, page(show, may=_MAY), "rights:request"),
    PageRoute(f"{_ONE}/extend", action(extend, may=_MAY), "rights:extend", ("POST",)),
    PageRoute(f"{_ONE}/acknowledged", action(acknowledge, may=_MAY), "rights:acknowledge", ("POST",)),
    PageRoute(f"{_ONE}/answered", action(answer, may=_MAY), "rights:answer", ("POST",)),
)
