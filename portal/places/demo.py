"""Writes the invented county borough as files in the published formats, for the real importer. No place is real."""

from __future__ import annotations

import csv
import json
import random
from collections.abc import Iterable, Sequence
from pathlib import Path

from portal.places.demo_county import (
    AUTHORITY,
    FORCE,
    PARTNERSHIP,
    County,
    bridge,
    build_county,
    demo_rows,
    point_within,
)
from portal.places.demo_shapes import Point, Ring

POSTCODES = 1800
_UNIT_LETTERS = "ABDEFGHJLNPQRSTUWXYZ"
"""Those that Royal Mail uses after the space. The area ZZ is allocated to nobody."""
_POSTCODE_HEADER = ("postcode", "longitude", "latitude")
_BRIDGE_HEADER = (
    "lsoa11_name", "lsoa11_code", "change_code", "lsoa21_name", "lsoa21_code", "ltla22_name", "ltla22_code",
)  # fmt: skip
_LOOKUP_HEADER = ("lsoa21_name", "lsoa21_code", "ward24_name", "ward24_code", "ltla24_name", "ltla24_code")
_LEVELS_HEADER = ("ltla24_code", "ltla24_name", "csp24_code", "csp24_name", "pfa24_code", "pfa24_name")
_POPULATION_HEADER = (
    "lsoa21_code", "total_residents", "total_households", "lsoa21_name",
    "ward24_name", "ward24_code", "ltla24_name", "ltla24_code",
)  # fmt: skip


def write_places(folder: Path, seed: int) -> None:
    """Write boundaries, lookups, population, postcodes and names into `folder`. The same seed writes the same bytes."""
    folder.mkdir(parents=True, exist_ok=True)
    county = build_county(seed)
    _write_boundaries(folder, county)
    _write_lookups(folder, county)
    _write_population(folder, county)
    _write_postcodes(folder, county, random.Random(f"postcodes/{seed}"))
    names = ((p.name_en, p.name_cy, p.kind, _degree(p.point[0]), _degree(p.point[1])) for p in county.places)
    _write_csv(folder / "names.csv", ("name_en", "name_cy", "kind", "longitude", "latitude"), names)


def _write_boundaries(folder: Path, county: County) -> None:
    wards = []
    for ward in county.wards:
        properties: dict[str, object] = {"WD25CD": ward.code, "WD25NM": ward.name_en, "WD25NMW": ward.name_cy}
        properties |= {"LAD25CD": AUTHORITY, "LAD25NM": county.name_en}
        properties |= {"LONG": _middle(ward.rings[0], 0), "LAT": _middle(ward.rings[0], 1)}
        wards.append(_feature(properties, ward.rings))
    _write_features(folder / "wards.geojson", wards)
    areas = [_feature({"LSOA21CD": lsoa.code, "LSOA21NM": lsoa.name}, lsoa.rings) for lsoa in county.lsoas]
    _write_features(folder / "lsoa21.geojson", areas)


def _write_lookups(folder: Path, county: County) -> None:
    authority = (county.name_en, AUTHORITY)
    fits = ((a.name, a.code, a.ward.name_en, a.ward.code, *authority) for a in county.lsoas)
    _write_csv(folder / "lsoa21_ward_authority.csv", _LOOKUP_HEADER, fits)
    steps = ((s.old_name, s.old_code, s.change, s.lsoa.name, s.lsoa.code, *authority) for s in bridge(county))
    _write_csv(folder / "lsoa11_lsoa21.csv", _BRIDGE_HEADER, steps)
    names = {row["code"]: row["lookup_name"] for row in demo_rows("areas")}
    levels = [cell for code in (AUTHORITY, PARTNERSHIP, FORCE) for cell in (code, names[code])]
    _write_csv(folder / "authority_partnership_force.csv", _LEVELS_HEADER, [levels])
    rows = ((row["code"], row["name_en"], row["name_cy"]) for row in demo_rows("areas"))
    _write_csv(folder / "area_names.csv", ("code", "name_en", "name_cy"), rows)


def _write_population(folder: Path, county: County) -> None:
    rows = (
        (a.code, a.residents, a.households, a.name, a.ward.name_en, a.ward.code, county.name_en, AUTHORITY)
        for a in county.lsoas
    )
    _write_csv(folder / "population.csv", _POPULATION_HEADER, rows)


def _write_postcodes(folder: Path, county: County, rng: random.Random) -> None:
    """One district for every three wards and one sector for each ward; and a few across the border to the east."""
    residents = sum(lsoa.residents for lsoa in county.lsoas)
    rows: list[tuple[str, str, str]] = []
    counted = 0
    for index, ward in enumerate(county.wards):
        units = iter(f"{first}{second}" for first in _UNIT_LETTERS for second in _UNIT_LETTERS)
        for lsoa in (lsoa for lsoa in county.lsoas if lsoa.ward is ward):
            counted += lsoa.residents
            while len(rows) < POSTCODES * counted // residents:
                code = f"ZZ{index // 3 + 1} {index % 3 * 3 + 1}{next(units)}"
                rows.append(_located(code, point_within(lsoa, rng)))
    _write_csv(folder / "postcodes.csv", _POSTCODE_HEADER, rows)
    east = max(lon for ward in county.wards for lon, _ in ward.rings[0])
    points = ((east + rng.uniform(0.02, 0.12), rng.uniform(52.24, 52.36)) for _ in range(6))
    beyond = [_located(f"ZZ8 {number}AA", point) for number, point in enumerate(points, 1)]
    _write_csv(folder / "postcodes_neighbours.csv", _POSTCODE_HEADER, beyond)


def _located(code: str, point: Point) -> tuple[str, str, str]:
    return code, _degree(point[0]), _degree(point[1])


def _degree(value: float) -> str:
    return f"{value:.6f}"


def _middle(ring: Ring, axis: int) -> float:
    return round((min(point[axis] for point in ring) + max(point[axis] for point in ring)) / 2, 6)


def _feature(properties: dict[str, object], rings: Sequence[Ring]) -> dict[str, object]:
    closed = [[*ring, ring[0]] for ring in rings]
    return {"type": "Feature", "properties": properties, "geometry": {"type": "Polygon", "coordinates": closed}}


def _write_features(path: Path, features: list[dict[str, object]]) -> None:
    """A feature to a line, as the published files are."""
    crs = {"type": "name", "properties": {"name": "urn:ogc:def:crs:OGC:1.3:CRS84"}}
    head = f'{{\n"type": "FeatureCollection",\n"name": "{AUTHORITY}",\n"crs": {json.dumps(crs)},\n"features": [\n'
    lines = ",\n".join(json.dumps(feature, ensure_ascii=False) for feature in features)
    path.write_text(f"{head}{lines}\n]\n}}\n", encoding="utf-8", newline="\n")


def _write_csv(path: Path, header: Sequence[str], rows: Iterable[Sequence[object]]) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(header)
        writer.writerows(rows)
