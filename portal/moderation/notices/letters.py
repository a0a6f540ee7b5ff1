"""The letters about a notice of complaint: to who complains in their language, to the poster in theirs. Neither is
named to the other without consent.
"""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import dataclass
from typing import Protocol

from sqlmodel import Session

from portal.moderation.models import ModerationItem
from portal.moderation.notices.models import ComplaintNotice
from portal.moderation.notices.rules import last_day, missing
from portal.moderation.rules import REMOVED, Words, pieces
from portal.notifications.service import Mail, write
from portal.settings import Settings
from portal.web.letters import Letters

_LEAST_LOOKED_FOR = 3


class Sender(Protocol):
    """Where letters are made, and whose they are."""

    @property
    def letters(self) -> Letters:
        """What makes them."""

    @property
    def settings(self) -> Settings:
        """Whose they are."""


@dataclass(frozen=True, slots=True)
class PosterContext:
    """The copy of the notice, and what the poster must answer until when."""

    about: str
    words: Words
    meaning: Words
    wrong: Words
    name: str
    email: str
    last_day: dt.date


@dataclass(frozen=True, slots=True)
class ComplainantContext:
    """What who complains is told."""

    reference: str
    missing: tuple[str, ...]
    last_day: dt.date | None
    """Until the end of which day the poster may answer."""
    poster_name: str
    poster_address: str


_TO_COMPLAINANT = {
    "tell_defective": "notice_defective",
    "contact_poster": "notice_acknowledged",
    "tell_objection": "notice_objection",
    "remove": "notice_removed",
    "remove_unanswered": "notice_removed",
}


def send(session: Session, sender: Sender, notice: ComplaintNotice, item: ModerationItem | None, move: str) -> None:
    """Write the letters of a step. Answers go to the named inbox."""
    if move == "contact_poster" and item is not None and item.author_email is not None:
        _write(session, sender, notice, item.author_email, "notice_poster", _copy(notice), item.language)
    if move in _TO_COMPLAINANT:
        passed_on = notice.poster_consents and move == "tell_objection"
        context = ComplainantContext(
            reference=notice.reference,
            missing=missing(notice),
            last_day=last_day(notice.contacted_at) if notice.contacted_at else None,
            poster_name=notice.poster_name if passed_on else "",
            poster_address=notice.poster_address if passed_on else "",
        )
        _write(session, sender, notice, notice.email, _TO_COMPLAINANT[move], context, notice.language)


def _write(  # noqa: PLR0913, PLR0917 - what a letter is
    session: Session,
    sender: Sender,
    notice: ComplaintNotice,
    to: str,
    name: str,
    context: PosterContext | ComplainantContext,
    language: str,
) -> None:
    letter, settings = sender.letters.make(name, context, language), sender.settings
    reply_to = settings.authority.contact_email
    write(session, Mail(to, letter.subject, letter.body, reply_to=reply_to, about=notice.thing), settings)


def _copy(notice: ComplaintNotice) -> PosterContext:
    """Source: SI 2013/3028, Schedule, paragraph 2(1)(a). What they did not consent to be told is concealed, also where
    it stands in what they wrote.
    """
    hidden = "" if notice.may_name else notice.name
    hidden_email = "" if notice.may_give_email else notice.email
    return PosterContext(
        about=notice.about,
        words=pieces(concealed(notice.words, hidden, hidden_email)),
        meaning=pieces(concealed(notice.meaning, hidden, hidden_email)),
        wrong=pieces(concealed(notice.wrong, hidden, hidden_email)),
        name=notice.name if notice.may_name else "",
        email=notice.email if notice.may_give_email else "",
        last_day=last_day(notice.contacted_at or notice.received_at),
    )


def concealed(text: str, name: str, email: str) -> str:
    """A text without a name, any part of it of three letters or more, and an address: each leaves the mark of something
    removed.
    """
    parts = [part for part in re.split(r"[\W_]+", name) if len(part) >= _LEAST_LOOKED_FOR]
    wanted = sorted({one for one in (email, " ".join(name.split()), *parts) if one}, key=len, reverse=True)
    if not wanted:
        return text
    pattern = "|".join(rf"(?<!\w){re.escape(one)}(?!\w)".replace(r"\ ", r"\s+") for one in wanted)
    return re.sub(pattern, REMOVED, text, flags=re.IGNORECASE)
