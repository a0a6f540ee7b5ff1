"""An import from end to end: what it creates, that it can be repeated, and what a later set of files changes."""

import datetime as dt
import shutil

import pytest
from sqlmodel import select

from portal.audit.models import AuditEntry
from portal.db import Database
from portal.places.importing import ImportRefused, Options, import_places
from portal.places.models import (
    Area,
    AreaKind,
    AreaMember,
    AreaSuccessor,
    Lsoa,
    LsoaBridge,
    LsoaWard,
    PlaceName,
    Postcode,
)
from portal.revisions import current
from tests.places import land

ALDER, BIRCH, CEDAR, DERW = land.WARDS
KINDS = ("ward", "neighbourhood", "authority", "partnership", "force")


def areas(database, kind):
    with database.reading() as session:
        return {one.code: one for one in session.exec(select(Area).where(Area.kind == kind, Area.ends_on == None))}  # noqa: E711


def everything(database):
    """Every row of every table of places."""
    with database.reading() as session:
        return {
            row: sorted(str(one.model_dump()) for one in session.exec(select(row)))
            for row in (Area, AreaMember, AreaSuccessor, Lsoa, LsoaWard, LsoaBridge, Postcode, PlaceName)
        }


def pairs(database, on=dt.date(2026, 11, 20)):
    """Codes and kinds of parent and child, of the memberships in being."""
    with database.reading() as session:
        found = {one.id: one for one in session.exec(select(Area))}
        return {
            (found[one.parent_id].kind.value, found[one.parent_id].code, found[one.child_id].code)
            for one in session.exec(select(AreaMember))
            if one.starts_on <= on and (one.ends_on is None or one.ends_on > on)
        }


@pytest.fixture
def folder(tmp_path):
    (tmp_path / "later").mkdir()
    return tmp_path / "later"


@pytest.fixture(autouse=True)
def november(time_machine):
    time_machine.move_to(dt.datetime(2026, 11, 20, 12, tzinfo=dt.UTC), tick=False)


def test_one_import_makes_every_level_and_how_it_nests(loaded):
    assert set(areas(loaded, "ward")) == set(areas(loaded, "neighbourhood")) == set(land.WARDS)
    assert {code: one.served for code, one in areas(loaded, "authority").items()} == {
        land.HERE: True,
        land.BEYOND: False,
    }
    assert set(areas(loaded, "partnership")) == {"W22000001"}
    assert areas(loaded, "force")["W15000009"].slug_en == "avon-and-somerset"
    assert pairs(loaded) == {
        *(("authority", land.HERE, code) for code in land.WARDS),
        *(("neighbourhood", code, code) for code in land.WARDS),
        ("partnership", "W22000001", land.HERE),
        ("force", "W15000009", land.HERE),
        ("force", "W15000009", land.BEYOND),
    }


def test_areas_have_names_addresses_dates_and_points(loaded):
    ward = areas(loaded, "ward")[DERW]
    assert (ward.name_en, ward.name_cy) == ("St Derw's Park", "Parc Sain Derw")
    assert (ward.slug_en, ward.slug_cy) == ("st-derws-park", "parc-sain-derw")
    assert (ward.starts_on, ward.ends_on, ward.served) == (dt.date(2025, 12, 1), None, True)
    assert ward.boundary
    neighbourhood = areas(loaded, "neighbourhood")[DERW]
    assert (neighbourhood.slug_en, neighbourhood.boundary) == ("st-derws-park", None)
    assert (neighbourhood.longitude, neighbourhood.latitude) == (ward.longitude, ward.latitude)
    assert areas(loaded, "authority")[land.BEYOND].name_cy == "Casnewydd"


def test_small_areas_people_and_points_are_loaded_and_placed(loaded):
    with loaded.reading() as session:
        west, _ = land.lsoa_codes(1)
        small = session.get(Lsoa, (west, 2021))
        assert (small.name, small.residents, small.households, small.population_year) == (
            "Hereshire 001A",
            1001,
            400,
            2021,
        )
        assert small.boundary
        assert session.get(LsoaWard, (west, ALDER))
        assert session.get(LsoaBridge, ("W01000911", land.lsoa_codes(1)[1])).change == "M"
        wards = {one.code: (one.ward_code, one.authority_code) for one in session.exec(select(Postcode))}
        names = {(one.name_en, one.ward_code) for one in session.exec(select(PlaceName))}
    assert wards == {
        "ZZ11AA": (ALDER, land.HERE),
        "ZZ11AB": (BIRCH, land.HERE),
        "ZZ12AA": (CEDAR, land.HERE),
        "ZZ101AA": (DERW, land.HERE),
        "ZZ21AA": (None, land.BEYOND),
        "ZZ31AA": (None, None),
    }
    assert names == {("Abbeyvale", ALDER), ("High Street", ALDER), ("High Street", BIRCH), ("Faraway", None)}


