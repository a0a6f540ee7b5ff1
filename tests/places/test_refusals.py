"""What is wrong with a file is said by file and place, with what was expected; rows are set aside up to 1%."""

import json

import pytest

from portal.places.importing.files import FileRefused, FilesRefused, find_sources
from portal.places.importing.gathered import Gathered
from portal.places.importing.postcodes import Wanted, read_postcodes
from portal.places.importing.recognising import gather
from tests.places import land

LOOKUP = "LSOA21CD,LSOA21NM,WD25CD,WD25NM,LAD25CD,LAD25NM"
LATIN = "code,name_en,name_cy\nE07000080,A,B\nE07000081,Ânê,B\n".encode("cp1252")
LEVELS = "LAD25CD,LAD25NM,CSP25CD,CSP25NM,PFA25CD,PFA25NM"


def refusal(tmp_path, content):
    path = tmp_path / "file.csv"
    path.write_bytes(content if isinstance(content, bytes) else content.encode("utf-8"))
    with pytest.raises((FilesRefused, FileRefused)) as caught:
        read(path)
    assert str(path) in str(caught.value)
    return str(caught.value).removeprefix(f"{path}, ").removeprefix(f"{path}: ")


def read(path):
    found = Gathered()
    gather(find_sources([path]).sources, found)
    read_postcodes(found, Wanted(frozenset(), None))


def geojson(*features):
    return json.dumps(land.collection(features))


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ("", "it is empty"),
        ("\n\n", "it holds no rows"),
        (b"\xff\xfep\x00o\x00", "it is UTF-16; a UTF-8 text file was expected"),
        (b"PK\x03\x04....", "it is a zip archive"),
        (b"\x1f\x8b\x08\x00", "it is a gzip archive"),
        (LATIN, "line 3: byte 0xC2 is not UTF-8; the file looks like Windows-1252: save it as UTF-8"),
        (b"code,name_en,name_cy\nE07000080,A\x00,B\n", "line 2: it holds a NUL byte"),
        ('code,name_en,name_cy\nE07000080,"A,B\n', "line 2: it is cut off or damaged"),
        ("code,name_en,name_cy\nE07000080,A,B\nE0700", "line 3: the file is cut off in the middle of this row"),
        ("code,name_en,name_cy\n" + "E07000080,A,B\n" * 99 + "E0700", "line 101: the file is cut off"),
        ('code,name_en,name_cy\nE07000080,"A"x,B\n', "line 2: it is cut off or damaged"),
        ("a\rb", "line 1: it is cut off or damaged"),
        ("alpha,beta\n1,2\n", "line 1: its header is: alpha, beta. That is no known format"),
        ("postcode,lat,lng1\nNP10 1AA,51,-3\n", "Nearest known format: postcodes, of which it lacks: longitude"),
        ("LSOA21CD,LSOA21NM,WD25CD,LAD25CD,LAD25NM\n", "LSOA to ward to authority lookup, of which it lacks: WD25NM"),
        ("LSOA01CD,LSOA01NM,WD25CD,WD25NM,LAD25CD,LAD25NM\nx", "line 1: LSOAs of 2001"),
        ("code,residents\nW01000001,5\n", "line 1: the header does not say of which year the residents are"),
    ],
)  # fmt: skip
def test_a_damaged_or_unknown_file_is_refused_with_what_was_expected(tmp_path, content, said):
    assert said in refusal(tmp_path, content)


@pytest.mark.parametrize(
    ("header", "row", "said"),
    [
        (LOOKUP, "W0100001,A,W05000001,B,W06000901,C", "code: 'W0100001' is no official code"),
        (LOOKUP, "W01000001,A,W05000001,,W06000901,C", "name: '' is no name"),
        (LOOKUP, "W01000001,A,W05000001,B,W06000901", "fields: 5 fields, 6 expected"),
        (LOOKUP, f"W01000001,A,W05000001,{'B' * 121},W06000901,C", "name: 'BBB"),
        (LOOKUP, "W01000001,A,W05000001,B\x07,W06000901,C", "name: 'B\\x07'"),
        (LEVELS, "W06000901,A,W22000001,B,W1500,C", "code: 'W1500'"),
        ("LSOA11CD,CHGIND,LSOA21CD", "W01000001,Q,W01000001", "change: 'Q' is none of U, S, M and X"),
        ("LSOA21CD,residents", "W01000001,-5", "number: '-5' is no whole number"),
        ("LSOA21CD,residents", "W01000001,²", "number: '²' is no whole number"),
        ("LSOA21CD,residents", "W01000001,99999999999", "number: '99999999999' is no whole number"),
        ("name_en,kind,longitude,latitude", "A,,-3,51", "kind: '' is no word"),
        ("name_en,kind,longitude,latitude", "A,village,east,51", "number: 'east' is no number"),
        ("name_en,kind,longitude,latitude", "A,village,51,-3", "coordinates: 51.0, -3.0 is not in Great Britain"),
        ("name_en,kind,longitude,latitude", "A,village,nan,nan", "coordinates: nan, nan is not in Great Britain"),
        ("postcode,lon,lat", "NP100AAA,-3,51", "postcode: 'NP100AAA' is no postcode"),
        ("postcode,lon,lat", "NP10 0AA,0,0", "coordinates: 0.0, 0.0 is not in Great Britain"),
        (
            "postcode,easting,northing",
            "NP10 0AA,5,9999999",
            "coordinates: 5, 1e+07 is not on the British National Grid",
        ),
    ],
)
def test_a_file_whose_rows_are_bad_is_refused_at_the_first(tmp_path, header, row, said):
    told = refusal(tmp_path, f"{header}\n{row}\n")
    assert told.startswith("line 2: 1 of 1 rows cannot be used (at most 1% may be set aside); the first: ")
    assert said in told


