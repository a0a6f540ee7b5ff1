"""Letters to followers: what was announced, at once or once a week, each thing once. Written by the worker in small
units of work, so that ten thousand followers take no more memory than fifty.
"""

from __future__ import annotations

import datetime as dt
import logging
import time
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import groupby
from urllib.parse import urlsplit

from sqlalchemy import ColumnElement
from sqlmodel import Session, col, delete, func, select, update

from portal import clock
from portal.notifications.announcing import facts_in
from portal.notifications.following import reference_of
from portal.notifications.models import Announcement, Follower, Rhythm, Telling
from portal.notifications.rules import digest_hour
from portal.notifications.service import Mail, write
from portal.notifications.topics import find_topic
from portal.settings import Settings
from portal.trouble import where_it_rose
from portal.vault import Vault
from portal.web.letters import Letters
from portal.web.manifest import JobContext, Topic
from portal.web.security import ONE_CLICK

_LOG = logging.getLogger("portal.telling")
_AT_ONCE = 50
"""Followers a unit of work: few enough that nobody who writes meanwhile waits for long."""
_LONGEST_RUN_SECONDS = 30
LONGEST_RUN = dt.timedelta(seconds=_LONGEST_RUN_SECONDS + 30)
_TRIED_AGAIN_AFTER = dt.timedelta(hours=1)
"""What could not be put into words waits for so long: it is a fault of ours, which somebody must repair first."""
PUT_OFF_DAYS = 5
"""After which it is told no more."""
_MOST_LOGGED = 20
"""Letters of one run that could not be made: when none can, the log need not say it ten thousand times."""
_LETTERS = {Rhythm.immediate: "news", Rhythm.weekly: "digest"}


_Told = tuple[Telling, Announcement]


@dataclass(frozen=True, slots=True)
class Line:
    """One thing that happened, in the reader's language, and where it can be read."""

    said: str
    address: str
    is_public: bool


@dataclass(frozen=True, slots=True)
class Heading:
    """What happened with one topic. Without a name where the topic is no more."""

    name: str
    lines: tuple[Line, ...]


@dataclass(frozen=True, slots=True)
class NewsContext:
    """A letter to one follower."""

    headings: tuple[Heading, ...]
    only: Line | None
    """The one line, where there is one and no more and it may stand in a subject."""
    token: str


def tell_at_once(here: JobContext) -> str | None:
    """Write to those who want to know at once. The worker's job."""
    return _Teller(here, Rhythm.immediate, clock.now()).run()


def tell_weekly(here: JobContext) -> str | None:
    """Write the digest of the week that ended on Monday at seven: to those only who have something to read."""
    return _Teller(here, Rhythm.weekly, digest_hour(clock.now())).run()