def test_an_import_is_recorded_and_raises_the_revision_of_places(loaded):
    with loaded.reading() as session:
        entry = session.exec(select(AuditEntry)).one()
        assert (entry.act, entry.actor) == ("import-places", "operator")
        assert entry.after["added"]["ward"] == 4
        assert current(session) == {"places": 1}


def test_the_same_files_again_change_nothing(loaded, files):
    before = everything(loaded)
    report = import_places(loaded, files[::-1], Options())
    assert report.is_unchanged
    assert not report.moves_areas
    assert everything(loaded) == before
    with loaded.reading() as session:
        assert current(session) == {"places": 1}


def test_files_one_by_one_come_to_the_same_as_all_at_once(loaded_sqlite, empty_file, files, tmp_path):
    path = tmp_path / "other.db"
    shutil.copyfile(empty_file, path)
    other = Database(f"sqlite:///{path}")
    for one in files:
        import_places(other, [one], Options())
    import_places(other, files, Options())

    def words(database):
        return {row: values for row, values in everything(database).items() if row not in {Area, AreaMember, PlaceName}}

    assert words(other) == words(loaded_sqlite)
    assert pairs(other) == pairs(loaded_sqlite)
    other.close()


def test_a_trial_reports_and_keeps_nothing(sqlite_database, files):
    report = import_places(sqlite_database, files, Options(is_trial=True))
    assert report.is_trial
    assert report.added["ward"] == 4
    assert not any(everything(sqlite_database).values())


def test_a_fault_in_one_file_keeps_everything_out(sqlite_database, files, folder):
    (folder / "bad.csv").write_text("alpha\n", encoding="utf-8")
    with pytest.raises(ImportRefused):
        import_places(sqlite_database, [*files, folder], Options())
    (folder / "bad.csv").write_text("postcode,lon,lat\nX,1,1\n", encoding="utf-8")
    with pytest.raises(ImportRefused, match="postcode"):
        import_places(sqlite_database, [*files, folder], Options())
    assert not any(everything(sqlite_database).values())


def test_a_folder_without_data_is_refused(sqlite_database, folder):
    with pytest.raises(ImportRefused, match="no data files"):
        import_places(sqlite_database, [folder], Options())


def test_progress_is_told_file_by_file(sqlite_database, files):
    told = []
    import_places(sqlite_database, files, Options(), lambda *heard: told.append(heard))
    assert {name for _, _, name in told} == {str(path) for path in files}
    assert told[-1][0] == told[-1][1] == sum(path.stat().st_size for path in files)


def test_a_renamed_ward_keeps_its_address_and_its_neighbourhood_is_renamed_too(loaded, folder):
    path = land.write_csv(
        folder / "names.csv",
        ("WD25CD", "WD25NM", "WD25NMW", "LAD25CD", "LAD25NM"),
        [(ALDER, "Alderbrook", "Nant Gwern", land.HERE, "Hereshire")],
    )
    before = areas(loaded, "neighbourhood")[ALDER]
    report = import_places(loaded, [path], Options())
    assert report.changed == {"ward": 1, "neighbourhood": 1}
    for kind in ("ward", "neighbourhood"):
        one = areas(loaded, kind)[ALDER]
        assert (one.name_en, one.name_cy, one.slug_en, one.slug_cy) == ("Alderbrook", "Nant Gwern", "alder", "gwern")
    assert areas(loaded, "neighbourhood")[ALDER].id == before.id


