"""Puts one file's counts into the database as one force's month: cells, figures, and what moved.

It works inside the caller's one unit of work.
"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import asdict, dataclass
from itertools import repeat

from sqlalchemy import func, insert, text
from sqlmodel import Session, SQLModel, col, delete, select

from portal import clock, revisions
from portal.audit.service import record
from portal.clock import Month
from portal.crime.gazetteer import KIND_BITS, KIND_MASK, OUTCOME_BITS, OUTCOME_MASK, Gazetteer
from portal.crime.models import Cell, ForceMonth, ForceMonthState, ImportRun, Revised
from portal.crime.months import Known, is_loaded, recorded, reference_of, release_waiting
from portal.crime.points import PointBook
from portal.crime.reading import Reading
from portal.crime.rules import ALL_CRIME, MEASURES, OUTCOMES
from portal.crime.totals import (
    AreaMap,
    Change,
    Counts,
    WardCounts,
    changes_between,
    figures_of,
    insert_figures,
    no_counts,
    sum_of,
    tally_of,
    with_all_crime,
    write_changes,
)
from portal.crime.workflow import ABSENT, MONTH_REVISED, MONTHS
from portal.db import bulk_insert, insert_one
from portal.lifecycle import Actor

_CELLS = SQLModel.metadata.tables["crime_cell"]
_NOWHERE = object()
"""In the place of a ward, for rows without a place."""
_CATEGORIES = [kind >> OUTCOME_BITS for kind in range(KIND_MASK + 1)]
_OUTCOMES = [kind & OUTCOME_MASK for kind in range(KIND_MASK + 1)]
_COUNTS_OF_OTHERS = text("""
    SELECT p.ward_code, c.category, SUM(c.count)
    FROM crime_force_month m JOIN crime_cell c ON c.force_month_id = m.id JOIN crime_snap_point p ON p.id = c.point_id
    WHERE m.month = :month AND m.force <> :force AND p.ward_code IS NOT NULL
    GROUP BY p.ward_code, c.category
