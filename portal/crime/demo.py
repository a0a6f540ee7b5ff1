"""Writes the demonstration's police files in the published layout, for the real importer. Nothing in them happened."""

from __future__ import annotations

import csv
import random
from dataclasses import dataclass
from pathlib import Path

from portal.clock import Month
from portal.crime.demo_draw import MONTHS
from portal.crime.demo_rows import Author, Row
from portal.crime.rules import HEADER, TRANSPORT_POLICE
from portal.places.demo_county import build_county, demo_rows

FORCE_SLUG = "glasfor"
_MISSING_OFFSET = -9
_REVISED_OFFSET = -3


@dataclass(frozen=True, slots=True)
class DemoNote:
    """A word about an area and month: "context" beside its figures, or why a force's month was "not_supplied"."""

    kind: str
    month: Month
    area_code: str
    text_en: str
    text_cy: str


@dataclass(frozen=True, slots=True)
class DemoCrime:
    """What was written, so that the demonstration can import the releases in order and say what is missing."""

    first_release: Path
    second_release: Path
    """Holds a newer version of `revised_month` only."""
    third_release: Path
    """Holds `waiting_month` only, which staff have yet to release."""
    first_month: Month
    last_month: Month
    missing_month: Month
    revised_month: Month
    waiting_month: Month
    notes: tuple[DemoNote, ...]


def write_crime(folder: Path, seed: int, last_month: Month) -> DemoCrime:
    """Write the releases into `folder`. The same seed and month write the same bytes."""
    plan = DemoCrime(
        first_release=folder / "release-1",
        second_release=folder / "release-2",
        third_release=folder / "release-3",
        first_month=last_month.plus(1 - MONTHS),
        last_month=last_month,
        missing_month=last_month.plus(_MISSING_OFFSET),
        revised_month=last_month.plus(_REVISED_OFFSET),
        waiting_month=last_month.plus(1),
        notes=demo_notes(last_month),
    )
    author = Author(build_county(seed), last_month, random.Random(f"crime/{seed}"))
    for number in range(MONTHS):
        month = plan.first_month.plus(number)
        rows = author.rows(number)
        if month == plan.missing_month:
            continue
        _write(plan.first_release, month, FORCE_SLUG, rows)
        if month.index % 3:
            _write(plan.first_release, month, TRANSPORT_POLICE, author.transport_rows(month))
        if month == plan.revised_month:
            _write(plan.second_release, month, FORCE_SLUG, author.revised(rows))
    _write(plan.third_release, plan.waiting_month, FORCE_SLUG, author.rows(MONTHS))
    return plan


def demo_notes(last_month: Month) -> tuple[DemoNote, ...]:
    """The notes of `content/demo/notes.csv`, dated from the last month."""
    return tuple(
        DemoNote(
            row["kind"], last_month.plus(int(row["month_offset"])), row["area_code"], row["text_en"], row["text_cy"]
        )
        for row in demo_rows("notes")
    )


def _write(release: Path, month: Month, slug: str, rows: list[Row]) -> None:
    path = release / str(month) / f"{month}-{slug}-street.csv"
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(HEADER)
        ordered: list[Row] = sorted(rows, key=_published_order)
        writer.writerows(ordered)


def _published_order(row: Row) -> tuple[bool, str, str]:
    return not row.lsoa_code, row.lsoa_name, row.category