@pytest.mark.parametrize(
    ("bad", "good", "is_refused"), [(1, 99, False), (1, 98, True), (2, 198, False), (3, 197, True)]
)
def test_rows_are_set_aside_up_to_one_in_a_hundred(tmp_path, bad, good, is_refused):
    rows = ["E07000080,A,B"] * good + ["nonsense,A,B"] * bad
    text = "code,name_en,name_cy\n" + "\n".join(rows) + "\n"
    if is_refused:
        assert f"line {good + 2}: {bad} of {good + bad} rows" in refusal(tmp_path, text)
        return
    path = tmp_path / "file.csv"
    path.write_text(text, encoding="utf-8")
    found = Gathered()
    gather(find_sources([path]).sources, found)
    assert [(fault.where, fault.code) for fault in found.faults] == [
        (f"line {good + 2 + n}", "code") for n in range(bad)
    ]
    assert str(found.faults[0]).startswith(f"{path}, line {good + 2}: code: ")
    assert found.files[0].rows == good


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ('{"type": "FeatureCollection",\n"features": [', "line 2: it is cut off or damaged"),
        ('{"type": "FeatureCollection", "features": []}', "it is no GeoJSON collection of boundaries"),
        ("[1, 2]", "it is no GeoJSON collection of boundaries"),
        ("[" * 100_000, "it is no GeoJSON that can be read"),
        ('{"a": ' + "9" * 5000 + "}", "it is no GeoJSON that can be read"),
        (
            geojson(land.feature({"name": "A"}, land.ring(-3, 51))),
            "feature 1: its properties are name; expected boundaries",
        ),
        (geojson(3), "feature 1: its properties are ; expected"),
        (geojson(land.ward("W05000001"), land.ward("W0500")), "feature 2: code: WD..CD is 'W0500'"),
        (geojson(land.ward("W05000001", WD25NM=7)), "feature 1: name: WD..NM is 7, no name"),
        (geojson(land.ward("W05000001", LAD25CD=None)), "feature 1: code: LAD..CD is None"),
        (geojson(land.ward("W05000001") | {"geometry": None}), "feature 1: boundary: no polygon"),
        (geojson(land.feature({"LSOA21CD": "W01", "LSOA21NM": "A"}, land.ring(-3, 51))), "feature 1: 1 of 1 rows"),
        (geojson(land.feature({"LSOA21CD": "W01000001"}, land.ring(-3, 51))), "name: LSOA..NM is None"),
        (geojson(land.feature({"WD25CD": "W05000001"}, land.ring(51, -3))), "is not in Great Britain"),
    ],
)
def test_boundaries_that_cannot_be_used_are_refused_by_feature(tmp_path, content, said):
    assert said in refusal(tmp_path, content)


def test_every_refused_file_is_named_at_once(tmp_path):
    (tmp_path / "1.csv").write_text("alpha\n1\n", encoding="utf-8")
    (tmp_path / "2.csv").write_bytes(b"")
    with pytest.raises(FilesRefused) as caught:
        gather(find_sources([tmp_path]).sources, Gathered())
    assert [(one.file, one.where) for one in caught.value.refusals] == [
        (f"{tmp_path.name}/1.csv", "line 1"),
        (f"{tmp_path.name}/2.csv", ""),
    ]
    assert str(tmp_path.parent) not in str(caught.value)


def test_a_path_that_does_not_exist_is_refused_by_name(tmp_path):
    with pytest.raises(FilesRefused, match=r"absent\.csv: it cannot be read \(No such file or directory\)"):
        find_sources([tmp_path / "absent.csv"])


def test_a_file_that_goes_away_while_it_is_read_is_refused(tmp_path):
    path = tmp_path / "n.csv"
    path.write_text("code,name_en,name_cy\n", encoding="utf-8")
    sources = find_sources([path]).sources
    path.unlink()
    with pytest.raises(FilesRefused, match="cannot be read"):
        gather(sources, Gathered())


def test_a_few_bad_lsoa_boundaries_of_many_are_set_aside(tmp_path):
    good = [land.feature({"LSOA21CD": f"W010{n:05d}", "LSOA21NM": f"A {n}"}, land.ring(-3, 51)) for n in range(100)]
    bad = land.feature({"LSOA21CD": "W01000999", "LSOA21NM": "B"}, land.ring(51, -3))
    path = land.write_json(tmp_path / "l.geojson", land.collection([*good, bad]))
    found = Gathered()
    gather(find_sources([path]).sources, found)
    assert len(found.lsoa_shapes) == 100
    assert [(fault.where, fault.code) for fault in found.faults] == [("feature 101", "boundary")]
    assert found.files[0].rows == 100
