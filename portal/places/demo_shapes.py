"""Invented shapes: regions grown over a lattice of hexagons, so that neighbours share every vertex.

Pure geometry on a flat plane in kilometres. It knows nothing of wards, codes or files.
"""

from __future__ import annotations

import heapq
import math
import random
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from itertools import pairwise
from typing import TypeAlias

Cell: TypeAlias = tuple[int, int]
Point: TypeAlias = tuple[float, float]
Ring: TypeAlias = tuple[Point, ...]
Vertex: TypeAlias = tuple[Cell, Cell, Cell]
"""The three cells that meet there. On hexagons no vertex has more, so no region can touch itself at a point."""

SPACING_KM = 0.3
_ROW_HEIGHT = 3**0.5 / 2
_STEPS: tuple[Cell, ...] = ((1, 0), (0, 1), (-1, 1), (-1, 0), (0, -1), (1, -1))
"""To the six neighbours, anticlockwise from the east, in axial coordinates."""


@dataclass(frozen=True, slots=True)
class Lattice:
    """Cells of the land, and the jittered centre of each of them and of the ring of cells just outside."""

    land: tuple[Cell, ...]
    centres: Mapping[Cell, Point]

    def nearest(self, point: Point, among: Iterable[Cell]) -> Cell:
        return min(among, key=lambda cell: (distance(self.centres[cell], point), cell))


def distance(one: Point, other: Point) -> float:
    return math.hypot(one[0] - other[0], one[1] - other[1])


def lay_lattice(is_land: Callable[[Point], bool], size_km: Point, rng: random.Random) -> Lattice:
    """Cover the rectangle up to `size_km`, each centre a little shifted, and keep the land round its middle."""
    centres: dict[Cell, Point] = {}
    rows = int(size_km[1] / (SPACING_KM * _ROW_HEIGHT)) + 2
    columns = int(size_km[0] / SPACING_KM) + 2
    for r in range(-2, rows + 1):
        for q in range(-2 - r // 2, columns - r // 2 + 1):
            east = SPACING_KM * (q + r / 2 + rng.uniform(-0.22, 0.22))
            centres[q, r] = (east, SPACING_KM * (r * _ROW_HEIGHT + rng.uniform(-0.22, 0.22)))
    wanted = {cell for cell, centre in centres.items() if is_land(centre)}
    start = min(wanted, key=lambda cell: distance(centres[cell], (size_km[0] / 2, size_km[1] / 2)))
    return Lattice(tuple(sorted(_connected(start, wanted))), centres)


def _connected(start: Cell, wanted: set[Cell]) -> set[Cell]:
    found, waiting = {start}, [start]
    while waiting:
        fresh = (set(neighbours(waiting.pop())) & wanted) - found
        found |= fresh
        waiting.extend(fresh)
    return found


def neighbours(cell: Cell) -> list[Cell]:
    return [(cell[0] + q, cell[1] + r) for q, r in _STEPS]


def grow(cells: Iterable[Cell], seeds: list[Cell], paces: list[float], rng: random.Random) -> dict[Cell, int]:
    """Give each cell to the seed that reaches it first over ground of random roughness; a higher pace is slower.

    A region grows only from its own cells, so every region is in one piece.
    """
    roughness = {cell: rng.uniform(0.5, 1.6) for cell in cells}
    owner: dict[Cell, int] = {}
    waiting = [(0.0, cell, index) for index, cell in enumerate(seeds)]
    heapq.heapify(waiting)
    while waiting:
        cost, cell, index = heapq.heappop(waiting)
        if cell in owner:
            continue
        owner[cell] = index
        for other in neighbours(cell):
            if other in roughness and other not in owner:
                heapq.heappush(waiting, (cost + roughness[other] * paces[index], other, index))
    return owner


def spread(cells: list[Cell], lattice: Lattice, count: int, start: Cell) -> list[Cell]:
    """`count` of the cells: `start`, then each time one far from all chosen so far, though not the very farthest."""
    chosen = [start]
    gaps = {cell: distance(lattice.centres[cell], lattice.centres[start]) for cell in cells}
    while len(chosen) < count:
        limit = 0.72 * max(gaps.values())
        near_middle = [cell for cell in cells if gaps[cell] >= limit]
        chosen.append(min(near_middle, key=lambda cell: (gaps[cell], cell)))
        for cell in cells:
            gaps[cell] = min(gaps[cell], distance(lattice.centres[cell], lattice.centres[chosen[-1]]))
    return chosen


def boundaries(owner: Mapping[Cell, int]) -> dict[int, list[list[Vertex]]]:
    """The rings of each region, anticlockwise outside and clockwise round holes, not closed by the first vertex."""
    onward: dict[int, dict[Vertex, Vertex]] = {}
    for cell, index in owner.items():
        around = neighbours(cell)
        for step, other in enumerate(around):
            if owner.get(other) != index:
                start = _vertex(cell, around[step - 1], other)
                onward.setdefault(index, {})[start] = _vertex(cell, other, around[(step + 1) % 6])
    return {index: _rings(steps) for index, steps in onward.items()}


def _vertex(*cells: Cell) -> Vertex:
    first, second, third = sorted(cells)
    return first, second, third


def _rings(onward: dict[Vertex, Vertex]) -> list[list[Vertex]]:
    rings = []
    while onward:
        start, vertex = onward.popitem()
        ring = [start]
        while vertex != start:
            ring.append(vertex)
            vertex = onward.pop(vertex)
        rings.append(ring)
    return rings


def smoothed(rings: Iterable[list[Vertex]], lattice: Lattice, rounds: int) -> dict[Vertex, Point]:
    """Where each vertex of the finest boundaries lies after drawing it towards its neighbours `rounds` times."""
    linked: dict[Vertex, set[Vertex]] = {}
    for ring in rings:
        for start, end in pairwise([*ring, ring[0]]):
            linked.setdefault(start, set()).add(end)
            linked.setdefault(end, set()).add(start)
    links = {vertex: sorted(others) for vertex, others in linked.items()}
    places = {vertex: _mean([lattice.centres[cell] for cell in vertex]) for vertex in links}
    for _ in range(rounds):
        places = {v: _mean([places[v], _mean([places[other] for other in others])]) for v, others in links.items()}
    return places


def _mean(points: list[Point]) -> Point:
    return sum(x for x, _ in points) / len(points), sum(y for _, y in points) / len(points)


def signed_area(ring: Ring) -> float:
    """Positive when the ring runs anticlockwise. In square units of its coordinates."""
    return sum(x * b - a * y for (x, y), (a, b) in pairwise([*ring, ring[0]])) / 2


def contains(rings: Iterable[Ring], point: Point) -> bool:
    """Whether the point lies within, counting crossings to the east, so that a hole is outside."""
    x, y = point
    inside = False
    for ring in rings:
        for (x1, y1), (x2, y2) in pairwise([*ring, ring[0]]):
            if (y1 > y) != (y2 > y) and x < x1 + (y - y1) * (x2 - x1) / (y2 - y1):
                inside = not inside
    return inside