def test_an_older_list_of_names_gives_a_newer_ward_its_welsh_name_only_where_that_lacks_one(sqlite_database, folder):
    header = ("WD24CD", "WD24NM", "WD24NMW", "LAD24CD", "LAD24NM")
    rows = [(code, "Old", f"Hen {code}", land.HERE, "Hereshire") for code in (ALDER, BIRCH)]
    listed = land.write_csv(folder / "n.csv", header, rows)
    features = [land.ward(ALDER, WD25NMW=""), land.ward(BIRCH)]
    drawn = land.write_json(folder / "w.json", land.collection(features))
    import_places(sqlite_database, [listed, drawn], Options())
    found = areas(sqlite_database, "ward")
    assert [(found[code].name_en, found[code].name_cy) for code in (ALDER, BIRCH)] == [
        ("Alder", f"Hen {ALDER}"),
        ("Birch", "Bedw"),
    ]


def test_the_operators_own_list_of_names_wins_and_names_neighbours(loaded, folder):
    rows = [
        (ALDER, "The Alders", "Y Gwern"),
        ("W22000001", "Safer Hereshire", "Ymaswydd Ddiogelach"),
        (land.HERE, "Hereshire County", ""),
        ("E07000080", "Forest of Dean", "Fforest y Ddena"),
        ("W05009999", "Unknown ward", ""),
    ]
    path = land.write_csv(folder / "own.csv", ("code", "name_en", "name_cy"), rows)
    import_places(loaded, [path], Options())
    assert areas(loaded, "ward")[ALDER].name_cy == "Y Gwern"
    assert areas(loaded, "authority")[land.HERE].name_en == "Hereshire County"
    assert areas(loaded, "authority")[land.HERE].name_cy == "Hereshire County"
    assert areas(loaded, "authority")["E07000080"].served is False
    assert "W05009999" not in areas(loaded, "ward")
    import_places(loaded, [path, land.write_levels(folder / "levels.csv")], Options())
    assert areas(loaded, "partnership")["W22000001"].name_cy == "Ymaswydd Ddiogelach"
    assert areas(loaded, "partnership")["W22000001"].slug_en == "hereshire"


def new_wards(folder, year=26):
    """Alder and Birch are made one; Cedar and Derw stay."""
    merged = land.feature(
        {f"WD{year}CD": "W05000005", f"WD{year}NM": "Alder", f"WD{year}NMW": "Gwern", f"LAD{year}CD": land.HERE,
         f"LAD{year}NM": "Hereshire"},
        land.ring(-3.0, 51.6, 0.04),
    )  # fmt: skip
    kept = [land.ward(code, year=year) for code in (CEDAR, DERW)]
    return land.write_json(folder / f"wards{year}.geojson", land.collection([merged, *kept]))


def test_wards_that_are_gone_from_newer_boundaries_end_and_what_covers_them_takes_their_place(loaded, folder):
    report = import_places(loaded, [new_wards(folder)], Options())
    day = dt.date(2026, 5, 1)
    assert (report.ended["ward"], report.ended["neighbourhood"], report.added["ward"]) == (2, 2, 1)
    assert report.ended_wards == ("Alder", "Birch")
    assert report.moves_areas
    with loaded.reading() as session:
        ended = session.exec(select(Area).where(Area.ends_on != None)).all()  # noqa: E711
        assert {(one.kind.value, one.code, one.ends_on) for one in ended} == {
            (kind, code, day) for kind in ("ward", "neighbourhood") for code in (ALDER, BIRCH)
        }
        heirs = {(one.area_id, one.successor_id) for one in session.exec(select(AreaSuccessor))}
    new = {kind: areas(loaded, kind)["W05000005"] for kind in ("ward", "neighbourhood")}
    assert heirs == {(one.id, new[one.kind.value].id) for one in ended}
    assert new["ward"].starts_on == day
    assert new["neighbourhood"].slug_en == "alder-hereshire"
    assert ("authority", land.HERE, ALDER) in pairs(loaded, dt.date(2026, 4, 30))
    assert ("authority", land.HERE, ALDER) not in pairs(loaded, day)
    assert ("neighbourhood", "W05000005", "W05000005") in pairs(loaded, day)


def test_postcodes_and_names_move_when_boundaries_do(loaded, folder):
    import_places(loaded, [new_wards(folder)], Options())
    with loaded.reading() as session:
        assert session.get(Postcode, "ZZ11AA").ward_code == "W05000005"
        assert {one.ward_code for one in session.exec(select(PlaceName).where(PlaceName.kind == "street"))} == {
            "W05000005"
        }


