"""Draws stable snap points, over-dispersed monthly counts, and outcomes that settle with age. Writes no file.

The shares, swings and outcomes are rounded from published Welsh figures; the places are of the invented county.
"""

from __future__ import annotations

import math
import random
from dataclasses import dataclass
from itertools import accumulate

from portal.clock import Month
from portal.places.demo_county import County, DemoLsoa, bridge, demo_rows, point_within

INCIDENTS = "Anti-social behaviour"
SHOPLIFTING = "Shoplifting"
VEHICLE_CRIME = "Vehicle crime"
UNDER_INVESTIGATION = "Under investigation"
AWAITING_COURT = "Awaiting court outcome"
_COURT_RESULT = "Court result unavailable"
DISPERSION = 2.0
"""Variance over mean of a ward's monthly counts before its seasons, which bring it to the 2.2 of a real force."""
MONTHS = 36
RISEN = "W05999004"
"""The ward where shoplifting plainly rises in the latest month."""
FALLEN = "W05999003"
"""The ward where vehicle crime plainly falls over the last twelve months."""
_RISE = 2.2
"""The latest month over the highest of the twelve before it: a rise that no honest test can miss."""
_BEFORE_THE_FALL = 6.0
"""How many times its later level the falling series had; it varies little, so that a year shows the fall."""
_STEADY_DISPERSION = 1.05
_POINTS_AN_LSOA = 20
_MEAN_MONTH_DAYS = 30.44
_UNNAMED = 0.012
_UNDECIDED = (0.42, 0.28, 0.19, 0.12, 0.08, 0.05, 0.03, 0.02, 0.01)
"""Share of crimes still under investigation, by age in months."""
_COURT_WAIT_MONTHS = 5.0


@dataclass(frozen=True, slots=True)
class SnapPoint:
    """A point as the police publish it. `old` is the code and name of 2011 where they differ."""

    longitude: str
    latitude: str
    location: str
    lsoa: tuple[str, str]
    old: tuple[str, str] | None
    weight: float
    attracts: str
    pull: float


def draw_snap_points(county: County, rng: random.Random) -> dict[str, list[SnapPoint]]:
    """The points of each ward. A few have a location with nothing after "On or near ", as published files do."""
    streets = [row["name"] for row in demo_rows("streets")]
    mixes = {row["ward_code"]: row["mix"] for row in demo_rows("ward_crime")}
    olds: dict[str, list[tuple[str, str]]] = {}
    for step in bridge(county):
        if step.change != "U":
            olds.setdefault(step.lsoa.code, []).append((step.old_code, step.old_name))
    points: dict[str, list[SnapPoint]] = {ward.code: [] for ward in county.wards}
    for lsoa in county.lsoas:
        public = _public_places(mixes[lsoa.ward.code], rng)
        for place in public + [_street(name) for name in rng.sample(streets, _POINTS_AN_LSOA - len(public))]:
            old = rng.choice(olds[lsoa.code]) if lsoa.code in olds else None
            points[lsoa.ward.code].append(_snap_point(lsoa, place, old, rng))
    return points


def _public_places(mix: str, rng: random.Random) -> list[dict[str, str]]:
    rows = demo_rows("public_places")
    count = {"town": 5, "retail": 5, "residential": 3, "rural": 1}[mix]
    return rng.choices(rows, [float(row["share"]) for row in rows], k=count)


def _street(name: str) -> dict[str, str]:
    return {"name": name, "weight": "1", "attracts": "", "pull": "1"}


def _snap_point(lsoa: DemoLsoa, place: dict[str, str], old: tuple[str, str] | None, rng: random.Random) -> SnapPoint:
    longitude, latitude = point_within(lsoa, rng)
    name = "" if rng.random() < _UNNAMED else place["name"]
    return SnapPoint(
        longitude=f"{longitude:.6f}",
        latitude=f"{latitude:.6f}",
        location=f"On or near {name}",
        lsoa=(lsoa.code, lsoa.name),
        old=old,
        weight=float(place["weight"]) * rng.gammavariate(2.0, 0.5),
        attracts=place["attracts"],
        pull=float(place["pull"]),
    )


