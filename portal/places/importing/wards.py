"""Wards and the neighbourhoods made of them: added, renamed, ended with what takes their place; never deleted."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping

from sqlmodel import Session

from portal.places import geometry
from portal.places.importing.book import AreaBook, Draft
from portal.places.importing.files import ImportRefused
from portal.places.importing.gathered import AreaNames, WardFound, keep_newest
from portal.places.importing.plan import Plan
from portal.places.models import Area, AreaKind, AreaSuccessor

_LEAST_SHARE = 0.02
"""What part of an ended ward another must cover to have taken its place; less is two drawings of one line."""


def bring_wards(plan: Plan, book: AreaBook, session: Session) -> None:
    """The wards of each authority served, a neighbourhood each unless others are drawn, and heirs of the ended."""
    for authority in book.current(AreaKind.authority):
        if authority.served:
            _bring_wards_of(plan, book, authority)
    book.settle()
    _link_wards(plan, book)
    _bring_neighbourhoods(book)
    session.add_all(_successors(book))


def _bring_wards_of(plan: Plan, book: AreaBook, authority: Area) -> None:
    standing = _wards_in(book, authority)
    found, ends_others = _wards_found(plan, authority, standing)
    if found and ends_others:
        _end_missing(plan, book, authority, standing, found)
    for code, ward in sorted(found.items()):
        names = _ward_names(plan, ward)
        point = ward.point or _point_of(plan.gathered.listed_wards.get(code))
        apart = (authority.name_en, authority.name_cy)
        on = plan.in_force_on(ward.year)
        draft = Draft(names.name_en, names.name_cy, on, shape=ward.shape, point=point, apart=apart)
        book.ensure(AreaKind.ward, code, draft)
    for ward_area in standing:
        if ward_area.ends_on is None and ward_area.code not in found:
            _rename_from_lists(plan, book, ward_area)


def _wards_in(book: AreaBook, authority: Area) -> list[Area]:
    return [one for one in book.children(authority) if one.kind is AreaKind.ward]


def _wards_found(plan: Plan, authority: Area, standing: list[Area]) -> tuple[Mapping[str, WardFound], bool]:
    """The wards that an authority should have, and whether others that it has are thereby ended.

    Boundaries say which wards there are. Without any, a whole list of names says it; and a best-fit lookup, which need
    not have them all, adds wards and ends none.
    """
    gathered = plan.gathered
    if drawn := _newest(gathered.drawn_wards.values(), authority.code):
        return drawn, True
    if any(one.boundary for one in standing):
        return {}, False
    for wards, ends_others in ((gathered.listed_wards, gathered.is_list_whole), (gathered.fitted_wards, False)):
        found = _newest(wards.values(), authority.code)
        latest = max((one.starts_on for one in standing), default=dt.date.min)
        if found and plan.in_force_on(next(iter(found.values())).year) >= latest:
            return found, ends_others
    return {}, False


def _newest(wards: Iterable[WardFound], authority: str) -> dict[str, WardFound]:
    own = [ward for ward in wards if ward.authority == authority]
    year = max((ward.year for ward in own), default=0)
    return {ward.code: ward for ward in own if ward.year == year}


def _end_missing(
    plan: Plan, book: AreaBook, authority: Area, standing: list[Area], found: Mapping[str, WardFound]
) -> None:
    """Raises ImportRefused where a ward would end before it began: the files are older than what is loaded."""
    on = plan.in_force_on(next(iter(found.values())).year)
    missing = [ward for ward in standing if ward.code not in found]
    if early := [ward for ward in missing if ward.starts_on >= on]:
        raise ImportRefused(
            f"{authority.name_en}: {early[0].name_en} ({early[0].code}) and {len(early) - 1} more wards in force from "
            f"{early[0].starts_on} are not in these files, whose wards are in force from {on}. "
            "If they did end, give the day with --wards-from"
        )
    for ward in missing:
        book.end(ward, on)


def _ward_names(plan: Plan, ward: WardFound) -> AreaNames:
    """Of the list of names and the file that defines the ward, the newer; a Welsh name from either."""
    own = AreaNames(ward.name_en, ward.name_cy, ward.year)
    listed = plan.gathered.listed_wards.get(ward.code)
    if listed and listed.year >= ward.year:
        own = AreaNames(listed.name_en, listed.name_cy or ward.name_cy, listed.year)
    elif listed:
        own = AreaNames(own.name_en, own.name_cy or listed.name_cy, own.year)
    return plan.names(ward.code, own)


def _point_of(ward: WardFound | None) -> tuple[float, float] | None:
    return ward.point if ward else None


def _rename_from_lists(plan: Plan, book: AreaBook, ward: Area) -> None:
    listed = plan.gathered.listed_wards.get(ward.code)
    own = AreaNames(listed.name_en, listed.name_cy, listed.year) if listed else AreaNames(ward.name_en, None, 0)
    names = plan.names(ward.code, own)
    book.ensure(AreaKind.ward, ward.code, Draft(names.name_en, names.name_cy, ward.starts_on))


def _link_wards(plan: Plan, book: AreaBook) -> None:
    """Each ward into the authority that the newest file names, and as served as that is."""
    for code, found in _newest_of_each(plan).items():
        ward, authority = book.find(AreaKind.ward, code), book.find(AreaKind.authority, found.authority)
        if ward is None or authority is None:
            continue
        others = [one for one in book.parents(ward, AreaKind.authority) if one is not authority]
        for other in others:
            book.unlink(other, ward, plan.in_force_on(found.year))
        book.link(authority, ward, plan.in_force_on(found.year) if others else ward.starts_on)
    for ward in book.current(AreaKind.ward):
        served = any(one.served for one in book.parents(ward, AreaKind.authority))
        book.ensure(AreaKind.ward, ward.code, _as_it_is(ward, served=served))


def _newest_of_each(plan: Plan) -> dict[str, WardFound]:
    """By ward code the newest file's word on it; of one year that of the boundary, then of the list."""
    gathered = plan.gathered
    found: dict[str, WardFound] = {}
    for wards in (gathered.fitted_wards, gathered.listed_wards, gathered.drawn_wards):
        for code, ward in wards.items():
            keep_newest(found, code, ward)
    return dict(sorted(found.items()))


