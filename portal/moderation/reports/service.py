"""Receive a report, settle it, forget it."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from sqlmodel import Session, col, delete, func, select

from portal import clock
from portal.audit.service import erase_commitments, record
from portal.contact.service import new_reference
from portal.db import insert_one
from portal.moderation.models import ModerationItem, ModerationStatus
from portal.moderation.queries import find_shown
from portal.moderation.reports.models import ConcernKind, ConcernOutcome, ContentReport
from portal.moderation.rules import due_on, is_overdue
from portal.notifications.service import Mail, forget_about, write
from portal.settings import Settings
from portal.trouble import Conflict, NotFound
from portal.web.identity import Person
from portal.web.letters import Letters


class StillShown(Conflict):
    """The words cannot be said to be removed while they are shown."""


@dataclass(frozen=True, slots=True)
class Reported:
    """What somebody reports. `item` is the reference of the words, where it is known."""

    kind: ConcernKind
    about: str
    item: str
    text: str
    email: str
    language: str


@dataclass(frozen=True, slots=True)
class SettledContext:
    """What the letter to who reported says."""

    reference: str
    outcome: ConcernOutcome


def receive(session: Session, reported: Reported) -> ContentReport:
    """Keep a report under a new reference."""
    item = find_shown(session, reported.item) if reported.item else None
    report = ContentReport(
        reference=new_reference(),
        kind=reported.kind,
        about=reported.about,
        item_id=item.key if item else None,
        text=reported.text,
        email=reported.email or None,
        language=reported.language,
        received_at=clock.now(),
    )
    insert_one(session, report)
    return report


def get_report(session: Session, report_id: int, *, is_held: bool = False) -> ContentReport:
    """A report; with `is_held` nobody else changes it until this unit of work ends. Raises NotFound."""
    wanted = select(ContentReport).where(ContentReport.id == report_id)
    if is_held:
        wanted = wanted.with_for_update().execution_options(populate_existing=True)
    report = session.exec(wanted).first()
    if report is None:
        raise NotFound(f"there is no report {report_id}")
    return report


def due_of(report: ContentReport, settings: Settings) -> dt.date:
    """By which day a report should be settled: as soon as anything in the queue."""
    return due_on(report.received_at, settings.moderation_days, settings.authority.nation)


def is_late(report: ContentReport, settings: Settings) -> bool:
    """Whether a report that waits should have been settled."""
    late = is_overdue(report.received_at, clock.now(), settings.moderation_days, settings.authority.nation)
    return report.settled_at is None and late


def waiting(session: Session) -> tuple[int, dt.datetime | None]:
    """How many reports wait, and since when the oldest does."""
    open_ones = select(func.count(), func.min(ContentReport.received_at)).where(col(ContentReport.settled_at).is_(None))
    count, oldest = session.exec(open_ones).one()
    return count, oldest


def settle(  # noqa: PLR0913, PLR0917 - who, what, how it ends, and from where that is told
    session: Session, person: Person, report_id: int, outcome: ConcernOutcome, letters: Letters, settings: Settings
) -> None:
    """Say what was done about a report, also to who sent it. Raises Conflict where it is settled, StillShown."""
    report = get_report(session, report_id, is_held=True)
    if report.settled_at is not None:
        raise Conflict("the report is settled")
    item = session.get(ModerationItem, report.item_id) if report.item_id else None
    if outcome is ConcernOutcome.removed and item is not None and item.status is ModerationStatus.shown:
        raise StillShown
    report.settled_at, report.outcome = clock.now(), outcome
    session.add(report)
    record(session, person.actor, "report-settled", report.thing, after={"outcome": outcome, "kind": report.kind})
    if report.email is not None:
        letter = letters.make("report_settled", SettledContext(report.reference, outcome), report.language)
        mail = Mail(report.email, letter.subject, letter.body, language=letter.language, about=report.thing)
        write(session, mail, settings)


def _over(settings: Settings) -> dt.datetime:
    return clock.months_ago(settings.feedback_months)


def settled_too_long_ago(session: Session, settings: Settings) -> list[ContentReport]:
    """Reports that were settled longer ago than the settings keep them."""
    return list(session.exec(select(ContentReport).where(col(ContentReport.settled_at) < _over(settings))))


def forget(session: Session, reports: list[ContentReport]) -> int:
    """Delete reports and all mail about them."""
    forget_about(session, [one.thing for one in reports])
    for one in reports:
        erase_commitments(session, one.thing)
    gone = delete(ContentReport).where(col(ContentReport.id).in_([one.id for one in reports]))
    return int(session.exec(gone).rowcount)
