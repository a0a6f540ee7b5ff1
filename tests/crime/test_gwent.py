"""The importer against the real files of Gwent: the counts of 2024 that are known from elsewhere."""

from __future__ import annotations

import datetime as dt
import shutil
from collections import Counter
from pathlib import Path

import pytest
from sqlmodel import func, select

from portal import migrating
from portal.clock import Month
from portal.crime.importing import ImportOptions, import_paths
from portal.crime.models import ForceMonth
from portal.crime.recutting import recut
from portal.crime.rules import ALL_CRIME
from portal.db import Database
from portal.figures.models import Figure
from portal.places.importing import Options, import_places
from portal.places.models import Area, AreaKind

DATA = Path(__file__).parents[3] / "shared" / "data"
pytestmark = pytest.mark.skipif(not DATA.is_dir(), reason="the real files are not here: ../shared/data")
YEAR = [Month(2024, month).index for month in range(1, 13)]
CRIMES = {"Newport": 19_761, "Caerphilly": 15_227, "Torfaen": 9_589, "Blaenau Gwent": 7_942, "Monmouthshire": 6_330}
ALL_14 = {"Newport": 23_617, "Caerphilly": 18_381, "Torfaen": 11_488, "Blaenau Gwent": 9_505, "Monmouthshire": 7_571}


@pytest.fixture(scope="module")
def gwent(tmp_path_factory):
    """The areas, and the year 2024 by best-fit lookup; and what the runs reported."""
    folder = tmp_path_factory.mktemp("gwent")
    database = Database(f"sqlite:///{folder / 'portal.db'}")
    migrating.upgrade(database)
    import_places(database, [DATA / "geography", DATA / "population"], Options(ward_rule="lsoa"))
    for path in sorted((DATA / "crime").glob("2024-*")):
        shutil.copytree(path, folder / "crime" / path.name)
    options = ImportOptions(frozenset({"gwent", "btp"}), dt.date(2025, 2, 20), release=True, ward_rule="lsoa")
    yield database, import_paths(database, [folder / "crime"], options)
    database.close()


def year_of(database, kind: AreaKind) -> dict[str, Counter[str]]:
    wanted = (
        select(Area.name_en, Figure.measure, func.sum(Figure.count))
        .join(Figure, Figure.area_id == Area.id)
        .where(Area.kind == kind, Figure.month.in_(YEAR))
        .group_by(Area.name_en, Figure.measure)
    )
    found: dict[str, Counter[str]] = {}
    with database.reading() as session:
        for name, measure, count in session.exec(wanted):
            found.setdefault(name, Counter())[measure] += count
    return found


def test_every_row_of_the_year_is_read_and_none_has_a_fault(gwent):
    _, report = gwent
    assert [run.outcome for run in report.runs] == ["imported"] * 12
    assert sum(run.rows_read for run in report.runs) == 72_040
    assert sum(run.rows_without_place for run in report.runs) == 1_356
    assert sum(run.rows_set_aside for run in report.runs) == 0
    assert [run.faults for run in report.runs] == [[]] * 12
    assert report.skipped == 3


def test_crimes_by_authority_are_those_known(gwent):
    authorities = year_of(gwent[0], AreaKind.authority)
    assert {name: counts[ALL_CRIME] for name, counts in authorities.items()} == CRIMES


def test_all_fourteen_categories_by_authority_are_those_known(gwent):
    """A check of the import only: no page adds crimes and anti-social behaviour."""
    authorities = year_of(gwent[0], AreaKind.authority)
    assert {name: counts.total() - counts[ALL_CRIME] for name, counts in authorities.items()} == ALL_14


def test_the_force_has_every_row_and_areas_add_up_to_those_with_a_place_in_them(gwent):
    database, report = gwent
    (force,) = year_of(database, AreaKind.force).values()
    assert force.total() - force[ALL_CRIME] == 72_040
    outside = sum(run.rows_outside for run in report.runs)
    assert sum(ALL_14.values()) == 72_040 - 1_356 - outside
    for kind in (AreaKind.neighbourhood, AreaKind.partnership):
        counts = sum(year_of(database, kind).values(), Counter())
        assert counts[ALL_CRIME] == sum(CRIMES.values()), kind


def test_the_same_files_again_change_nothing(gwent):
    database, _ = gwent
    with database.reading() as session:
        before = session.exec(select(func.count(), func.sum(Figure.count)).select_from(Figure)).one()
    options = ImportOptions(frozenset({"gwent"}), dt.date(2025, 3, 20), ward_rule="lsoa")
    report = import_paths(database, [DATA / "crime" / "2024-05", DATA / "crime" / "2024-06"], options)
    assert [run.outcome for run in report.runs] == ["unchanged"] * 2
    with database.reading() as session:
        assert session.exec(select(func.count(), func.sum(Figure.count)).select_from(Figure)).one() == before
        assert {one.fetched_on for one in session.exec(select(ForceMonth))} == {dt.date(2025, 2, 20)}


def test_cutting_again_by_the_same_rule_changes_nothing(gwent):
    done = recut(gwent[0], "lsoa")
    assert (done.points_moved, done.figures_changed) == (0, 0)
    assert done.points > 5_000
