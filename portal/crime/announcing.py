"""New figures are announced to whoever follows an area: those of its force's latest public month, once for each area.

Whatever made the month public (an operator, the worker, an import) says nothing here: what is owed is read off the
months, so that nothing is lost when a process ends in between, and an import of years announces one month.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from sqlmodel import Session, func, select

from portal.clock import Month
from portal.crime.models import ForceMonth, ForceMonthState
from portal.crime.rules import TRANSPORT_POLICE
from portal.db import Database
from portal.lifecycle import Reference
from portal.notifications.announcing import Notice, announce, unannounced
from portal.notifications.topics import named_topics
from portal.places.models import Area, AreaKind
from portal.places.queries import areas_with_pages, forces_by_area, predecessors
from portal.places.topics import topic_of_area, topic_reference
from portal.web.manifest import Topic, TopicKind

_KINDS = (AreaKind.neighbourhood, AreaKind.authority, AreaKind.partnership, AreaKind.force)
_EVERYWHERE = Reference("figures", "new")


def announce_figures(database: Database) -> int:
    """Announce to each area the latest month that is public of its force, where it was not told of it yet. The worker's
    job. Returns how many notices that were; most times there is nothing to do, and nothing is written.
    """
    with database.reading() as session:
        owed = _owed(session)
    if not owed:
        return 0
    with database.unit_of_work() as session:
        return announce(session, *owed)


def _owed(session: Session) -> list[Notice]:
    latest = _latest(session)
    shown = {_key(area.key, month): (area, month) for area, month in _shown(session, latest)}
    if not shown:
        return []
    newest = max(latest.values())
    everywhere = _key("all", newest)
    owed = unannounced(session, [everywhere, *shown])
    news = [some for key, some in shown.items() if key in owed]
    told = _told_under_another_name(session, news)
    notices = [_notice(area, month) for area, month in news if area.key not in told]
    if everywhere in owed:
        facts = {"month": str(newest)}
        template = "crime/notices/all_figures.txt"
        notices.append(Notice(everywhere, (_EVERYWHERE,), "places:index", facts=facts, template=template))
    return notices


def _latest(session: Session) -> dict[str, Month]:
    """The latest month that is public, of each force with an area of its own."""
    public = (ForceMonth.state == ForceMonthState.released, ForceMonth.force != TRANSPORT_POLICE)
    found = session.exec(select(ForceMonth.force, func.max(ForceMonth.month)).where(*public).group_by(ForceMonth.force))
    return {force: Month.from_index(index) for force, index in found}


def _shown(session: Session, latest: Mapping[str, Month]) -> Iterator[tuple[Area, Month]]:
    """Every area with the month that its page shows as the latest: also where nothing was recorded, which is news."""
    if not latest:
        return
    forces = forces_by_area(session)
    for area in areas_with_pages(session, _KINDS):
        month = latest.get(forces.get(area.key, ""))
        if month is not None:
            yield area, month


def _told_under_another_name(session: Session, news: Iterable[tuple[Area, Month]]) -> set[int]:
    """Areas that took the place of others to which the same month was announced: their followers came along, and know
    of it.
    """
    months = {area.key: month for area, month in news}
    before = predecessors(session, months) if months else {}
    keys = {heir: {_key(one, months[heir]) for one in gone} for heir, gone in before.items()}
    owed = unannounced(session, set().union(*keys.values()))
    return {heir for heir, some in keys.items() if some - owed}


def _key(what: int | str, month: Month) -> str:
    return f"crime-figures:{what}:{month}"


def _notice(area: Area, month: Month) -> Notice:
    page = topic_of_area(area)
    return Notice(
        key=_key(area.key, month),
        topics=(topic_reference(area),),
        route=f"{page.route}_month",
        params={lang: {**some, "month": str(month)} for lang, some in page.params.items()},
        facts={"name_en": area.name_en, "name_cy": area.name_cy, "month": str(month)},
        template="crime/notices/new_figures.txt",
    )


def _find(_session: Session, key: str) -> Topic | None:
    return named_topics(_EVERYWHERE.kind, "places:index").get(key)


topics = (TopicKind(_EVERYWHERE.kind, _find, always=(_EVERYWHERE.key,)),)
