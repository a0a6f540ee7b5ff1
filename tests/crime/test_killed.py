"""An import that is killed leaves each month as it was or as it is to be."""

from __future__ import annotations

import datetime as dt
import subprocess
import sys

import pytest
from sqlmodel import func, select

from portal.audit.queries import verify_chain
from portal.crime.importing import import_paths
from portal.crime.models import Cell, ForceMonth, ImportRun
from portal.figures.models import Figure
from portal.places.models import Area, AreaKind
from tests.crime.streets import MONTH, crimes, options, write

KILLED = """
import os, signal, sys, datetime as dt
from pathlib import Path
from sqlalchemy import event
from portal.crime.importing import ImportOptions, import_paths
from portal.db import Database

url, folder, statement = sys.argv[1], Path(sys.argv[2]), int(sys.argv[3])
database, seen = Database(url), 0

def count(*_):
    global seen
    seen += 1
    if seen == statement:
        os.kill(os.getpid(), signal.SIGKILL)

event.listen(database.engine, "before_cursor_execute", count)
event.listen(database.engine, "commit", count)
import_paths(database, [folder], ImportOptions(frozenset({"gwent"}), dt.date(2025, 1, 20), ward_rule="lsoa"))
print(seen)
"""
MONTHS = (MONTH.plus(-1), MONTH)
OLD, NEW = 30, 50
AGAIN = dt.date(2025, 1, 21)


def killed_at(url: str, folder, statement: int) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-c", KILLED, url, str(folder), str(statement)]
    return subprocess.run(command, capture_output=True, text=True, check=False, timeout=60)


def seen(database, month) -> tuple[int, int, int]:
    """What a month's cells, figures of neighbourhoods and runs say."""
    with database.reading() as session:
        cells = select(func.coalesce(func.sum(Cell.count), 0)).join(ForceMonth, ForceMonth.id == Cell.force_month_id)
        figures = select(func.coalesce(func.sum(Figure.count), 0)).join(Area, Area.id == Figure.area_id)
        runs = select(func.count()).select_from(ImportRun).where(ImportRun.month == month.index)
        return (
            int(session.exec(cells.where(ForceMonth.month == month.index)).one()),
            int(
                session.exec(
                    figures.where(
                        Figure.month == month.index, Area.kind == AreaKind.neighbourhood, Figure.measure == "drugs"
                    )
                ).one()
            ),
            session.exec(runs).one(),
        )


@pytest.fixture
def address(country) -> str:
    return country.database.engine.url.render_as_string(hide_password=False)


def kill_and_look(country, address, statement: int) -> bool:
    """Kill the import of two newer releases at one statement. Whether there was such a statement."""
    for month in MONTHS:
        country.load(crimes(OLD), month)
        write(country.folder, crimes(NEW), month)
    done = killed_at(address, country.folder, statement)
    assert done.returncode in {0, -9}, done.stderr
    for month in MONTHS:
        assert seen(country.database, month) in {(OLD, OLD, 1), (NEW, NEW, 2)}, (statement, month)
    with country.database.reading() as session:
        assert verify_chain(session).whole
    report = import_paths(country.database, [country.folder], options(fetched_on=AGAIN))
    assert {run.outcome for run in report.runs} <= {"replaced", "unchanged"}
    assert [seen(country.database, month)[:2] for month in MONTHS] == [(NEW, NEW)] * 2
    return done.returncode == -9


@pytest.mark.parametrize("statement", [8, 16, 24, 32])
def test_a_killed_import_leaves_each_month_old_or_new_and_the_next_one_ends_it(country, address, statement):
    assert kill_and_look(country, address, statement)


@pytest.mark.soak
@pytest.mark.parametrize("statement", range(1, 80))
def test_killed_at_any_statement_each_month_is_old_or_new(country, address, statement):
    kill_and_look(country, address, statement)
