"""Columns found by what their headers say, in any order and of any vintage; and the values that fields may hold."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from portal.places.geometry import is_in_britain
from portal.places.importing.files import RowFault
from portal.places.importing.gathered import Gathered
from portal.places.importing.tables import Table

_CODE = re.compile(r"[A-Z][0-9]{8}\Z", re.ASCII)
_LONGEST_NAME = 120
_LARGEST_COUNT = 1_000_000_000
_CENTURY = 2000


@dataclass(frozen=True, slots=True)
class Column:
    """A column that a format has: how it is shown to people, and the headers it goes by, the best first."""

    shown: str
    patterns: tuple[str, ...]
    is_needed: bool = True

    def find(self, header: Sequence[str]) -> tuple[int, int | None] | None:
        """Where it stands in the header, and of which year it is. Of several vintages the newest."""
        for pattern in self.patterns:
            matches = [(found, at) for at, name in enumerate(header) if (found := re.fullmatch(pattern, name))]
            if matches:
                return max(((at, _year(found)) for found, at in matches), key=lambda pair: (pair[1] or 0, -pair[0]))
        return None


@dataclass(frozen=True, slots=True)
class Picked:
    """Where each column of a format stands in one file, and its year."""

    places: Mapping[str, int]
    years: Mapping[str, int]

    def text(self, row: Sequence[str], column: str) -> str:
        """The field, trimmed; empty where the file has no such column."""
        at = self.places.get(column)
        return "" if at is None else row[at].strip()

    def code(self, row: Sequence[str], column: str) -> str:
        """An official code: a letter and eight digits. Raises RowFault."""
        text = self.text(row, column)
        if not _CODE.match(text):
            raise RowFault("code", f"{text!r} is no official code such as W01001361")
        return text

    def name(self, row: Sequence[str], column: str) -> str:
        """A name of 1 to 120 characters. Raises RowFault."""
        return checked_name(self.text(row, column))

    def name_if_any(self, row: Sequence[str], column: str) -> str | None:
        """A name, or None where the field is empty. Raises RowFault."""
        return checked_name(text) if (text := self.text(row, column)) else None

    def count(self, row: Sequence[str], column: str) -> int:
        """A whole number, 0 or more. Raises RowFault."""
        text = self.text(row, column)
        if not text.isascii() or not text.isdigit() or int(text[:20]) > _LARGEST_COUNT:
            raise RowFault("number", f"{text!r} is no whole number")
        return int(text)

    def number(self, row: Sequence[str], column: str) -> float:
        """A number. Raises RowFault."""
        text = self.text(row, column)
        try:
            return float(text)
        except ValueError:
            raise RowFault("number", f"{text!r} is no number") from None

    def point(self, row: Sequence[str]) -> tuple[float, float]:
        """Longitude and latitude. Raises RowFault."""
        point = self.number(row, "longitude"), self.number(row, "latitude")
        if not is_in_britain(*point):
            raise RowFault("coordinates", f"{point[0]}, {point[1]} is not in Great Britain")
        return point


@dataclass(frozen=True, slots=True)
class Format:
    """One kind of published table: its columns, by which it is known, and how it is read."""

    name: str
    columns: Mapping[str, Column]
    read: Callable[[Table, Picked, Gathered], None]

    def pick(self, header: Sequence[str]) -> Picked | None:
        """Where its columns stand; None where one that it needs is missing."""
        found = {name: column.find(header) for name, column in self.columns.items()}
        if any(found[name] is None for name, column in self.columns.items() if column.is_needed):
            return None
        places = {name: pair[0] for name, pair in found.items() if pair}
        return Picked(places, {name: pair[1] for name, pair in found.items() if pair and pair[1]})

    def missing(self, header: Sequence[str]) -> tuple[str, ...]:
        """What it needs and the header lacks, as shown to people."""
        needed = (column for column in self.columns.values() if column.is_needed)
        return tuple(column.shown for column in needed if column.find(header) is None)


def checked_name(text: str) -> str:
    """The name itself. Raises RowFault where it is empty, too long or no text."""
    text = " ".join(text.split())
    if not text or len(text) > _LONGEST_NAME or not text.isprintable():
        raise RowFault("name", f"{text!r} is no name of 1 to {_LONGEST_NAME} characters")
    return text


def is_code(text: object) -> bool:
    """Whether something is an official code: a letter and eight digits."""
    return isinstance(text, str) and bool(_CODE.match(text))


def _year(found: re.Match[str]) -> int | None:
    digits = found.groupdict().get("year")
    return _CENTURY + int(digits) if digits else None


def _coded(words: str, shown: str, ending: str) -> Column:
    return Column(shown, (rf"(?:{words})(?P<year>\d\d){ending}",))


LSOA = _coded("lsoa", "LSOA21CD", "(?:cd|_code)")
LSOA_NAME = Column("LSOA21NM", (r"lsoa(?P<year>\d\d)(?:nm|_name)",), is_needed=False)
WARD = _coded("wd|ward", "WD25CD", "(?:cd|_code)")
WARD_NAME = _coded("wd|ward", "WD25NM", "(?:nm|_name)")
WARD_NAME_CY = Column("WD25NMW", (r"(?:wd|ward)(?P<year>\d\d)(?:nmw|_name_cy)",), is_needed=False)
AUTHORITY = _coded("lad|ltla", "LAD25CD", "(?:cd|_code)")
AUTHORITY_NAME = _coded("lad|ltla", "LAD25NM", "(?:nm|_name)")
AUTHORITY_NAME_CY = Column("LAD25NMW", (r"(?:lad|ltla)(?P<year>\d\d)(?:nmw|_name_cy)",), is_needed=False)
PARTNERSHIP = _coded("csp", "CSP24CD", "(?:cd|_code)")
PARTNERSHIP_NAME = _coded("csp", "CSP24NM", "(?:nm|_name)")
FORCE = _coded("pfa", "PFA24CD", "(?:cd|_code)")
FORCE_NAME = _coded("pfa", "PFA24NM", "(?:nm|_name)")
LONGITUDE = Column("longitude", ("longitude", "long", "lon", "lng"))
LATITUDE = Column("latitude", ("latitude", "lat"))
