"""From counted wards to the figures of every area that holds them. Writes no measures but those of crime."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from sqlalchemy import text
from sqlmodel import Session, SQLModel, select

from portal import clock
from portal.clock import Month
from portal.crime.rules import ALL_CRIME, CATEGORIES, MEASURES
from portal.db import bulk_insert
from portal.figures.models import Figure
from portal.places.models import Area, AreaKind, AreaMember
from portal.places.queries import in_being, is_offered

Counts = list[int]
"""One count for each of `rules.MEASURES`, in their order."""
WardCounts = Mapping[str | None, Counts]
"""By the ward's code; None stands for what lies in no ward that is served."""
Tally = Mapping[int, Counts]
"""By area."""

_NUMBERS = {measure: at for at, measure in enumerate(MEASURES)}
_ALL_CRIME = _NUMBERS[ALL_CRIME]
_CRIMES = tuple(at for at, one in enumerate(CATEGORIES) if one.is_crime)
_FIGURES = SQLModel.metadata.tables[str(Figure.__tablename__)]
_OF_MONTH = text("SELECT area_id, measure, count FROM figure WHERE month = :month")
_DELETE = text("DELETE FROM figure WHERE area_id = :area_id AND month = :month AND measure = :measure")
_UPDATE = text("UPDATE figure SET count = :count WHERE area_id = :area_id AND month = :month AND measure = :measure")


@dataclass(frozen=True, slots=True)
class AreaMap:
    """Which areas a ward's rows count in, as areas and their nesting are today."""

    wards: Mapping[int, tuple[str, ...]]
    """The codes of the wards in each area whose figures are sums of wards: all kinds but wards and forces. A ward's own
    stand in no figure: residents know neighbourhoods, and one is made of each ward."""
    of_force: Mapping[str, int]
    """By the slug in the police's file names."""
    home_forces: Mapping[int, frozenset[str]]
    """The forces in which an area lies, for every area on the map."""
    codes: Mapping[int, str]
    """Codes of all areas that have figures."""


class Change(NamedTuple):
    """A figure that is no longer what it was; 0 where there is none."""

    area_id: int
    measure: str
    was: int
    now: int


def area_map(session: Session, today: dt.date | None = None) -> AreaMap:
    """Read the areas served and how they nest today."""
    today = today or clock.today()
    areas = {area.id or 0: area for area in session.exec(select(Area).where(in_being(Area, today)))}
    parents: dict[int, set[int]] = defaultdict(set)
    children: dict[int, set[int]] = defaultdict(set)
    for link in session.exec(select(AreaMember).where(in_being(AreaMember, today))):
        if link.parent_id in areas and link.child_id in areas:
            parents[link.child_id].add(link.parent_id)
            children[link.parent_id].add(link.child_id)
    counted = areas.keys() & session.exec(select(Area.id).where(is_offered(today)))
    above = {id_: _above(id_, parents) for id_ in areas}
    forces = {id_: area.slug_en for id_, area in areas.items() if area.kind == AreaKind.force}
    wards: dict[int, list[str]] = defaultdict(list)
    for id_, area in areas.items():
        if area.kind == AreaKind.ward and area.served:
            for holder in above[id_] & counted - forces.keys():
                wards[holder].append(area.code)
    return AreaMap(
        wards={id_: tuple(codes) for id_, codes in sorted(wards.items())},
        of_force={slug: id_ for id_, slug in forces.items() if id_ in counted},
        home_forces={id_: _home_forces(id_, above, forces, children) for id_ in counted},
        codes={id_: area.code for id_, area in areas.items() if area.kind != AreaKind.ward},
    )


def no_counts() -> Counts:
    return [0] * len(MEASURES)


def with_all_crime(counts: Counts) -> Counts:
    """Set the sum of the thirteen crimes from the counts of the categories, and give the counts back."""
    counts[_ALL_CRIME] = sum(counts[number] for number in _CRIMES)
    return counts


def sum_of(parts: Sequence[Counts]) -> Counts:
    """Measure by measure. Of a single part, that part itself."""
    return parts[0] if len(parts) == 1 else [sum(column) for column in zip(*parts, strict=True)]


def tally_of(counts: WardCounts | Mapping[str, Counts], areas: AreaMap) -> dict[int, Counts]:
    """What the wards' counts come to in every area but forces. An area with nothing to count is left out."""
    tally = {}
    for area_id, wards in areas.wards.items():
        if parts := [counts[ward] for ward in wards if ward in counts]:
            tally[area_id] = sum_of(parts)
    return tally


def figures_of(session: Session, month: Month, areas: AreaMap) -> dict[int, Counts]:
    """The figures of crime that stand for a month, for every area on the map.

    Those of other areas, which ended or are not served any longer, stay as they were published: nobody counts them
    again, so they are not to be compared with anything.
    """
    tally: dict[int, Counts] = defaultdict(no_counts)
    for area_id, measure, count in session.connection().execute(_OF_MONTH, {"month": month.index}):
        if measure in _NUMBERS and area_id in areas.home_forces:
            tally[area_id][_NUMBERS[measure]] = count
    return dict(tally)


def changes_between(was: Tally, now: Tally) -> list[Change]:
    """Every figure that differs, in order of area."""
    nothing = no_counts()
    changes = []
    for area_id in sorted(was.keys() | now.keys()):
        before, after = was.get(area_id, nothing), now.get(area_id, nothing)
        if before != after:
            pairs = zip(MEASURES, before, after, strict=True)
            changes += [Change(area_id, measure, was_, now_) for measure, was_, now_ in pairs if was_ != now_]
    return changes


def insert_figures(session: Session, month: Month, tally: Tally) -> None:
    """Write the first figures of a month."""
    index = month.index
    rows = (
        (index, area_id, measure, count)
        for area_id in sorted(tally)
        for measure, count in zip(MEASURES, tally[area_id], strict=True)
        if count
    )
    bulk_insert(session, _FIGURES, rows)


def write_changes(session: Session, month: Month, changes: Iterable[Change]) -> None:
    """Bring the figures of a month to what they are now. A figure that became 0 has no row."""
    index = month.index
    new, gone, changed = [], [], []
    for area_id, measure, was, now in changes:
        if not was:
            new.append((index, area_id, measure, now))
        elif now:
            changed.append({"area_id": area_id, "month": index, "measure": measure, "count": now})
        else:
            gone.append({"area_id": area_id, "month": index, "measure": measure})
    for statement, rows in ((_DELETE, gone), (_UPDATE, changed)):
        if rows:
            session.connection().execute(statement, rows)
    bulk_insert(session, _FIGURES, new)


def _above(id_: int, parents: Mapping[int, set[int]]) -> frozenset[int]:
    """All areas that hold this one, however far up."""
    above: set[int] = set()
    ahead = set(parents.get(id_, ()))
    while ahead:
        above |= ahead
        ahead = {higher for one in ahead for higher in parents.get(one, ())} - above
    return frozenset(above)


def _home_forces(
    id_: int, above: Mapping[int, frozenset[int]], forces: Mapping[int, str], children: Mapping[int, set[int]]
) -> frozenset[str]:
    """The forces above an area, or above what it is made of."""
    found = {id_} | above[id_]
    for child in children.get(id_, ()):
        found |= above[child]
    return frozenset(forces[one] for one in found if one in forces)
