"""What the officer does with requests and complaints: write one down, extend it, acknowledge it, answer it; and the end
of what was answered.
"""

from __future__ import annotations

import datetime as dt

from sqlalchemy import ColumnElement
from sqlmodel import Session, col, delete, func, select

from portal import clock
from portal.audit.service import record
from portal.clock import Nation
from portal.contact.service import new_reference
from portal.lifecycle import Actor, Reference
from portal.rights.models import RequestKind, RightsRequest
from portal.rights.rules import acknowledge_by, corresponding_day, due_on
from portal.rights.workflow import REQUESTS, Acknowledging, Extending
from portal.settings import Settings
from portal.trouble import NotFound

_KEPT_MONTHS = 24


def reference_of(reference: str) -> Reference:
    """The name of a request in the record of acts."""
    return Reference("rights-request", reference)


def get_request(session: Session, reference: str) -> RightsRequest:
    """A request. Raises NotFound."""
    found = session.exec(select(RightsRequest).where(RightsRequest.reference == reference)).first()
    if found is None:
        raise NotFound(reference)
    return found


def receive(
    session: Session, actor: Actor, kind: RequestKind, received_on: dt.date, settings: Settings
) -> RightsRequest:
    """Write down that somebody asked or complained; from then on the clock runs."""
    due = due_on(received_on, settings.authority.nation)
    if kind is RequestKind.complaint:
        due = acknowledge_by(received_on, settings.complaint_days)
    request = RightsRequest(reference=new_reference(), kind=kind, received_on=received_on, due_on=due)
    session.add(request)
    record(session, actor, "rights-request-received", reference_of(request.reference), after=_said(request))
    return request


def extend(session: Session, actor: Actor, reference: str, reason: str, nation: Nation) -> RightsRequest:
    """Two months more, for a reason that the person is told. Raises NotFound, IllegalMove."""
    request = _held(session, reference)
    before = _said(request)
    is_complaint = request.kind is RequestKind.complaint
    _check("extend", request, actor, Extending(clock.today(), request.due_on, reason, is_complaint))
    request.extended_on, request.extension_reason = clock.today(), reason.strip()
    request.due_on = due_on(request.received_on, nation, is_extended=True)
    session.add(request)
    record(session, actor, "rights-request-extended", reference_of(reference), before=before, after=_said(request))
    return request


def acknowledge(session: Session, actor: Actor, reference: str, acknowledged_on: dt.date) -> RightsRequest:
    """The sender of a complaint was told on this day that it came. Raises NotFound, IllegalMove."""
    request = _held(session, reference)
    before = _said(request)
    _check("acknowledge", request, actor, Acknowledging(request.kind is RequestKind.complaint))
    request.acknowledged_on = acknowledged_on
    session.add(request)
    record(session, actor, "rights-request-acknowledged", reference_of(reference), before=before, after=_said(request))
    return request


def answer(session: Session, actor: Actor, reference: str, answered_on: dt.date) -> RightsRequest:
    """It was answered on this day. Raises NotFound, IllegalMove."""
    request = _held(session, reference)
    before = _said(request)
    _check("answer", request, actor)
    request.answered_on = answered_on
    session.add(request)
    record(session, actor, "rights-request-answered", reference_of(reference), before=before, after=_said(request))
    return request


def forget_answered(session: Session) -> int:
    """Delete requests that were answered two years ago. Returns how many."""
    return int(session.exec(delete(RightsRequest).where(_is_over())).rowcount)


def count_over(session: Session, _settings: Settings) -> int:
    """How many `forget_answered` would delete now."""
    return session.exec(select(func.count()).select_from(RightsRequest).where(_is_over())).one()


def _is_over() -> ColumnElement[bool]:
    return col(RightsRequest.answered_on) < corresponding_day(clock.today(), -_KEPT_MONTHS)


def _held(session: Session, reference: str) -> RightsRequest:
    wanted = select(RightsRequest).where(RightsRequest.reference == reference).with_for_update()
    request = session.exec(wanted.execution_options(populate_existing=True)).first()
    if request is None:
        raise NotFound(reference)
    return request


def _check(move: str, request: RightsRequest, actor: Actor, thing: object = None) -> None:
    REQUESTS.check(move, request.state, Actor(actor.reference, "officer"), thing)


def _said(request: RightsRequest) -> dict[str, object]:
    """What the record keeps: everything but the reason, which is for the person."""
    return request.model_dump(mode="json", exclude={"id", "reference", "extension_reason"}, exclude_none=True)
