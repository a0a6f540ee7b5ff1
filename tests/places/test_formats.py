"""Each published format is known by what is in it, whatever the file is called, and gives what it says."""

import json

import pytest

from portal.places.importing.files import FileRefused, FilesRefused, find_sources
from portal.places.importing.gathered import AreaNames, FitFound, Gathered, NameFound, People
from portal.places.importing.postcodes import Wanted, read_postcodes
from portal.places.importing.recognising import gather
from portal.places.importing.tables import open_table
from tests.places import land

EVERYWHERE = Wanted(frozenset(), (-9, 49, 2, 61))


def gathered(path, **options):
    found = Gathered(**options)
    gather(find_sources([path]).sources, found)
    return found


def written(tmp_path, text, name="file.csv"):
    path = tmp_path / name
    path.write_bytes(text if isinstance(text, bytes) else text.encode("utf-8"))
    return path


def postcodes(tmp_path, text):
    found = gathered(written(tmp_path, text))
    return read_postcodes(found, EVERYWHERE), found


@pytest.mark.parametrize("year", [22, 25, 31])
def test_ward_boundaries_of_any_year(tmp_path, year):
    found = gathered(land.write_wards(tmp_path / "whatever.dat", year=year))
    ward = found.drawn_wards["W05000004"]
    assert (ward.name_en, ward.name_cy, ward.authority, ward.year) == (
        "St Derw's Park",
        "Parc Sain Derw",
        land.HERE,
        2000 + year,
    )
    assert ward.shape.boundary
    assert found.authorities == {land.HERE: AreaNames("Hereshire", None, 2000 + year)}


@pytest.mark.parametrize("welsh", ["", " ", None])
def test_a_ward_without_a_welsh_name_has_none(tmp_path, welsh):
    path = land.write_json(tmp_path / "w.json", land.collection([land.ward("W05000001", WD25NMW=welsh)]))
    assert gathered(path).drawn_wards["W05000001"].name_cy is None


def test_property_names_may_be_in_small_letters_and_authorities_have_welsh_names_too(tmp_path):
    feature = land.ward("W05000001", LAD25NMW="Ymaswydd")
    feature["properties"] = {name.lower(): value for name, value in feature["properties"].items()}
    found = gathered(land.write_json(tmp_path / "w.geojson", land.collection([feature])))
    assert found.drawn_wards["W05000001"].name_cy == "Gwern"
    assert found.authorities[land.HERE].name_cy == "Ymaswydd"


@pytest.mark.parametrize("vintage", [11, 21])
def test_lsoa_boundaries_of_either_census(tmp_path, vintage):
    properties = {f"LSOA{vintage}CD": "W01000001", f"LSOA{vintage}NM": "Hereshire 001A"}
    path = land.write_json(tmp_path / "l.geojson", land.collection([land.feature(properties, land.ring(-3, 51))]))
    found = gathered(path)
    assert found.lsoa_names == {("W01000001", 2000 + vintage): "Hereshire 001A"}
    assert set(found.lsoa_shapes) == {("W01000001", 2000 + vintage)}


SHARED_STYLE = "lsoa21_name,lsoa21_code,ward24_name,ward24_code,ltla24_name,ltla24_code"
ONS_STYLE = "LSOA21CD,LSOA21NM,LSOA21NMW,WD24CD,WD24NM,WD24NMW,LAD24CD,LAD24NM,LAD24NMW,ObjectId"


