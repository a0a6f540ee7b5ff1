"""The police import against the least that anybody can do with the same files: read them with the csv module."""

from __future__ import annotations

import csv
import datetime as dt
import gc
import itertools
import json
import shutil
import subprocess
import sys
import time
from pathlib import Path

import pytest

from portal import migrating
from portal.crime.importing import ImportOptions, import_paths
from portal.db import Database
from portal.places.importing import Options, import_places
from tests.telling import tell

DATA = Path(__file__).parents[3] / "shared" / "data"
MONTHS, ROUNDS = 36, 6
MOST_TIMES, MOST_MEGABYTES = 3.0, 200
GUARDED_TIMES = 6.0
"""Twice what was measured on a quiet machine: 2.9."""
OPTIONS = ImportOptions(frozenset({"gwent", "btp"}), dt.date(2026, 1, 1))
pytestmark = pytest.mark.skipif(not DATA.is_dir(), reason="the real files are not here: ../shared/data")

IMPORT = r"""
import datetime as dt, json, re, sys
from pathlib import Path
from portal.crime.importing import ImportOptions, import_paths
from portal.db import Database

database = Database(sys.argv[1])
options = ImportOptions(frozenset({"gwent", "btp"}), dt.date(2026, 1, 1))
rows = sum(run.rows_read for run in import_paths(database, [Path(sys.argv[2])], options).runs)
database.close()
peak = re.search(r"VmHWM:\s+(\d+)", Path("/proc/self/status").read_text())[1]  # getrusage would count who started it
print(json.dumps({"rows": rows, "kilobytes": int(peak)}))
"""


@pytest.fixture(scope="module")
def months(tmp_path_factory) -> list[Path]:
    """36 real months of one force: 24 as they were published, and the first 12 again as months of the year before."""
    folder = tmp_path_factory.mktemp("months")
    for path in sorted((DATA / "crime").glob("*/*-gwent-street.csv")):
        shutil.copyfile(path, folder / path.name)
        if path.name.startswith("2023"):
            earlier = path.name.replace("2023", "2022")
            data = path.read_bytes().replace(path.name[:7].encode(), earlier[:7].encode())
            (folder / earlier).write_bytes(data)
    made = sorted(folder.iterdir())
    assert len(made) == MONTHS
    return made


@pytest.fixture(scope="module")
def places(tmp_path_factory) -> Path:
    """A database with the areas of the force and no crime."""
    path = tmp_path_factory.mktemp("places") / "portal.db"
    database = Database(f"sqlite:///{path}")
    migrating.upgrade(database)
    import_places(database, [DATA / "geography", DATA / "population"], Options())
    database.close()
    return path


@pytest.fixture(autouse=True)
def as_the_command_runs():
    """Which sets aside whatever is there before it begins, and looks for no garbage in it."""
    gc.collect()
    gc.freeze()
    yield
    gc.unfreeze()


def read_bare(path: Path) -> float:
    began = time.perf_counter()
    with path.open(encoding="utf-8", newline="") as file:
        for _ in csv.reader(file):
            pass
    return time.perf_counter() - began


def import_all(address: str, folder: Path) -> list[float]:
    """What it took to get ready, and then each month, up to the end: every second of the import is in one of them."""
    database = Database(address)
    moments = [time.perf_counter()]
    report = import_paths(database, [folder], OPTIONS, lambda *_: moments.append(time.perf_counter()))
    database.close()  # which brings what was written into the file itself
    moments.append(time.perf_counter())
    assert [run.outcome for run in report.runs] == ["imported"] * MONTHS
    return [later - earlier for earlier, later in itertools.pairwise(moments)]


def times_of_reading(months, places, tmp_path) -> float:
    """Interleaved, and of each month the best of several rounds: what disturbs the machine disturbs not all of them."""
    bare, whole = [[] for _ in months], [[] for _ in range(MONTHS + 2)]
    for number in range(ROUNDS):
        for taken, path in zip(bare, months, strict=True):
            taken.append(read_bare(path))
        copy = shutil.copyfile(places, tmp_path / f"{number}.db")
        for taken, seconds in zip(whole, import_all(f"sqlite:///{copy}", months[0].parent), strict=True):
            taken.append(seconds)
    reading, importing = (sum(map(min, rounds)) for rounds in (bare, whole))
    times = importing / reading
    tell(
        f"Import, {MONTHS} months of one force: {importing:.2f} s, a bare csv.reader {reading:.2f} s: "
        f"{times:.2f} times (mark: {MOST_TIMES:.0f})"
    )
    return times


def test_an_import_has_not_grown_slower(months, places, tmp_path):
    """With room for a busy machine; the mark itself is held in the soak."""
    assert times_of_reading(months, places, tmp_path) <= GUARDED_TIMES


@pytest.mark.soak
def test_an_import_takes_at_most_three_times_what_reading_the_rows_takes(months, places, tmp_path):
    assert times_of_reading(months, places, tmp_path) <= MOST_TIMES


def test_an_import_needs_little_memory(months, places, tmp_path):
    copy = shutil.copyfile(places, tmp_path / "portal.db")
    command = [sys.executable, "-c", IMPORT, f"sqlite:///{copy}", str(months[0].parent)]
    done = subprocess.run(command, capture_output=True, text=True, check=True, timeout=120)
    told = json.loads(done.stdout)
    megabytes = told["kilobytes"] / 1024
    tell(f"Import, {told['rows']} rows: {megabytes:.0f} MB at most (mark: {MOST_MEGABYTES})")
    assert megabytes < MOST_MEGABYTES
