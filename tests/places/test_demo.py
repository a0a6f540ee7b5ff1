"""The invented county borough: repeatable, whole, bilingual, in the published formats, and nowhere real."""

import csv
import hashlib
import json
from pathlib import Path

import pytest
from shapely.geometry import Point, shape
from shapely.ops import unary_union

from portal.places.demo import POSTCODES, write_places
from portal.places.demo_county import AUTHORITY, FORCE, PARTNERSHIP, build_county, demo_rows

SEED = 7
REAL = Path(__file__).resolve().parents[3] / "shared" / "data"


def rows(path):
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def header(path):
    return path.read_text(encoding="utf-8-sig").splitlines()[0]


def digest(folder):
    files = sorted(path for path in folder.rglob("*") if path.is_file())
    return {str(path.relative_to(folder)): hashlib.sha256(path.read_bytes()).hexdigest() for path in files}


def features(path, code):
    found = json.loads(path.read_text(encoding="utf-8"))["features"]
    return {one["properties"][code]: one for one in found}


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    target = tmp_path_factory.mktemp("places")
    write_places(target, SEED)
    return target


@pytest.fixture(scope="module")
def ward_shapes(folder):
    return {code: shape(one["geometry"]) for code, one in features(folder / "wards.geojson", "WD25CD").items()}


@pytest.fixture(scope="module")
def lsoa_shapes(folder):
    return {code: shape(one["geometry"]) for code, one in features(folder / "lsoa21.geojson", "LSOA21CD").items()}


@pytest.fixture(scope="module")
def real():
    if not REAL.is_dir():
        pytest.skip("the real public data is not beside this checkout (../shared/data)")
    return REAL


def test_the_same_seed_writes_the_same_bytes_and_another_seed_does_not(folder, tmp_path):
    build_county.cache_clear()
    write_places(tmp_path / "again", SEED)
    write_places(tmp_path / "other", SEED + 1)
    assert digest(tmp_path / "again") == digest(folder)
    assert digest(tmp_path / "other")["wards.geojson"] != digest(folder)["wards.geojson"]


def test_it_has_the_size_of_a_county_borough(folder):
    population = rows(folder / "population.csv")
    assert len(features(folder / "wards.geojson", "WD25CD")) == 14
    assert len(population) == 45
    assert 80_000 < sum(int(row["total_residents"]) for row in population) < 100_000
    assert all(1_000 <= int(row["total_residents"]) <= 3_000 for row in population)
    assert all(0 < int(row["total_households"]) < int(row["total_residents"]) for row in population)
    assert len(rows(folder / "postcodes.csv")) == POSTCODES
    kinds = [row["kind"] for row in rows(folder / "names.csv")]
    assert set(kinds) == {"village", "estate", "street"}
    assert sum(kind != "street" for kind in kinds) >= 60


@pytest.mark.parametrize("seed", [1, 2, 3, SEED])
def test_small_areas_and_wards_tile_one_area_without_gap_or_overlap(seed, tmp_path):
    write_places(tmp_path, seed)
    wards = [shape(one["geometry"]) for one in features(tmp_path / "wards.geojson", "WD25CD").values()]
    lsoas = [shape(one["geometry"]) for one in features(tmp_path / "lsoa21.geojson", "LSOA21CD").values()]
    for level in (wards, lsoas):
        whole = unary_union(level)
        assert all(one.is_valid for one in level)
        assert whole.geom_type == "Polygon"
        assert not whole.interiors
        assert sum(one.area for one in level) == pytest.approx(whole.area, rel=1e-9)
    assert unary_union(wards).symmetric_difference(unary_union(lsoas)).area < 1e-12


def test_every_small_area_lies_in_the_ward_that_the_lookup_gives(folder, ward_shapes, lsoa_shapes):
    lookup = rows(folder / "lsoa21_ward_authority.csv")
    assert {row["lsoa21_code"] for row in lookup} == set(lsoa_shapes)
    for row in lookup:
        inside = ward_shapes[row["ward24_code"]].intersection(lsoa_shapes[row["lsoa21_code"]]).area
        assert inside == pytest.approx(lsoa_shapes[row["lsoa21_code"]].area, rel=1e-9)


def test_postcodes_are_of_no_real_area_and_lie_inside_while_the_neighbours_lie_outside(folder, lsoa_shapes):
    whole = unary_union(list(lsoa_shapes.values()))
    own, beyond = rows(folder / "postcodes.csv"), rows(folder / "postcodes_neighbours.csv")
    codes = [row["postcode"] for row in own + beyond]
    assert len(set(codes)) == len(codes)
    assert all(code.startswith("ZZ") for code in codes)
    assert all(whole.contains(Point(float(row["longitude"]), float(row["latitude"]))) for row in own)
    assert beyond
    assert not any(whole.contains(Point(float(row["longitude"]), float(row["latitude"]))) for row in beyond)