@pytest.mark.parametrize(
    ("header", "row", "lsoa", "vintage"),
    [
        (SHARED_STYLE, "H 1A,W01000001,Alder,W05000001,H,W06000901", "H 1A", 2021),
        (ONS_STYLE, "W01000001,H 1A,,W05000001,Alder,Gwern,W06000901,H,Y,7", "H 1A", 2021),
        ("LSOA11CD,LSOA11NM,WD22CD,WD22NM,LAD22CD,LAD22NM,FID", "W01000001,H,W05000001,Alder,W06000901,H,1", "H", 2011),
        ("LSOA11CD,WD22CD,WD22NM,LAD22CD,LAD22NM", "W01000001,W05000001,Alder,W06000901,H", "W01000001", 2011),
    ],
)
def test_best_fit_lookups_in_their_several_styles(tmp_path, header, row, lsoa, vintage):
    found = gathered(written(tmp_path, f"{header}\n{row}\n"))
    year = 2024 if vintage == 2021 else 2022
    assert found.fits == {"W01000001": FitFound("W05000001", year)}
    assert found.lsoa_names == {("W01000001", vintage): lsoa}
    assert found.fitted_wards["W05000001"].name_en == "Alder"
    assert found.authorities[land.HERE].name_en == "H"


def test_of_two_lookups_the_newer_counts_in_either_order(tmp_path):
    older = "LSOA21CD,LSOA21NM,WD22CD,WD22NM,LAD22CD,LAD22NM\nW01000001,A,W05000001,Old,W06000901,Old\n"
    newer = "LSOA21CD,LSOA21NM,WD24CD,WD24NM,LAD24CD,LAD24NM\nW01000001,A,W05000002,New,W06000901,New\n"
    for first, second in ((older, newer), (newer, older)):
        folder = tmp_path / first[14:22]
        folder.mkdir()
        written(folder, first, "1.csv")
        written(folder, second, "2.csv")
        found = gathered(folder)
        assert found.fits["W01000001"].ward == "W05000002"
        assert found.authorities[land.HERE].name_en == "New"


BRIDGES = {
    "lsoa11_name,lsoa11_code,change_code,lsoa21_name,lsoa21_code,ltla22_name,ltla22_code": (
        "a,W01000001,s,b,W01000002,H,W06000901",
        "a,W01000001,S,c,W01000003,H,W06000901",
    ),
    "LSOA11CD,LSOA11NM,CHGIND,LSOA21CD,LSOA21NM,LAD22CD,LAD22NM,LAD22NMW,ObjectId": (
        "W01000001,a,S,W01000002,b,W06000901,H,,1",
        "W01000001,a,S,W01000003,c,W06000901,H,,2",
    ),
}


@pytest.mark.parametrize("text", ["\n".join((header, *rows)) + "\n" for header, rows in BRIDGES.items()])
def test_the_bridge_between_censuses_in_both_styles(tmp_path, text):
    found = gathered(written(tmp_path, text))
    assert found.bridge == {"W01000001": {"W01000002": "S", "W01000003": "S"}}
    assert found.lsoa_names["W01000003", 2021] == "c"


@pytest.mark.parametrize(
    "header",
    [
        "ltla24_code,ltla24_name,csp24_code,csp24_name,pfa24_code,pfa24_name",
        "LAD24CD,LAD24NM,CSP24CD,CSP24NM,PFA24CD,PFA24NM",
    ],
)
def test_the_levels_above_an_authority_in_both_styles(tmp_path, header):
    found = gathered(written(tmp_path, f"{header}\nW06000901,Hereshire,W22000001,Safer Hereshire,W15000001,Gwent\n"))
    levels = found.levels[land.HERE]
    assert (levels.partnership_name, levels.force, levels.force_name) == ("Safer Hereshire", "W15000001", "Gwent")


def test_a_list_of_ward_names(tmp_path):
    text = "WD25CD,WD25NM,WD25NMW,LAD25CD,LAD25NM,LAT,LONG\nW05000001,Alder,Gwern,W06000901,Hereshire,51.61,-2.99\n"
    ward = gathered(written(tmp_path, text)).listed_wards["W05000001"]
    assert (ward.name_en, ward.name_cy, ward.point) == ("Alder", "Gwern", (-2.99, 51.61))


