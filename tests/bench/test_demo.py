"""How long the made-up data of the demonstration take to write, against copying the same rows with the csv module."""

from __future__ import annotations

import csv
import time
from pathlib import Path

from portal.clock import Month
from portal.crime.demo import write_crime
from portal.places.demo import write_places
from portal.places.demo_county import build_county
from tests.telling import tell

SEED, LAST = 7, Month(2025, 9)
OF_COPYING = 12
"""Twice the most that was measured: 3.4 to 5.7 times."""
ROUNDS = 3


def copy_rows(paths: list[Path], into: Path) -> None:
    for number, path in enumerate(paths):
        with path.open(encoding="utf-8", newline="") as file, (into / str(number)).open("w", newline="") as copy:
            csv.writer(copy).writerows(csv.reader(file))


def quickest(work) -> float:
    times = []
    for _ in range(ROUNDS):
        build_county.cache_clear()
        began = time.perf_counter()
        work()
        times.append(time.perf_counter() - began)
    return min(times)


def test_a_demonstration_is_written_soon_enough_to_wait_for(tmp_path):
    (tmp_path / "copies").mkdir()

    def write() -> None:
        write_places(tmp_path, SEED)
        write_crime(tmp_path, SEED, LAST)

    writing = quickest(write)
    paths = sorted(tmp_path.rglob("*.csv"))
    copying = quickest(lambda: copy_rows(paths, tmp_path / "copies"))
    tell(f"Demonstration written in {writing:.2f} s, {writing / copying:.1f} times copying its {len(paths)} files")
    assert writing < OF_COPYING * copying
