"""The ground of the invented county borough: a bay to the west, ridges and rivers round it, wards upon it.

It lies at plausible longitudes and latitudes of mid Wales; none of its lines is a real boundary.
"""

from __future__ import annotations

import math
import random
from collections.abc import Mapping
from dataclasses import dataclass

from portal.places.demo_shapes import (
    Cell,
    Lattice,
    Point,
    Ring,
    Vertex,
    boundaries,
    grow,
    lay_lattice,
    neighbours,
    signed_area,
    smoothed,
    spread,
)

_SIZE_KM = (30.5, 18.6)
_SOUTH_WEST = (-4.262, 52.213)
_KM_A_DEGREE = (68.15, 111.25)
"""Kilometres in a degree of longitude and of latitude at 52.3 north."""
_ROOMY_CELLS = 40


@dataclass(frozen=True, slots=True)
class Land:
    """The cells of each ward by its number, its own first, and boundaries in degrees by ward and by ward and part."""

    lattice: Lattice
    wards: list[list[Cell]]
    ward_rings: Mapping[int, tuple[Ring, ...]]
    part_rings: Mapping[tuple[int, int], tuple[Ring, ...]]


def lay_land(wards: list[dict[str, str]], rng: random.Random) -> Land:
    """Grow the wards of the table, and in each its small areas."""
    lattice = lay_lattice(_is_land, _SIZE_KM, rng)
    cells = _ward_cells(wards, lattice, rng)
    parts = [_parts(own, int(row["lsoas"]), lattice, rng) for row, own in zip(wards, cells, strict=True)]
    keys = sorted({(ward, part) for ward, owner in enumerate(parts) for part in owner.values()})
    numbers = {key: number for number, key in enumerate(keys)}
    fine = boundaries({cell: numbers[ward, part] for ward, owner in enumerate(parts) for cell, part in owner.items()})
    coarse = boundaries({cell: ward for ward, owner in enumerate(parts) for cell in owner})
    places = smoothed((ring for rings in fine.values() for ring in rings), lattice, rounds=3)
    degrees = {vertex: to_degrees(point) for vertex, point in places.items()}
    return Land(
        lattice,
        cells,
        {ward: _drawn(rings, degrees) for ward, rings in coarse.items()},
        {key: _drawn(fine[numbers[key]], degrees) for key in keys},
    )


def _is_land(point: Point) -> bool:
    """West of it is the sea, with a bay in the middle of the coast; the other sides are rivers and ridges."""
    east, north = point
    bay = 2.2 * math.exp(-(((north - 6.2) / 1.7) ** 2)) - 1.3 * math.exp(-(((north - 12.6) / 1.6) ** 2))
    west_edge = 1.6 + 0.42 * north + bay + 0.35 * math.sin(1.9 * north)
    east_edge = 24.0 + 0.22 * north + 1.1 * math.sin(0.55 * north + 1.0) + 0.4 * math.sin(1.7 * north)
    south_edge = 1.3 + 0.8 * math.sin(0.38 * east) + 0.3 * math.sin(1.3 * east)
    north_edge = 16.9 + 0.8 * math.sin(0.33 * east + 2.0) + 0.3 * math.sin(1.1 * east)
    return west_edge < east < east_edge and south_edge < north < north_edge


def _ward_cells(rows: list[dict[str, str]], lattice: Lattice, rng: random.Random) -> list[list[Cell]]:
    seeds = [lattice.nearest((float(row["east_km"]), float(row["north_km"])), lattice.land) for row in rows]
    owner = grow(lattice.land, seeds, [float(row["pace"]) for row in rows], rng)
    cells: list[list[Cell]] = [[seed] for seed in seeds]
    for cell, index in sorted(owner.items()):
        if cell != seeds[index]:
            cells[index].append(cell)
    return cells


def _parts(cells: list[Cell], count: int, lattice: Lattice, rng: random.Random) -> dict[Cell, int]:
    """The cells of one ward, each with the number of the small area it falls in."""
    inner = inner_cells(cells)
    return grow(cells, spread(inner, lattice, count, inner[0]), [1.0] * count, rng)


def _drawn(rings: list[list[Vertex]], degrees: Mapping[Vertex, Point]) -> tuple[Ring, ...]:
    shapes = [tuple(degrees[vertex] for vertex in ring) for ring in rings]
    return tuple(sorted(shapes, key=signed_area, reverse=True))


def to_degrees(point: Point) -> Point:
    return (
        round(_SOUTH_WEST[0] + point[0] / _KM_A_DEGREE[0], 6),
        round(_SOUTH_WEST[1] + point[1] / _KM_A_DEGREE[1], 6),
    )


def inner_cells(cells: list[Cell]) -> list[Cell]:
    """The cells of a ward with all their neighbours, and theirs where there is room: smoothing leaves these inside."""
    kept = cells
    for _ in range(2):
        held = set(kept)
        deeper = [cell for cell in kept if held.issuperset(neighbours(cell))]
        if kept is not cells and len(deeper) < _ROOMY_CELLS:
            break
        kept = deeper
    return kept
