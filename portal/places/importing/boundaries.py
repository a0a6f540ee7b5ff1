"""Boundaries of wards and of LSOAs, from GeoJSON. A ward may not be set aside: its absence would end it."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import Any

from portal.places.geometry import BadShape, Collection, Shape, read_collection, read_shape
from portal.places.importing.columns import checked_name, is_code
from portal.places.importing.files import Fault, FileRefused, RowFault, Source, read_text
from portal.places.importing.gathered import Gathered, WardFound, keep_newest
from portal.places.importing.tables import refuse_if_many

_WARD_CODE = re.compile(r"WD(\d\d)CD", re.ASCII)
_LSOA_CODE = re.compile(r"LSOA(11|21)CD", re.ASCII)
_CENTURY = 2000
EXPECTED = "boundaries with the properties WD25CD, WD25NM, LAD25CD, LAD25NM (of any year), or LSOA21CD, LSOA21NM"


def read_boundaries(source: Source, gathered: Gathered) -> None:
    """Read one GeoJSON file of wards or of LSOAs. Raises FileRefused."""
    text = read_text(source)
    try:
        collection = read_collection(text)
    except json.JSONDecodeError as error:
        raise FileRefused(source.name, f"line {error.lineno}", f"it is cut off or damaged ({error.msg})") from error
    except (ValueError, RecursionError) as error:
        raise FileRefused(source.name, "", "it is no GeoJSON that can be read") from error
    if collection is None or not collection.features:
        raise FileRefused(source.name, "", f"it is no GeoJSON collection of {EXPECTED}")
    first = collection.features[0].properties
    if (year := _year(_WARD_CODE, first)) is not None:
        _read_wards(source, collection, year, gathered)
    elif (year := _year(_LSOA_CODE, first)) is not None:
        _read_lsoas(source, collection, year, gathered)
    else:
        raise FileRefused(source.name, "feature 1", f"its properties are {', '.join(first)[:200]}; expected {EXPECTED}")


def _year(pattern: re.Pattern[str], properties: Mapping[str, Any]) -> int | None:
    years = [int(found[1]) for name in properties if (found := pattern.fullmatch(name.upper()))]
    return _CENTURY + max(years) if years else None


def _read_wards(source: Source, collection: Collection, year: int, gathered: Gathered) -> None:
    """Raises FileRefused at the first feature that is no whole ward."""
    for number, feature in enumerate(collection.features, start=1):
        try:
            ward = _ward(_by_upper_name(feature.properties), year, _shape(feature.geometry, collection))
            name_cy = _optional(_by_upper_name(feature.properties), "LAD", "NMW")
            authority = _name(_by_upper_name(feature.properties), "LAD", "NM")
        except RowFault as fault:
            raise FileRefused(source.name, f"feature {number}", str(fault)) from fault
        gathered.name_authority(ward.authority, authority, name_cy, year)
        keep_newest(gathered.drawn_wards, ward.code, ward)
    gathered.read_file(source, f"ward boundaries {year}", len(collection.features), [])


def _read_lsoas(source: Source, collection: Collection, vintage: int, gathered: Gathered) -> None:
    faults: list[Fault] = []
    for number, feature in enumerate(collection.features, start=1):
        try:
            properties = _by_upper_name(feature.properties)
            code, name = _code(properties, "LSOA"), _name(properties, "LSOA", "NM")
            gathered.lsoa_shapes[code, vintage] = _shape(feature.geometry, collection).boundary
        except RowFault as fault:
            faults.append(Fault(source.name, f"feature {number}", fault.code, fault.detail))
        else:
            gathered.lsoa_names[code, vintage] = name
    refuse_if_many(source, faults, len(collection.features))
    gathered.read_file(source, f"LSOA boundaries {vintage}", len(collection.features) - len(faults), faults)


def _ward(properties: Mapping[str, Any], year: int, shape: Shape) -> WardFound:
    names = _name(properties, "WD", "NM"), _optional(properties, "WD", "NMW")
    return WardFound(_code(properties, "WD"), *names, _code(properties, "LAD"), year, shape)


def _by_upper_name(properties: Mapping[str, Any]) -> dict[str, Any]:
    return {name.upper(): value for name, value in properties.items()}


def _value(properties: Mapping[str, Any], kind: str, ending: str) -> Any:
    """The value of, say, WD25NM: of several years the newest."""
    names = [name for name in properties if re.fullmatch(rf"{kind}\d\d{ending}", name)]
    return properties[max(names)] if names else None


def _code(properties: Mapping[str, Any], kind: str) -> str:
    code = _value(properties, kind, "CD")
    if not is_code(code):
        raise RowFault("code", f"{kind}..CD is {code!r}, no official code such as W05001361")
    return str(code)


def _name(properties: Mapping[str, Any], kind: str, ending: str) -> str:
    name = _value(properties, kind, ending)
    if not isinstance(name, str):
        raise RowFault("name", f"{kind}..{ending} is {name!r}, no name")
    return checked_name(name)


def _optional(properties: Mapping[str, Any], kind: str, ending: str) -> str | None:
    name = _value(properties, kind, ending)
    return checked_name(name) if isinstance(name, str) and name.strip() else None


def _shape(geometry: object, collection: Collection) -> Shape:
    try:
        return read_shape(geometry, on_grid=collection.on_grid)
    except BadShape as bad:
        raise RowFault("boundary", str(bad)) from bad
