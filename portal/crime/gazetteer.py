"""The places and kinds met in street files, each understood once and then known by number. Untrusted text ends here."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from portal.crime.rules import (
    CATEGORY_NUMBERS,
    LONGEST_LOCATION,
    OTHER_OUTCOME,
    OUTCOME_NUMBERS,
    ImpossibleCoordinates,
    is_lsoa,
    is_own_name,
    parse_coordinates,
)

COMMA = b","
JOINT = b"\x1f"
"""Stands between the fields of a row that the csv module took apart: a character that no honest field holds."""

KIND_BITS = 10
OUTCOME_BITS = 6
"""The key of a cell is one number, quick to hash: place << KIND_BITS | category << OUTCOME_BITS | outcome."""
OUTCOME_MASK = (1 << OUTCOME_BITS) - 1
KIND_MASK = (1 << KIND_BITS) - 1
FAULTY = -1
"""The number of whatever is not understood. A key made with it is below 0."""


class RowFault(Exception):
    """What is wrong with a row, by code, and the words that show it."""

    def __init__(self, code: str, detail: str = "") -> None:
        super().__init__(code)
        self.code = code
        self.detail = detail


class Place(NamedTuple):
    """A point as published, in millionths of a degree, with its small area and its words."""

    longitude: int | None
    latitude: int | None
    lsoa_code: str
    location: str

    @property
    def is_nowhere(self) -> bool:
        """Neither a point nor a small area was given."""
        return self.longitude is None and not self.lsoa_code


class Gazetteer:
    """Every place met so far, numbered from 0 in the order of meeting."""

    def __init__(self) -> None:
        self.places: list[Place] = []
        self.nowhere: set[int] = set()
        """The numbers of places that are none."""
        self._numbers: dict[Place, int] = {}

    def number(self, place: Place) -> int:
        """The number of the place; a new one when it was never met."""
        number = self._numbers.setdefault(place, len(self.places))
        if number == len(self.places):
            self.places.append(place)
            if place.is_nowhere:
                self.nowhere.add(number)
        return number


class PlaceTexts(dict[bytes, int]):
    """From the text between month and category to the number of its place, or FAULTY. For files of one force."""

    def __init__(self, force: str, gazetteer: Gazetteer) -> None:
        super().__init__()
        self._force = force
        self._gazetteer = gazetteer

    def __missing__(self, text: bytes) -> int:
        try:
            place = parse_place(split_fields(text, JOINT if JOINT in text else COMMA), self._force)
        except RowFault:
            number = FAULTY
        else:
            number = self._gazetteer.number(place)
        self[text] = number
        return number


class Kinds(dict[tuple[bytes, bytes], int]):
    """From the names of category and outcome to one number, category << OUTCOME_BITS | outcome, or FAULTY."""

    def __init__(self) -> None:
        super().__init__()
        self.unknown_outcomes: set[str] = set()

    def __missing__(self, names: tuple[bytes, bytes]) -> int:
        category_name, outcome_name = (name.decode() for name in names)
        category = CATEGORY_NUMBERS.get(category_name, FAULTY)
        outcome = OUTCOME_NUMBERS.get(outcome_name, OTHER_OUTCOME)
        if outcome == OTHER_OUTCOME:
            self.unknown_outcomes.add(outcome_name)
        self[names] = kind = FAULTY if category == FAULTY else category << OUTCOME_BITS | outcome
        return kind


def split_fields(text: bytes, mark: bytes) -> list[str]:
    """The fields of a row, or of a stretch of one, as text. The bytes are known to be UTF-8."""
    return text.decode().split(mark.decode())


def parse_place(fields: Sequence[str], force: str) -> Place:
    """Understand the seven fields from "Reported by" to "LSOA name". Raises RowFault."""
    try:
        reported_by, _, longitude, latitude, location, lsoa_code, _ = fields
    except ValueError:
        raise RowFault("fields") from None
    if not is_own_name(force, reported_by):
        raise RowFault("force", reported_by)
    try:
        point = parse_coordinates(longitude, latitude)
    except ImpossibleCoordinates:
        raise RowFault("coordinates", f"{longitude}, {latitude}") from None
    if len(location) > LONGEST_LOCATION or not location.isprintable():
        raise RowFault("location", location)
    if not is_lsoa(lsoa_code):
        raise RowFault("lsoa", lsoa_code)
    return Place(point[0] if point else None, point[1] if point else None, lsoa_code, location.strip())
