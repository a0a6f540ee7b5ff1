"""A small country in a database of the test's own, and what it shows after an import."""

from __future__ import annotations

import pytest
from sqlmodel import select

from portal.clock import Month
from portal.crime.importing import import_paths
from portal.crime.models import Cell, ForceMonth, ImportRun, Revised, SnapPoint
from portal.figures.models import Figure
from portal.places.models import Area
from tests.crime.streets import MONTH, Country, options, write


class Desk:
    """What a test asks about the country."""

    def __init__(self, database, folder, ids) -> None:
        self.database = database
        self.folder = folder
        self.ids = ids

    def load(self, rows, month=MONTH, force="gwent", **changes) -> ImportRun:
        """Write one file and import it."""
        report = import_paths(self.database, [write(self.folder, rows, month, force)], options(**changes))
        assert len(report.runs) == 1
        return report.runs[0]

    def all(self, row):
        with self.database.reading() as session:
            return session.exec(select(row)).all()

    def area(self, name: str) -> Area:
        with self.database.reading() as session:
            return session.exec(select(Area).where(Area.id == self.ids[name])).one()

    def figures(self, area: str, month: Month = MONTH) -> dict[str, int]:
        wanted = select(Figure).where(Figure.area_id == self.ids[area], Figure.month == month.index)
        with self.database.reading() as session:
            return {one.measure: one.count for one in session.exec(wanted)}

    def month(self, force="gwent", month=MONTH) -> ForceMonth | None:
        wanted = select(ForceMonth).where(ForceMonth.force == force, ForceMonth.month == month.index)
        with self.database.reading() as session:
            return session.exec(wanted).first()

    def revised(self, area: str) -> list[tuple[str, int, int]]:
        wanted = select(Revised).where(Revised.area_id == self.ids[area]).order_by(Revised.id)
        with self.database.reading() as session:
            return [(one.measure, one.was, one.now) for one in session.exec(wanted)]

    def everything(self) -> tuple[list[object], ...]:
        """All that an import may write, but the runs: to see that nothing changed."""
        tables = (ForceMonth, SnapPoint, Cell, Figure, Revised)
        return tuple(sorted(str(one.model_dump()) for one in self.all(table)) for table in tables)


@pytest.fixture
def country(database, tmp_path):
    with database.unit_of_work() as session:
        made = Country(session)
    return Desk(database, tmp_path / "police", made.ids)
