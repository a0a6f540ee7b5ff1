"""Postcodes and the names people use, each put into its ward by the one rule; all of them anew when wards change."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import partial

from sqlalchemy import insert
from sqlmodel import Session, col, select

from portal.places.importing.book import Tally
from portal.places.importing.gathered import NameFound
from portal.places.importing.postcodes import Postcodes
from portal.places.importing.rows import Key, Values, standing_rows, sync_rows
from portal.places.models import Area, AreaKind, AreaMember, PlaceName, Postcode
from portal.places.names import fold
from portal.places.ward_rule import WardRule

_Place = tuple[str, str, str, float, float]
"""Both names, kind, longitude and latitude: what makes a place the same place."""


def bring_postcodes(session: Session, rule: WardRule, found: Postcodes) -> Tally:
    """Postcodes as the files have them; a terminated one goes; what a file does not say stays as it was."""
    before = standing_rows(session, Postcode)
    after = {key: row for key, row in before.items() if key[0] not in found.terminated}
    for code, one in found.live.items():
        known = before.get((code,))
        lsoa = one.lsoa or (known[3] if known else None)
        authority = one.authority or (known[5] if known else None)
        after[code,] = (code, one.longitude, one.latitude, lsoa, None, authority)
    return sync_rows(session, Postcode, before, _placed(session, rule, after))


def _placed(session: Session, rule: WardRule, rows: Mapping[Key, Values]) -> dict[Key, Values]:
    """The same rows in their wards. Inside a ward the authority is the ward's own, whatever the file said."""
    authorities = _authority_of_ward(session)
    wards = rule.wards_of([(row[1], row[2], row[3] or "") for row in rows.values()])
    return {
        key: (*row[:4], ward, authorities.get(ward, row[5]) if ward else row[5])
        for (key, row), ward in zip(rows.items(), wards, strict=True)
    }


def _authority_of_ward(session: Session) -> dict[str, str]:
    """By ward code the code of its authority, as they stand."""
    areas = {
        one: (kind, code)
        for one, kind, code in session.exec(select(Area.id, Area.kind, Area.code).where(col(Area.ends_on).is_(None)))
    }
    members = session.exec(select(AreaMember.parent_id, AreaMember.child_id).where(col(AreaMember.ends_on).is_(None)))
    pairs = ((areas[parent], areas[child]) for parent, child in members if parent in areas and child in areas)
    return {child: parent for (above, parent), (_, child) in pairs if above is AreaKind.authority}


def bring_place_names(session: Session, rule: WardRule, found: Iterable[NameFound]) -> Tally:
    """Names as the files have them: of a name, kind and authority that a file has, it has all the places there are."""
    standing = {_place(one): one for one in session.exec(select(PlaceName))}
    wanted = dict.fromkeys(map(_place, found))
    everything = [*standing, *(place for place in wanted if place not in standing)]
    placed = rule.wards_of([(longitude, latitude, "") for _, _, _, longitude, latitude in everything])
    wards = dict(zip(everything, placed, strict=True))
    group = partial(_group, wards, _authority_of_ward(session))
    replaced = {group(place) for place in wanted}
    tally = Tally()
    for place, one in standing.items():
        if place not in wanted and group(place) in replaced:
            session.delete(one)
            tally.ended["placename"] += 1
        elif one.ward_code != wards[place]:
            one.ward_code = wards[place]
            tally.changed["placename"] += 1
    _add(session, [(place, wards[place]) for place in wanted if place not in standing], tally)
    return tally


def _place(one: PlaceName | NameFound) -> _Place:
    return one.name_en, one.name_cy, one.kind, one.longitude, one.latitude


def _group(
    wards: Mapping[_Place, str | None], authorities: Mapping[str, str], place: _Place
) -> tuple[str, str, str | None]:
    (name, _, kind, _, _), ward = place, wards[place]
    return name, kind, authorities.get(ward) if ward else None


def _add(session: Session, new: list[tuple[_Place, str | None]], tally: Tally) -> None:
    rows = [
        {
            "name_en": name_en,
            "name_cy": name_cy,
            "key_en": fold(name_en),
            "key_cy": fold(name_cy),
            "kind": kind,
            "longitude": longitude,
            "latitude": latitude,
            "ward_code": ward,
        }
        for (name_en, name_cy, kind, longitude, latitude), ward in new
    ]
    if rows:
        session.connection().execute(insert(PlaceName), rows)
        tally.added["placename"] += len(rows)
