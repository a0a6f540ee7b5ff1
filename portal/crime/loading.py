"""Puts one file's counts into the database as one force's month: cells, figures, and what moved.

It works inside the caller's one unit of work.
"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from itertools import repeat
from typing import TYPE_CHECKING

from sqlalchemy import func, insert, text
from sqlmodel import Session, SQLModel, col, delete, select

from portal import clock, revisions
from portal.audit.service import record
from portal.clock import Month
from portal.crime.gazetteer import KIND_BITS, KIND_MASK, OUTCOME_BITS, OUTCOME_MASK
from portal.crime.models import Cell, ForceMonth, ForceMonthState, ImportRun, Revised
from portal.crime.months import Known, is_loaded, recorded, reference_of, release_waiting
from portal.crime.points import FIRST_WARD, PointBook
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
from portal.crime.workflow import ABSENT, LOADED, MONTH_REVISED, MONTHS
from portal.db import bulk_insert, insert_one
from portal.lifecycle import Actor

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

_CELLS = SQLModel.metadata.tables["crime_cell"]
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
    cells: CellColumns
    without_place: int
    outside: int


@dataclass(frozen=True, slots=True)
class CellColumns:
    """The cells of a reading as columns, in the order of their keys: what goes through them needs no loop."""

    places: Sequence[int]
    """Those that the cells are of, each once, by their numbers in the gazetteer."""
    place_at: NDArray[np.int64]
    """Where in `places` the place of each cell stands."""
    categories: NDArray[np.int64]
    outcomes: NDArray[np.int64]
    counts: NDArray[np.int64]

    def of_places(self, values: Sequence[int]) -> NDArray[np.int64]:
        """For each cell the value of its place, from one for each place in the gazetteer."""
        import numpy as np  # noqa: PLC0415 - at work only while there is an import

        return np.array([values[number] for number in self.places], dtype=np.int64)[self.place_at]


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
        act = MONTH_REVISED if self._is_seen(before, month) else LOADED[run.outcome]
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
        cells = file.count.cells
        self.book.store(session, cells.places)
        columns = (cells.of_places(self.book.ids), cells.categories, cells.outcomes, cells.counts)
        rows = zip(repeat(month.id), *(one.tolist() for one in columns), strict=False)
        bulk_insert(session, _CELLS, rows)

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


def count_up(cells: Mapping[int, int], book: PointBook) -> Count:
    """Find the ward of each place, and add cells up by ward and category. It needs no transaction."""
    import numpy as np  # noqa: PLC0415 - see above

    columns = _columns(cells)
    book.find_wards(columns.places)
    width = len(MEASURES)
    where = columns.of_places(book.slots) * width + columns.categories
    sums = np.zeros(len(book.wards) * width, dtype=np.int64)
    np.add.at(sums, where, columns.counts)
    without_place, outside, *of_wards = sums.reshape(-1, width).tolist()
    named = zip(book.wards[FIRST_WARD:], of_wards, strict=True)
    totals = {str(ward): with_all_crime(one) for ward, one in named if any(one)}
    unserved = {None: with_all_crime(sum_of([without_place, outside]))}
    return Count(totals | unserved, columns, sum(without_place), sum(outside))


def _columns(cells: Mapping[int, int]) -> CellColumns:
    import numpy as np  # noqa: PLC0415 - see above

    keys = np.fromiter(cells, dtype=np.int64, count=len(cells))
    order = np.argsort(keys)
    keys = keys[order]
    counts = np.fromiter(cells.values(), dtype=np.int64, count=len(cells))[order]
    places, place_at = np.unique(keys >> KIND_BITS, return_inverse=True)
    kinds = keys & KIND_MASK
    return CellColumns(places.tolist(), place_at, kinds >> OUTCOME_BITS, kinds & OUTCOME_MASK, counts)


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
