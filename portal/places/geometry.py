"""Shapes and points. The only module that knows shapely and pyproj.

Both are loaded on first use, so that a web process never carries them.
"""

from __future__ import annotations

import functools
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray
    from pyproj import Transformer
    from shapely.geometry.base import BaseGeometry

_WEST, _EAST, _SOUTH, _NORTH = -9.5, 2.5, 49.0, 61.5
"""A box round Great Britain, in degrees."""
_GRID = "EPSG:27700"


class BadShape(Exception):
    """The geometry is not an area that can hold places; the text says why."""


@dataclass(frozen=True, slots=True)
class Feature:
    """One feature of a GeoJSON file: its properties, and its geometry as it stands in the file."""

    properties: Mapping[str, Any]
    geometry: object


@dataclass(frozen=True, slots=True)
class Collection:
    """The features of a GeoJSON file."""

    features: tuple[Feature, ...]
    on_grid: bool
    """Whether the coordinates are metres of the British National Grid."""


@dataclass(frozen=True, slots=True)
class Shape:
    """An area: its boundary as WGS84 well-known binary, and a point that surely lies inside it."""

    boundary: bytes
    longitude: float
    latitude: float


def read_collection(text: str) -> Collection | None:
    """The features of a GeoJSON text; None where it is JSON of another kind. Raises json.JSONDecodeError."""
    found = json.loads(text)
    if not isinstance(found, dict) or found.get("type") != "FeatureCollection":
        return None
    features = found.get("features")
    if not isinstance(features, list):
        return None
    return Collection(tuple(map(_feature, features)), on_grid="27700" in json.dumps(found.get("crs", "")))


def _feature(found: object) -> Feature:
    feature = found if isinstance(found, dict) else {}
    properties = feature.get("properties")
    return Feature(properties if isinstance(properties, dict) else {}, feature.get("geometry"))


def read_shape(geometry: object, *, on_grid: bool) -> Shape:
    """A GeoJSON polygon or multipolygon, mended where its rings cross. Raises BadShape."""
    import shapely  # noqa: PLC0415 - see the module's first line
    from shapely.geometry import shape  # noqa: PLC0415

    if not isinstance(geometry, dict) or geometry.get("type") not in {"Polygon", "MultiPolygon"}:
        raise BadShape("no polygon")
    try:
        area: BaseGeometry = shape(geometry)
    except (shapely.errors.ShapelyError, ValueError, TypeError, KeyError, IndexError, AttributeError) as error:
        raise BadShape("the coordinates of the polygon cannot be read") from error
    area = _on_globe(area) if on_grid else area
    if not area.is_empty:
        _check_box(area.bounds)
    if not area.is_valid:
        area = shapely.make_valid(area, method="structure", keep_collapsed=False)
    if area.is_empty or area.area == 0:
        raise BadShape("the polygon is empty")
    point = area.representative_point()
    return Shape(bytes(shapely.to_wkb(area, output_dimension=2)), round(point.x, 6), round(point.y, 6))


def _check_box(bounds: tuple[float, float, float, float]) -> None:
    west, south, east, north = bounds
    if not (_WEST <= west <= east <= _EAST and _SOUTH <= south <= north <= _NORTH):
        span = f"longitude {west:.6g} to {east:.6g}, latitude {south:.6g} to {north:.6g}"
        raise BadShape(f"{span} is not in Great Britain")


def _on_globe(area: BaseGeometry) -> BaseGeometry:
    import shapely  # noqa: PLC0415

    def change(grid: NDArray[np.float64]) -> NDArray[np.float64]:
        import numpy as np  # noqa: PLC0415

        return np.column_stack(_transformer().transform(grid[:, 0], grid[:, 1]))

    return shapely.transform(area, change)


def is_in_britain(longitude: float, latitude: float) -> bool:
    """Whether a point in degrees lies in the box round Great Britain."""
    return _WEST <= longitude <= _EAST and _SOUTH <= latitude <= _NORTH


def grid_to_degrees(eastings: Sequence[float], northings: Sequence[float]) -> list[tuple[float, float]]:
    """British National Grid in metres to (longitude, latitude), to within 5 m.

    That is the accuracy of the seven-parameter shift; the OSTN grid would have to be fetched.
    """
    if not eastings:
        return []
    longitudes, latitudes = _transformer().transform(list(eastings), list(northings))
    return [(round(x, 6), round(y, 6)) for x, y in zip(longitudes, latitudes, strict=True)]


@functools.cache
def _transformer() -> Transformer:
    from pyproj import Transformer  # noqa: PLC0415
    from pyproj.network import set_network_enabled  # type: ignore[attr-defined]  # noqa: PLC0415

    set_network_enabled(active=False)  # no accuracy is worth a connection from inside an import
    return Transformer.from_crs(_GRID, "EPSG:4326", always_xy=True)


def shared_parts(old: bytes, new: Sequence[bytes]) -> list[float]:
    """What part of the area `old` each of `new` covers, 0 to 1."""
    import shapely  # noqa: PLC0415

    area = shapely.from_wkb(old)
    return [shapely.intersection(area, shapely.from_wkb(one)).area / area.area for one in new]


def box(boundaries: Sequence[bytes]) -> tuple[float, float, float, float] | None:
    """West, south, east and north of all the boundaries together; None where there are none."""
    import shapely  # noqa: PLC0415

    if not boundaries:
        return None
    west, south, east, north = shapely.total_bounds(shapely.from_wkb(list(boundaries)))
    return float(west), float(south), float(east), float(north)


class PolygonIndex:
    """Finds the area in which each of many points lies. Where areas overlap or touch, the one given first wins."""

    def __init__(self, boundaries: Mapping[str, bytes]) -> None:
        import shapely  # noqa: PLC0415

        self._keys = list(boundaries)
        self._areas = shapely.from_wkb(list(boundaries.values()))
        shapely.prepare(self._areas)
        self._tree = shapely.STRtree(self._areas)

    def keys_at(self, points: Sequence[tuple[float, float]]) -> list[str | None]:
        """For each (longitude, latitude) the key of its area, or None."""
        found: list[str | None] = [None] * len(points)
        if not points or not self._keys:
            return found
        for point, area in self._hits(points):
            found[point] = self._keys[area]
        return found

    def _hits(self, points: Sequence[tuple[float, float]]) -> list[tuple[int, int]]:
        """Pairs of point and area, the area given first at the end, so that it is what stays."""
        import numpy as np  # noqa: PLC0415
        import shapely  # noqa: PLC0415

        places: NDArray[np.float64] = np.asarray(points, dtype=float)
        at, area = self._tree.query(shapely.points(places))
        inside = shapely.intersects_xy(self._areas[area], places[at, 0], places[at, 1])
        pairs = zip(at[inside].tolist(), area[inside].tolist(), strict=True)
        return sorted(pairs, key=lambda pair: -pair[1])
