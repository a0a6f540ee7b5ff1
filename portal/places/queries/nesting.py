"""How areas nest on a day: what an area lies in, what lies in it, and what took its place."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from sqlmodel import Session, col, select

from portal import clock
from portal.places.models import Area, AreaKind, AreaMember, AreaSuccessor
from portal.places.queries.areas import areas, by_name, in_being

_LEVELS = (AreaKind.authority, AreaKind.partnership, AreaKind.force)
_BELOW_ITSELF = {
    AreaKind.partnership: frozenset({AreaKind.authority}),
    AreaKind.force: frozenset({AreaKind.authority, AreaKind.partnership}),
}
"""Levels that an area holds and does not lie in."""
_LISTED_IN = {
    AreaKind.neighbourhood: AreaKind.ward,
    AreaKind.authority: AreaKind.neighbourhood,
    AreaKind.partnership: AreaKind.authority,
    AreaKind.force: AreaKind.authority,
}


@dataclass(frozen=True, slots=True)
class Lineage:
    """An area's place among the levels, itself included; of several of a kind, which is rare, the first by code."""

    authority: Area | None
    partnership: Area | None
    force: Area | None


def lineage(session: Session, area: Area) -> Lineage:
    """What an area lies in today, or lay in on its last day."""
    on = _day_of(area)
    authorities = _authorities_of(session, area, on)
    above = [area, *authorities, *_above(session, authorities, on)]
    hidden = _BELOW_ITSELF.get(area.kind, frozenset())
    return Lineage(*(_first(above, kind) if kind not in hidden else None for kind in _LEVELS))


def forces_by_area(session: Session) -> dict[int, str]:
    """The slug of the force in which each area lies today, as `lineage` says it, by the area's key; areas in no force
    are left out. Three statements, however many areas there are.
    """
    kinds = {key: AreaKind(kind) for key, kind in session.exec(select(Area.id, Area.kind)) if key is not None}
    named = session.exec(select(Area.id, Area.code, Area.slug_en).where(Area.kind == AreaKind.force))
    forces = {key: (code, slug) for key, code, slug in named if key is not None}
    above: dict[int, set[int]] = defaultdict(set)
    below: dict[int, set[int]] = defaultdict(set)
    links = select(AreaMember.parent_id, AreaMember.child_id).where(in_being(AreaMember, clock.today()))
    for parent, child in session.exec(links):
        above[child].add(parent)
        below[parent].add(child)
    found: dict[int, str] = {}
    for key, kind in kinds.items():
        authorities = {one for one in _nearest(key, kind, above, below) if kinds[one] is AreaKind.authority}
        holders = {key}.union(*(above[one] for one in authorities)) & forces.keys()
        found |= {key: min(forces[one] for one in holders)[1]} if holders else {}
    return found


def _nearest(key: int, kind: AreaKind, above: Mapping[int, set[int]], below: Mapping[int, set[int]]) -> set[int]:
    """Among which areas the authorities of one are: as `_authorities_of`."""
    if kind in {AreaKind.force, AreaKind.authority}:
        return {key}
    if kind is AreaKind.partnership:
        return below[key]
    wards = {key} if kind is AreaKind.ward else below[key]
    return set().union(*(above[one] for one in wards))


def parents(session: Session, area: Area, on: dt.date | None = None) -> tuple[Area, ...]:
    """Everything that an area lies in, neighbourhoods first, then authorities, partnerships and forces; by name."""
    on = on or _day_of(area)
    wards = (area,) if area.kind is not AreaKind.neighbourhood else _below(session, [area], on)
    nearest = [one for one in _above(session, wards, on) if one.id != area.id]
    authorities = [one for one in nearest if one.kind is AreaKind.authority]
    found = {one.id: one for one in (*nearest, *_above(session, authorities, on))}
    order = [AreaKind.neighbourhood, *_LEVELS]
    if area.kind is AreaKind.neighbourhood:
        order.remove(AreaKind.neighbourhood)
    return tuple(one for kind in order for one in by_name(found.values()) if one.kind is kind)


def children(session: Session, area: Area, on: dt.date | None = None) -> tuple[Area, ...]:
    """What a page lists inside an area, by English name; served ones only.

    Neighbourhoods of an authority, authorities of the levels above it, wards of a neighbourhood.
    """
    on = on or _day_of(area)
    below = _below(session, [area], on)
    if area.kind is AreaKind.authority:
        below = _above(session, below, on)
    wanted = _LISTED_IN.get(area.kind)
    return by_name(one for one in below if one.kind is wanted and one.served)


def successors(session: Session, area: Area) -> tuple[Area, ...]:
    """What took the place of an area that ended, followed to what has not ended, by English name."""
    heirs = select(AreaSuccessor.successor_id).where(AreaSuccessor.area_id == area.id).cte(recursive=True)
    further = select(AreaSuccessor.successor_id).join(heirs, col(AreaSuccessor.area_id) == heirs.c.successor_id)
    heirs = heirs.union(further)
    wanted = areas().where(col(Area.id).in_(select(heirs.c.successor_id)), col(Area.ends_on).is_(None))
    return by_name(session.exec(wanted))


def predecessors(session: Session, keys: Iterable[int]) -> dict[int, set[int]]:
    """In whose place each of these areas came, over however many changes, all of them by key; those that took nobody's
    are left out.
    """
    nearest = select(AreaSuccessor.successor_id, AreaSuccessor.area_id)
    line = nearest.where(col(AreaSuccessor.successor_id).in_(list(keys))).cte(recursive=True)
    further = select(line.c.successor_id, AreaSuccessor.area_id)
    line = line.union(further.join(line, col(AreaSuccessor.successor_id) == line.c.area_id))
    found: dict[int, set[int]] = defaultdict(set)
    for heir, gone in session.exec(select(line.c.successor_id, line.c.area_id)):
        found[heir].add(gone)
    return dict(found)


def _authorities_of(session: Session, area: Area, on: dt.date) -> tuple[Area, ...]:
    """The authorities in which the area lies; of a partnership those that lie in it."""
    if area.kind is AreaKind.force:
        return ()
    if area.kind is AreaKind.authority:
        return (area,)
    if area.kind is AreaKind.partnership:
        return _below(session, [area], on)
    wards = (area,) if area.kind is AreaKind.ward else _below(session, [area], on)
    return tuple(one for one in _above(session, wards, on) if one.kind is AreaKind.authority)


def _above(session: Session, inner: Iterable[Area], on: dt.date) -> tuple[Area, ...]:
    wanted = areas().join(AreaMember, col(AreaMember.parent_id) == Area.id)
    ids = [one.id for one in inner]
    return tuple(session.exec(wanted.where(col(AreaMember.child_id).in_(ids), in_being(AreaMember, on)).distinct()))


def _below(session: Session, outer: Iterable[Area], on: dt.date) -> tuple[Area, ...]:
    wanted = areas().join(AreaMember, col(AreaMember.child_id) == Area.id)
    ids = [one.id for one in outer]
    return tuple(session.exec(wanted.where(col(AreaMember.parent_id).in_(ids), in_being(AreaMember, on)).distinct()))


def _day_of(area: Area) -> dt.date:
    """Today; for an area that has ended its last day, and for one to come its first."""
    today = clock.today()
    if area.ends_on is not None and area.ends_on <= today:
        return area.ends_on - dt.timedelta(days=1)
    return max(today, area.starts_on)


def _first(found: Iterable[Area], kind: AreaKind) -> Area | None:
    return min((one for one in found if one.kind is kind), key=lambda one: one.code, default=None)
