"""Put words before the moderators, decide about them, hide them. Every act of a moderator is one for the record."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Protocol

from sqlalchemy import ColumnElement
from sqlalchemy.exc import IntegrityError
from sqlmodel import Session, col, delete, select

from portal import clock, revisions
from portal.audit.rules import Personal
from portal.audit.service import erase_commitments, record
from portal.contact.service import new_reference
from portal.lifecycle import Actor, Reference
from portal.moderation.mailing import tell_author
from portal.moderation.models import ModerationItem, ModerationStatus, ModerationText
from portal.moderation.rules import Redacted, pieces
from portal.moderation.workflow import DECIDED, ITEMS, OPEN
from portal.notifications.service import forget_about
from portal.settings import Settings
from portal.trouble import Conflict, NotFound
from portal.web.characters import only_text
from portal.web.identity import Person
from portal.web.letters import Letters
from portal.web.manifest import Outcome


class Office(Protocol):
    """Where decisions are told from: the application's state, or what a job works with and the nouns' ears."""

    @property
    def letters(self) -> Letters:
        """What makes letters."""

    @property
    def settings(self) -> Settings:
        """Whose they are."""

    @property
    def moderated(self) -> Mapping[str, Callable[[Session, Outcome], None]]:
        """Which noun learns the outcome, by the kind of thing."""


@dataclass(frozen=True, slots=True)
class Submission:
    """Somebody's words that a noun wants to show. `texts` are its fields, in their order; `place` is the path of the
    page on which they will stand.
    """

    thing: Reference
    texts: Mapping[str, str]
    language: str
    place: str
    author_email: str | None = None


@dataclass(frozen=True, slots=True)
class Decision:
    """What a moderator decides: the name of a move, and what belongs to it."""

    move: str
    redacted: Mapping[str, Redacted]
    marked: Mapping[str, str]
    reasons: tuple[str, ...] = ()
    other_reason: str = ""
    note: str = ""


@dataclass(frozen=True, slots=True)
class Standing:
    """What the rules of an item's moves look at; see `portal.moderation.workflow`."""

    is_held: bool
    asked_for_another: bool
    has_words: bool
    has_reasons: bool


def reference_of(item: ModerationItem) -> Reference:
    """The name of an item in the record of acts, and of mail about it."""
    return Reference("moderation", item.reference)


def submit(session: Session, submission: Submission) -> ModerationItem:
    """Put words before the moderators: nothing of them is shown until one has decided. The same words of the same thing
    are put there once; other words of the same thing raise Conflict.
    """
    texts = {name: _as_text(text) for name, text in submission.texts.items()}
    if not any(texts.values()):
        raise ValueError("there are no words to decide about")
    now = clock.now()
    item = ModerationItem(
        reference=new_reference(),
        thing_kind=submission.thing.kind,
        thing_key=submission.thing.key,
        language=submission.language,
        place=submission.place,
        author_email=submission.author_email or None,
        status=ModerationStatus(ITEMS.initial),
        submitted_at=now,
        queued_at=now,
    )
    try:
        with session.begin_nested():
            session.add(item)
            session.flush()
    except IntegrityError as error:
        return _same(session, submission.thing, texts, error)
    for position, (name, text) in enumerate(texts.items()):
        session.add(ModerationText(item_id=item.key, field=name, position=position, original=text))
    session.flush()
    return item


def _as_text(text: str) -> str:
    """Text as every form gives it: composed letters, one kind of line end, no character that is no text."""
    composed = unicodedata.normalize("NFC", text).replace("\r\n", "\n").replace("\r", "\n")
    return only_text(composed).strip()


def _same(session: Session, thing: Reference, texts: Mapping[str, str], error: Exception) -> ModerationItem:
    found = session.exec(select(ModerationItem).where(*_of(thing))).one()
    if {one.field: one.original for one in texts_of(session, found.key)} != texts:
        raise Conflict("other words of this thing are before the moderators") from error
    return found


def _of(thing: Reference) -> tuple[ColumnElement[bool], ColumnElement[bool]]:
    return col(ModerationItem.thing_kind) == thing.kind, col(ModerationItem.thing_key) == thing.key


def texts_of(session: Session, item_id: int) -> list[ModerationText]:
    """The fields of an item, in their order."""
    wanted = select(ModerationText).where(ModerationText.item_id == item_id).order_by(col(ModerationText.position))
    return list(session.exec(wanted))


def get_item(session: Session, item_id: int, *, is_held: bool = False) -> ModerationItem:
    """An item; with `is_held` nobody else changes it until this unit of work ends. Raises NotFound."""
    wanted = select(ModerationItem).where(ModerationItem.id == item_id)
    if is_held:
        wanted = wanted.with_for_update().execution_options(populate_existing=True)
    item = session.exec(wanted).first()
    if item is None:
        raise NotFound(f"there is no item {item_id}")
    return item


