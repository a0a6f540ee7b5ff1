"""Receive a notice of complaint and take the steps that the law asks for, each with its letters."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from sqlmodel import Session, col, delete, func, select

from portal import clock
from portal.audit.rules import Personal
from portal.audit.service import erase_commitments, record
from portal.contact.service import new_reference
from portal.lifecycle import Actor, IllegalMove
from portal.moderation.models import ModerationItem, ModerationStatus
from portal.moderation.notices import letters
from portal.moderation.notices.models import ComplaintNotice, ComplaintStatus
from portal.moderation.notices.rules import due_at, is_third, missing, poster_deadline
from portal.moderation.notices.workflow import NOTICES, OPEN, TAKEN
from portal.moderation.service import Office, hide
from portal.notifications.service import forget_about
from portal.settings import Settings
from portal.trouble import Conflict, NotFound
from portal.web.identity import Person
from portal.web.letters import Letter


class BadMoment(Conflict):
    """The poster cannot have answered before they were written to, nor in the future."""


@dataclass(frozen=True, slots=True)
class Step:
    """One step: the name of a move, and what belongs to it."""

    move: str
    is_gone: bool = False
    replied_at: dt.datetime | None = None
    poster_name: str = ""
    poster_address: str = ""
    poster_consents: bool = False


@dataclass(frozen=True, slots=True)
class Standing:
    """What the rules of a notice's moves look at; see `portal.moderation.notices.workflow`."""

    is_whole: bool
    can_be_reached: bool
    is_gone: bool
    is_over: bool
    has_details: bool


def receive(session: Session, notice: ComplaintNotice, office: Office) -> ComplaintNotice:
    """Keep a notice under a new reference, and say so to the named inbox: its clock runs from now."""
    notice.reference, notice.received_at = new_reference(), clock.now()
    notice.status = ComplaintStatus(NOTICES.initial)
    session.add(notice)
    session.flush()
    letters.tell_inbox(session, office, notice)
    return notice


def get_notice(session: Session, notice_id: int, *, is_held: bool = False) -> ComplaintNotice:
    """A notice; with `is_held` nobody else changes it until this unit of work ends. Raises NotFound."""
    wanted = select(ComplaintNotice).where(ComplaintNotice.id == notice_id)
    if is_held:
        wanted = wanted.with_for_update().execution_options(populate_existing=True)
    notice = session.exec(wanted).first()
    if notice is None:
        raise NotFound(f"there is no notice {notice_id}")
    return notice


def due_of(notice: ComplaintNotice) -> dt.datetime | None:
    """Until when the next step must be taken, by today's calendar."""
    return due_at(notice.status, notice.received_at, notice.contacted_at, notice.replied_at)


def item_of(session: Session, notice: ComplaintNotice, *, is_held: bool = False) -> ModerationItem | None:
    """The words that it is about, where they are known and still there; with `is_held` as `get_notice` holds."""
    if notice.item_id is None:
        return None
    return session.get(ModerationItem, notice.item_id, with_for_update=is_held, populate_existing=is_held)


def removed_before(session: Session, notice: ComplaintNotice) -> int:
    """How many earlier notices of who complains ended with the removal of what they were about."""
    earlier = (
        func.lower(col(ComplaintNotice.email)) == notice.email.lower(),
        col(ComplaintNotice.id) < notice.key,
        col(ComplaintNotice.status) == ComplaintStatus.removed,
    )
    return session.exec(select(func.count()).select_from(ComplaintNotice).where(*earlier)).one()


def is_third_time(session: Session, notice: ComplaintNotice) -> bool:
    """Whether the rule of the third repeat may hold; that it is the same statement somebody must judge."""
    return is_third(says_repeated=notice.says_repeated, removed_before=removed_before(session, notice))