@pytest.mark.parametrize("text", ["WD25CD,WD25NM,LAD25CD,LAD25NM\n", "WD25CD,WD25NM,LAD25CD,LAD25NM,LAT,LONG\n"])
def test_a_list_of_ward_names_may_lack_welsh_and_points(tmp_path, text):
    blank = ",," if "LAT" in text else ""
    found = gathered(written(tmp_path, f"{text}W05000001,Alder,W06000901,Hereshire{blank}\n"))
    assert (found.listed_wards["W05000001"].name_cy, found.listed_wards["W05000001"].point) == (None, None)


def test_names_of_authorities_and_of_areas(tmp_path):
    found = gathered(written(tmp_path, "LAD25CD,LAD25NM,LAD25NMW\nW06000901,Hereshire,Ymaswydd\n"))
    assert found.authorities == {land.HERE: AreaNames("Hereshire", "Ymaswydd", 2025)}
    found = gathered(
        written(tmp_path, "code,name_en,name_cy\nE07000080,Forest of Dean,Fforest y Ddena\nE06000001,Only,\n")
    )
    assert found.names == {
        "E07000080": AreaNames("Forest of Dean", "Fforest y Ddena", 0),
        "E06000001": AreaNames("Only", None, 0),
    }


@pytest.mark.parametrize(
    ("header", "row", "option", "expected"),
    [
        ("lsoa21_code,total_residents,total_households,lsoa21_name,ward24_name,ward24_code,ltla24_name,ltla24_code",
         "W01000001,2440,1140,H 1A,Alder,W05000001,H,W06000901", None, {("W01000001", 2021): People(2440, 1140, 2021)}),
        ("LSOA11CD,population", "W01000001,2440", None, {("W01000001", 2011): People(2440, None, 2011)}),
        ("lsoa21cd,residents,households", "W01000001,2440,1140", 2023, {("W01000001", 2021): People(2440, 1140, 2023)}),
        ("code,residents,households", "W01000001,0,0", 2023, {("W01000001", 2021): People(0, 0, 2023)}),
        ("geography code,residents", "W01000001,5", 2022, {("W01000001", 2021): People(5, None, 2022)}),
    ],
)  # fmt: skip
def test_residents_and_households(tmp_path, header, row, option, expected):
    assert gathered(written(tmp_path, f"{header}\n{row}\n"), population_year=option).people == expected


@pytest.mark.parametrize(
    ("text", "welsh"),
    [
        ("name_en,name_cy,kind,longitude,latitude\nAbbeyvale,Glyn Abaty,Village,-2.9,51.6\n", "Glyn Abaty"),
        ("name_en,name_cy,kind,longitude,latitude\nAbbeyvale,,village,-2.9,51.6\n", "Abbeyvale"),
        ("kind,latitude,longitude,name_en\nvillage,51.6,-2.9,Abbeyvale\n", "Abbeyvale"),
    ],
)
def test_names_that_people_use(tmp_path, text, welsh):
    assert gathered(written(tmp_path, text)).place_names == [NameFound("Abbeyvale", welsh, "village", -2.9, 51.6)]


OLD_ONSPD = "pcd,pcd2,pcds,dointr,doterm,oscty,oslaua,osward,oseast1m,osnrth1m,lat,long,lsoa11,lsoa21"
OLD_ROW = "NP101AA,NP10 1AA,NP10 1AA,200001,,W99,W06000901,W05,1,2,51.6,-2.9,W01000001,W01000002"
NEW_ONSPD = "PCD7,PCD8,PCDS,DOTERM,LAD25CD,WD25CD,LAT,LONG,LSOA21CD"
NEW_ROW = "NP101AA,NP10 1AA,NP10 1AA,,W06000901,W05000001,51.6,-2.9,W01000002"
BY_PLACE = "postcode,longitude,latitude,lsoa21_code_pip,ward_code_codepoint,ward_code_pip_dec2025,lad_code"


