"""Nouns say what happened, here it is kept and everybody who follows it is noted, in one transaction and by one
statement: however many they are. Letters are written by the worker, see `telling`.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field

from sqlalchemy import JSON, DateTime, bindparam, text
from sqlmodel import Session, col, delete, select

from portal import clock, revisions
from portal.lifecycle import Reference
from portal.notifications.models import Announcement, AnnouncementTopic

TITLE = "notifications/notices/title.txt"
"""The template of a notice whose facts are `title_en` and `title_cy`."""
KEPT_DAYS = 400
_KEEP = text(
    "INSERT INTO announcement (key, template, facts, route, params, is_public, at)"
    " VALUES (:key, :template, :facts, :route, :params, :is_public, :at)"
    " ON CONFLICT (key) DO NOTHING RETURNING id"
).bindparams(
    bindparam("facts", type_=JSON), bindparam("params", type_=JSON), bindparam("at", type_=DateTime(timezone=True))
)
_ABOUT = text("INSERT INTO announcement_topic (announcement_id, topic) VALUES (:announcement_id, :topic)")
_NOTE = text(
    "INSERT INTO telling (follower_id, announcement_id, topic)"
    " SELECT f.follower_id, t.announcement_id, MIN(f.topic)"
    " FROM announcement_topic t JOIN followed_topic f ON f.topic = t.topic"
    " WHERE t.announcement_id IN :made GROUP BY f.follower_id, t.announcement_id"
).bindparams(bindparam("made", expanding=True))
_NOTE_AS_WELL = text(
    "INSERT INTO telling (follower_id, announcement_id, topic)"
    " SELECT f.follower_id, a.id, f.topic FROM announcement a JOIN followed_topic f ON f.topic = :topic"
    " WHERE a.key = :key ON CONFLICT (follower_id, announcement_id) DO NOTHING"
)
_FORGET_TOPICS = text("DELETE FROM announcement_topic WHERE announcement_id IN :over").bindparams(
    bindparam("over", expanding=True)
)
_FORGET_TELLINGS = text("DELETE FROM telling WHERE announcement_id IN :over").bindparams(
    bindparam("over", expanding=True)
)
_FORGET_LEFT = text("DELETE FROM telling WHERE NOT EXISTS (SELECT 1 FROM follower WHERE id = telling.follower_id)")
_AT_ONCE = 500


@dataclass(frozen=True, slots=True)
class Notice:
    """Something that happened. The same event has the same `key` however often it is announced."""

    key: str
    topics: tuple[Reference, ...]
    route: str
    """The page where it can be read."""
    params: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    """The parameters of the route, by language."""
    facts: Mapping[str, str] = field(default_factory=dict)
    """What goes into the line: `name_en` and `name_cy` come as `name`, each in its language."""
    template: str = TITLE
    """A template of one line of plain text, below `templates/`. It is read when the mail is written, so it must not
    move.
    """
    is_public: bool = True
    """Whether its line may stand in a subject and in a feed: never where a case is concerned."""


def announce(session: Session, *notices: Notice) -> int:
    """Keep what happened, and note for each follower what they are to be told: once each, even of two topics that they
    follow. What was announced before changes nothing. Returns how many of the notices are new.
    """
    made = [key for one in notices if (key := _keep(session, one)) is not None]
    for at in range(0, len(made), _AT_ONCE):
        session.connection().execute(_NOTE, {"made": made[at : at + _AT_ONCE]})
    if made:
        revisions.touch(session, "notifications")
    return len(made)


def tell_as_well(session: Session, key: str, topic: Reference) -> None:
    """Note what was announced before for everybody who follows a topic by now, and is not to be told of it yet."""
    session.connection().execute(_NOTE_AS_WELL, {"key": key, "topic": str(topic)})


def unannounced(session: Session, keys: Collection[str]) -> set[str]:
    """Those of the keys under which nothing was announced yet."""
    known = session.exec(select(Announcement.key).where(col(Announcement.key).in_(keys)))
    return set(keys) - set(known)


def announced(session: Session, topic: Reference, most: int = 50) -> Sequence[Announcement]:
    """What was announced of a topic and may be read by anybody, newest first."""
    wanted = (
        select(Announcement)
        .join(AnnouncementTopic, col(AnnouncementTopic.announcement_id) == Announcement.id)
        .where(AnnouncementTopic.topic == str(topic), col(Announcement.is_public))
    )
    return session.exec(wanted.order_by(col(Announcement.at).desc(), col(Announcement.id).desc()).limit(most)).all()


def facts_in(language: str, facts: Mapping[str, str]) -> dict[str, str]:
    """The facts of one language: `name_cy` as `name`, and what is the same in both as it is."""
    other = "_en" if language == "cy" else "_cy"
    return {name.removesuffix(f"_{language}"): value for name, value in facts.items() if not name.endswith(other)}


def forget_old(session: Session) -> int:
    """Delete announcements of more than 400 days ago, and what was still to be told to somebody who has left."""
    session.connection().execute(_FORGET_LEFT)
    before = clock.now() - dt.timedelta(days=KEPT_DAYS)
    over = session.exec(select(Announcement.id).where(col(Announcement.at) < before).limit(_AT_ONCE)).all()
    if over:
        session.connection().execute(_FORGET_TELLINGS, {"over": over})
        session.connection().execute(_FORGET_TOPICS, {"over": over})
        session.exec(delete(Announcement).where(col(Announcement.id).in_(over)))
    return len(over)


def _keep(session: Session, notice: Notice) -> int | None:
    """The number of a new announcement; None where it was announced before."""
    values = {
        "key": notice.key,
        "template": notice.template,
        "facts": dict(notice.facts),
        "route": notice.route,
        "params": {lang: dict(some) for lang, some in notice.params.items()},
        "is_public": notice.is_public,
        "at": clock.now(),
    }
    number: int | None = session.connection().execute(_KEEP, values).scalar()
    if number is not None and notice.topics:
        topics = [{"announcement_id": number, "topic": topic} for topic in sorted({str(one) for one in notice.topics})]
        session.connection().execute(_ABOUT, topics)
    return number