""")


@dataclass(frozen=True, slots=True)
class Count:
    """What a reading comes to, once the ward of each of its places is known."""

    by_ward: WardCounts
    places: Collection[int]
    """By their numbers in the gazetteer."""
    without_place: int
    outside: int


@dataclass(frozen=True, slots=True)
class MonthFile:
    """One file, read and counted, on its way into the database."""

    name: str
    sha256: str
    force: str
    month: Month
    fetched_on: dt.date
    reading: Reading
    count: Count


@dataclass(frozen=True, slots=True)
class Loader:
    """What every month of one import is loaded with."""

    book: PointBook
    areas: AreaMap
    actor: Actor
    release: bool

    def load(self, session: Session, file: MonthFile, known: Known) -> ImportRun:
        """Make the file all that is known of its force's month."""
        before = recorded(known.own)
        changes = [] if known.is_blank else self._changes(session, file)
        run = _run_of(file)
        if known.own and is_loaded(known.own):
            run.outcome = "replaced"
            run.moved = self._moved(session, known.own, file, changes)
            session.connection().execute(delete(Cell).where(col(Cell.force_month_id) == known.own.id))
        insert_one(session, run)
        month = self._month_after(file, run, known)
        if known.own:
            session.flush()
        else:
            insert_one(session, month)
        if month.state == ForceMonthState.released and known.waiting - {file.force}:
            release_waiting(session, self.actor, file.month)
        self._insert_cells(session, file, month)
        if known.is_blank:
            insert_figures(session, file.month, self._tally(file, file.count.by_ward))
        write_changes(session, file.month, changes)
        self._note_revised(session, run, changes, known.public)
        thing = reference_of(file.force, file.month)
        act = MONTH_REVISED if self._is_seen(before, month) else f"crime-{run.outcome}"
        record(session, self.actor, act, thing, before=before, after=recorded(month))
        revisions.touch(session, "crime")
        return run

    def _is_seen(self, before: Mapping[str, object], month: ForceMonth) -> bool:
        """Whether figures change that readers have seen: the month was released before, or joins one that was."""
        was_released = before.get("state") == ForceMonthState.released
        return was_released or (month.state == ForceMonthState.released and not self.release)

    def is_public(self, known: Known) -> bool:
        """Whether readers see the month: some force with an area of its own is released. That of the transport police
        alone shows nowhere.
        """
        return bool(known.public & self.areas.of_force.keys())

    def _tally(self, file: MonthFile, counts: WardCounts) -> dict[int, Counts]:
        """An area's figures are the sum over all forces, by place; a force's own are all that is in its file."""
        own = self.areas.of_force.get(file.force)
        forces = {own: sum_of([*file.count.by_ward.values()])} if own else {}
        return tally_of(counts, self.areas) | forces

    def _changes(self, session: Session, file: MonthFile) -> list[Change]:
        """How the figures of the month differ once this file stands."""
        was = figures_of(session, file.month, self.areas)
        forces = {id_: was[id_] for id_ in self.areas.of_force.values() if id_ in was}
        return changes_between(was, forces | self._tally(file, self._with_others(session, file)))

    def _with_others(self, session: Session, file: MonthFile) -> WardCounts:
        """The counts of the file, and those that other forces have in the same wards and month."""
        counts: dict[str | None, Counts] = defaultdict(no_counts, {w: [*c] for w, c in file.count.by_ward.items()})
        key = {"month": file.month.index, "force": file.force}
        for ward, category, count in session.connection().execute(_COUNTS_OF_OTHERS, key):
            counts[ward][category] += count
        return {ward: with_all_crime(one) for ward, one in counts.items()}

    def _moved(
        self, session: Session, standing: ForceMonth, file: MonthFile, changes: Iterable[Change]
    ) -> dict[str, object]:
        """What the release before said and this one says: counts by area and category, and outcomes."""
        codes = self.areas.codes
        counts = [
            [codes[one.area_id], one.measure, one.was, one.now]
            for one in changes
            if one.measure != ALL_CRIME and one.area_id in codes
        ]
        statement = select(Cell.outcome, func.sum(Cell.count)).where(Cell.force_month_id == standing.id)
        was = {number: int(count) for number, count in session.exec(statement.group_by(col(Cell.outcome)))}
        now: dict[int, int] = defaultdict(int)
        for key, count in file.reading.cells.items():
            now[key & OUTCOME_MASK] += count
        pairs = ((number, was.get(number, 0), now.get(number, 0)) for number in sorted(was.keys() | now.keys()))
        outcomes = [[OUTCOMES[number].slug, before, after] for number, before, after in pairs if before != after]
        return {"counts": counts, "outcomes": outcomes}

    def _month_after(self, file: MonthFile, run: ImportRun, known: Known) -> ForceMonth:
        """The month's row with this file. It joins a month that is public already (`service.release_month`)."""
        move = {"imported": "replace", "released": "revise"}
        before = str(known.own.state) if known.own else ABSENT
        state = MONTHS.check(move.get(before, "load"), before, self.actor)
        if state == ForceMonthState.imported and (self.release or self.is_public(known)):
            state = MONTHS.check("release", state, self.actor)
        month = known.own or ForceMonth(force=file.force, month=file.month.index, state=ForceMonthState(state))
        month.state = ForceMonthState(state)
        if month.state == ForceMonthState.released and month.released_at is None:
            month.released_at = run.at
        month.run_id, month.sha256, month.fetched_on = run.id, file.sha256, file.fetched_on
        month.reason_en = month.reason_cy = None
        month.rows_without_place = file.count.without_place
        return month

    def _insert_cells(self, session: Session, file: MonthFile, month: ForceMonth) -> None:
        self.book.store(session, file.count.places)
        cells = file.reading.cells
        keys = sorted(cells)
        kinds = [key & KIND_MASK for key in keys]
        columns = (
            repeat(month.id),
            map(self.book.ids.__getitem__, [key >> KIND_BITS for key in keys]),
            map(_CATEGORIES.__getitem__, kinds),
            map(_OUTCOMES.__getitem__, kinds),
            map(cells.__getitem__, keys),
        )
        bulk_insert(session, _CELLS, zip(*columns, strict=False))

    def _note_revised(
        self, session: Session, run: ImportRun, changes: Iterable[Change], public: frozenset[str]
    ) -> None:
        """Keep "published as 41, now 43" for each figure that was public: its own force's month was released."""
        if not public:
            return
        day = clock.london_day(run.at)
        rows = [
            {"run_id": run.id, "month": run.month, "on": day, **one._asdict()}
            for one in changes
            if public & self.areas.home_forces.get(one.area_id, public)
        ]
        if rows:
            session.connection().execute(insert(Revised), rows)


def count_up(cells: Mapping[int, int], book: PointBook, gazetteer: Gazetteer) -> Count:
    """Find the ward of each place, and add cells up by ward and category. It needs no transaction."""
    used = {key >> KIND_BITS for key in cells}
    book.find_wards(used)
    nowhere = gazetteer.nowhere
    width = len(MEASURES)
    starts: dict[object, int] = defaultdict(lambda: len(starts) * width)
    start_of = {number: starts[_NOWHERE if number in nowhere else book.wards[number]] for number in used}
    counts = [0] * (len(starts) * width)  # ward by ward, in one list: quicker to add to than a list for each
    for key, count in cells.items():
        counts[start_of[key >> KIND_BITS] + _CATEGORIES[key & KIND_MASK]] += count
    by_ward = {ward: counts[start : start + width] for ward, start in starts.items()}
    without_place, outside = by_ward.pop(_NOWHERE, no_counts()), by_ward.pop(None, no_counts())
    totals = {str(ward): with_all_crime(one) for ward, one in by_ward.items()}
    unserved = {None: with_all_crime(sum_of([without_place, outside]))}
    return Count(totals | unserved, used, sum(without_place), sum(outside))


def _run_of(file: MonthFile) -> ImportRun:
    return ImportRun(
        at=clock.now(),
        file_name=file.name,
        sha256=file.sha256,
        force=file.force,
        month=file.month.index,
        fetched_on=file.fetched_on,
        outcome="imported",
        rows_read=file.reading.rows,
        rows_set_aside=file.reading.set_aside,
        rows_without_place=file.count.without_place,
        rows_outside=file.count.outside,
        rows_repeated=file.reading.repeated,
        faults=[asdict(one) for one in file.reading.faults],
    )