@pytest.mark.parametrize(
    ("header", "row", "lsoa", "authority"),
    [
        (OLD_ONSPD, OLD_ROW, "W01000002", "W06000901"),
        (NEW_ONSPD, NEW_ROW, "W01000002", "W06000901"),
        ("pcds,laua,lat,long,lsoa11", "np10 1aa,W06000901,51.6,-2.9,W01000001", "W01000001", "W06000901"),
        ("postcode,longitude,latitude", "NP10 1AA,-2.9,51.6", None, None),
        ("lat,postcode,lon", "51.6,NP101AA,-2.9", None, None),
        (BY_PLACE, "NP10 1AA,-2.9,51.6,W01000002,W05000001,W05000001,W06000901", "W01000002", "W06000901"),
        ("postcode,lon,lat,lad_code", "NP10 1AA,-2.9,51.6,none", None, None),
    ],
)
def test_postcodes_in_degrees_in_any_order_of_columns(tmp_path, header, row, lsoa, authority):
    found, _ = postcodes(tmp_path, f"{header}\n{row}\n")
    one = found.live["NP101AA"]
    assert (one.longitude, one.latitude, one.lsoa, one.authority) == (-2.9, 51.6, lsoa, authority)


CODE_POINT = '"NP16 7AA",10,354495,193708,"E92000001","E19000002","E18000010","E10000013","E07000080","E05012175"\n'
SHORT_HEADER = "PC,PQ,EA,NO,CY,RH,LH,CC,DC,WC\n"
_COLUMNS = ("Postcode", "Positional_quality_indicator", "Eastings", "Northings", "Country_code")
_MORE = ("NHS_regional_HA_code", "NHS_HA_code", "Admin_county_code", "Admin_district_code", "Admin_ward_code")
LONG_HEADER = ",".join((*_COLUMNS, *_MORE)) + "\n"


@pytest.mark.parametrize("header", ["", SHORT_HEADER, LONG_HEADER, SHORT_HEADER + LONG_HEADER])
def test_code_point_open_with_and_without_its_headers(tmp_path, header):
    found, read = postcodes(tmp_path, header + CODE_POINT)
    one = found.live["NP167AA"]
    assert (one.longitude, one.latitude) == pytest.approx((-2.658974, 51.640323), abs=1e-5)
    assert (one.authority, one.lsoa) == ("E07000080", None)
    assert read.files[0].rows == 1


def test_code_point_opens_file_of_headers_alone_holds_no_postcodes(tmp_path):
    found, read = postcodes(tmp_path, SHORT_HEADER + LONG_HEADER)
    assert not found.live
    assert read.files[0].rows == 0


def test_terminated_postcodes_and_those_without_a_place_are_passed_over(tmp_path):
    rows = [
        "NP10 1AA,199001,51.6,-2.9",
        "NP10 1AB,,99.999999,0.000000",
        "NP10 1AD,,,",
        "NP10 1AE,,51.6,-2.9",
    ]
    found, _ = postcodes(tmp_path, "pcds,doterm,lat,long\n" + "\n".join(rows) + "\n")
    assert set(found.live) == {"NP101AE"}
    assert found.terminated == {"NP101AA"}
    assert found.without_place == 2


def test_a_grid_reference_of_nought_is_no_place(tmp_path):
    found, _ = postcodes(tmp_path, CODE_POINT.replace("354495,193708", "0,0"))
    assert (found.live, found.without_place) == ({}, 1)


def test_of_two_files_degrees_win_over_the_grid_and_each_fills_what_the_other_lacks(tmp_path):
    written(tmp_path, CODE_POINT, "1.csv")
    written(tmp_path, "postcode,lon,lat,lsoa21\nNP16 7AA,-2.65,51.64,E01000001\n", "2.csv")
    found = read_postcodes(gathered(tmp_path), EVERYWHERE)
    one = found.live["NP167AA"]
    assert (one.longitude, one.lsoa, one.authority) == (-2.65, "E01000001", "E07000080")


