"""What a topic is called and where its page is, asked of the noun that declares its kind; and what becomes of the
followers of an area that ended.
"""

from __future__ import annotations

import csv
import datetime as dt
from collections.abc import Mapping
from functools import cache

from sqlalchemy import text
from sqlmodel import Session, col, select

from portal import clock
from portal.lifecycle import Reference
from portal.notifications.announcing import KEPT_DAYS, Notice, announce, tell_as_well, unannounced
from portal.notifications.models import FollowedTopic
from portal.notifications.rules import topic_of
from portal.places.models import Area
from portal.places.queries import successors
from portal.places.topics import AREA, areas_replaced, topic_of_area, topic_reference
from portal.resources import resource_dir
from portal.settings import Settings
from portal.trouble import NotFound
from portal.web.manifest import Topic, TopicKind

_CARRY = text(
    "INSERT INTO followed_topic (follower_id, topic, since_at)"
    " SELECT follower_id, :heir, since_at FROM followed_topic WHERE topic = :ended"
    " ON CONFLICT (follower_id, topic) DO NOTHING"
)
_LET_GO = text("DELETE FROM followed_topic WHERE topic = :ended")


def find_topic(kinds: Mapping[str, TopicKind], session: Session, said: str) -> Topic | None:
    """The topic that a text `kind:key` names, public or not."""
    reference = topic_of(said)
    kind = kinds.get(reference.kind) if reference else None
    return kind.find(session, reference.key) if kind and reference else None


def get_public_topic(kinds: Mapping[str, TopicKind], session: Session, said: str) -> tuple[Reference, Topic]:
    """The topic that anybody may follow. Raises NotFound."""
    reference = topic_of(said)
    kind = kinds.get(reference.kind) if reference else None
    topic = kind.find(session, reference.key) if kind and reference and kind.is_public else None
    if reference is None or topic is None:
        raise NotFound("there is no such topic")
    return reference, topic


@cache
def named_topics(kind: str, route: str) -> Mapping[str, Topic]:
    """The topics of a kind that are always there, by key: their names are content, in `content/topics.csv`."""
    with (resource_dir("content") / "topics.csv").open(encoding="utf-8", newline="") as source:
        rows = [row for row in csv.DictReader(source) if row["kind"] == kind]
    return {row["key"]: Topic(row["name_en"], row["name_cy"], route) for row in rows}


def carry_across(session: Session, _settings: Settings) -> str | None:
    """When boundaries change: that an area ended is announced, once, to its feed and to whoever follows it; and they
    follow what took its place from now on. What a change of places makes of the followers, in its own unit of work.
    """
    carried = sum(_carry(session, one) for one in _ended(session))
    return f"Followers of {carried} areas were carried across to their successors." if carried else None


def _ended(session: Session) -> list[Area]:
    """Areas with heirs of which that is still to be said, or that somebody follows."""
    followed = session.exec(select(FollowedTopic.topic).where(col(FollowedTopic.topic).like(f"{AREA}:%")).distinct())
    keys = {int(reference.key) for one in followed if (reference := topic_of(one)) and reference.key.isdecimal()}
    since = clock.now() - dt.timedelta(days=KEPT_DAYS)  # what ended before that was announced, and that is forgotten
    ended = areas_replaced(session, since, keys)
    unsaid = unannounced(session, [_key(one) for one in ended])
    return [one for one in ended if one.key in keys or _key(one) in unsaid]


def _carry(session: Session, ended: Area) -> bool:
    """Returns whether anybody followed it."""
    heirs = successors(session, ended)
    if not heirs:
        return False
    notice, topic = _notice(ended, heirs), topic_reference(ended)
    if not announce(session, notice):
        tell_as_well(session, notice.key, topic)
    for heir in heirs:
        session.connection().execute(_CARRY, {"heir": str(topic_reference(heir)), "ended": str(topic)})
    return session.connection().execute(_LET_GO, {"ended": str(topic)}).rowcount > 0


def _key(ended: Area) -> str:
    return f"area-ended:{ended.key}"


def _notice(ended: Area, heirs: tuple[Area, ...]) -> Notice:
    page = topic_of_area(heirs[0]) if len(heirs) == 1 else None
    facts = {"name_en": ended.name_en, "name_cy": ended.name_cy}
    facts |= {"heirs_en": ", ".join(one.name_en for one in heirs), "heirs_cy": ", ".join(one.name_cy for one in heirs)}
    return Notice(
        key=_key(ended),
        topics=(topic_reference(ended),),
        route=page.route if page else "places:index",
        params=page.params if page else {},
        facts=facts,
        template="notifications/notices/carried.txt",
    )
