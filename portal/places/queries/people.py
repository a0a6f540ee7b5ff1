"""Residents and households, added up from small areas."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from sqlalchemy import CTE, or_, select
from sqlmodel import Session, col

from portal import clock
from portal.places.models import Area, AreaKind, AreaMember, Lsoa, LsoaWard
from portal.places.queries.areas import end_of, in_being_before

_Counted = tuple[int, int | None, int]
"""Residents, households and year of one LSOA."""


@dataclass(frozen=True, slots=True)
class Population:
    """Residents and households of an area in the year counted. Households are None where they are not loaded."""

    residents: int
    households: int | None
    year: int


def population(session: Session, area_ids: Iterable[int]) -> dict[int, Population]:
    """The people of each area, every LSOA counted in the ward of its best fit; of one that ended, on its last day.

    An area is absent where it is not known whole: where an LSOA is not counted, an authority in it is not served, or a
    ward in it ended and its LSOAs are now counted in another.
    """
    inside = _areas_inside(list(area_ids), clock.today())
    counted: defaultdict[int, dict[str, _Counted | None]] = defaultdict(dict)
    for root, lsoa, residents, households, year in _counted(session, inside):
        counted[root].setdefault(lsoa, None)
        if residents is not None:
            counted[root][lsoa] = (residents, households, year)  # of two vintages the newer, which comes later
    for root in _not_wholly_served(session, inside):
        counted.pop(root, None)
    return {root: people for root, lsoas in counted.items() if (people := _sum(lsoas.values()))}


def _counted(session: Session, inside: CTE) -> Iterable[Any]:
    """Area asked for, LSOA and its people, the older vintage first. No LSOA: an ended ward lost its own."""
    wanted = (
        select(
            inside.c.root, col(LsoaWard.lsoa_code), col(Lsoa.residents), col(Lsoa.households), col(Lsoa.population_year)
        )
        .select_from(inside)
        .join(Area, col(Area.id) == inside.c.area)
        .outerjoin(LsoaWard, col(LsoaWard.ward_code) == col(Area.code))
        .outerjoin(Lsoa, col(Lsoa.code) == col(LsoaWard.lsoa_code))
        .where(col(Area.kind) == AreaKind.ward, col(Area.served))
        .where(or_(col(LsoaWard.lsoa_code).is_not(None), col(Area.ends_on).is_not(None)))
    )
    return session.connection().execute(wanted.order_by(col(Lsoa.vintage)))


def _not_wholly_served(session: Session, inside: CTE) -> Iterable[int]:
    wanted = select(inside.c.root).join(Area, col(Area.id) == inside.c.area)
    return session.connection().scalars(
        wanted.where(col(Area.kind) == AreaKind.authority, ~col(Area.served)).distinct()
    )


def _areas_inside(roots: list[int], today: dt.date) -> CTE:
    """Pairs of an area asked for and an area inside it, itself included: today, or on the last day of the first."""
    own = col(Area.id)
    end = end_of(Area, today).label("end")
    inside = select(own.label("root"), own.label("area"), end).where(own.in_(roots)).cte("inside", recursive=True)
    below = (
        select(inside.c.root, col(AreaMember.child_id), inside.c.end)
        .join(AreaMember, col(AreaMember.parent_id) == inside.c.area)
        .where(in_being_before(AreaMember, inside.c.end))
    )
    return inside.union(below)


def _sum(lsoas: Iterable[_Counted | None]) -> Population | None:
    counted = list(lsoas)
    known = [one for one in counted if one is not None]
    if len(known) < len(counted):
        return None
    households = [one[1] for one in known if one[1] is not None]
    return Population(
        residents=sum(one[0] for one in known),
        households=sum(households) if len(households) == len(known) else None,
        year=max(one[2] for one in known),
    )