class _Teller:
    """One run: everybody of one rhythm to whom something announced before a moment is still to be told."""

    def __init__(self, here: JobContext, rhythm: Rhythm, before: dt.datetime) -> None:
        self._here = here
        self._rhythm = rhythm
        self._before = before
        self._now = clock.now()
        self._vault = Vault(here.settings)
        self._lines: dict[tuple[int | None, str], Line | None] = {}
        self._names: dict[str, Topic | None] = {}
        self._unmade = 0

    def run(self) -> str | None:
        """Some followers after others, each in one unit of work with their letters, until the run has lasted long."""
        if not self._is_anybody_waiting():
            return None
        written, last, until = 0, 0, time.monotonic() + _LONGEST_RUN_SECONDS
        while time.monotonic() < until:
            with self._here.database.unit_of_work() as session:
                some = session.exec(self._followers(last).with_for_update()).all()
                written += self._tell(session, some)
            if not some:
                break
            last = some[-1].key
        return f"{written} letters written"

    def _is_anybody_waiting(self) -> bool:
        with self._here.database.reading() as session:
            return session.exec(self._followers(0).limit(1)).first() is not None

    def _followers(self, last: int):  # type: ignore[no-untyped-def]  # noqa: ANN202 - SQLModel's own select type has no short name
        """The next followers. They are held until their letters are written: who leaves meanwhile takes them along."""
        waiting = (
            select(Telling.follower_id)
            .join(Announcement, col(Announcement.id) == Telling.announcement_id)
            .where(Telling.follower_id == Follower.id, col(Announcement.at) <= self._before, self._is_due())
        )
        wanted = select(Follower).where(Follower.rhythm == self._rhythm, col(Follower.id) > last, waiting.exists())
        return wanted.order_by(col(Follower.id)).limit(_AT_ONCE)

    def _is_due(self) -> ColumnElement[bool]:
        return col(Telling.not_before).is_(None) | (col(Telling.not_before) <= self._now)

    def _tell(self, session: Session, followers: Sequence[Follower]) -> int:
        """Returns how many letters were written. What is put off is not due any more, and so not deleted."""
        keys = [one.key for one in followers]
        wanted = (
            select(Telling, Announcement)
            .join(Announcement, col(Announcement.id) == Telling.announcement_id)
            .where(col(Telling.follower_id).in_(keys), col(Announcement.at) <= self._before, self._is_due())
            .order_by(col(Telling.follower_id), col(Telling.topic), col(Announcement.at), col(Announcement.id))
        )
        rows = session.exec(wanted).all()
        by_key = {one.key: one for one in followers}
        written = sum(
            self._write(session, by_key[key], list(told)) for key, told in groupby(rows, lambda row: row[0].follower_id)
        )
        over = {announcement.id for _, announcement in rows}
        these = (col(Telling.follower_id).in_(keys), col(Telling.announcement_id).in_(over))
        session.exec(delete(Telling).where(*these, self._is_due()), execution_options={"synchronize_session": False})
        session.expunge_all()
        return written

    def _write(self, session: Session, follower: Follower, told: list[_Told]) -> bool:
        """Returns whether there was a letter to write. What cannot be put into words keeps nothing else back."""
        language = self._here.letters.spoken_to(follower.language)
        sayable = [row for row in told if self._line(row[1], language)]
        self._put_off(session, follower, {one.id for _, one in told} - {one.id for _, one in sayable})
        if not sayable:
            return False
        try:
            mail = self._mail(session, follower, sayable, language)
        except Exception as error:  # noqa: BLE001 - one follower whose secret cannot be opened must not silence all
            self._unmade += 1
            if self._unmade <= _MOST_LOGGED:
                _LOG.error("follower %s cannot be written to: %s", follower.key, where_it_rose(error))
            self._put_off(session, follower, {one.id for _, one in sayable})
            return False
        write(session, mail, self._here.settings)
        return True

    def _put_off(self, session: Session, follower: Follower, announcements: set[int | None]) -> None:
        """Try these again later; or no more, where they were put off for days."""
        if not announcements:
            return
        these = (col(Telling.follower_id) == follower.key, col(Telling.announcement_id).in_(announcements))
        is_over = col(Telling.put_off_at) <= self._now - dt.timedelta(days=PUT_OFF_DAYS)
        session.exec(delete(Telling).where(*these, is_over))
        first = func.coalesce(col(Telling.put_off_at), self._now)
        later = update(Telling).where(*these).values(put_off_at=first, not_before=self._now + _TRIED_AGAIN_AFTER)
        session.exec(later)

    def _mail(self, session: Session, follower: Follower, told: list[_Told], language: str) -> Mail:
        headings = tuple(self._headings(session, told, language))
        lines = [line for heading in headings for line in heading.lines]
        only = lines[0] if len(lines) == 1 and lines[0].is_public else None
        token = self._vault.open(follower.token_sealed)
        context = NewsContext(headings, only, token)
        letter = self._here.letters.make(_LETTERS[self._rhythm], context, language)
        return Mail(
            follower.email,
            letter.subject,
            letter.body,
            about=reference_of(follower),
            language=letter.language,
            headers=list_headers(self._here.settings, language, token),
            is_bulk=True,
        )

    def _headings(self, session: Session, told: Iterable[_Told], language: str) -> Iterable[Heading]:
        for text, rows in groupby(told, key=lambda row: row[0].topic):
            if text not in self._names:
                self._names[text] = find_topic(self._here.topics, session, text)
            topic = self._names[text]
            lines = tuple(line for _, announcement in rows if (line := self._line(announcement, language)))
            yield Heading(topic.name(language) if topic else "", lines)

    def _line(self, one: Announcement, language: str) -> Line | None:
        """Many are told the same, so what was said once is remembered for the run."""
        at = (one.id, language)
        if at not in self._lines:
            self._lines[at] = find_line(self._here.letters, one, language)
        return self._lines[at]


def find_line(letters: Letters, one: Announcement, language: str, *, is_feed: bool = False) -> Line | None:
    """What happened, as one line in one language; templates may say it otherwise in a feed, whose readers the portal
    does not know. None where it cannot be said: a fact, a template or a page that it was announced with is there no
    more.
    """
    try:
        said = letters.line(one.template, {**facts_in(language, one.facts), "is_feed": is_feed}, language)
        address = letters.address(language, one.route, one.params.get(language, {}))
    except Exception as error:  # noqa: BLE001 - whatever it is, what else was announced must be told
        _LOG.error("announcement %s cannot be said in %s: %s", one.id, language, where_it_rose(error))
        return None
    return Line(said, address, one.is_public)


def list_headers(settings: Settings, language: str, token: str) -> dict[str, str]:
    """What lets a mail program leave for its reader with one press, and sort the letters. Source: RFC 8058, 2919."""
    host = urlsplit(settings.public_url).hostname or "localhost"
    return {
        "List-Unsubscribe": f"<{settings.public_url}{ONE_CLICK}{token}>",
        "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
        "List-Id": f"{settings.authority.name(language)} <follow.{host}>",
    }