def decide(session: Session, person: Person, item_id: int, decision: Decision, office: Office) -> None:
    """Show, show with marks, refuse, or ask for another. The noun and the author learn what became of it. Raises
    IllegalMove.
    """
    item = get_item(session, item_id, is_held=True)
    texts = texts_of(session, item.key)
    before = item.status
    standing = Standing(
        is_held=item.claimed_by == person.account_id,
        asked_for_another=item.first_eyes == person.account_id,
        has_words=item.erased_at is None,
        has_reasons=bool(decision.reasons),
    )
    item.status = ModerationStatus(ITEMS.check(decision.move, before, moderator(person), standing))
    item.note = decision.note if item.status in OPEN else ""
    if item.status is ModerationStatus.second:
        item.first_eyes = person.account_id
    let_go(item)
    if item.status not in OPEN:
        _settle(item, texts, decision)
    session.add_all((item, *texts))
    record(
        session,
        person.actor,
        DECIDED[decision.move],
        reference_of(item),
        before={"status": before} | {one.field: Personal(one.original or "") for one in texts},
        after={"status": item.status, "reasons": list(item.reasons), "other_reason": Personal(item.other_reason)}
        | {one.field: Personal(one.public) for one in texts if one.public is not None},
    )
    if item.status not in OPEN:
        _tell(session, item, texts, office)
    revisions.touch(session, "moderation")


def _settle(item: ModerationItem, texts: list[ModerationText], decision: Decision) -> None:
    now = clock.now()
    item.decided_at = now
    item.first_decided_at = item.first_decided_at or now
    item.reason_codes = " ".join(decision.reasons) if item.status is ModerationStatus.refused else ""
    item.other_reason = decision.other_reason if item.status is ModerationStatus.refused else ""
    is_marked = decision.move == "show_redacted"
    for text in texts:
        redacted = decision.redacted.get(text.field)
        text.marked = decision.marked.get(text.field) if is_marked else None
        text.public = None
        if item.status is ModerationStatus.shown:
            text.public = redacted.public if is_marked and redacted else text.original


def hide(session: Session, person: Person, item_id: int, office: Office) -> None:
    """Take away what is shown, at once and without a hold. Raises IllegalMove."""
    item = get_item(session, item_id, is_held=True)
    before = item.status
    item.status = ModerationStatus(ITEMS.check("hide", before, moderator(person)))
    item.decided_at = clock.now()
    session.add(item)
    record(
        session,
        person.actor,
        "moderation-hide",
        reference_of(item),
        before={"status": before},
        after={"status": item.status},
    )
    _tell(session, item, texts_of(session, item.key), office)
    revisions.touch(session, "moderation")


def reopen(session: Session, person: Person, item_id: int) -> None:
    """Put what was refused or hidden back into the queue, to be decided anew. Raises IllegalMove."""
    item = get_item(session, item_id, is_held=True)
    before = item.status
    standing = Standing(is_held=False, asked_for_another=False, has_words=item.erased_at is None, has_reasons=False)
    item.status = ModerationStatus(ITEMS.check("reopen", before, moderator(person), standing))
    item.queued_at, item.first_eyes = clock.now(), None
    session.add(item)
    record(session, person.actor, "moderation-reopen", reference_of(item), before={"status": before})
    revisions.touch(session, "moderation")


def forget_thing(session: Session, thing: Reference) -> bool:
    """Delete what moderators have of a thing that its noun deletes, and all mail about it. Whether there was any."""
    item = session.exec(select(ModerationItem).where(*_of(thing))).first()
    if item is None:
        return False
    forget_item(session, item)
    return True


def forget_item(session: Session, item: ModerationItem) -> None:
    """Delete an item, its words, its mail, and what the record of acts can be checked against."""
    session.exec(delete(ModerationText).where(col(ModerationText.item_id) == item.key))
    session.exec(delete(ModerationItem).where(col(ModerationItem.id) == item.key))
    session.expunge(item)
    forget_about(session, [reference_of(item)])
    erase_commitments(session, reference_of(item))
    revisions.touch(session, "moderation")


def _tell(session: Session, item: ModerationItem, texts: list[ModerationText], office: Office) -> None:
    """The noun, which must know what it may show, and the author."""
    is_shown = item.status is ModerationStatus.shown
    public = {one.field: pieces(one.public or "") for one in texts} if is_shown else {}
    office.moderated[item.thing_kind](session, Outcome(item.thing, is_shown, public, item.reasons))
    tell_author(session, office.letters, office.settings, item, reference_of(item))


def let_go(item: ModerationItem) -> None:
    """Nobody holds it from here on."""
    item.claimed_by, item.claimed_at = None, None


def moderator(person: Person) -> Actor:
    """Who acts, as the tables of moves know them."""
    return Actor(person.actor.reference, "moderator")
