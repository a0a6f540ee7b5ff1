"""Draws the rows of invented street files, with the oddities that published files have. Writes no file."""

from __future__ import annotations

import random
from typing import NamedTuple, TypeAlias

from portal.clock import Month
from portal.crime.demo_draw import (
    AWAITING_COURT,
    INCIDENTS,
    MONTHS,
    UNDER_INVESTIGATION,
    Outcomes,
    PointPicker,
    SnapPoint,
    draw_counts,
    draw_snap_points,
)
from portal.places.demo_county import County, point_within

Spot: TypeAlias = tuple[str, str, str, str, str]
"""Longitude, latitude, location, and the code and name of the small area, as a row has them."""

_FORCE = "Glasfor Police"
_TRANSPORT = "British Transport Police"
_NO_PLACE = ("", "", "No Location", "", "")
_NO_PLACE_SHARE = 0.02
_REPEATED_INCIDENTS = 0.03
_SETTLED_SHARE = 0.6
"""Of the crimes that were open in the first release of the revised month, how many are not in the second."""
_OLD_CODES_SHARE = 0.6
_OLD_CODES_UNTIL = 12
_YEAR = 12
"""The first months of the series, in which some rows still carry codes of 2011, as published files did."""
_RECLASSIFIED = (("Public order", "Violence and sexual offences"), ("Other theft", "Theft from the person"))
_BEYOND: tuple[Spot, ...] = (
    ("-3.741208", "52.291144", "On or near Station Road", "W01997001", "Cwm Maelog 001A"),
    ("-3.738871", "52.312806", "On or near Parking Area", "W01997001", "Cwm Maelog 001A"),
    ("-3.752264", "52.255913", "On or near Heol y Bryn", "W01997002", "Cwm Maelog 001B"),
    ("-3.006317", "52.334480", "On or near Market Street", "E01999001", "Marchford 004C"),
)
_STATION_ELSEWHERE: Spot = ("-3.004026", "52.336195", "On or near Marchford (station)", "E01999001", "Marchford 004C")


class Row(NamedTuple):
    """A row of a street file, in the order of its header."""

    crime_id: str
    month: str
    reported_by: str
    falls_within: str
    longitude: str
    latitude: str
    location: str
    lsoa_code: str
    lsoa_name: str
    category: str
    outcome: str
    context: str = ""


class Author:
    """Draws the rows of each month in turn."""

    def __init__(self, county: County, last_month: Month, rng: random.Random) -> None:
        self._rng = rng
        self._first, self._last = last_month.plus(1 - MONTHS), last_month
        self._points = draw_snap_points(county, rng)
        self._counts = draw_counts(self._first, rng)
        self._pickers = {key: PointPicker.of(self._points[key[0]], key[1]) for key in self._counts}
        self._outcomes = Outcomes()
        town = county.lsoas[0]
        east, north = point_within(town, rng)
        self._station = (f"{east:.6f}", f"{north:.6f}", "On or near Aberelwern (station)", town.code, town.name)
        self._earlier_id = self._new_id()

    def rows(self, number: int) -> list[Row]:
        """The force's rows of one month: the county's, a few from beyond it, and a few whose Crime ID repeats. What
        comes after the last month is drawn like the same month of the last year.
        """
        month = self._first.plus(number)
        rows: list[Row] = []
        for (ward, category), series in self._counts.items():
            drawn = series[number if number < MONTHS else number - _YEAR]
            points = self._pickers[ward, category].pick(drawn, self._rng)
            if category == INCIDENTS:
                points = self._repeated(points)
            places = [self._place(point, number) for point in points]
            rows += self._filled(month, category, places)
        for place in self._rng.choices(_BEYOND, (3, 3, 2, 1), k=self._rng.randint(3, 9)):
            rows += self._filled(month, self._rng.choice(rows).category, [place])
        return rows + self._repeats(rows)

    def _filled(self, month: Month, category: str, places: list[Spot]) -> list[Row]:
        age = max(0, self._last.index - month.index)
        outcomes = self._outcomes.draw(category, age, len(places), self._rng)
        ids = ["" if category == INCIDENTS else self._new_id() for _ in places]
        return [
            Row(crime_id, str(month), _FORCE, _FORCE, *spot, category, outcome)
            for crime_id, spot, outcome in zip(ids, places, outcomes, strict=True)
        ]

    def _place(self, point: SnapPoint, number: int) -> Spot:
        if self._rng.random() < _NO_PLACE_SHARE:
            return _NO_PLACE
        old = point.old if number < _OLD_CODES_UNTIL and self._rng.random() < _OLD_CODES_SHARE else None
        return point.longitude, point.latitude, point.location, *(old or point.lsoa)

    def _repeated(self, points: list[SnapPoint]) -> list[SnapPoint]:
        """The same incident is often recorded more than once: some points are those of an earlier row."""
        for index in range(1, len(points)):
            if self._rng.random() < _REPEATED_INCIDENTS:
                points[index] = points[self._rng.randrange(index)]
        return points

    def _repeats(self, rows: list[Row]) -> list[Row]:
        """Rows whose Crime ID was used before: one again as it was, one as another crime, one from the month before."""
        crimes = [row for row in rows if row.crime_id]
        same, other, later = self._rng.sample(crimes, 3)
        again = [
            same,
            other._replace(category=self._rng.choice(crimes).category),
            later._replace(crime_id=self._earlier_id),
        ]
        self._earlier_id = self._rng.choice(crimes).crime_id
        return again

    def transport_rows(self, month: Month) -> list[Row]:
        """The transport police's rows: few, at stations, here and elsewhere, and with no outcome."""
        categories = ("Public order", "Other theft", "Violence and sexual offences", "Criminal damage and arson")
        stations = self._rng.choices((self._station, _STATION_ELSEWHERE), (2, 1), k=self._rng.randint(2, 9))
        return [
            Row(self._new_id(), str(month), _TRANSPORT, _TRANSPORT, *station, self._rng.choice(categories), "")
            for station in stations
        ]

    def revised(self, rows: list[Row]) -> list[Row]:
        """A newer release of the month: outcomes moved, four crimes reclassified, two cancelled, six recorded late."""
        moved = [self._moved_on(row) for row in rows]
        for was, becomes in _RECLASSIFIED:
            places = [index for index, row in enumerate(moved) if row.category == was]
            for index in self._rng.sample(places, 2):
                moved[index] = moved[index]._replace(category=becomes)
        crimes = [row for row in moved if row.crime_id]
        first, second, alike, *others = self._rng.sample(crimes, 6)
        late = [
            row._replace(crime_id=self._new_id(), outcome=UNDER_INVESTIGATION) for row in (alike, alike, alike, *others)
        ]
        return [row for row in moved if row.crime_id not in (first.crime_id, second.crime_id)] + late

    def _moved_on(self, row: Row) -> Row:
        if row.outcome not in (UNDER_INVESTIGATION, AWAITING_COURT) or self._rng.random() > _SETTLED_SHARE:
            return row
        return row._replace(outcome=self._outcomes.draw(row.category, MONTHS, 1, self._rng)[0])

    def _new_id(self) -> str:
        return f"{self._rng.getrandbits(256):064x}"
