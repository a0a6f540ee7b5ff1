"""The portal's one rule for "which ward": the same for crimes, postcodes and names, and said on the page."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property

from sqlmodel import Session, col, select

from portal.places.geometry import PolygonIndex
from portal.places.models import Area, AreaKind, Lsoa, LsoaBridge, LsoaWard

Point = tuple[float | None, float | None, str]
"""Longitude, latitude, and the code of an LSOA of either vintage; empty where none was given."""
_VINTAGE = 2021


class Rule(StrEnum):
    """How a ward is found."""

    point = "point"
    """By the point where ward boundaries are loaded; by best fit of the LSOA where no boundary holds the point."""
    lsoa = "lsoa"
    """By best fit of the LSOA alone; the point only tells which LSOA, where none was given or a 2011 one was split."""


class Reason(StrEnum):
    """How a ward was found, or why none was."""

    point = "point"
    lsoa = "lsoa"
    no_place = "no_place"
    """Neither a point nor an LSOA was given."""
    outside = "outside"
    """In no ward of the areas served."""
    split_lsoa = "split_lsoa"
    """The 2011 LSOA was split between wards, and there is no point or no boundary to say which part."""


@dataclass(frozen=True, slots=True)
class Placement:
    """The ward of one point, and the reason."""

    ward: str | None
    reason: Reason


class WardRule:
    """The rule over what is loaded when it is built: it sees no later change, and needs the session no longer."""

    def __init__(self, session: Session, rule: str) -> None:
        self._rule = Rule(rule)
        wards = select(Area.code, Area.boundary).where(
            Area.kind == AreaKind.ward, col(Area.served), col(Area.ends_on).is_(None)
        )
        boundaries = dict(session.exec(wards.order_by(Area.code)).all())
        drawn = {code: boundary for code, boundary in boundaries.items() if boundary is not None}
        self._wards = PolygonIndex(drawn) if drawn and self._rule is Rule.point else None
        fits = session.exec(select(LsoaWard.lsoa_code, LsoaWard.ward_code)).all()
        self._fits = {lsoa: ward if ward in boundaries else None for lsoa, ward in fits}
        self._parts = _parts(session)
        self._lsoa_boundaries = _lsoa_boundaries(session)

    def describe(self) -> str:
        """The code of the rule as it works on what is loaded: "point" or "lsoa"."""
        return (Rule.lsoa if self._wards is None else Rule.point).value

    def wards_of(self, points: Sequence[Point]) -> list[str | None]:
        """The ward of each point, in the same order; None outside the areas served or where the rule finds none."""
        return [placement.ward for placement in self.place(points)]

    def place(self, points: Sequence[Point]) -> list[Placement]:
        """The ward of each point and the reason, in the same order."""
        by_point = _keys_at(self._wards, points)
        left = [n for n, ward in enumerate(by_point) if ward is None and self._is_undecided(points[n][2])]
        held_by = dict(zip(left, self._lsoas_at([points[n] for n in left]), strict=True))
        return [
            Placement(ward, Reason.point) if ward else self._by_lsoa(points[n], held_by.get(n))
            for n, ward in enumerate(by_point)
        ]

    def _is_undecided(self, lsoa: str) -> bool:
        """Whether the code does not say which ward: there is none, or its parts lie in several."""
        return not lsoa or len({self._fits.get(one) for one in self._parts.get(lsoa, ())}) > 1

    def _lsoas_at(self, points: Sequence[Point]) -> list[str | None]:
        """The 2021 LSOA whose boundary holds each point; for a split 2011 one only if it is a part of that."""
        held_by = _keys_at(self._lsoas if points and self._lsoa_boundaries else None, points)
        pairs = zip(held_by, points, strict=True)
        return [code if not lsoa or code in self._parts[lsoa] else None for code, (_, _, lsoa) in pairs]

    @cached_property
    def _lsoas(self) -> PolygonIndex:
        return PolygonIndex(self._lsoa_boundaries)

    def _by_lsoa(self, point: Point, held_by: str | None) -> Placement:
        lsoa = held_by or self._one_part(point[2])
        if not lsoa:
            return Placement(None, Reason.no_place if point[0] is None else Reason.outside)
        ward = self._fits.get(lsoa)
        if ward is not None:
            return Placement(ward, Reason.lsoa)
        is_split = held_by is None and lsoa not in self._fits and self._is_undecided(lsoa)
        return Placement(None, Reason.split_lsoa if is_split else Reason.outside)

    def _one_part(self, lsoa: str) -> str:
        """The code that best fit goes by: any part of a 2011 LSOA whose parts all lie in one ward, else the code."""
        parts = self._parts.get(lsoa)
        return parts[0] if parts and not self._is_undecided(lsoa) else lsoa


def _lsoa_boundaries(session: Session) -> Mapping[str, bytes]:
    """Of 2021, by code."""
    wanted = select(Lsoa.code, Lsoa.boundary).where(Lsoa.vintage == _VINTAGE, col(Lsoa.boundary).is_not(None))
    return {code: boundary for code, boundary in session.exec(wanted.order_by(Lsoa.code)) if boundary is not None}


def _parts(session: Session) -> Mapping[str, tuple[str, ...]]:
    """By 2011 code the 2021 codes that it became, for those that became others."""
    parts: defaultdict[str, list[str]] = defaultdict(list)
    rows = session.exec(select(LsoaBridge.lsoa11_code, LsoaBridge.lsoa21_code).order_by(LsoaBridge.lsoa21_code))
    for older, newer in rows:
        parts[older].append(newer)
    return {older: tuple(newer) for older, newer in parts.items() if newer != [older]}


def _keys_at(index: PolygonIndex | None, points: Sequence[Point]) -> list[str | None]:
    """For each point the key of its area; None where it has no coordinates or there is no index."""
    found: list[str | None] = [None] * len(points)
    if index is None:
        return found
    placed = [(n, x, y) for n, (x, y, _) in enumerate(points) if x is not None and y is not None]
    for (n, _, _), code in zip(placed, index.keys_at([(x, y) for _, x, y in placed]), strict=True):
        found[n] = code
    return found