def test_a_postcode_that_is_live_in_one_file_is_not_terminated_by_another(tmp_path):
    written(tmp_path, "pcds,doterm,lat,long\nNP10 1AA,199001,51.6,-2.9\n", "1.csv")
    written(tmp_path, "postcode,lon,lat\nNP10 1AA,-2.9,51.6\n", "2.csv")
    found = read_postcodes(gathered(tmp_path), EVERYWHERE)
    assert (set(found.live), found.terminated) == ({"NP101AA"}, set())


@pytest.mark.parametrize(
    ("wanted", "kept"),
    [
        (Wanted(frozenset(), (-3.0, 51.5, -2.9, 51.6)), {"NP101AA", "NP101AB"}),
        (Wanted(frozenset({"W06000901"}), None), {"NP101AA", "NP101AD"}),
    ],
)
def test_postcodes_far_from_the_areas_served_are_counted_and_not_kept(tmp_path, wanted, kept):
    rows = ["NP10 1AA,-2.9,51.6,W06000901", "NP10 1AB,-2.5,51.6,W06000902", "NP10 1AD,-1.0,51.6,"]
    found = gathered(written(tmp_path, "postcode,lon,lat,laua\n" + "\n".join(rows) + "\n"))
    read = read_postcodes(found, wanted)
    assert set(read.live) == kept
    assert read.far_away == 3 - len(kept)


def test_a_byte_order_mark_windows_line_ends_and_blank_lines_do_no_harm(tmp_path):
    text = b"\xef\xbb\xbfpostcode,lon,lat\r\n\r\nNP10 1AA,-2.9,51.6\r\n\r\n"
    found, _ = postcodes(tmp_path, text)
    assert set(found.live) == {"NP101AA"}


def test_a_file_that_was_cut_after_its_last_row_or_lacks_the_last_line_end_is_whole(tmp_path):
    found, _ = postcodes(tmp_path, "postcode,lon,lat\nNP10 1AA,-2.9,51.6")
    assert set(found.live) == {"NP101AA"}


def test_folders_are_walked_hidden_files_left_and_other_kinds_named(tmp_path):
    folder = tmp_path / "data"
    (folder / "deep").mkdir(parents=True)
    (folder / ".hidden").mkdir()
    written(folder / "deep", "code,name_en,name_cy\nE07000080,A,B\n", "n.CSV")
    written(folder / ".hidden", "rubbish", "x.csv")
    written(folder, "read me", "README.txt")
    found = find_sources([folder, folder / "deep" / "n.CSV"])
    assert [source.name for source in found.sources] == [str(folder / "deep" / "n.CSV")]
    assert found.passed_over == ["data/README.txt"]


def test_reading_tells_how_far_it_has_come(tmp_path):
    path = written(tmp_path, "code,name_en,name_cy\n" + "E07000080,A,B\n" * 100_000)
    told = []
    source = find_sources([path]).sources[0]
    source = type(source)(source.path, source.name, source.size, told.append)
    gather([source], Gathered())
    assert sum(told) == path.stat().st_size
    assert len(told) > 1


def test_a_collection_on_the_british_national_grid_is_read_as_degrees(tmp_path):
    grid = land.feature({"LSOA21CD": "W01000001", "LSOA21NM": "A"}, land.ring(354000, 193000, 1000, 1000))
    value = land.collection([grid]) | {"crs": {"type": "name", "properties": {"name": "urn:ogc:def:crs:EPSG::27700"}}}
    path = tmp_path / "grid.geojson"
    path.write_text("\n " + json.dumps(value), encoding="utf-8")
    assert gathered(path).lsoa_shapes


def test_ten_columns_that_only_begin_like_code_point_open_are_not_it(tmp_path):
    with pytest.raises(FilesRefused, match="no known format"):
        gathered(written(tmp_path, CODE_POINT.replace("354495", "east")))


def test_a_table_that_is_no_list_of_postcodes_is_not_read_as_one(tmp_path):
    table = open_table(find_sources([written(tmp_path, "a,b\n1,2\n")]).sources[0])
    with pytest.raises(FileRefused, match="no list of postcodes"):
        read_postcodes(Gathered(postcodes=[table]), EVERYWHERE)
