"""A small invented land in the published formats: two authorities, the first with four wards of two LSOAs each."""

from __future__ import annotations

import csv
import json
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

HERE, BEYOND = "W06000901", "W06000902"
WARDS = {
    "W05000001": ("Alder", "Gwern", -3.00, 51.60),
    "W05000002": ("Birch", "Bedw", -2.98, 51.60),
    "W05000003": ("Cedar", "Cedrwydd", -3.00, 51.62),
    "W05000004": ("St Derw's Park", "Parc Sain Derw", -2.98, 51.62),
}
"""By code: names, and the south-west corner."""
SIDE = 0.02
LOOKUP_HEADER = ("LSOA21CD", "LSOA21NM", "WD25CD", "WD25NM", "LAD25CD", "LAD25NM")
BRIDGE_HEADER = ("LSOA11CD", "LSOA11NM", "CHGIND", "LSOA21CD", "LSOA21NM")
LEVELS_HEADER = ("LAD25CD", "LAD25NM", "CSP25CD", "CSP25NM", "PFA25CD", "PFA25NM")


def ring(west: float, south: float, width: float = SIDE, height: float = SIDE) -> list[list[float]]:
    east, north = west + width, south + height
    return [[west, south], [east, south], [east, north], [west, north], [west, south]]


def feature(properties: Mapping[str, object], *rings: Sequence[Sequence[float]]) -> dict[str, object]:
    geometry = {"type": "Polygon", "coordinates": list(rings)}
    return {"type": "Feature", "properties": dict(properties), "geometry": geometry}


def collection(features: Iterable[object]) -> dict[str, object]:
    return {"type": "FeatureCollection", "features": list(features)}


def ward(code: str, *, year: int = 25, **changes: object) -> dict[str, object]:
    name_en, name_cy, west, south = WARDS.get(code, ("New", "Newydd", -3.0, 51.6))
    yy = f"{year:02d}"
    properties = {f"WD{yy}CD": code, f"WD{yy}NM": name_en, f"WD{yy}NMW": name_cy}
    properties |= {f"LAD{yy}CD": HERE, f"LAD{yy}NM": "Hereshire"} | changes
    return feature(properties, ring(west, south))


def lsoa_codes(number: int) -> tuple[str, str]:
    """The western and the eastern LSOA of ward 1 to 4."""
    return f"W010000{number}1", f"W010000{number}2"


def write_json(path: Path, value: object) -> Path:
    path.write_text(json.dumps(value), encoding="utf-8")
    return path


def write_csv(path: Path, header: Sequence[str], rows: Iterable[Sequence[object]]) -> Path:
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(header)
        writer.writerows(rows)
    return path


def write_wards(path: Path, codes: Iterable[str] = WARDS, year: int = 25) -> Path:
    return write_json(path, collection(ward(code, year=year) for code in codes))


def write_lsoas(path: Path) -> Path:
    features = []
    for number, (_, _, west, south) in enumerate(WARDS.values(), start=1):
        for side, code in enumerate(lsoa_codes(number)):
            properties = {"LSOA21CD": code, "LSOA21NM": f"Hereshire 00{number}{'AB'[side]}"}
            features.append(feature(properties, ring(west + side * SIDE / 2, south, SIDE / 2)))
    return write_json(path, collection(features))


def write_lookup(path: Path) -> Path:
    rows = [
        (code, f"Hereshire 00{number}{'AB'[side]}", ward_code, names[0], HERE, "Hereshire")
        for number, (ward_code, names) in enumerate(WARDS.items(), start=1)
        for side, code in enumerate(lsoa_codes(number))
    ]
    rows.append(("W01009999", "Beyond 001A", "W05009999", "Yonder", BEYOND, "Newport"))
    return write_csv(path, LOOKUP_HEADER, rows)


def write_bridge(path: Path) -> Path:
    """Unchanged; merged; split between two wards; split inside one ward."""
    rows = [
        (lsoa_codes(1)[0], "a", "U", lsoa_codes(1)[0], "b"),
        ("W01000911", "a", "M", lsoa_codes(1)[1], "b"),
        ("W01000912", "a", "M", lsoa_codes(1)[1], "b"),
        ("W01000920", "a", "S", lsoa_codes(1)[1], "b"),
        ("W01000920", "a", "S", lsoa_codes(2)[0], "b"),
        ("W01000930", "a", "S", lsoa_codes(3)[0], "b"),
        ("W01000930", "a", "S", lsoa_codes(3)[1], "b"),
    ]
    return write_csv(path, BRIDGE_HEADER, rows)


def write_levels(path: Path) -> Path:
    rows = [
        (HERE, "Hereshire", "W22000001", "Hereshire", "W15000009", "Avon and Somerset"),
        (BEYOND, "Newport", "W22000002", "Newport", "W15000009", "Avon and Somerset"),
    ]
    return write_csv(path, LEVELS_HEADER, rows)


def write_people(path: Path) -> Path:
    rows = [(code, 1000 + number, 400) for number in range(1, 5) for code in lsoa_codes(number)]
    return write_csv(path, ("lsoa21_code", "total_residents", "total_households"), rows)


def write_postcodes(path: Path) -> Path:
    rows = [
        ("ZZ1 1AA", -2.995, 51.605, ""),
        ("ZZ1 1AB", -2.975, 51.605, ""),
        ("ZZ1 2AA", -2.995, 51.625, ""),
        ("ZZ10 1AA", -2.975, 51.625, ""),
        ("ZZ2 1AA", -2.900, 51.605, BEYOND),
        ("ZZ3 1AA", -2.800, 51.605, ""),
    ]
    return write_csv(path, ("postcode", "lon", "lat", "laua"), rows)


def write_names(path: Path) -> Path:
    rows = [
        ("Abbeyvale", "Glyn Abaty", "village", -2.995, 51.605),
        ("High Street", "Stryd Fawr", "street", -2.995, 51.606),
        ("High Street", "Stryd Fawr", "street", -2.975, 51.606),
        ("Faraway", "Draw", "village", -2.8, 51.605),
    ]
    return write_csv(path, ("name_en", "name_cy", "kind", "longitude", "latitude"), rows)


def write_land(folder: Path) -> list[Path]:
    """Every file of the land."""
    folder.mkdir(exist_ok=True)
    return [
        write_wards(folder / "wards.geojson"),
        write_lsoas(folder / "lsoas.geojson"),
        write_lookup(folder / "lookup.csv"),
        write_bridge(folder / "bridge.csv"),
        write_levels(folder / "levels.csv"),
        write_people(folder / "people.csv"),
        write_postcodes(folder / "postcodes.csv"),
        write_names(folder / "names.csv"),
    ]
