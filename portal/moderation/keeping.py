"""What is kept and for how long, what is held about one person, and who takes over what an account held."""

from __future__ import annotations

from collections.abc import Iterable

from sqlalchemy import ColumnElement
from sqlmodel import Session, col, func, select

from portal import clock, revisions
from portal.audit.service import erase_commitments, record
from portal.lifecycle import Actor
from portal.moderation import queries, service
from portal.moderation.models import ModerationItem, ModerationStatus, ModerationText
from portal.moderation.notices import service as notices
from portal.moderation.notices.models import ComplaintNotice
from portal.moderation.reports import service as reports
from portal.moderation.reports.models import ContentReport
from portal.moderation.workflow import OPEN
from portal.notifications.service import forget_about
from portal.settings import Settings
from portal.web.manifest import Held, JobContext

_NOT_SHOWN = (ModerationStatus.refused, ModerationStatus.hidden)


def _over(settings: Settings) -> tuple[ColumnElement[bool], ...]:
    """Decided longer ago than the words as they were written are kept, and not erased yet; or erased while they were
    shown and hidden since, with the public words or the way to the author still there.
    """
    before = clock.months_ago(settings.moderation_months)
    is_decided = col(ModerationItem.status).not_in(OPEN)
    public = select(ModerationText.item_id).where(col(ModerationText.public).is_not(None))
    has_more = col(ModerationItem.author_email).is_not(None) | col(ModerationItem.id).in_(public)
    is_left = col(ModerationItem.erased_at).is_(None) | (col(ModerationItem.status).in_(_NOT_SHOWN) & has_more)
    return is_decided, col(ModerationItem.decided_at) < before, is_left


def originals_due(session: Session, settings: Settings) -> int:
    """How many items the job would empty now."""
    return session.exec(select(func.count()).select_from(ModerationItem).where(*_over(settings))).one()


def notices_due(session: Session, settings: Settings) -> int:
    """How many notices the job would delete now."""
    return len(notices.ended_too_long_ago(session, settings))


def reports_due(session: Session, settings: Settings) -> int:
    """How many reports the job would delete now."""
    return len(reports.settled_too_long_ago(session, settings))


def forget_over(here: JobContext) -> str | None:
    """The job: words as they were written, notices and reports whose time is over."""
    with here.database.unit_of_work() as session:
        gone = notices.forget(session, notices.ended_too_long_ago(session, here.settings))
        gone += reports.forget(session, reports.settled_too_long_ago(session, here.settings))
        items = session.exec(select(ModerationItem).where(*_over(here.settings)).with_for_update()).all()
        for item in items:
            empty(session, item)
    return f"{len(items)} emptied, {gone} deleted" if items or gone else None


def empty(session: Session, item: ModerationItem) -> None:
    """Delete what only moderators may read of a decided item; of what is not shown also every way to its author, and
    what could be checked against the record. What is shown stays, and so does its author's address: a notice of
    complaint must reach them.
    """
    for text in service.texts_of(session, item.key):
        text.original = text.marked = text.translation = None
        if item.status in _NOT_SHOWN:
            text.public = None
        session.add(text)
    item.erased_at, item.note, item.other_reason = item.erased_at or clock.now(), "", ""
    if item.status in _NOT_SHOWN:
        item.author_email = None
        forget_about(session, [service.reference_of(item)])
    session.add(item)
    erase_commitments(session, service.reference_of(item))


def held(session: Session, email: str) -> Iterable[Held]:
    """What is held about the person with this address: what they wrote, reported and complained of; and what they gave
    when somebody complained of them.
    """
    for item in session.exec(select(ModerationItem).where(_is_by(email))):
        texts = {one.field: one.original or one.public or "" for one in service.texts_of(session, item.key)}
        about = {"reference": item.reference, "submitted_at": f"{item.submitted_at:%Y-%m-%d}", "status": item.status}
        yield Held("moderation_item", about | {"email": item.author_email or ""} | texts)
    for report in session.exec(select(ContentReport).where(func.lower(col(ContentReport.email)) == email)):
        yield Held(
            "content_report",
            {"reference": report.reference, "email": report.email or "", "about": report.about, "text": report.text},
        )
    for one in session.exec(select(ComplaintNotice).where(func.lower(col(ComplaintNotice.email)) == email)):
        texts = {name: getattr(one, name) for name in ("name", "email", "about", "words", "meaning", "wrong")}
        yield Held("complaint_notice", {"reference": one.reference} | texts)
    for one in session.exec(select(ComplaintNotice).where(_is_about(email))):
        given = {name: getattr(one, name) for name in ("poster_email", "poster_name", "poster_address")}
        yield Held(
            "complaint_poster", {"reference": one.reference} | {name: text for name, text in given.items() if text}
        )


def _is_by(email: str) -> ColumnElement[bool]:
    return func.lower(col(ModerationItem.author_email)) == email


def _is_about(email: str) -> ColumnElement[bool]:
    """Of a notice: that it holds something of whoever wrote the words. Where they were written to the notice says
    itself, for the words may have lost their author.
    """
    has_details = (col(ComplaintNotice.poster_name) != "") | (col(ComplaintNotice.poster_address) != "")
    theirs = col(ComplaintNotice.item_id).in_(select(ModerationItem.id).where(_is_by(email)))
    return (func.lower(col(ComplaintNotice.poster_email)) == email) | (theirs & has_details)


def erase(session: Session, actor: Actor, email: str) -> int:
    """Delete it: what waits in the queue goes whole; what was decided loses its author and what only moderators read;
    reports lose who sent them. Notices stay: see the manifest. Returns how many records went or were emptied.
    """
    count = 0
    for item in session.exec(select(ModerationItem).where(_is_by(email)).with_for_update()).all():
        if item.status in OPEN:
            service.forget_item(session, item)
        else:
            empty(session, item)
            item.author_email = None
            forget_about(session, [service.reference_of(item)])
        record(session, actor, "moderation-erased", service.reference_of(item))
        count += 1
    found = session.exec(select(ContentReport).where(func.lower(col(ContentReport.email)) == email)).all()
    for report in found:
        report.email = None
        session.add(report)
        forget_about(session, [report.thing])
        record(session, actor, "report-erased", report.thing)
    revisions.touch(session, "moderation")
    return count + len(found)


def count_held(session: Session, account_id: int) -> int:
    """How many items that wait an account holds."""
    return queries.held_by(session, account_id)


def hand_over(session: Session, actor: Actor, account_id: int, heir_id: int | None) -> int:
    """Give everything that an account holds to another, or put it back for every moderator. Returns how much."""
    theirs = (col(ModerationItem.claimed_by) == account_id, col(ModerationItem.status).in_(OPEN))
    items = session.exec(select(ModerationItem).where(*theirs).with_for_update()).all()
    for item in items:
        reference = service.reference_of(item)
        if heir_id is None:
            service.let_go(item)
            record(session, actor, "moderation-put-back", reference, before={"from": account_id})
        else:
            item.claimed_by, item.claimed_at = heir_id, clock.now()
            record(session, actor, "moderation-handed-over", reference, after={"to": heir_id})
        session.add(item)
    return len(items)