def link(session: Session, person: Person, notice_id: int, reference: str) -> bool:
    """Say which words of the queue a notice is about. False where there are none of this reference."""
    notice = get_notice(session, notice_id, is_held=True)
    item = session.exec(select(ModerationItem).where(ModerationItem.reference == reference)).first()
    if item is None or notice.status not in OPEN or notice.item_id is not None:
        return False
    notice.item_id = item.key
    session.add(notice)
    record(session, person.actor, "complaint-linked", notice.thing, after={"item": item.reference})
    return True


def take(session: Session, person: Person, notice_id: int, step: Step, office: Office) -> None:
    """Take a step, with its letters, and with the removal where it is one. Raises IllegalMove, BadMoment.

    The notice is held, then the words, and only then is anything recorded: everybody takes their locks in this order.
    """
    notice = get_notice(session, notice_id, is_held=True)
    item, now = item_of(session, notice, is_held=True), clock.now()
    if step.move.startswith("reply_") and not (notice.contacted_at or now) <= (step.replied_at or now) <= now:
        raise BadMoment
    before = notice.status
    standing = _standing(notice, item, step, now)
    actor = Actor(person.actor.reference, "moderator")
    notice.status = ComplaintStatus(NOTICES.check(step.move, before, actor, standing))
    _note(notice, item, step, now)
    session.add(notice)
    if notice.status is ComplaintStatus.removed and item is not None and item.status is ModerationStatus.shown:
        hide(session, person, item.key, office)
    record(
        session,
        person.actor,
        TAKEN[step.move],
        notice.thing,
        before={"status": before},
        after={"status": notice.status, "poster": Personal(f"{step.poster_name}\n{step.poster_address}")},
    )
    letters.send(session, office, notice, item, step.move)


def copy_for_poster(notice: ComplaintNotice, item: ModerationItem | None, office: Office) -> Letter | None:
    """What the poster would be sent now, for who sends it to read; None where it cannot be sent."""
    standing = _standing(notice, item, Step("contact_poster"), clock.now())
    try:
        NOTICES.check("contact_poster", notice.status, Actor("", "moderator"), standing)
    except IllegalMove:
        return None
    return letters.to_poster(office, notice, item) if item is not None else None


def _standing(notice: ComplaintNotice, item: ModerationItem | None, step: Step, now: dt.datetime) -> Standing:
    ends_at = poster_deadline(notice.contacted_at) if notice.contacted_at else None
    answered = step.replied_at if step.move.startswith("reply_") and step.replied_at else now
    return Standing(
        is_whole=not missing(notice),
        can_be_reached=item is not None and item.author_email is not None,
        is_gone=item is not None or step.is_gone,
        is_over=ends_at is not None and answered >= ends_at,
        has_details=bool(step.poster_name and step.poster_address),
    )


def _note(notice: ComplaintNotice, item: ModerationItem | None, step: Step, now: dt.datetime) -> None:
    if step.move == "contact_poster":
        notice.contacted_at, notice.poster_email = now, item.author_email if item else None
    if step.move.startswith("reply_"):
        notice.replied_at = step.replied_at
    if step.move == "reply_objects":
        notice.poster_name, notice.poster_address = step.poster_name, step.poster_address
        notice.poster_consents = step.poster_consents
    if notice.status not in OPEN:
        notice.ended_at = now


def ended_too_long_ago(session: Session, settings: Settings) -> list[ComplaintNotice]:
    """Notices that ended longer ago than the settings keep them."""
    over = clock.months_ago(settings.notice_months)
    return list(session.exec(select(ComplaintNotice).where(col(ComplaintNotice.ended_at) < over)))


def forget(session: Session, notices: list[ComplaintNotice]) -> int:
    """Delete notices and all mail about them."""
    forget_about(session, [one.thing for one in notices])
    for one in notices:
        erase_commitments(session, one.thing)
    gone = delete(ComplaintNotice).where(col(ComplaintNotice.id).in_([one.id for one in notices]))
    return int(session.exec(gone).rowcount)