def _bring_neighbourhoods(book: AreaBook) -> None:
    """A ward that lies in no neighbourhood gets its own, which bears its names; one without wards ends."""
    ended_on = max((one.ends_on for one in book.ended if one.ends_on), default=None)
    for neighbourhood in book.current(AreaKind.neighbourhood):
        if ended_on is not None and not book.children(neighbourhood):
            book.end(neighbourhood, max(ended_on, neighbourhood.starts_on + dt.timedelta(days=1)))
    own: list[tuple[Area, Area]] = []
    for ward in book.current(AreaKind.ward):
        parents = book.parents(ward, AreaKind.neighbourhood)
        if not parents or [one.code for one in parents] == [ward.code]:
            own.append((_own_neighbourhood(book, ward), ward))
    book.settle()
    for neighbourhood, ward in own:
        book.link(neighbourhood, ward, ward.starts_on)
    for neighbourhood in book.current(AreaKind.neighbourhood):
        served = any(ward.served for ward in book.children(neighbourhood))
        book.ensure(AreaKind.neighbourhood, neighbourhood.code, _as_it_is(neighbourhood, served=served))


def _as_it_is(area: Area, *, served: bool) -> Draft:
    return Draft(area.name_en, None, area.starts_on, served, renames=False)


def _own_neighbourhood(book: AreaBook, ward: Area) -> Area:
    authority = next(iter(book.parents(ward, AreaKind.authority)), ward)
    point = (ward.longitude, ward.latitude) if ward.longitude is not None and ward.latitude is not None else None
    apart = (authority.name_en, authority.name_cy)
    draft = Draft(ward.name_en, ward.name_cy, ward.starts_on, ward.served, point=point, apart=apart)
    return book.ensure(AreaKind.neighbourhood, ward.code, draft)


def _successors(book: AreaBook) -> Iterable[AreaSuccessor]:
    """For each ward that ended the wards that cover it now; for a neighbourhood those of the heirs of its wards."""
    heirs = {ward.key: _heirs(book, ward) for ward in book.ended if ward.kind is AreaKind.ward}
    for ward, found in heirs.items():
        yield from (AreaSuccessor(area_id=ward, successor_id=heir.key) for heir in found)
    for area in book.ended:
        if area.kind is AreaKind.neighbourhood:
            wards = [child for parent, child in book.closed if parent == area.id]
            below = [heir for ward in wards for heir in heirs.get(ward, ())]
            above = {one.key for heir in below for one in book.parents(heir, AreaKind.neighbourhood)}
            yield from (AreaSuccessor(area_id=area.key, successor_id=one) for one in sorted(above))


def _heirs(book: AreaBook, ward: Area) -> list[Area]:
    """By area where boundaries are known; else what bears the same name."""
    current = book.current(AreaKind.ward)
    drawn = [one for one in current if one.boundary]
    if ward.boundary and drawn:
        shares = geometry.shared_parts(ward.boundary, [one.boundary for one in drawn if one.boundary])
        return [one for one, share in zip(drawn, shares, strict=True) if share >= _LEAST_SHARE]
    return [one for one in current if one.name_en == ward.name_en]
