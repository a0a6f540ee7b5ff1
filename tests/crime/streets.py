"""Street files made for tests, and a small country for them: two authorities, three wards, one force, and a border."""

from __future__ import annotations

import datetime as dt
import itertools
from collections.abc import Iterable
from dataclasses import dataclass, replace
from pathlib import Path

from sqlmodel import Session

from portal.clock import Month
from portal.crime.importing import ImportOptions
from portal.crime.rules import HEADER
from portal.places.models import Area, AreaKind, AreaMember, LsoaWard

MONTH = Month(2024, 10)
FETCHED = dt.date(2024, 12, 20)
FORCES = frozenset({"gwent", "btp"})
NAMES = {"gwent": "Gwent Police", "btp": "British Transport Police", "south-wales": "South Wales Police"}
_BEGAN = dt.date(2022, 5, 5)

LSOAS = {"A": "W01000001", "B": "W01000002", "C": "W01000003", "outside": "W01000009"}
"""One LSOA for each ward, and one across the border."""


@dataclass(frozen=True, slots=True)
class Row:
    """A row of a street file. `at` is a ward's letter, "outside", or "" for no place."""

    category: str = "Drugs"
    at: str = "A"
    outcome: str = ""
    crime_id: str = "?"
    street: str = "High Street"

    def line(self, month: Month, force: str) -> str:
        place = ",,No Location,,"
        if self.at:
            degrees = -3.0 - "ABCo".index(self.at[0]) / 10
            place = f"{degrees:.6f},51.700000,On or near {self.street},{LSOAS[self.at]},Somewhere 001A"
        name = NAMES[force]
        return f"{self.crime_id},{month},{name},{name},{place},{self.category},{self.outcome},"


_numbers = itertools.count()


def crime_id() -> str:
    return f"{next(_numbers):064x}"


def asb(at: str = "A", street: str = "High Street") -> Row:
    return Row("Anti-social behaviour", at, crime_id="", street=street)


def crimes(number: int, category: str = "Drugs", at: str = "A", outcome: str = "Under investigation") -> list[Row]:
    return [Row(category, at, outcome) for _ in range(number)]


def text_of(rows: Iterable[Row], month: Month = MONTH, force: str = "gwent") -> str:
    """A file's text; rows whose ID was left open get one of their own."""
    named = (replace(row, crime_id=crime_id()) if row.crime_id == "?" else row for row in rows)
    return "\n".join([",".join(HEADER), *(row.line(month, force) for row in named)]) + "\n"


def write(folder: Path, rows: Iterable[Row], month: Month = MONTH, force: str = "gwent") -> Path:
    """The file in the published layout."""
    path = folder / str(month) / f"{month}-{force}-street.csv"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text_of(rows, month, force), encoding="utf-8")
    return path


def options(**changes: object) -> ImportOptions:
    return replace(ImportOptions(FORCES, FETCHED, ward_rule="lsoa"), **changes)  # type: ignore[arg-type]


class Country:
    """Force gwent over authorities one (wards A, B) and two (ward C); a partnership of both; a partnership of authority
    two with one that is not served; a neighbourhood for A, and one for B with C.
    """

    def __init__(self, session: Session) -> None:
        self._session = session
        self.ids: dict[str, int] = {}
        self.force = self._area(AreaKind.force, "gwent", "W15000004")
        one, two = (self._area(AreaKind.authority, name, f"W0600000{n}") for n, name in ((1, "one"), (2, "two")))
        away = self._area(AreaKind.authority, "away", "W06000009", served=False)
        self._area(AreaKind.partnership, "whole", "W14000001", one, two)
        self._area(AreaKind.partnership, "part", "W14000002", two, away)
        wards = {letter: self._area(AreaKind.ward, letter, f"W0500000{letter}") for letter in "ABC"}
        self._area(AreaKind.neighbourhood, "near A", "W0500000A", wards["A"])
        self._area(AreaKind.neighbourhood, "near B and C", "N1", wards["B"], wards["C"])
        for child, parent in ((wards["A"], one), (wards["B"], one), (wards["C"], two)):
            self._put(child, parent)
        for authority in (one, two):
            self._put(authority, self.force)
        for letter in "ABC":
            session.add(LsoaWard(lsoa_code=LSOAS[letter], ward_code=f"W0500000{letter}"))
        session.add(LsoaWard(lsoa_code=LSOAS["outside"], ward_code="W05000099"))

    def _area(self, kind: AreaKind, name: str, code: str, *children: int, served: bool = True) -> int:
        slug = name.lower().replace(" ", "-")
        area = Area(kind=kind, code=code, name_en=name, name_cy=name, slug_en=slug, slug_cy=slug, starts_on=_BEGAN)
        area.served = served
        self._session.add(area)
        self._session.flush()
        self.ids[name] = area.id or 0
        for child in children:
            self._put(child, self.ids[name])
        return self.ids[name]

    def _put(self, child: int, parent: int) -> None:
        self._session.add(AreaMember(parent_id=parent, child_id=child, starts_on=_BEGAN))
