"""The invented county borough of the demonstration: its wards, small areas, settlements and where people live in them.

Names come from `content/demo`; shapes from the seed. It writes no file. No code, postcode or area in it is a real one.
"""

from __future__ import annotations

import csv
import functools
import math
import random
from dataclasses import dataclass

from portal.places.demo_land import Land, inner_cells, lay_land, to_degrees
from portal.places.demo_shapes import Point, Ring, contains, distance, signed_area, spread
from portal.resources import resource_dir

AUTHORITY = "W06999001"
PARTNERSHIP = "W14999001"
FORCE = "W15999001"
_LETTERS = "ABCDE"
_CHANGED = (
    ("W01998001", "002F", "S", "W01999008"),
    ("W01998001", "002F", "S", "W01999009"),
    ("W01998002", "006F", "M", "W01999029"),
    ("W01998003", "006G", "M", "W01999029"),
)
"""The small areas that changed: code and name of 2011, what happened, code of 2021."""


@dataclass(frozen=True, slots=True)
class DemoWard:
    """A ward, with its boundary as rings of longitude and latitude: the outer one first."""

    code: str
    name_en: str
    name_cy: str
    rings: tuple[Ring, ...]


@dataclass(frozen=True, slots=True)
class DemoLsoa:
    """A small area wholly inside one ward. `hearts` are the places round which its people live."""

    code: str
    name: str
    ward: DemoWard
    rings: tuple[Ring, ...]
    hearts: tuple[Point, ...]
    residents: int
    households: int


@dataclass(frozen=True, slots=True)
class DemoBridge:
    """How a small area of the census before became one of today's: U unchanged, S split, M merged."""

    old_code: str
    old_name: str
    change: str
    lsoa: DemoLsoa


@dataclass(frozen=True, slots=True)
class DemoPlace:
    """A name that people use, and where it lies."""

    name_en: str
    name_cy: str
    kind: str
    point: Point


@dataclass(frozen=True, slots=True)
class County:
    """All of it. Wards and small areas are in the order of their codes."""

    name_en: str
    wards: tuple[DemoWard, ...]
    lsoas: tuple[DemoLsoa, ...]
    places: tuple[DemoPlace, ...]


def demo_rows(name: str) -> list[dict[str, str]]:
    """The rows of one of the generator's own tables, such as "wards"."""
    with (resource_dir("content") / "demo" / f"{name}.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


@functools.lru_cache(maxsize=2)
def build_county(seed: int) -> County:
    """The county borough of this seed: always the same one."""
    rng = random.Random(f"county/{seed}")
    rows = demo_rows("wards")
    land = lay_land(rows, rng)
    wards = tuple(
        DemoWard(row["code"], row["name_en"], row["name_cy"], land.ward_rings[index]) for index, row in enumerate(rows)
    )
    places = [_settle(ward.code, land, index) for index, ward in enumerate(wards)]
    name = next(row["name_en"] for row in demo_rows("areas") if row["code"] == AUTHORITY)
    lsoas = _lsoas(name, wards, land, places, rng)
    return County(name, wards, lsoas, tuple(place for settled in places for place in settled))


def bridge(county: County) -> list[DemoBridge]:
    """Every step from the small areas of 2011 to those of 2021. All but three kept their code and name."""
    by_code = {lsoa.code: lsoa for lsoa in county.lsoas}
    changed = [DemoBridge(old, f"{county.name_en} {name}", how, by_code[new]) for old, name, how, new in _CHANGED]
    moved = {step.lsoa.code for step in changed}
    return [DemoBridge(a.code, a.name, "U", a) for a in county.lsoas if a.code not in moved] + changed


def point_within(lsoa: DemoLsoa, rng: random.Random) -> Point:
    """A point of six decimals inside the small area, near one of its hearts more often than not."""
    reach = rng.choice((0.25, 0.25, 0.5, 0.9)) * math.sqrt(abs(signed_area(lsoa.rings[0])))
    heart = rng.choice(lsoa.hearts)
    while True:
        point = (round(rng.gauss(heart[0], reach), 6), round(rng.gauss(heart[1], reach * 0.61), 6))
        if contains(lsoa.rings, point):
            return point
        reach *= 0.9


def _settle(ward_code: str, land: Land, ward: int) -> list[DemoPlace]:
    """Put the named places of one ward on cells of it: villages and estates well apart, streets beside the first."""
    rows = [row for row in demo_rows("names") if row["ward_code"] == ward_code]
    rows.sort(key=lambda row: row["kind"] == "street")
    streets = sum(row["kind"] == "street" for row in rows)
    inner, centres = inner_cells(land.wards[ward]), land.lattice.centres
    apart = spread(inner, land.lattice, len(rows) - streets, inner[0])
    free = [cell for cell in inner if cell not in apart]
    beside = sorted(free, key=lambda cell: (distance(centres[cell], centres[apart[0]]), cell))[:streets]
    sites = [to_degrees(centres[cell]) for cell in [*apart, *beside]]
    return [DemoPlace(r["name_en"], r["name_cy"], r["kind"], site) for r, site in zip(rows, sites, strict=True)]


def _hearts(rings: tuple[Ring, ...], places: list[DemoPlace], land: Land, ward: int) -> tuple[Point, ...]:
    """The named places within, or where nobody gave a name, one spot within."""
    named = tuple(place.point for place in places if contains(rings, place.point))
    spots = (to_degrees(land.lattice.centres[cell]) for cell in land.wards[ward])
    return named or (next(spot for spot in spots if contains(rings, spot)),)


def _lsoas(
    authority: str, wards: tuple[DemoWard, ...], land: Land, places: list[list[DemoPlace]], rng: random.Random
) -> tuple[DemoLsoa, ...]:
    """Numbered and named as the census does: groups of five, lettered within the group."""
    lsoas = []
    for number, ((ward, _), rings) in enumerate(sorted(land.part_rings.items())):
        residents = round(min(2950.0, max(1050.0, rng.gauss(2000, 330))))
        lsoas.append(
            DemoLsoa(
                code=f"W01999{number + 1:03d}",
                name=f"{authority} {number // 5 + 1:03d}{_LETTERS[number % 5]}",
                ward=wards[ward],
                rings=rings,
                hearts=_hearts(rings, places[ward], land, ward),
                residents=residents,
                households=round(residents * rng.uniform(0.40, 0.47)),
            )
        )
    return tuple(lsoas)
