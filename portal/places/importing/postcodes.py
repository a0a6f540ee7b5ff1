"""Postcodes: ONSPD, NSPL, OS Code-Point Open with or without its header, or any table with a postcode and a point."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from itertools import islice

from portal.places import geometry
from portal.places.importing import columns as c
from portal.places.importing.columns import Column, Format, Picked
from portal.places.importing.files import RowFault
from portal.places.importing.gathered import Gathered
from portal.places.importing.tables import Row, Table

POSTCODE = re.compile(r"([A-Z]{1,2}[0-9][A-Z0-9]?)([0-9][A-Z]{2})\Z", re.ASCII)
_CODE_POINT_HEADER = ("pc", "pq", "ea", "no", "cy", "rh", "lh", "cc", "dc", "wc")
_NO_PLACE_NORTH = 99.0
"""ONSPD gives a postcode without a place the latitude 99.999999."""
_EDGE_DEGREES = 0.5
"""How far beyond the served areas postcodes are kept, so that a neighbour can be told that the border lies between."""
_MOST_EAST, _MOST_NORTH = 700_000, 1_300_000
"""Metres: the corner of the British National Grid."""
_BATCH = 20_000


@dataclass(frozen=True, slots=True)
class PostcodeFound:
    """One live postcode. `rank` is 0 where the file gave degrees and 1 where they were worked out from the grid."""

    code: str
    longitude: float
    latitude: float
    lsoa: str | None
    authority: str | None
    rank: int

    def filled_from(self, other: PostcodeFound) -> PostcodeFound:
        """The better of two, with what it lacks taken from the other."""
        best, rest = (self, other) if self.rank <= other.rank else (other, self)
        return replace(best, lsoa=best.lsoa or rest.lsoa, authority=best.authority or rest.authority)


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which postcodes are kept: those in or near the areas served."""

    authorities: frozenset[str]
    box: tuple[float, float, float, float] | None

    def keeps(self, found: PostcodeFound) -> bool:
        """By the box round the boundaries where there are any, else by the authority where the file names one."""
        if self.box is None:
            return found.authority is None or found.authority in self.authorities
        west, south, east, north = self.box
        return (
            west - _EDGE_DEGREES <= found.longitude <= east + _EDGE_DEGREES
            and south - _EDGE_DEGREES <= found.latitude <= north + _EDGE_DEGREES
        )


@dataclass(slots=True)
class Postcodes:
    """What the postcode files say."""

    live: dict[str, PostcodeFound] = field(default_factory=dict)
    terminated: set[str] = field(default_factory=set)
    without_place: int = 0
    far_away: int = 0


def _defer(table: Table, _picked: Picked, gathered: Gathered) -> None:
    gathered.postcodes.append(table)


_POSTCODE = Column("postcode (or pcds)", ("postcode|pcds", "pcd8", "pcd7|pcd", "pcd2|pc"))
_LSOA = Column("lsoa21", (*c.LSOA.patterns, r"lsoa(?P<year>\d\d)(?:_code_pip)?"), is_needed=False)
_AUTHORITIES = "oslaua|laua|lad_code|ladcd|dc|admin_district_code"
_AUTHORITY = Column("oslaua", (*c.AUTHORITY.patterns, _AUTHORITIES), is_needed=False)
_TERMINATED = Column("doterm", ("doterm",), is_needed=False)
IN_DEGREES = Format(
    "postcodes",
    {
        "postcode": _POSTCODE,
        "longitude": c.LONGITUDE,
        "latitude": c.LATITUDE,
        "lsoa": _LSOA,
        "authority": _AUTHORITY,
        "terminated": _TERMINATED,
    },
    _defer,
)
ON_GRID = Format(
    "postcodes on the British National Grid",
    {
        "postcode": _POSTCODE,
        "longitude": Column("eastings", ("eastings?|ea|oseast1m|east1m",)),
        "latitude": Column("northings", ("northings?|no|osnrth1m|north1m",)),
        "lsoa": _LSOA,
        "authority": _AUTHORITY,
        "terminated": _TERMINATED,
    },
    _defer,
)


