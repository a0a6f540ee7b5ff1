"""Report something on a page; and, for moderators, what was reported."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from sqlmodel import Session, select
from starlette.datastructures import FormData
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from portal.audit.service import record
from portal.moderation.models import ModerationItem
from portal.moderation.permissions import MODERATE
from portal.moderation.reports import forms, service
from portal.moderation.reports.forms import Typed
from portal.moderation.reports.models import ConcernKind, ContentReport
from portal.moderation.reports.service import Reported, StillShown
from portal.trouble import Conflict, NotFound
from portal.web import idempotency
from portal.web.forms import Problems
from portal.web.handlers import action, page
from portal.web.identity import ANYBODY, holding, person_of
from portal.web.limits import Limit
from portal.web.manifest import PageRoute
from portal.web.templates import render

LIMIT = Limit("report", times=30, seconds=3600)


@dataclass(frozen=True, slots=True)
class FormContext:
    """The form, empty or as it was typed."""

    typed: Typed
    problems: Problems
    form_key: str


@dataclass(frozen=True, slots=True)
class ReceiptContext:
    """What the person keeps."""

    reference: str
    wants_answer: bool


@dataclass(frozen=True, slots=True)
class ReportContext:
    """One report, as moderators see it."""

    report: ContentReport
    item: ModerationItem | None
    due_on: dt.date
    problems: Problems
    form_key: str


def ask(request: Request, _session: Session) -> Response:
    """The empty form."""
    typed = forms.asked(request.query_params)
    return render(request, "moderation/report.html", FormContext(typed, {}, idempotency.new_key()))


def send(request: Request, session: Session, form: FormData) -> Response:
    """Keep the report, then show the receipt; or the form again, with everything that was typed."""
    typed, problems = forms.read(form)
    if problems:
        context = FormContext(typed, problems, idempotency.new_key())
        return render(request, "moderation/report.html", context, status=422)

    def make() -> str:
        lang = request.path_params["lang"]
        reported = Reported(ConcernKind(typed.kind), typed.about, typed.item, typed.text, typed.email, lang)
        report = service.receive(session, reported)
        return str(request.app.state.urls.path("moderation:report_receipt", lang, reference=report.reference))

    return RedirectResponse(idempotency.once(session, form, make), status_code=303)


def receipt(request: Request, session: Session) -> Response:
    """What was received, as a reference only."""
    reference = request.path_params["reference"]
    report = session.exec(select(ContentReport).where(ContentReport.reference == reference)).first()
    if report is None:
        raise NotFound(reference)
    return render(request, "moderation/receipt.html", ReceiptContext(reference, report.email is not None))


def show(request: Request, session: Session) -> Response:
    """One report. That somebody saw it is recorded: it may name people, whoever sent it."""
    report = service.get_report(session, request.path_params["id"])
    record(session, person_of(request).actor, "report-read", report.thing)
    return _shown(request, session, report, {})


def settle(request: Request, session: Session, form: FormData) -> Response:
    """Say what was done."""
    key, outcome = request.path_params["id"], forms.outcome(form)
    report = service.get_report(session, key)
    if outcome is None:
        if report.settled_at is not None:
            raise Conflict("a colleague was quicker")
        return _shown(request, session, report, {"outcome": "no_outcome"})
    state = request.app.state

    def make() -> str:
        service.settle(session, person_of(request), key, outcome, state.letters, state.settings)
        return str(state.urls.path("moderation:show_report", request.path_params["lang"], id=key))

    try:
        return RedirectResponse(idempotency.once(session, form, make), 303)
    except StillShown:
        return _shown(request, session, report, {"outcome": "still_shown"})


def _shown(request: Request, session: Session, report: ContentReport, problems: Problems) -> Response:
    context = ReportContext(
        report=report,
        item=session.get(ModerationItem, report.item_id) if report.item_id is not None else None,
        due_on=service.due_of(report, request.app.state.settings),
        problems=problems,
        form_key=idempotency.new_key(),
    )
    return render(request, "moderation/show_report.html", context, status=422 if problems else 200)


_MAY = holding(MODERATE)

routes = (
    PageRoute("/report-content", page(ask, may=ANYBODY), "moderation:report"),
    PageRoute("/report-content", action(send, may=ANYBODY, limit=LIMIT), "moderation:send_report", ("POST",)),
    PageRoute("/report-content/thank-you/{reference:slug}", page(receipt, may=ANYBODY), "moderation:report_receipt"),
    PageRoute("/moderation/reports/{id:number}", page(show, may=_MAY, is_recorded=True), "moderation:show_report"),
    PageRoute("/moderation/reports/{id:number}/settle", action(settle, may=_MAY), "moderation:settle", ("POST",)),
)
