"""Snap points as an import needs them: each known by number, with its row and its ward, without a query for each."""

from __future__ import annotations

from collections.abc import Collection, Sequence
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


class WardFinder(Protocol):
    """The portal's one rule for "which ward": `portal.places.ward_rule.WardRule`."""

    def wards_of(self, points: Sequence[tuple[float | None, float | None, str]]) -> list[str | None]: ...


class PointBook:
    """The rows and wards of the places in a gazetteer. It lives as long as one import: an error ends both."""

    def __init__(self, gazetteer: Gazetteer, finder: WardFinder) -> None:
        self._gazetteer = gazetteer
        self._finder = finder
        self._last_id = 0
        self.ids: list[int] = []
        """The row of each place, by its number in the gazetteer; 0 for a place without one."""
        self.wards: list[str | None] = []
        """The ward of each place for which `find_wards` was called or that has a row."""

    def find_wards(self, numbers: Collection[int]) -> None:
        """Work out the wards of places that have no row yet: the slow part, to be done before a transaction begins."""
        self._widen()
        fresh = [number for number in numbers if self.ids[number] == _NOT_STORED]
        for number, ward in zip(fresh, wards_of(self._finder, [self._gazetteer.places[n] for n in fresh]), strict=True):
            self.wards[number] = ward

    def store(self, session: Session, numbers: Collection[int]) -> None:
        """Give a row to each place that has none. The caller holds the lock of imports: nobody else adds points."""
        self.catch_up(session)
        fresh = sorted(number for number in numbers if self.ids[number] == _NOT_STORED)
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
            self.ids[number], self.wards[number] = id_, ward
        self._last_id = last

    def _widen(self) -> None:
        missing = len(self._gazetteer.places) - len(self.ids)
        self.ids += [_NOT_STORED] * missing
        self.wards += [None] * missing

    def _row(self, number: int) -> tuple[object, ...]:
        place = self._gazetteer.places[number]
        return (
            self.ids[number],
            place.longitude,
            place.latitude,
            place.lsoa_code,
            place.location,
            self.wards[number],
        )


def wards_of(finder: WardFinder, places: Sequence[Place]) -> list[str | None]:
    """The ward of each place, by the one rule; None outside the areas served and for no place at all."""
    return finder.wards_of([(_degrees(one.longitude), _degrees(one.latitude), one.lsoa_code) for one in places])


def _degrees(millionths: int | None) -> float | None:
    return None if millionths is None else millionths / MILLION
