"""Lookups: LSOA to ward to authority by best fit, 2011 to 2021 LSOAs, authority to partnership to force."""

from __future__ import annotations

from portal.places.importing import columns as c
from portal.places.importing.columns import Column, Format, Picked
from portal.places.importing.files import RowFault
from portal.places.importing.gathered import FitFound, Gathered, LevelsFound, WardFound, keep_newest
from portal.places.importing.tables import Row, Table

_CHANGES = frozenset("USMX")
_VINTAGES = frozenset({2011, 2021})


def _read_fits(table: Table, picked: Picked, gathered: Gathered) -> None:
    vintage, year = checked_vintage(table, picked, "lsoa"), picked.years["ward"]

    def understand(row: Row) -> tuple[str, WardFound]:
        lsoa, ward, authority = (picked.code(row, column) for column in ("lsoa", "ward", "authority"))
        name = picked.name_if_any(row, "lsoa_name")
        gathered.lsoa_names.setdefault((lsoa, vintage), name or lsoa)
        names = picked.name(row, "ward_name"), picked.name_if_any(row, "ward_name_cy")
        titles = picked.name(row, "authority_name"), picked.name_if_any(row, "authority_name_cy")
        gathered.name_authority(authority, *titles, picked.years["authority"])
        return lsoa, WardFound(ward, *names, authority, year)

    for lsoa, ward in table.read(understand):
        keep_newest(gathered.fits, lsoa, FitFound(ward.code, year))
        keep_newest(gathered.fitted_wards, ward.code, ward)
    gathered.read_table(table, f"LSOA {vintage} to ward {year} by best fit")


def checked_vintage(table: Table, picked: Picked, column: str) -> int:
    """The census year of an LSOA column. Raises FileRefused where no LSOAs of that year were made."""
    vintage = picked.years[column]
    if vintage not in _VINTAGES:
        raise table.refused("line 1", f"LSOAs of {vintage}: those of 2011 and of 2021 are understood")
    return vintage


def _read_bridge(table: Table, picked: Picked, gathered: Gathered) -> None:
    def understand(row: Row) -> tuple[str, str, str]:
        change = picked.text(row, "change").upper()
        if change not in _CHANGES:
            raise RowFault("change", f"{change!r} is none of U, S, M and X")
        newer = picked.code(row, "newer")
        gathered.lsoa_names.setdefault((newer, 2021), picked.name_if_any(row, "newer_name") or newer)
        return picked.code(row, "older"), newer, change

    for older, newer, change in table.read(understand):
        gathered.bridge.setdefault(older, {})[newer] = change
    gathered.read_table(table, "LSOA 2011 to LSOA 2021")


def _read_levels(table: Table, picked: Picked, gathered: Gathered) -> None:
    year = picked.years["authority"]

    def understand(row: Row) -> tuple[str, LevelsFound]:
        authority = picked.code(row, "authority")
        gathered.name_authority(authority, picked.name(row, "authority_name"), None, year)
        partnership = picked.code(row, "partnership"), picked.name(row, "partnership_name")
        return authority, LevelsFound(*partnership, picked.code(row, "force"), picked.name(row, "force_name"), year)

    for authority, levels in table.read(understand):
        keep_newest(gathered.levels, authority, levels)
    gathered.read_table(table, "authority to partnership to force")


FITS = Format(
    "LSOA to ward to authority lookup",
    {
        "lsoa": c.LSOA,
        "lsoa_name": c.LSOA_NAME,
        "ward": c.WARD,
        "ward_name": c.WARD_NAME,
        "ward_name_cy": c.WARD_NAME_CY,
        "authority": c.AUTHORITY,
        "authority_name": c.AUTHORITY_NAME,
        "authority_name_cy": c.AUTHORITY_NAME_CY,
    },
    _read_fits,
)
BRIDGE = Format(
    "LSOA 2011 to LSOA 2021 lookup",
    {
        "older": Column("LSOA11CD", ("lsoa11(?:cd|_code)",)),
        "newer": Column("LSOA21CD", ("lsoa21(?:cd|_code)",)),
        "newer_name": Column("LSOA21NM", ("lsoa21(?:nm|_name)",), is_needed=False),
        "change": Column("CHGIND", ("chgind|chngind|change_code|change",)),
    },
    _read_bridge,
)
LEVELS = Format(
    "authority to partnership to force lookup",
    {
        "authority": c.AUTHORITY,
        "authority_name": c.AUTHORITY_NAME,
        "partnership": c.PARTNERSHIP,
        "partnership_name": c.PARTNERSHIP_NAME,
        "force": c.FORCE,
        "force_name": c.FORCE_NAME,
    },
    _read_levels,
)
