"""Every area that has a page can be followed."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Sequence

from sqlmodel import Session, col, select

from portal import clock
from portal.lifecycle import Reference
from portal.places.models import Area, AreaKind, AreaSuccessor
from portal.places.queries.areas import areas, is_offered
from portal.web.manifest import Topic, TopicKind

AREA = "area"
"""The kind of these topics; the key is the area's number."""
_WITH_PAGES = frozenset({AreaKind.neighbourhood, AreaKind.authority, AreaKind.partnership, AreaKind.force})
_LONGEST_KEY = 9


def topic_reference(area: Area) -> Reference:
    """The name of an area among the topics."""
    return Reference(AREA, str(area.key))


def topic_of_area(area: Area) -> Topic:
    """An area as something to follow."""
    slugs = {"en": {"slug": area.slug_en}, "cy": {"slug": area.slug_cy}}
    return Topic(area.name_en, area.name_cy, f"crime:{area.kind}", slugs)


def areas_replaced(session: Session, since: dt.datetime, followed: Collection[int]) -> Sequence[Area]:
    """Areas that ended and in whose place others came, by code: those that can be followed and that ended, or of which
    the portal learned it, since then; and whichever are followed, as keys.
    """
    today = clock.today()
    is_news = (col(Area.ends_on) > clock.london_day(since)) | (col(Area.closed_at) > since)
    is_topic = col(Area.kind).in_(_WITH_PAGES) & is_offered(today)
    is_replaced = (col(Area.ends_on) <= today) & col(Area.id).in_(select(AreaSuccessor.area_id))
    wanted = areas().where(is_replaced, (is_topic & is_news) | col(Area.id).in_(followed))
    return session.exec(wanted.order_by(Area.code)).all()


def _find(session: Session, key: str) -> Topic | None:
    """An area that is offered, or was until it ended: what was announced of it then can still be read."""
    if not key.isdecimal() or len(key) > _LONGEST_KEY:
        return None
    area = session.exec(areas().where(Area.id == int(key), is_offered(clock.today()))).first()
    return topic_of_area(area) if area is not None and area.kind in _WITH_PAGES else None


topics = (TopicKind(AREA, _find),)