def test_newer_boundaries_again_change_nothing(loaded_sqlite, folder):
    path = new_wards(folder)
    import_places(loaded_sqlite, [path], Options())
    assert import_places(loaded_sqlite, [path], Options()).is_unchanged


def test_older_boundaries_after_newer_ones_are_refused(loaded_sqlite, folder):
    with pytest.raises(ImportRefused, match=r"Hereshire: Alder \(W05000001\) and 1 more wards .* --wards-from"):
        import_places(loaded_sqlite, [new_wards(folder, year=24)], Options())


def test_the_operator_may_say_from_when_the_wards_are(loaded_sqlite, folder):
    import_places(loaded_sqlite, [new_wards(folder, year=24)], Options(wards_from=dt.date(2026, 5, 7)))
    assert areas(loaded_sqlite, "ward")["W05000005"].starts_on == dt.date(2026, 5, 7)


def test_a_day_to_come_is_refused(sqlite_database, files):
    with pytest.raises(ImportRefused, match="2026-11-21 is still to come"):
        import_places(sqlite_database, files, Options(wards_from=dt.date(2026, 11, 21)))


@pytest.mark.parametrize(
    ("year", "today", "expected"),
    [
        (25, dt.date(2026, 11, 20), dt.date(2025, 12, 1)),
        (26, dt.date(2026, 12, 1), dt.date(2026, 12, 1)),
        (26, dt.date(2026, 11, 30), dt.date(2026, 5, 1)),
        (26, dt.date(2026, 4, 30), dt.date(2026, 4, 30)),
    ],
)
def test_wards_are_in_force_from_the_day_of_their_set(  # noqa: PLR0913, PLR0917 - fixtures and the table's columns
    sqlite_database, folder, time_machine, year, today, expected
):
    time_machine.move_to(dt.datetime(today.year, today.month, today.day, 12, tzinfo=dt.UTC))
    import_places(sqlite_database, [land.write_wards(folder / "w.geojson", year=year)], Options())
    assert areas(sqlite_database, "ward")[ALDER].starts_on == expected


def test_a_lookup_alone_serves_every_authority_that_it_names(sqlite_database, folder):
    report = import_places(sqlite_database, [land.write_lookup(folder / "l.csv")], Options())
    assert report.served == ("Hereshire", "Newport")
    assert set(areas(sqlite_database, "neighbourhood")) == {*land.WARDS, "W05009999"}
    assert areas(sqlite_database, "ward")[ALDER].name_cy == "Alder"
    assert report.warnings == (
        "Hereshire lies in no partnership: load the lookup from authority to partnership",
        "Newport lies in no partnership: load the lookup from authority to partnership",
        "Hereshire lies in no force: load the lookup from authority to force",
        "Newport lies in no force: load the lookup from authority to force",
    )


def test_exactly_the_authorities_asked_for_are_served(sqlite_database, folder):
    lookup, levels = land.write_lookup(folder / "l.csv"), land.write_levels(folder / "v.csv")
    import_places(sqlite_database, [lookup, levels], Options())
    report = import_places(sqlite_database, [lookup, levels], Options(authorities=frozenset({land.HERE})))
    assert report.served == ("Hereshire",)
    assert {one.code for one in areas(sqlite_database, "ward").values() if one.served} == set(land.WARDS)
    assert {one.code for one in areas(sqlite_database, "neighbourhood").values() if one.served} == set(land.WARDS)
    assert {one.code: one.served for one in areas(sqlite_database, "partnership").values()} == {
        "W22000001": True,
        "W22000002": False,
    }
    assert import_places(sqlite_database, [lookup, levels], Options()).is_unchanged
    again = import_places(sqlite_database, [lookup], Options(authorities=frozenset({land.HERE, land.BEYOND})))
    assert again.served == ("Hereshire", "Newport")
    assert all(one.served for kind in KINDS for one in areas(sqlite_database, kind).values())


def test_an_authority_that_nothing_names_is_refused(sqlite_database, files):
    with pytest.raises(ImportRefused, match="W06000999"):
        import_places(sqlite_database, files, Options(authorities=frozenset({"W06000999"})))


