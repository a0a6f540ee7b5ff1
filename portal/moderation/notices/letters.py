"""The letters about a notice of complaint: to who complains in their language, to the poster in theirs. Neither is
named to the other without consent.
"""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import dataclass
from typing import Protocol

from sqlmodel import Session

from portal import clock
from portal.moderation.models import ModerationItem
from portal.moderation.notices.models import ComplaintNotice
from portal.moderation.notices.rules import last_day, missing, within_48_hours
from portal.moderation.rules import REMOVED, Words, pieces
from portal.notifications.service import Mail, write
from portal.settings import Settings
from portal.web.alphabet import plain
from portal.web.letters import Letter, Letters

_LEAST_LOOKED_FOR = 2
"""Letters of a part of a name: an initial by itself names nobody."""
_APOSTROPHES = re.compile("[’‘ʼʻ`´′]")
_BEFORE, _AFTER = r"(?:(?<![^\W_])|(?<=%[0-9a-f]{2}))", r"(?![^\W_])"
"""What stands around a whole word, in an address too, where %20 is a space."""


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

    about: Words
    words: Words
    meaning: Words
    wrong: Words
    name: str
    email: str
    last_day: dt.date


@dataclass(frozen=True, slots=True)
class InboxContext:
    """What the named inbox is told of a notice that came: nothing of what it says, nor of who sent it."""

    reference: str
    notice_id: int
    due_at: dt.datetime


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


def tell_inbox(session: Session, sender: Sender, notice: ComplaintNotice) -> None:
    """Say that a notice came, and until when it must be acted on: its clock runs whether or not anybody looks at the
    desk. In both languages, as nobody knows which one its reader prefers.
    """
    due_at = within_48_hours(notice.received_at)
    letter = sender.letters.make("notice_received", InboxContext(notice.reference, notice.key, due_at), None)
    to = sender.settings.authority.contact_email
    mail = Mail(to, letter.subject, letter.body, language=letter.language, about=notice.thing)
    write(session, mail, sender.settings)


def send(session: Session, sender: Sender, notice: ComplaintNotice, item: ModerationItem | None, move: str) -> None:
    """Write the letters of a step. Answers go to the named inbox."""
    if move == "contact_poster" and item is not None and item.author_email is not None:
        _write(session, sender, notice, item.author_email, to_poster(sender, notice, item))
    if move in _TO_COMPLAINANT:
        passed_on = notice.poster_consents and move == "tell_objection"
        context = ComplainantContext(
            reference=notice.reference,
            missing=missing(notice),
            last_day=last_day(notice.contacted_at) if notice.contacted_at else None,
            poster_name=notice.poster_name if passed_on else "",
            poster_address=notice.poster_address if passed_on else "",
        )
        letter = sender.letters.make(_TO_COMPLAINANT[move], context, notice.language)
        _write(session, sender, notice, notice.email, letter)


def to_poster(sender: Sender, notice: ComplaintNotice, item: ModerationItem) -> Letter:
    """The copy as it leaves; before it has left, as it would leave now."""
    return sender.letters.make("notice_poster", _copy(notice), item.language)


def _write(session: Session, sender: Sender, notice: ComplaintNotice, to: str, letter: Letter) -> None:
    reply_to = sender.settings.authority.contact_email
    mail = Mail(to, letter.subject, letter.body, language=letter.language, reply_to=reply_to, about=notice.thing)
    write(session, mail, sender.settings)


def _copy(notice: ComplaintNotice) -> PosterContext:
    """Source: SI 2013/3028, Schedule, paragraph 2(1)(a). What they did not consent to be told is concealed, also where
    it stands in what they wrote.
    """
    hidden = "" if notice.may_name else notice.name
    hidden_email = "" if notice.may_give_email else notice.email
    return PosterContext(
        about=pieces(concealed(notice.about, hidden, hidden_email)),
        words=pieces(concealed(notice.words, hidden, hidden_email)),
        meaning=pieces(concealed(notice.meaning, hidden, hidden_email)),
        wrong=pieces(concealed(notice.wrong, hidden, hidden_email)),
        name=notice.name if notice.may_name else "",
        email=notice.email if notice.may_give_email else "",
        last_day=last_day(notice.contacted_at or clock.now()),
    )


def concealed(text: str, name: str, email: str) -> str:
    """A text without a name, any part of it of two letters or more, and an address: each leaves the mark of something
    removed. Capitals, accents, apostrophes and what stands between the parts make no difference; what is only a piece
    of a longer word stays.
    """
    parts = re.findall(r"[^\W_]+", _folded(name))
    joined = re.findall(r"[^\W_']+", _folded(name).replace("'", ""))
    several = {_spelt(one) for one in (*parts, *joined) if len(one) >= _LEAST_LOOKED_FOR}
    wanted = (re.escape(_folded(email)), r"[\W_]*".join(map(_spelt, joined)), *sorted(several, key=len, reverse=True))
    found = "|".join(filter(None, wanted))
    if not found:
        return text
    letters = [(at, letter) for at, one in enumerate(text) for letter in _folded(one)]
    ends = [at for at, _ in letters] + [len(text)]
    left, shown = 0, []
    for one in re.finditer(f"{_BEFORE}(?:{found}){_AFTER}", "".join(letter for _, letter in letters)):
        shown.append(text[left : ends[one.start()]])
        left = ends[one.end()]
    return REMOVED.join((*shown, text[left:]))


def _folded(text: str) -> str:
    """Small letters without accents, and one kind of apostrophe."""
    return plain(_APOSTROPHES.sub("'", text))


def _spelt(word: str) -> str:
    """A pattern of a folded word, with an apostrophe between any two of its letters or none."""
    return "'?".join(map(re.escape, word))