def test_every_name_that_people_use_lies_in_the_ward_it_belongs_to(folder, ward_shapes):
    belongs = {(row["name_en"], row["kind"]): row["ward_code"] for row in demo_rows("names")}
    for row in rows(folder / "names.csv"):
        ward = ward_shapes[belongs[row["name_en"], row["kind"]]]
        assert ward.contains(Point(float(row["longitude"]), float(row["latitude"]))), row["name_en"]


def test_every_area_and_place_has_a_name_in_both_languages(folder):
    wards = [one["properties"] for one in features(folder / "wards.geojson", "WD25CD").values()]
    named = [(one["WD25NM"], one["WD25NMW"]) for one in wards]
    for table in ("names.csv", "area_names.csv"):
        named += [(row["name_en"], row["name_cy"]) for row in rows(folder / table)]
    assert all(english.strip() and welsh.strip() for english, welsh in named)
    assert any(english != welsh for english, welsh in named)
    assert {row["code"] for row in rows(folder / "area_names.csv")} == {AUTHORITY, PARTNERSHIP, FORCE}


def test_welsh_names_begin_with_letters_that_the_english_alphabet_lacks(folder):
    welsh = [row["name_cy"] for row in rows(folder / "names.csv")] + [row["name_cy"] for row in demo_rows("wards")]
    assert {"Ll", "Rh", "Ch", "Ff", "Th", "Dd"} <= {name[:2] for name in welsh}


def test_the_bridge_has_small_areas_that_stayed_were_split_and_were_merged(folder, lsoa_shapes):
    bridge = rows(folder / "lsoa11_lsoa21.csv")
    by_change = {change: [row for row in bridge if row["change_code"] == change] for change in "USM"}
    assert {row["lsoa21_code"] for row in bridge} == set(lsoa_shapes)
    assert all(row["lsoa11_code"] == row["lsoa21_code"] for row in by_change["U"])
    assert len({row["lsoa11_code"] for row in by_change["S"]}) < len(by_change["S"])
    assert len({row["lsoa21_code"] for row in by_change["M"]}) < len(by_change["M"])


def test_codes_are_of_ranges_that_no_real_area_has(folder):
    for row in rows(folder / "lsoa21_ward_authority.csv"):
        assert row["lsoa21_code"].startswith("W01999")
        assert row["ward24_code"].startswith("W05999")
        assert row["ltla24_code"] == AUTHORITY
    (levels,) = rows(folder / "authority_partnership_force.csv")
    assert (levels["csp24_code"], levels["pfa24_code"]) == (PARTNERSHIP, FORCE)


@pytest.mark.parametrize(
    ("ours", "theirs"),
    [
        ("lsoa21_ward_authority.csv", "geography/lookups/lsoa21_ward24_lad24_wales.csv"),
        ("lsoa11_lsoa21.csv", "geography/lookups/lsoa11_lsoa21_lad22_wales.csv"),
        ("authority_partnership_force.csv", "geography/lookups/lad24_csp24_pfa24_wales.csv"),
        ("population.csv", "population/census2021_lsoa21_wales.csv"),
    ],
)
def test_tables_have_the_headers_of_the_published_ones(real, folder, ours, theirs):
    assert header(folder / ours) == header(real / theirs)


@pytest.mark.parametrize(
    ("ours", "theirs", "code"), [("wards.geojson", "wards", "WD25CD"), ("lsoa21.geojson", "lsoa21", "LSOA21CD")]
)
def test_boundaries_have_properties_that_the_published_ones_have(real, folder, ours, theirs, code):
    published = features(real / "geography" / theirs / "W06000020.geojson", code)
    known = set(next(iter(published.values()))["properties"])
    for one in features(folder / ours, code).values():
        assert set(one["properties"]) <= known


def test_no_area_has_the_name_of_a_real_authority_ward_force_or_partnership(real, folder):
    taken = set()
    for row in rows(real / "geography/lookups/wards_dec2025_bilingual_names_wales.csv"):
        taken |= {row["WD25NM"], row["WD25NMW"], row["LAD25NM"]}
    for row in rows(real / "geography/lookups/lad24_csp24_pfa24_wales.csv"):
        taken |= {row["csp24_name"], row["pfa24_name"], row["ltla24_name"]}
    taken = {name.casefold() for name in taken}
    ours = [*rows(folder / "area_names.csv"), *demo_rows("wards")]
    used = {row[name].casefold() for row in ours for name in ("name_en", "name_cy")}
    assert len(taken) > 700
    assert not used & taken