def test_a_lookup_of_another_year_than_the_boundaries_is_noted_and_makes_no_wards(loaded_sqlite, folder):
    row = (land.lsoa_codes(1)[0], "A", "W05000077", "Old ward", land.HERE, "Hereshire")
    path = land.write_csv(folder / "l.csv", [one.replace("25", "22") for one in land.LOOKUP_HEADER], [row])
    report = import_places(loaded_sqlite, [path], Options())
    assert "W05000077" not in areas(loaded_sqlite, "ward")
    assert any(
        "1 wards of the best-fit lookup are not loaded (the first is W05000077)" in one for one in report.warnings
    )


def test_an_older_lookup_makes_no_wards_beside_those_of_a_newer_list(sqlite_database, folder):
    header = ("WD26CD", "WD26NM", "WD26NMW", "LAD26CD", "LAD26NM", "LAT", "LONG")
    rows = [
        (ALDER, "Alder", "Gwern", land.HERE, "Hereshire", 51.61, -2.99),
        (BIRCH, "Birch", "", land.HERE, "Hereshire", "", ""),
    ]
    listed = land.write_csv(folder / "names.csv", header, rows)
    import_places(sqlite_database, [listed], Options(authorities=frozenset({land.HERE})))
    alder = areas(sqlite_database, "ward")[ALDER]
    assert (alder.longitude, alder.latitude) == (-2.99, 51.61)
    import_places(sqlite_database, [land.write_lookup(folder / "l.csv")], Options())
    assert set(areas(sqlite_database, "ward")) == {ALDER, BIRCH}


def test_a_newer_whole_list_of_names_ends_wards_and_one_with_faults_ends_none(sqlite_database, folder):
    lookup = land.write_lookup(folder / "l.csv")
    here = frozenset({land.HERE})
    import_places(sqlite_database, [lookup], Options(authorities=here))
    rows = [(ALDER, "Alder", "Gwern", land.HERE, "Hereshire")] * 200
    header = ("WD26CD", "WD26NM", "WD26NMW", "LAD26CD", "LAD26NM")
    faulty = land.write_csv(folder / "faulty.csv", header, [*rows, ("W0500", "X", "", land.HERE, "Hereshire")])
    report = import_places(sqlite_database, [faulty], Options())
    assert len(report.faults) == 1
    assert set(areas(sqlite_database, "ward")) == set(land.WARDS)
    whole = land.write_csv(folder / "whole.csv", header, rows)
    report = import_places(sqlite_database, [whole], Options())
    assert set(areas(sqlite_database, "ward")) == {ALDER}
    assert set(report.ended_wards) == {"Birch", "Cedar", "St Derw's Park"}


def test_without_boundaries_a_ward_of_the_same_name_takes_the_place_of_one_that_ended(sqlite_database, folder):
    import_places(sqlite_database, [land.write_lookup(folder / "l.csv")], Options(authorities=frozenset({land.HERE})))
    old = areas(sqlite_database, "ward")[ALDER]
    header = ("WD26CD", "WD26NM", "WD26NMW", "LAD26CD", "LAD26NM")
    rows = [("W05000005", "Alder", "Gwern", land.HERE, "Hereshire"), (BIRCH, "Birch", "Bedw", land.HERE, "Hereshire")]
    import_places(sqlite_database, [land.write_csv(folder / "n.csv", header, rows)], Options())
    new = areas(sqlite_database, "ward")["W05000005"]
    with sqlite_database.reading() as session:
        heirs = {(one.area_id, one.successor_id) for one in session.exec(select(AreaSuccessor))}
    assert (old.id, new.id) in heirs


def test_wards_move_with_a_merger_of_authorities(loaded, folder):
    features = [land.ward(code, year=26, LAD26CD="W06000999", LAD26NM="Greater Hereshire") for code in land.WARDS]
    path = land.write_json(folder / "w.geojson", land.collection(features))
    import_places(loaded, [path], Options())
    assert {(kind, parent) for kind, parent, child in pairs(loaded) if child == ALDER} == {
        ("authority", "W06000999"),
        ("neighbourhood", ALDER),
    }
    assert ("authority", land.HERE, ALDER) in pairs(loaded, dt.date(2026, 4, 30))