@dataclass(frozen=True, slots=True)
class PointPicker:
    """Picks snap points of one ward for one category, more often where the category gathers."""

    points: list[SnapPoint]
    running: list[float]

    @classmethod
    def of(cls, points: list[SnapPoint], category: str) -> PointPicker:
        pull = (point.weight * (point.pull if point.attracts == category else 1.0) for point in points)
        return cls(points, list(accumulate(pull)))

    def pick(self, count: int, rng: random.Random) -> list[SnapPoint]:
        return rng.choices(self.points, cum_weights=self.running, k=count) if count else []


def draw_counts(first: Month, rng: random.Random) -> dict[tuple[str, str], list[int]]:
    """How many rows each ward and category has in each month, from `first` on, with the two planted changes."""
    categories = demo_rows("categories")
    counts: dict[tuple[str, str], list[int]] = {}
    for ward in demo_rows("ward_crime"):
        total = sum(float(row[ward["mix"]]) for row in categories)
        for row in categories:
            share = float(row[ward["mix"]]) / total
            base = share * float(ward["crimes_a_month"])
            if row["category"] == INCIDENTS:
                base = float(ward["incidents_a_month"])
            means = [base * _season(row, first.plus(age)) for age in range(MONTHS)]
            counts[ward["ward_code"], row["category"]] = _series(ward["ward_code"], row["category"], means, rng)
    return counts


def _season(row: dict[str, str], month: Month) -> float:
    turn = math.cos(2 * math.pi * (month.month - int(row["peak_month"])) / 12)
    return (1 + float(row["swing"]) * turn) * month.days / _MEAN_MONTH_DAYS


def _series(ward: str, category: str, means: list[float], rng: random.Random) -> list[int]:
    if (ward, category) == (FALLEN, VEHICLE_CRIME):
        steady = [_BEFORE_THE_FALL * mean for mean in means[:-12]] + means[-12:]
        return [over_dispersed(mean, rng, _STEADY_DISPERSION) for mean in steady]
    series = [over_dispersed(mean, rng) for mean in means]
    if (ward, category) == (RISEN, SHOPLIFTING):
        series[-1] = round(_RISE * max(series[-13:-1]))
    return series


def over_dispersed(mean: float, rng: random.Random, dispersion: float = DISPERSION) -> int:
    """A negative binomial count of this mean, its variance `dispersion` times the mean (a Poisson of a gamma)."""
    if mean <= 0:
        return 0
    rate = rng.gammavariate(mean / (dispersion - 1), dispersion - 1)
    floor, count, product = math.exp(-rate), 0, rng.random()
    while product > floor:
        count += 1
        product *= rng.random()
    return count


class Outcomes:
    """Draws last outcomes: the younger a crime, the oftener it is still under investigation or waiting for a court."""

    def __init__(self) -> None:
        self._rows = demo_rows("outcomes")
        self._groups = {row["category"]: row["outcomes"] for row in demo_rows("categories")}
        self._mixes: dict[tuple[str, int], tuple[list[str], list[float]]] = {}

    def draw(self, category: str, age: int, count: int, rng: random.Random) -> list[str]:
        group = self._groups[category]
        if group == "none":
            return [""] * count
        mix = self._mixes.get((group, age))
        if mix is None:
            mix = self._mixes[group, age] = self._mix(group, age)
        return rng.choices(mix[0], cum_weights=mix[1], k=count) if count else []

    def _mix(self, group: str, age: int) -> tuple[list[str], list[float]]:
        weights = {row["outcome"]: float(row[group]) for row in self._rows}
        waiting = math.exp(-age / _COURT_WAIT_MONTHS)
        weights[AWAITING_COURT] = weights[_COURT_RESULT] * waiting
        weights[_COURT_RESULT] *= 1 - waiting
        open_share = _UNDECIDED[age] if age < len(_UNDECIDED) else _UNDECIDED[-1] / 4
        weights[UNDER_INVESTIGATION] = sum(weights.values()) * open_share / (1 - open_share)
        return list(weights), list(accumulate(weights.values()))
