"""Cuts the figures again when boundaries or the nesting of areas changed. What was recorded stays as it was."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import asdict, dataclass

from sqlalchemy import TextClause, text
from sqlmodel import Session, select

from portal import revisions
from portal.audit.service import record
from portal.clock import Month
from portal.crime.gazetteer import Place
from portal.crime.models import ForceMonth, SnapPoint
from portal.crime.months import IMPORT_LOCK, WARDS_REVISION
from portal.crime.points import wards_of
from portal.crime.totals import (
    Counts,
    area_map,
    changes_between,
    figures_of,
    no_counts,
    tally_of,
    with_all_crime,
    write_changes,
)
from portal.db import Database, advisory_lock
from portal.lifecycle import OPERATOR, Actor, Reference
from portal.places.ward_rule import WardRule
from portal.trouble import Conflict

_BY_WARD = text("""
    SELECT m.month, p.ward_code, c.category, SUM(c.count)
    FROM crime_force_month m JOIN crime_cell c ON c.force_month_id = m.id JOIN crime_snap_point p ON p.id = c.point_id
    WHERE p.ward_code IS NOT NULL
    GROUP BY m.month, p.ward_code, c.category
""")
_BY_FORCE = text("""
    SELECT m.month, m.force, c.category, SUM(c.count)
    FROM crime_force_month m JOIN crime_cell c ON c.force_month_id = m.id
    GROUP BY m.month, m.force, c.category
""")
_MOVE = text("UPDATE crime_snap_point SET ward_code = :ward WHERE id = :id")


@dataclass(frozen=True, slots=True)
class Recut:
    """What a new cut came to."""

    points: int
    points_moved: int
    """Snap points that lie in another ward than before, or in one at last, or in none."""
    figures_changed: int


def recut(database: Database, ward_rule: str, actor: Actor = OPERATOR) -> Recut:
    """Find the ward of every snap point anew, and add every figure up again. Raises Conflict while an import is at
    work.
    """
    with database.unit_of_work() as session:
        return recut_within(session, ward_rule, actor)


def recut_within(session: Session, ward_rule: str, actor: Actor = OPERATOR) -> Recut:
    """The same in the caller's unit of work: that of the change which makes it necessary.

    In one transaction, because a page shows several months beside each other: at no moment may some of them follow the
    old boundaries and some the new. Nothing is noted as revised, for the police revised nothing. Areas that ended keep
    the figures they had.
    """
    if not advisory_lock(session, IMPORT_LOCK):
        raise Conflict("an import is at work")
    points, moved = _move_points(session, ward_rule)
    result = Recut(points, moved, _add_up(session))
    if moved or result.figures_changed:
        record(session, actor, "crime-recut", Reference("crime", "figures"), after=asdict(result))
        revisions.touch(session, "crime", WARDS_REVISION)
    return result


def _move_points(session: Session, ward_rule: str) -> tuple[int, int]:
    """Give every point its ward by the rule as it is now; how many there are, and how many moved."""
    points = session.exec(
        select(
            SnapPoint.id,
            SnapPoint.ward_code,
            SnapPoint.longitude,
            SnapPoint.latitude,
            SnapPoint.lsoa_code,
            SnapPoint.location,
        )  # type: ignore[call-overload]
    ).all()
    wards = wards_of(WardRule(session, ward_rule), [Place(*point[2:]) for point in points])
    moved = [{"id": one[0], "ward": ward} for one, ward in zip(points, wards, strict=True) if one[1] != ward]
    if moved:
        session.connection().execute(_MOVE, moved)
    return len(points), len(moved)


def _add_up(session: Session) -> int:
    """Write every figure that is no longer right; how many there were."""
    areas = area_map(session)
    wards, forces = _counts(session, _BY_WARD), _counts(session, _BY_FORCE)
    changed = 0
    for index in sorted(session.exec(select(ForceMonth.month).distinct())):
        month = Month.from_index(index)
        by_force = {areas.of_force[slug]: counts for slug, counts in forces[index].items() if slug in areas.of_force}
        tally = tally_of(wards[index], areas) | by_force
        changes = changes_between(figures_of(session, month, areas), tally)
        write_changes(session, month, changes)
        changed += len(changes)
    return changed


def _counts(session: Session, statement: TextClause) -> dict[int, dict[str, Counts]]:
    """By month and then by what the statement groups by, counts with the sum of all crimes."""
    found: dict[int, dict[str, Counts]] = defaultdict(lambda: defaultdict(no_counts))
    for month, key, category, count in session.connection().execute(statement):
        found[month][key][category] += count
    for by_key in found.values():
        for counts in by_key.values():
            with_all_crime(counts)
    return found