def test_an_authority_that_changes_partnership_leaves_the_old_one(loaded, folder):
    header = [one.replace("25", "26") for one in land.LEVELS_HEADER]
    row = (land.HERE, "Hereshire", "W22000003", "Wider Hereshire", "W15000009", "Avon and Somerset")
    import_places(loaded, [land.write_csv(folder / "v.csv", header, [row])], Options())
    assert {parent for kind, parent, _ in pairs(loaded) if kind == "partnership"} == {"W22000003"}
    assert {one.code: one.served for one in areas(loaded, "partnership").values()} == {
        "W22000001": False,
        "W22000003": True,
    }


def test_a_membership_that_was_never_in_force_is_not_kept(loaded, folder):
    row = (land.HERE, "Hereshire", "W22000003", "Wider Hereshire", "W15000009", "Avon and Somerset")
    import_places(loaded, [land.write_csv(folder / "v.csv", land.LEVELS_HEADER, [row])], Options())
    assert {parent for kind, parent, _ in pairs(loaded, dt.date(2025, 12, 1)) if kind == "partnership"} == {"W22000003"}


def test_terminated_postcodes_go_and_unsaid_columns_stay(loaded, folder):
    text = "pcds,doterm,lat,long\nZZ1 1AA,202601,51.605,-2.995\nZZ2 1AA,,51.606,-2.9\n"
    (folder / "p.csv").write_text(text, encoding="utf-8")
    report = import_places(loaded, [folder], Options())
    assert (report.ended["postcode"], report.changed["postcode"], report.terminated) == (1, 1, 1)
    with loaded.reading() as session:
        assert session.get(Postcode, "ZZ11AA") is None
        one = session.get(Postcode, "ZZ21AA")
        assert (one.latitude, one.authority_code) == (51.606, land.BEYOND)


def test_of_a_name_kind_and_authority_a_newer_file_has_all_the_places_there_are(loaded, folder):
    rows = [
        ("High Street", "Stryd Fawr", "street", -2.995, 51.626),
        ("New Street", "Stryd Newydd", "street", -2.995, 51.6),
    ]
    path = land.write_csv(folder / "n.csv", ("name_en", "name_cy", "kind", "longitude", "latitude"), rows)
    report = import_places(loaded, [path], Options())
    assert (report.added["placename"], report.ended["placename"]) == (2, 2)
    with loaded.reading() as session:
        found = {(one.name_en, one.ward_code) for one in session.exec(select(PlaceName))}
    assert found == {("Abbeyvale", ALDER), ("High Street", CEDAR), ("New Street", ALDER), ("Faraway", None)}


def test_people_of_a_later_year_replace_the_earlier_and_names_stay(loaded, folder):
    west, _ = land.lsoa_codes(1)
    path = land.write_csv(folder / "p.csv", ("code", "residents"), [(west, 1234)])
    import_places(loaded, [path], Options(population_year=2024))
    with loaded.reading() as session:
        small = session.get(Lsoa, (west, 2021))
        assert (small.residents, small.households, small.population_year) == (1234, None, 2024)
        assert small.name == "Hereshire 001A"


def test_wards_of_one_name_get_addresses_with_their_authorities(sqlite_database, folder):
    features = [
        land.ward(ALDER, WD25NM="Castle", WD25NMW="Castell"),
        land.ward(BIRCH, WD25NM="Castle", WD25NMW="Castell", LAD25CD=land.BEYOND, LAD25NM="Newport"),
    ]
    path = land.write_json(folder / "w.geojson", land.collection(features))
    import_places(sqlite_database, [path], Options())
    slugs = {code: (one.slug_en, one.slug_cy) for code, one in areas(sqlite_database, "neighbourhood").items()}
    assert slugs == {
        ALDER: ("castle-hereshire", "castell-hereshire"),
        BIRCH: ("castle-newport", "castell-casnewydd"),
    }


def test_the_rule_by_lsoa_places_points_through_their_small_areas(sqlite_database, files):
    import_places(sqlite_database, files, Options(ward_rule="lsoa"))
    with sqlite_database.reading() as session:
        assert session.get(Postcode, "ZZ11AA").ward_code == ALDER
        assert session.exec(select(PlaceName.ward_code).where(PlaceName.name_en == "Abbeyvale")).one() == ALDER


def test_kinds_of_area_are_all_tried():
    assert set(KINDS) == {kind.value for kind in AreaKind}