def as_code_point(table: Table) -> Table | None:
    """The same file with the header that OS Code-Point Open leaves out; None where the shape is another."""
    row = table.first
    if len(row) != len(_CODE_POINT_HEADER) or not POSTCODE.match(row[0].replace(" ", "")):
        return None
    if not all(one.isascii() and one.isdigit() for one in row[1:4]):
        return None
    return replace(table.from_first_row(), header=_CODE_POINT_HEADER)


def read_postcodes(gathered: Gathered, wanted: Wanted) -> Postcodes:
    """Read every postcode file, keeping what is wanted. Raises FileRefused."""
    postcodes = Postcodes()
    for table in gathered.postcodes:
        is_gridded = IN_DEGREES.pick(table.header) is None
        picked = (ON_GRID if is_gridded else IN_DEGREES).pick(table.header)
        if picked is None:
            raise table.refused("line 1", "it is no list of postcodes")
        reader = _Reader(picked, postcodes, is_gridded=is_gridded)
        for batch in _batches(table.read(reader.understand)):
            _keep(_in_degrees(batch) if is_gridded else batch, postcodes, wanted)
        gathered.read_table(table, "postcodes")
    for code in postcodes.live:
        postcodes.terminated.discard(code)
    return postcodes


@dataclass(frozen=True, slots=True)
class _Reader:
    """Understands the rows of one file."""

    picked: Picked
    postcodes: Postcodes
    is_gridded: bool

    def understand(self, row: Row) -> PostcodeFound | None:
        """None for a postcode that is terminated or has no place. Raises RowFault."""
        text = self.picked.text(row, "postcode")
        code = text.replace(" ", "").upper()
        if text.lower() == "postcode":  # Code-Point Open's second row of headers
            return None
        if not POSTCODE.match(code):
            raise RowFault("postcode", f"{text!r} is no postcode")
        if self.picked.text(row, "terminated"):
            self.postcodes.terminated.add(code)
            return None
        point = self._point(row)
        if point is None:
            self.postcodes.without_place += 1
            return None
        return PostcodeFound(code, *point, self._code(row, "lsoa"), self._code(row, "authority"), int(self.is_gridded))

    def _point(self, row: Row) -> tuple[float, float] | None:
        if self.is_gridded:
            return self._grid_point(row)
        if not self.picked.text(row, "latitude") or self.picked.number(row, "latitude") > _NO_PLACE_NORTH:
            return None
        return self.picked.point(row)

    def _grid_point(self, row: Row) -> tuple[float, float] | None:
        easting, northing = self.picked.number(row, "longitude"), self.picked.number(row, "latitude")
        if not easting and not northing:
            return None
        if not (0 < easting < _MOST_EAST and 0 < northing < _MOST_NORTH):
            raise RowFault("coordinates", f"{easting:g}, {northing:g} is not on the British National Grid")
        return easting, northing

    def _code(self, row: Row, column: str) -> str | None:
        return text if c.is_code(text := self.picked.text(row, column)) else None


def _batches(found: Iterable[PostcodeFound]) -> Iterator[Sequence[PostcodeFound]]:
    rows = iter(found)
    while batch := list(islice(rows, _BATCH)):
        yield batch


def _in_degrees(batch: Sequence[PostcodeFound]) -> Iterator[PostcodeFound]:
    points = geometry.grid_to_degrees([one.longitude for one in batch], [one.latitude for one in batch])
    for one, (longitude, latitude) in zip(batch, points, strict=True):
        yield replace(one, longitude=longitude, latitude=latitude)


def _keep(batch: Iterable[PostcodeFound], postcodes: Postcodes, wanted: Wanted) -> None:
    for one in batch:
        if not wanted.keeps(one):
            postcodes.far_away += 1
            continue
        known = postcodes.live.get(one.code)
        postcodes.live[one.code] = known.filled_from(one) if known else one
