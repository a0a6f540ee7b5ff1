"""Snap points as an import needs them: each known by number, with its row and its ward, without a query for each."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Protocol

from sqlalchemy import text
from sqlmodel import Session, SQLModel, col, select

from portal.crime.gazetteer import Gazetteer, Place
from portal.crime.models import SnapPoint
from portal.crime.rules import MILLION
from portal.db import bulk_insert

_TABLE = SQLModel.metadata.tables["crime_snap_point"]
_LAST = text("SELECT MAX(id) FROM crime_snap_point")
_NOT_STORED = 0
_NOWHERE, _OUTSIDE = 0, 1
FIRST_WARD = 2
"""Where in `PointBook.wards` those begin that are wards."""


class WardFinder(Protocol):
    """The portal's one rule for "which ward": `portal.places.ward_rule.WardRule`."""

    def wards_of(self, points: Sequence[tuple[float | None, float | None, str]]) -> list[str | None]: ...


class PointBook:
    """The rows and wards of the places in a gazetteer. It lives as long as one import: an error ends both."""

    def __init__(self, gazetteer: Gazetteer, finder: WardFinder) -> None:
        self._gazetteer = gazetteer
        self._finder = finder
        self._last_id = 0
        self._stored: set[int] = set()
        self.ids: list[int] = []
        """The row of each place, by its number in the gazetteer; 0 for a place without one."""
        self.slots: list[int] = []
        """Where in `wards` the ward of each place stands, for those for which `find_wards` was called or that have a
        row."""
        self.wards: list[str | None] = [None] * FIRST_WARD
        """The codes of the wards met, once each, after the two that are none: no place at all, and outside."""
        self._slots: dict[str | None, int] = {None: _OUTSIDE}

    def find_wards(self, numbers: Iterable[int]) -> None:
        """Work out the wards of places that have no row yet: the slow part, to be done before a transaction begins."""
        self._widen()
        fresh = list({*numbers} - self._stored)
        for number, ward in zip(fresh, wards_of(self._finder, [self._gazetteer.places[n] for n in fresh]), strict=True):
            self._put_in(number, ward)

    def store(self, session: Session, numbers: Iterable[int]) -> None:
        """Give a row to each place that has none. The caller holds the lock of imports: nobody else adds points."""
        self.catch_up(session)
        fresh = sorted({*numbers} - self._stored)
        self._stored.update(fresh)
        for number in fresh:
            self._last_id += 1
            self.ids[number] = self._last_id
        bulk_insert(session, _TABLE, [self._row(number) for number in fresh])

    def catch_up(self, session: Session) -> None:
        """Learn the points in the database that are not yet in the book: all at first, then another process's."""
        last = session.connection().execute(_LAST).scalar() or 0
        if last == self._last_id:
            return
        table = SnapPoint
        columns = (table.id, table.longitude, table.latitude, table.lsoa_code, table.location, table.ward_code)
        statement = select(*columns).where(col(table.id) > self._last_id)  # type: ignore[call-overload]
        for id_, longitude, latitude, lsoa_code, location, ward in session.exec(statement):
            number = self._gazetteer.number(Place(longitude, latitude, lsoa_code, location))
            self._widen()
            self.ids[number] = id_
            self._stored.add(number)
            self._put_in(number, ward)
        self._last_id = last

    def _put_in(self, number: int, ward: str | None) -> None:
        if number in self._gazetteer.nowhere:
            self.slots[number] = _NOWHERE
            return
        slot = self._slots.setdefault(ward, len(self.wards))
        if slot == len(self.wards):
            self.wards.append(ward)
        self.slots[number] = slot

    def _widen(self) -> None:
        missing = len(self._gazetteer.places) - len(self.ids)
        self.ids += [_NOT_STORED] * missing
        self.slots += [_OUTSIDE] * missing

    def _row(self, number: int) -> tuple[object, ...]:
        place = self._gazetteer.places[number]
        return (
            self.ids[number],
            place.longitude,
            place.latitude,
            place.lsoa_code,
            place.location,
            self.wards[self.slots[number]],
        )


def wards_of(finder: WardFinder, places: Sequence[Place]) -> list[str | None]:
    """The ward of each place, by the one rule; None outside the areas served and for no place at all."""
    return finder.wards_of([(_degrees(one.longitude), _degrees(one.latitude), one.lsoa_code) for one in places])


def _degrees(millionths: int | None) -> float | None:
    return None if millionths is None else millionths / MILLION
