"""Shapes and points."""

import math
import random
import subprocess
import sys
import time

import pytest
import shapely

from portal.places.geometry import (
    BadShape,
    PolygonIndex,
    box,
    grid_to_degrees,
    is_in_britain,
    read_collection,
    read_shape,
    shared_parts,
)
from tests.places.land import ring


def polygon(*rings):
    return {"type": "Polygon", "coordinates": list(rings)}


def boundary(*rings):
    return read_shape(polygon(*rings), on_grid=False).boundary


def test_a_shape_has_a_point_inside_it():
    shape = read_shape(polygon(ring(-3, 51), ring(-2.995, 51.005, 0.005, 0.005)), on_grid=False)
    assert PolygonIndex({"a": shape.boundary}).keys_at([(shape.longitude, shape.latitude)]) == ["a"]


def test_a_shape_on_the_british_national_grid_becomes_degrees():
    shape = read_shape(polygon(ring(354000, 193000, 1000, 1000)), on_grid=True)
    assert box([shape.boundary]) == pytest.approx((-2.666, 51.634, -2.651, 51.643), abs=0.002)


def test_rings_that_cross_themselves_are_mended():
    bow_tie = [[-3, 51], [-2.9, 51.1], [-2.9, 51], [-3, 51.1], [-3, 51]]
    assert PolygonIndex({"a": boundary(bow_tie)}).keys_at([(-2.98, 51.05), (-2.95, 51.09)]) == ["a", None]


@pytest.mark.parametrize(
    "geometry",
    [
        None,
        "Polygon",
        {"type": "Point", "coordinates": [-3, 51]},
        {"type": "Polygon"},
        {"type": "Polygon", "coordinates": []},
        {"type": "Polygon", "coordinates": [[]]},
        {"type": "Polygon", "coordinates": 7},
        {"type": "Polygon", "coordinates": [[[-3, 51], [-2, 51]]]},
        {"type": "Polygon", "coordinates": [[["a", "b"], [1, 2], [3, 4], ["a", "b"]]]},
        {"type": "Polygon", "coordinates": [[[-3, 51], [-3, 51], [-3, 51], [-3, 51]]]},
        {"type": "Polygon", "coordinates": [[[-3, float("nan")], [-2, 51], [-2, 52], [-3, 51]]]},
        {"type": "Polygon", "coordinates": [[[-3, float("inf")], [-2, 51], [-2, 52], [-3, float("inf")]]]},
        {"type": "MultiPolygon", "coordinates": [[[-3, 51]]]},
        polygon(ring(354000, 193000, 1000, 1000)),
        polygon(ring(51, -3)),
        polygon(ring(-74, 40)),
    ],
)
def test_what_is_no_area_in_great_britain_is_no_shape(geometry):
    with pytest.raises(BadShape):
        read_shape(geometry, on_grid=False)


@pytest.mark.parametrize(
    "text", ["[]", "{}", '{"type": "Feature"}', '{"type": "FeatureCollection", "features": {}}', "1"]
)
def test_json_of_another_kind_is_no_collection(text):
    assert read_collection(text) is None


def test_a_collection_says_whether_it_is_on_the_grid():
    text = (
        '{"type": "FeatureCollection", "crs": {"properties": {"name": "urn:ogc:def:crs:EPSG::27700"}}, "features": [3]}'
    )
    found = read_collection(text)
    assert found.on_grid
    assert found.features[0].properties == {}


@pytest.mark.parametrize(
    ("easting", "northing", "longitude", "latitude"),
    [
        (651409.903, 313177.270, 1.716052, 52.657979),  # Ordnance Survey's own worked example, on WGS84
        (
            311864,
            190222,
            -3.274028,
            51.60392,
        ),  # centres of wards, as the national statistics office gives them both ways
        (321526, 203410, -3.13751, 51.7239),
    ],
)
def test_grid_references_become_degrees(easting, northing, longitude, latitude):
    assert grid_to_degrees([easting], [northing])[0] == pytest.approx((longitude, latitude), abs=0.0001)


def test_no_points_are_no_work():
    assert grid_to_degrees([], []) == []
    assert PolygonIndex({"a": boundary(ring(-3, 51))}).keys_at([]) == []
    assert PolygonIndex({}).keys_at([(-3, 51)]) == [None]
    assert box([]) is None


def test_the_first_of_two_areas_that_touch_or_overlap_has_the_point():
    areas = {"b": boundary(ring(-3, 51)), "a": boundary(ring(-2.98, 51)), "c": boundary(ring(-3, 51))}
    assert PolygonIndex(areas).keys_at([(-2.98, 51.01), (-2.99, 51.01), (-2.97, 51.01)]) == ["b", "b", "a"]


def test_shared_parts_are_parts_of_the_old_area():
    old = boundary(ring(-3, 51))
    assert shared_parts(old, [old, boundary(ring(-3, 51, 0.01)), boundary(ring(-2, 51))]) == pytest.approx([1, 0.5, 0])


def test_the_box_round_great_britain_holds_its_corners():
    assert is_in_britain(-5.7, 50.07)
    assert is_in_britain(-0.9, 60.8)
    assert not is_in_britain(0.0, 0.0)


@pytest.mark.bench
def test_many_points_find_their_area_far_sooner_than_by_asking_every_area():
    areas = {f"{x}-{y}": boundary(circle(-3 + x / 50, 51 + y / 50)) for x in range(12) for y in range(11)}
    index, shapes = PolygonIndex(areas), [shapely.from_wkb(one) for one in areas.values()]
    rng = random.Random(1)
    points = [(rng.uniform(-3, -2.76), rng.uniform(51, 51.22)) for _ in range(5_000)]
    by_index, by_asking = [], []
    for _ in range(3):
        began = time.perf_counter()
        found = index.keys_at(points)
        by_index.append(time.perf_counter() - began)
        began = time.perf_counter()
        inside = [any(shapely.contains_xy(shape, x, y) for shape in shapes) for x, y in points[:100]]
        by_asking.append((time.perf_counter() - began) * len(points) / 100)
    assert [one is not None for one in found[:100]] == inside
    assert min(by_index) < 0.2 * min(by_asking)


def circle(x, y, points=120):
    around = [
        (x + 0.01 * math.cos(a), y + 0.01 * math.sin(a)) for a in (2 * math.pi * n / points for n in range(points))
    ]
    return [*around, around[0]]


def test_a_web_process_never_loads_the_libraries_of_shapes():
    said = (
        "import sys; import portal.app; import portal.places.cli; import portal.places.ward_rule;"
        "print([one for one in ('shapely', 'pyproj', 'numpy') if one in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", said], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
