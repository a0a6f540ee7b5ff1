"""What the files of one import say, before it is compared with the database. Of two vintages the newer counts."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Protocol, TypeVar

from portal.places.geometry import Shape
from portal.places.importing.files import Fault, FileRefused, Source
from portal.places.importing.tables import Table


@dataclass(frozen=True, slots=True)
class AreaNames:
    """The names of one area. `name_cy` is None where the file has no Welsh column or left it empty."""

    name_en: str
    name_cy: str | None
    year: int


@dataclass(frozen=True, slots=True)
class WardFound:
    """One ward of one authority, as a file of `year` has it."""

    code: str
    name_en: str
    name_cy: str | None
    authority: str
    year: int
    shape: Shape | None = None
    point: tuple[float, float] | None = None


@dataclass(frozen=True, slots=True)
class LevelsFound:
    """What stands above an authority: partnership and force, each by code and English name."""

    partnership: str
    partnership_name: str
    force: str
    force_name: str
    year: int


@dataclass(frozen=True, slots=True)
class FitFound:
    """The ward into which an LSOA falls by best fit."""

    ward: str
    year: int


@dataclass(frozen=True, slots=True)
class People:
    """Residents and households of one LSOA in the year counted."""

    residents: int
    households: int | None
    year: int


@dataclass(frozen=True, slots=True)
class NameFound:
    """A name that people use for where they live, at a point."""

    name_en: str
    name_cy: str
    kind: str
    longitude: float
    latitude: float


@dataclass(frozen=True, slots=True)
class FileRead:
    """One file that was read: what it is and how many rows or features it gave."""

    name: str
    what: str
    rows: int


class _Dated(Protocol):
    @property
    def year(self) -> int: ...


D = TypeVar("D", bound=_Dated)
LsoaKey = tuple[str, int]
"""Code and vintage."""


def keep_newest(known: dict[str, D], key: str, found: D) -> None:
    """Keep what a newer file says; of one year, what is said last."""
    if key not in known or found.year >= known[key].year:
        known[key] = found


@dataclass(slots=True)
class Gathered:
    """Everything that the files of one import say."""

    population_year: int | None = None
    authorities: dict[str, AreaNames] = field(default_factory=dict)
    drawn_wards: dict[str, WardFound] = field(default_factory=dict)
    """Wards with a boundary."""
    listed_wards: dict[str, WardFound] = field(default_factory=dict)
    """Wards from a list of names."""
    is_list_whole: bool = True
    """Whether no row of such a list was set aside: only then does a ward's absence from it mean anything."""
    fitted_wards: dict[str, WardFound] = field(default_factory=dict)
    """Wards met in a best-fit lookup: not all, since a small ward may be no LSOA's best fit."""
    lsoa_names: dict[LsoaKey, str] = field(default_factory=dict)
    lsoa_shapes: dict[LsoaKey, bytes] = field(default_factory=dict)
    people: dict[LsoaKey, People] = field(default_factory=dict)
    fits: dict[str, FitFound] = field(default_factory=dict)
    bridge: dict[str, dict[str, str]] = field(default_factory=dict)
    """By 2011 code: the 2021 codes, each with its letter of change."""
    levels: dict[str, LevelsFound] = field(default_factory=dict)
    names: dict[str, AreaNames] = field(default_factory=dict)
    """Names by code from the operator's own list: these win."""
    place_names: list[NameFound] = field(default_factory=list)
    postcodes: list[Table] = field(default_factory=list)
    """Recognised, and read last: where postcodes are wanted is known only from all the rest."""
    files: list[FileRead] = field(default_factory=list)
    faults: list[Fault] = field(default_factory=list)
    refusals: list[FileRefused] = field(default_factory=list)

    def name_authority(self, code: str, name_en: str, name_cy: str | None, year: int) -> None:
        """Note an authority's names; a Welsh name is not forgotten because another file has none."""
        known = self.authorities.get(code)
        name_cy = name_cy or (known.name_cy if known else None)
        keep_newest(self.authorities, code, AreaNames(name_en, name_cy, year))

    def read_table(self, table: Table, what: str) -> None:
        """Note that a table was read to its end."""
        self.read_file(table.source, what, table.rows_used, table.faults)

    def read_file(self, source: Source, what: str, rows: int, faults: list[Fault]) -> None:
        """Note that a file was read to its end, and which of its rows were set aside."""
        self.files.append(FileRead(source.name, what, rows))
        self.faults.extend(faults)
