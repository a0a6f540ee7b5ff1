"""Letters to followers: what was announced, at once or once a week, each thing once. Written by the worker in small
units of work, so that ten thousand followers take no more memory than fifty.
"""

from __future__ import annotations

import datetime as dt
import time
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import groupby
from urllib.parse import urlsplit

from sqlmodel import Session, col, delete, select

from portal import clock
from portal.notifications.announcing import facts_in
from portal.notifications.following import reference_of
from portal.notifications.models import Announcement, Follower, Rhythm, Telling
from portal.notifications.rules import digest_hour
from portal.notifications.service import Mail, write
from portal.notifications.topics import find_topic
from portal.settings import Settings
from portal.vault import Vault
from portal.web.letters import Letters
from portal.web.manifest import JobContext, Topic
from portal.web.security import ONE_CLICK

_AT_ONCE = 50
"""Followers a unit of work: few enough that nobody who writes meanwhile waits for long."""
_LONGEST_RUN_SECONDS = 30
LONGEST_RUN = dt.timedelta(seconds=_LONGEST_RUN_SECONDS + 30)
_LETTERS = {Rhythm.immediate: "news", Rhythm.weekly: "digest"}


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
        self._vault = Vault(here.settings)
        self._lines: dict[tuple[int | None, str], Line] = {}
        self._names: dict[str, Topic | None] = {}

    def run(self) -> str | None:
        """Some followers after others, each in one unit of work with their letters, until the run has lasted long."""
        if not self._is_anybody_waiting():
            return None
        written, last, until = 0, 0, time.monotonic() + _LONGEST_RUN_SECONDS
        while time.monotonic() < until:
            with self._here.database.unit_of_work() as session:
                some = session.exec(self._followers(last).with_for_update()).all()
                self._tell(session, some)
            if not some:
                break
            written, last = written + len(some), some[-1].key
        return f"{written} letters written"

    def _is_anybody_waiting(self) -> bool:
        with self._here.database.reading() as session:
            return session.exec(self._followers(0).limit(1)).first() is not None

    def _followers(self, last: int):  # type: ignore[no-untyped-def]  # noqa: ANN202 - SQLModel's own select type has no short name
        """The next followers. They are held until their letters are written: who leaves meanwhile takes them along."""
        waiting = (
            select(Telling.follower_id)
            .join(Announcement, col(Announcement.id) == Telling.announcement_id)
            .where(Telling.follower_id == Follower.id, col(Announcement.at) <= self._before)
        )
        wanted = select(Follower).where(Follower.rhythm == self._rhythm, col(Follower.id) > last, waiting.exists())
        return wanted.order_by(col(Follower.id)).limit(_AT_ONCE)

    def _tell(self, session: Session, followers: Sequence[Follower]) -> None:
        keys = [one.key for one in followers]
        wanted = (
            select(Telling, Announcement)
            .join(Announcement, col(Announcement.id) == Telling.announcement_id)
            .where(col(Telling.follower_id).in_(keys), col(Announcement.at) <= self._before)
            .order_by(col(Telling.follower_id), col(Telling.topic), col(Announcement.at), col(Announcement.id))
        )
        rows = session.exec(wanted).all()
        by_key = {one.key: one for one in followers}
        for key, told in groupby(rows, key=lambda row: row[0].follower_id):
            self._write(session, by_key[key], list(told))
        over = {announcement.id for _, announcement in rows}
        session.exec(delete(Telling).where(col(Telling.follower_id).in_(keys), col(Telling.announcement_id).in_(over)))
        session.expunge_all()

    def _write(self, session: Session, follower: Follower, told: list[tuple[Telling, Announcement]]) -> None:
        language = self._here.letters.spoken_to(follower.language)
        headings = tuple(self._headings(session, told, language))
        lines = [line for heading in headings for line in heading.lines]
        only = lines[0] if len(lines) == 1 and lines[0].is_public else None
        token = self._vault.open(follower.token_sealed)
        context = NewsContext(headings, only, token)
        letter = self._here.letters.make(_LETTERS[self._rhythm], context, language)
        mail = Mail(
            follower.email,
            letter.subject,
            letter.body,
            about=reference_of(follower),
            language=letter.language,
            headers=list_headers(self._here.settings, language, token),
            is_bulk=True,
        )
        write(session, mail, self._here.settings)

    def _headings(
        self, session: Session, told: Iterable[tuple[Telling, Announcement]], language: str
    ) -> Iterable[Heading]:
        for text, rows in groupby(told, key=lambda row: row[0].topic):
            if text not in self._names:
                self._names[text] = find_topic(self._here.topics, session, text)
            topic = self._names[text]
            lines = tuple(self._line(announcement, language) for _, announcement in rows)
            yield Heading(topic.name(language) if topic else "", lines)

    def _line(self, one: Announcement, language: str) -> Line:
        """Many are told the same, so what was said once is remembered for the run."""
        known = self._lines.get((one.id, language))
        if known is None:
            known = self._lines[one.id, language] = line_of(self._here.letters, one, language)
        return known


def line_of(letters: Letters, one: Announcement, language: str) -> Line:
    """What happened, as one line in one language."""
    said = letters.line(one.template, facts_in(language, one.facts), language)
    return Line(said, letters.address(language, one.route, one.params.get(language, {})), one.is_public)


def list_headers(settings: Settings, language: str, token: str) -> dict[str, str]:
    """What lets a mail program leave for its reader with one press, and sort the letters. Source: RFC 8058, 2919."""
    host = urlsplit(settings.public_url).hostname or "localhost"
    return {
        "List-Unsubscribe": f"<{settings.public_url}{ONE_CLICK}{token}>",
        "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
        "List-Id": f"{settings.authority.name(language)} <follow.{host}>",
    }
