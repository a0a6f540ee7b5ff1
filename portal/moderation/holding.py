"""Hold an item so that nobody else decides it meanwhile: take it, let go of it, give it to a colleague, put a
translation beside it.
"""

from __future__ import annotations

from collections.abc import Mapping

from sqlalchemy import ColumnElement
from sqlmodel import Session, col, update

from portal import clock
from portal.audit.rules import Personal
from portal.audit.service import record
from portal.moderation.models import ModerationItem, ModerationStatus
from portal.moderation.service import get_item, let_go, moderator, reference_of, texts_of
from portal.moderation.workflow import ITEMS, OPEN
from portal.trouble import Conflict
from portal.web.identity import Person


class HeldByAnother(Conflict):
    """A colleague holds the item, or it is decided already."""


def claim(session: Session, person: Person, item_id: int, *, from_account: int | None = None) -> None:
    """Hold an item that nobody holds, or take it over from the colleague who does. Raises HeldByAnother."""
    holder = col(ModerationItem.claimed_by)
    is_free = holder == from_account if from_account is not None else _is_free(person)
    take = (
        update(ModerationItem)
        .where(col(ModerationItem.id) == item_id, col(ModerationItem.status).in_(OPEN), is_free)
        .values(claimed_by=person.account_id, claimed_at=clock.now())
    )
    if session.exec(take).rowcount != 1:
        raise HeldByAnother
    item = get_item(session, item_id, is_held=True)
    before = {"from": from_account} if from_account is not None else None
    record(session, person.actor, "moderation-claimed", reference_of(item), before=before)


def _is_free(person: Person) -> ColumnElement[bool]:
    return col(ModerationItem.claimed_by).is_(None) | (col(ModerationItem.claimed_by) == person.account_id)


def release(session: Session, person: Person, item_id: int) -> None:
    """Let go of an item that one holds, so that a colleague can take it. Raises HeldByAnother."""
    item = get_item(session, item_id, is_held=True)
    if item.claimed_by != person.account_id:
        raise HeldByAnother
    let_go(item)
    session.add(item)
    record(session, person.actor, "moderation-released", reference_of(item))


def hand_to(session: Session, person: Person, item_id: int, colleague_id: int) -> None:
    """Give an item that waits to a colleague: one who reads its language. Raises HeldByAnother."""
    item = get_item(session, item_id, is_held=True)
    if item.status not in OPEN or item.claimed_by not in {None, person.account_id}:
        raise HeldByAnother
    item.claimed_by, item.claimed_at = colleague_id, clock.now()
    session.add(item)
    record(session, person.actor, "moderation-handed-over", reference_of(item), after={"to": colleague_id})


def translate(session: Session, person: Person, item_id: int, translations: Mapping[str, str]) -> None:
    """Put a person's translation beside the words; an item that waited for one waits to be decided again. Its clock has
    not stopped. Raises Conflict where it is decided.
    """
    item = get_item(session, item_id, is_held=True)
    if item.status not in OPEN:
        raise HeldByAnother
    for text in texts_of(session, item.key):
        text.translation = translations.get(text.field) or None
        session.add(text)
    if item.status is ModerationStatus.translation:
        item.status = ModerationStatus(ITEMS.check("translated", item.status, moderator(person)))
    session.add(item)
    after = {name: Personal(text) for name, text in translations.items() if text}
    record(session, person.actor, "moderation-translated", reference_of(item), after=after)
