"""Every name that can be found, held in memory for one revision of the places and one day."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from weakref import WeakKeyDictionary

from sqlalchemy import Connection, Engine
from sqlmodel import Session, col, select

from portal import clock
from portal.places.finding import Match, Target
from portal.places.models import Area, AreaKind, AreaMember, PlaceName
from portal.places.name_index import NameIndex
from portal.places.queries.areas import in_being, neighbourhoods
from portal.revisions import Revision

_Names = tuple[str, str]


@dataclass(frozen=True, slots=True)
class Known:
    """What is held in memory."""

    revision: int
    day: dt.date
    index: NameIndex
    by_ward: Mapping[str, Match]
    """The neighbourhood of each ward, by the ward's code."""
    authorities: Mapping[str, _Names]
    """English and Welsh names of all authorities, neighbours too, by code."""


_held: WeakKeyDictionary[Engine | Connection, Known] = WeakKeyDictionary()


def known_places(session: Session) -> Known:
    """What is held for this database; loaded anew when the places have changed or the day has."""
    revision = session.exec(select(Revision.number).where(Revision.noun == "places")).first() or 0
    held = _held.get(session.get_bind())
    if held is None or (held.revision, held.day) != (revision, clock.today()):
        held = _held[session.get_bind()] = _load(session, revision, clock.today())
    return held


def _load(session: Session, revision: int, day: dt.date) -> Known:
    areas = {one.id: one for one in neighbourhoods(session, day)}
    matches: dict[int, Match] = {}
    for key, area in areas.items():
        target = Target("neighbourhood", key, area.name_en, area.name_cy, area.slug_en, area.slug_cy)
        within = (area.authority_en, area.authority_cy) if area.authority_en and area.authority_cy else None
        matches[key] = Match(area.name_en, area.name_cy, "neighbourhood", target, within)
    wards = list(_wards(session, day))
    by_ward = {code: matches[key] for key, code, _ in wards if key in matches}
    ward_names = (
        Match(*names, "ward", match.target, match.within)
        for _, code, names in wards
        if (match := by_ward.get(code)) and names != (match.name_en, match.name_cy)
    )
    authorities = list(_authorities(session, day))
    entries = [*matches.values(), *(match for _, match in authorities), *ward_names, *_place_names(session, by_ward)]
    names_by_code = {code: (match.name_en, match.name_cy) for code, match in authorities}
    return Known(revision, day, NameIndex(entries), by_ward, names_by_code)


def _wards(session: Session, day: dt.date) -> Iterator[tuple[int, str, _Names]]:
    """Key of the neighbourhood, code of the ward, names of the ward."""
    wanted = select(AreaMember.parent_id, Area.code, Area.name_en, Area.name_cy)
    wanted = wanted.join(Area, col(Area.id) == AreaMember.child_id)
    rows = session.exec(wanted.where(Area.kind == AreaKind.ward, in_being(Area, day), in_being(AreaMember, day)))
    return ((parent, code, (name_en, name_cy)) for parent, code, name_en, name_cy in rows)


def _authorities(session: Session, day: dt.date) -> Iterator[tuple[str, Match]]:
    """Every authority that is known by name; those that are not served lead nowhere."""
    rows = session.exec(select(Area).where(Area.kind == AreaKind.authority, in_being(Area, day)).order_by(Area.code))
    for one in rows:
        target = Target("authority", one.id or 0, one.name_en, one.name_cy, one.slug_en, one.slug_cy)
        yield one.code, Match(one.name_en, one.name_cy, "authority", target if one.served else None)


def _place_names(session: Session, by_ward: Mapping[str, Match]) -> Iterable[Match]:
    rows = session.exec(
        select(PlaceName.name_en, PlaceName.name_cy, PlaceName.kind, PlaceName.ward_code).order_by(col(PlaceName.id))
    )
    for name_en, name_cy, kind, ward in rows:
        match = by_ward.get(ward or "")
        yield Match(name_en, name_cy, kind, match.target if match else None, match.within if match else None)
