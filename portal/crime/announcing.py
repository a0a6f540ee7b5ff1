"""New figures are announced to whoever follows an area: those of the latest month that is public, once for each area.

Whatever made the month public (an operator, the worker, an import) says nothing here: what is owed is read off the
months, so that nothing is lost when a process ends in between, and an import of years announces one month.
"""

from __future__ import annotations

from sqlmodel import Session, col, func, select

from portal.clock import Month
from portal.crime.models import ForceMonth, ForceMonthState
from portal.crime.rules import TRANSPORT_POLICE
from portal.db import Database
from portal.figures.models import Figure
from portal.lifecycle import Reference
from portal.notifications.announcing import Notice, announce, unannounced
from portal.notifications.topics import named_topics
from portal.places.models import Area, AreaKind
from portal.places.queries import areas_with_pages
from portal.places.topics import topic_of_area, topic_reference
from portal.web.manifest import Topic, TopicKind

_KINDS = (AreaKind.neighbourhood, AreaKind.authority, AreaKind.partnership, AreaKind.force)
_EVERYWHERE = Reference("figures", "new")


def announce_figures(database: Database) -> int:
    """Announce the latest public month to each area that has figures of it and was not told yet. The worker's job.
    Returns how many notices that were; most times there is nothing to do, and nothing is written.
    """
    with database.reading() as session:
        owed = _owed(session)
    if not owed:
        return 0
    with database.unit_of_work() as session:
        return announce(session, *owed)


def _owed(session: Session) -> list[Notice]:
    month = _latest(session)
    if month is None:
        return []
    areas = {_key(str(area.key), month): area for area in _areas(session, month)}
    everywhere = _key("all", month)
    owed = unannounced(session, [everywhere, *areas])
    notices = [_notice(key, area, month) for key, area in areas.items() if key in owed]
    if everywhere in owed and areas:
        facts = {"month": str(month)}
        template = "crime/notices/all_figures.txt"
        notices.append(Notice(everywhere, (_EVERYWHERE,), "places:index", facts=facts, template=template))
    return notices


def _latest(session: Session) -> Month | None:
    """The latest month of which some force with an area of its own is public."""
    public = (ForceMonth.state == ForceMonthState.released, ForceMonth.force != TRANSPORT_POLICE)
    index: int | None = session.exec(select(func.max(ForceMonth.month)).where(*public)).one()
    return Month.from_index(index) if index is not None else None


def _areas(session: Session, month: Month) -> list[Area]:
    counted = set(session.exec(select(col(Figure.area_id)).where(Figure.month == month.index).distinct()))
    return [one for one in areas_with_pages(session, _KINDS) if one.id in counted]


def _key(what: str, month: Month) -> str:
    return f"crime-figures:{what}:{month}"


def _notice(key: str, area: Area, month: Month) -> Notice:
    page = topic_of_area(area)
    return Notice(
        key=key,
        topics=(topic_reference(area),),
        route=f"{page.route}_month",
        params={lang: {**some, "month": str(month)} for lang, some in page.params.items()},
        facts={"name_en": area.name_en, "name_cy": area.name_cy, "month": str(month)},
        template="crime/notices/new_figures.txt",
    )


def _find(_session: Session, key: str) -> Topic | None:
    return named_topics(_EVERYWHERE.kind, "places:index").get(key)


topics = (TopicKind(_EVERYWHERE.kind, _find, always=(_EVERYWHERE.key,)),)
