"""What was reported and waits, what must be done about notices by when, and what of all this a desk shows."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass

from sqlmodel import Session, col, select
from starlette.requests import Request
from starlette.responses import Response

from portal import clock
from portal.moderation import queries
from portal.moderation.notices import service as notices
from portal.moderation.notices.models import ComplaintNotice, ComplaintStatus
from portal.moderation.notices.workflow import OPEN
from portal.moderation.permissions import MODERATE
from portal.moderation.reports import service as reports
from portal.moderation.reports.models import ConcernKind, ContentReport
from portal.settings import Settings
from portal.web.handlers import page
from portal.web.identity import Person, holding
from portal.web.manifest import DeskTask, PageRoute
from portal.web.templates import render

_BEFORE_ALL = dt.datetime.min.replace(tzinfo=dt.UTC)
"""A desk shows first what has waited longest; an overdue notice comes before everything."""


@dataclass(frozen=True, slots=True)
class OpenNotice:
    """A notice that is not ended, and until when its next step must be taken."""

    id: int
    reference: str
    status: ComplaintStatus
    received_at: dt.datetime
    due_at: dt.datetime
    is_overdue: bool


@dataclass(frozen=True, slots=True)
class OpenReport:
    """A report that is not settled."""

    id: int
    reference: str
    kind: ConcernKind
    about: str
    due_on: dt.date
    is_overdue: bool


@dataclass(frozen=True, slots=True)
class ReportsContext:
    """Both, what is due first standing first."""

    notices: tuple[OpenNotice, ...]
    reports: tuple[OpenReport, ...]


@dataclass(frozen=True, slots=True)
class QueueTaskContext:
    """How many wait in the queue; how many of them this person holds."""

    waiting: int
    held: int


@dataclass(frozen=True, slots=True)
class NoticeTaskContext:
    """A notice whose next step is due."""

    notice: OpenNotice


@dataclass(frozen=True, slots=True)
class ReportTaskContext:
    """How many reports wait."""

    waiting: int


def open_notices(session: Session) -> tuple[OpenNotice, ...]:
    """Every notice that is not ended, what is due first first."""
    now, found = clock.now(), []
    for one in session.exec(select(ComplaintNotice).where(col(ComplaintNotice.status).in_(OPEN))):
        due = notices.due_of(one) or now
        found.append(OpenNotice(one.key, one.reference, one.status, one.received_at, due, due < now))
    return tuple(sorted(found, key=lambda one: (one.due_at, one.id)))


def open_reports(session: Session, settings: Settings) -> tuple[OpenReport, ...]:
    """Every report that is not settled, the oldest first."""
    wanted = select(ContentReport).where(col(ContentReport.settled_at).is_(None)).order_by(col(ContentReport.id))
    return tuple(
        OpenReport(
            one.id or 0,
            one.reference,
            one.kind,
            one.about,
            reports.due_of(one, settings),
            reports.is_late(one, settings),
        )
        for one in session.exec(wanted)
    )


def index(request: Request, session: Session) -> Response:
    """Notices and reports that wait."""
    context = ReportsContext(open_notices(session), open_reports(session, request.app.state.settings))
    return render(request, "moderation/reports.html", context)


def desk(session: Session, person: Person) -> Iterable[DeskTask]:
    """What waits for a moderator: each overdue notice first, then the rest by when it came."""
    if not person.may(MODERATE):
        return
    for notice in open_notices(session):
        since = _BEFORE_ALL if notice.is_overdue else notice.received_at
        yield DeskTask("moderation/desk_notice.html", NoticeTaskContext(notice), since)
    waiting, oldest = queries.waiting(session)
    if waiting:
        held = queries.held_by(session, person.account_id)
        yield DeskTask("moderation/desk_queue.html", QueueTaskContext(waiting, held), oldest)
    reported, first = reports.waiting(session)
    if reported:
        yield DeskTask("moderation/desk_reports.html", ReportTaskContext(reported), first)


routes = (PageRoute("/moderation/reports", page(index, may=holding(MODERATE)), "moderation:reports"),)
