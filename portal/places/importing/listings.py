"""Lists: names of wards and areas in both languages, residents and households, and the names that people use."""

from __future__ import annotations

from portal.places.importing import columns as c
from portal.places.importing.columns import Column, Format, Picked
from portal.places.importing.files import RowFault
from portal.places.importing.gathered import AreaNames, Gathered, NameFound, People, WardFound, keep_newest
from portal.places.importing.lookups import checked_vintage
from portal.places.importing.tables import Row, Table

_LONGEST_KIND = 20
_LATEST_VINTAGE = 2021


def _read_wards(table: Table, picked: Picked, gathered: Gathered) -> None:
    year = picked.years["ward"]

    def understand(row: Row) -> WardFound:
        authority = picked.code(row, "authority")
        gathered.name_authority(authority, *_authority_names(picked, row), picked.years["authority"])
        names = picked.name(row, "ward_name"), picked.name_if_any(row, "ward_name_cy")
        has_point = picked.text(row, "longitude") and picked.text(row, "latitude")
        point = picked.point(row) if has_point else None
        return WardFound(picked.code(row, "ward"), *names, authority, year, point=point)

    for ward in table.read(understand):
        keep_newest(gathered.listed_wards, ward.code, ward)
    gathered.is_list_whole = gathered.is_list_whole and not table.faults
    gathered.read_table(table, f"names of wards {year}")


def _authority_names(picked: Picked, row: Row) -> tuple[str, str | None]:
    return picked.name(row, "authority_name"), picked.name_if_any(row, "authority_name_cy")


def _read_authorities(table: Table, picked: Picked, gathered: Gathered) -> None:
    year = picked.years["authority"]
    for code, names in table.read(lambda row: (picked.code(row, "authority"), _authority_names(picked, row))):
        gathered.name_authority(code, *names, year)
    gathered.read_table(table, "names of authorities")


def _read_names(table: Table, picked: Picked, gathered: Gathered) -> None:
    def understand(row: Row) -> tuple[str, AreaNames]:
        names = picked.name(row, "name_en"), picked.name_if_any(row, "name_cy")
        return picked.code(row, "code"), AreaNames(*names, 0)

    gathered.names.update(table.read(understand))
    gathered.read_table(table, "names of areas")


def _read_people(table: Table, picked: Picked, gathered: Gathered) -> None:
    vintage = checked_vintage(table, picked, "lsoa") if "lsoa" in picked.years else _LATEST_VINTAGE
    year = gathered.population_year or picked.years.get("lsoa")
    if year is None:
        raise table.refused("line 1", "the header does not say of which year the residents are: give --population-year")

    def understand(row: Row) -> tuple[str, str, People]:
        code = picked.code(row, "lsoa")
        households = picked.count(row, "households") if "households" in picked.places else None
        return (
            code,
            picked.name_if_any(row, "lsoa_name") or code,
            People(picked.count(row, "residents"), households, year),
        )

    for code, name, people in table.read(understand):
        gathered.people[code, vintage] = people
        gathered.lsoa_names.setdefault((code, vintage), name)
    gathered.read_table(table, f"residents and households {year}")


def _read_places(table: Table, picked: Picked, gathered: Gathered) -> None:
    def understand(row: Row) -> NameFound:
        kind = picked.text(row, "kind").lower()
        if not kind or len(kind) > _LONGEST_KIND or not kind.isprintable():
            raise RowFault("kind", f"{kind!r} is no word of 1 to {_LONGEST_KIND} characters")
        name = picked.name(row, "name_en")
        return NameFound(name, picked.name_if_any(row, "name_cy") or name, kind, *picked.point(row))

    gathered.place_names.extend(table.read(understand))
    gathered.read_table(table, "names that people use")


WARD_NAMES = Format(
    "list of ward names",
    {
        "ward": c.WARD,
        "ward_name": c.WARD_NAME,
        "ward_name_cy": c.WARD_NAME_CY,
        "authority": c.AUTHORITY,
        "authority_name": c.AUTHORITY_NAME,
        "authority_name_cy": c.AUTHORITY_NAME_CY,
        "longitude": Column("LONG", c.LONGITUDE.patterns, is_needed=False),
        "latitude": Column("LAT", c.LATITUDE.patterns, is_needed=False),
    },
    _read_wards,
)
AUTHORITY_NAMES = Format(
    "list of authority names",
    {
        "authority": c.AUTHORITY,
        "authority_name": c.AUTHORITY_NAME,
        "authority_name_cy": Column("LAD25NMW", c.AUTHORITY_NAME_CY.patterns),
    },
    _read_authorities,
)
AREA_NAMES = Format(
    "list of area names",
    {
        "code": Column("code", ("code",)),
        "name_en": Column("name_en", ("name_en",)),
        "name_cy": Column("name_cy", ("name_cy",)),
    },
    _read_names,
)
PEOPLE = Format(
    "residents and households",
    {
        "lsoa": Column("LSOA21CD or code", (*c.LSOA.patterns, "code|lsoacd|lsoa_code|geography[ _]code")),
        "lsoa_name": c.LSOA_NAME,
        "residents": Column("residents", ("total_residents|residents|usual_residents|population",)),
        "households": Column("households", ("total_households|households",), is_needed=False),
    },
    _read_people,
)
PLACE_NAMES = Format(
    "names that people use",
    {
        "name_en": Column("name_en", ("name_en",)),
        "name_cy": Column("name_cy", ("name_cy",), is_needed=False),
        "kind": Column("kind", ("kind|type",)),
        "longitude": c.LONGITUDE,
        "latitude": c.LATITUDE,
    },
    _read_places,
)
