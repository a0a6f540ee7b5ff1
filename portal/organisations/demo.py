"""Writes the demonstration's organisations and councillors as files for the real importer. Nobody in them exists."""

from __future__ import annotations

import csv
import datetime as dt
import re
from pathlib import Path

from portal.places.demo_county import demo_rows

_DAY = re.compile(r"day([+-]\d+)\Z")
"""A day counted from the one on which the demonstration is made: day-20."""


def write_organisations(folder: Path, today: dt.date) -> tuple[list[Path], list[Path]]:
    """Write the files of `content/demo` with their days. Returns those of organisations, and those of councillors."""
    folder.mkdir(parents=True, exist_ok=True)
    written = [_write(folder, name, today) for name in ("organisations", "posts", "councillors")]
    return written[:2], written[2:]


def _write(folder: Path, name: str, today: dt.date) -> Path:
    rows, path = demo_rows(name), folder / f"{name}.csv"
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(rows[0])
        writer.writerows([_dated(text, today) for text in row.values()] for row in rows)
    return path


def _dated(text: str, today: dt.date) -> str:
    found = _DAY.match(text)
    return (today + dt.timedelta(days=int(found[1]))).isoformat() if found else text
