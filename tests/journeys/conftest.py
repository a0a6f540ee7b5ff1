"""People at a demonstration of this test's own: residents with a browser without JavaScript, operators with a shell."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlmodel import col, select
from typer.testing import CliRunner

from portal import cli
from portal.app import create_app
from portal.clock import Month
from portal.crime.models import ForceMonth, SnapPoint
from portal.crime.rules import HEADER
from portal.db import Database
from portal.settings import load
from tests.browse import Browse
from tests.serving import copy_of, demonstration

FORCE, FORCE_NAME = "glasfor", "Glasfor Police"


class Operator:
    """Somebody with a shell, at the data of this portal."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def types(self, *words: str) -> str:
        """What the command says; it must succeed."""
        done = CliRunner().invoke(cli.app, ["--data", str(self.folder), *words])
        assert done.exit_code == 0, done.output
        return " ".join(done.output.split())


class Police:
    """What the force publishes: one street file a month, in the published form."""

    def __init__(self, folder: Path, database: Database) -> None:
        self.folder = folder
        with database.reading() as session:
            self.point = session.exec(select(SnapPoint).where(col(SnapPoint.ward_code) == "W05999003")).first()
            self.next_month = Month.from_index(max(session.exec(select(ForceMonth.month)))).plus(1)

    def publish(self, **counts: int) -> Path:
        """The next month, with so many records of each category, all at one point in Blackthorn."""
        folder = self.folder / str(self.next_month)
        folder.mkdir(parents=True, exist_ok=True)
        path = folder / f"{self.next_month}-{FORCE}-street.csv"
        with path.open("w", encoding="utf-8", newline="") as file:
            writer = csv.writer(file, lineterminator="\r\n")
            writer.writerow(HEADER)
            writer.writerows(self._row(f"{number:064x}", name) for number, name in enumerate(_each(counts)))
        return path

    def _row(self, ident: str, name: str) -> list[str]:
        where = [f"{self.point.longitude / 1e6:.6f}", f"{self.point.latitude / 1e6:.6f}", self.point.location]
        place = [FORCE_NAME, FORCE_NAME, *where, self.point.lsoa_code, "Vale of Elwern 003A"]
        return [ident, str(self.next_month), *place, name, "", ""]


def _each(counts: dict[str, int]) -> Iterator[str]:
    for name, count in counts.items():
        yield from [name.replace("_", " ")] * count


@pytest.fixture
def folder(tmp_path) -> Path:
    return copy_of(demonstration(), tmp_path / "data")


@pytest.fixture
def database(folder) -> Iterator[Database]:
    made = Database(f"sqlite:///{folder / 'portal.db'}")
    yield made
    made.close()


@pytest.fixture
def resident(folder, database) -> Iterator[Browse]:
    with Browse(create_app(load(folder, environ={}), database=database)) as somebody:
        yield somebody


@pytest.fixture
def operator(folder, monkeypatch) -> Operator:
    monkeypatch.setenv("PORTAL_DATA_DIR", "set by another test")  # and set back afterwards
    monkeypatch.setenv("COLUMNS", "300")
    return Operator(folder)


@pytest.fixture
def police(tmp_path, database) -> Police:
    return Police(tmp_path / "published", database)
