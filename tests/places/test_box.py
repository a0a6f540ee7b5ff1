"""The one box, on a real database: postcodes whole, in part and mistyped; names; places across the border."""

import datetime as dt

import pytest
from sqlalchemy import event
from sqlmodel import select

from portal.places.finding import Code
from portal.places.importing import Options, import_places
from portal.places.models import Area, PlaceName, Postcode
from portal.places.queries import find_places
from portal.revisions import touch
from tests.places import land


def asked(database, typed):
    with database.reading() as session:
        return find_places(session, typed)


def names(found):
    return [one.name_en for one in found.matches]


@pytest.mark.parametrize(
    ("typed", "code", "matched", "postcode"),
    [
        ("ZZ1 1AA", Code.one, ["Alder"], "ZZ1 1AA"),
        ("zz11aa", Code.one, ["Alder"], "ZZ1 1AA"),
        ("Flat 1, High Street, ZZ1 1AB", Code.one, ["Birch"], "ZZ1 1AB"),
        ("ZZ10 1AA", Code.one, ["St Derw's Park"], "ZZ10 1AA"),
        ("ZZ2 1AA", Code.across_border, [], "ZZ2 1AA"),
        ("ZZ3 1AA", Code.across_border, [], "ZZ3 1AA"),
        ("ZZ1 1XX", Code.unknown_postcode, ["Alder", "Birch"], "ZZ1 1XX"),
        ("QQ1 1XX", Code.unknown_postcode, [], "QQ1 1XX"),
        ("ZZ1", Code.partial_postcode, ["Alder", "Birch", "Cedar"], "ZZ1"),
        ("ZZ1 1", Code.partial_postcode, ["Alder", "Birch"], "ZZ1 1"),
        ("ZZ1 1AA"[:6], Code.partial_postcode, ["Alder", "Birch"], "ZZ1 1A"),
        ("ZZ10", Code.partial_postcode, ["St Derw's Park"], "ZZ10"),
        ("ZZ12", Code.partial_postcode, ["Cedar"], "ZZ1 2"),
        ("ZZ2", Code.across_border, [], "ZZ2"),
        ("ZZ3", Code.across_border, [], "ZZ3"),
        ("QQ1", Code.unknown_postcode, [], "QQ1"),
        ("Abbeyvale", Code.one, ["Abbeyvale"], None),
        ("Lyn Abaty", Code.one, ["Abbeyvale"], None),
        ("High Street", Code.several, ["High Street", "High Street"], None),
        ("Gwern", Code.one, ["Alder"], None),
        ("Bedwen", Code.nothing, [], None),
        ("Abbyvale", Code.suggestions, ["Abbeyvale"], None),
        ("Hereshire", Code.several, ["Hereshire", "Alder", "Birch", "Cedar", "St Derw's Park"], None),
        ("Newport", Code.across_border, [], None),
        ("Casnewydd", Code.across_border, [], None),
        ("Faraway", Code.across_border, [], None),
        ("", Code.empty, [], None),
        (" \t\x00\x1f ", Code.empty, [], None),
        ("?!", Code.empty, [], None),
        ("Abbey\x00\nvale", Code.one, ["Abbeyvale"], None),
        ("A" * 100, Code.nothing, [], None),
        ("A" * 101, Code.too_long, [], None),
    ],
)
def test_what_is_typed_finds_what_is_meant(loaded_sqlite, typed, code, matched, postcode):
    found = asked(loaded_sqlite, typed)
    assert (found.code, names(found), found.postcode) == (code, matched, postcode)


def test_one_neighbourhood_is_the_only_answer_that_is_gone_to_at_once(loaded):
    assert asked(loaded, "ZZ1 1AA").only.slug("cy") == "gwern"
    assert asked(loaded, "Abbeyvale").only.slug("en") == "alder"
    assert asked(loaded, "ZZ1").only is None
    assert [one.name_cy for one in asked(loaded, "ZZ1").matches] == ["Gwern", "Bedw", "Cedrwydd"]
    assert asked(loaded, "High Street").only is None


@pytest.mark.parametrize("typed", ["ZZ2 1AA", "ZZ2", "Newport"])
def test_the_authority_across_the_border_is_named_in_both_languages(loaded_sqlite, typed):
    assert asked(loaded_sqlite, typed).authority == ("Newport", "Casnewydd")


@pytest.mark.parametrize("typed", ["ZZ3 1AA", "ZZ3", "Faraway"])
def test_where_the_authority_across_the_border_is_not_known_none_is_named(loaded_sqlite, typed):
    assert asked(loaded_sqlite, typed).authority is None


@pytest.mark.parametrize(("typed", "postcode"), [("ZZI IAA", None), ("ZZl1AA", None), ("ZZ1O 1AA", "ZZ1O 1AA")])
def test_slips_of_letters_and_digits_are_asked_about(loaded_sqlite, typed, postcode):
    found = asked(loaded_sqlite, typed)
    assert (found.code, found.postcode) == (Code.suggestions, postcode)
    assert found.postcodes == (("ZZ10 1AA",) if "O" in typed else ("ZZ1 1AA",))


def test_a_ward_by_another_name_than_its_neighbourhood_is_found_too(loaded_sqlite):
    with loaded_sqlite.unit_of_work() as session:
        one = session.exec(select(Area).where(Area.kind == "neighbourhood", Area.code == "W05000001")).one()
        one.name_en = one.name_cy = "Old Alderton"
    assert asked(loaded_sqlite, "Alder").only.name_en == "Old Alderton"


def test_a_neighbourhood_that_is_not_served_is_across_the_border(sqlite_database, files):
    both = frozenset({land.HERE, land.BEYOND})
    import_places(sqlite_database, files, Options(authorities=both))
    assert asked(sqlite_database, "ZZ1 1AA").code is Code.one
    import_places(sqlite_database, [files[2]], Options(authorities=frozenset({land.BEYOND})))
    assert asked(sqlite_database, "ZZ1 1AA").code is Code.across_border


def test_names_in_memory_follow_the_revision_of_places_and_the_day(loaded_sqlite, time_machine):
    time_machine.move_to(dt.datetime(2026, 11, 20, 12, tzinfo=dt.UTC))
    assert asked(loaded_sqlite, "Newplace").code is Code.nothing
    with loaded_sqlite.unit_of_work() as session:
        place = {"key_en": "newplace", "key_cy": "newplace", "longitude": -2.99, "latitude": 51.61}
        session.add(PlaceName(name_en="Newplace", name_cy="Newplace", kind="village", ward_code="W05000001", **place))
    assert asked(loaded_sqlite, "Newplace").code is Code.nothing
    with loaded_sqlite.unit_of_work() as session:
        touch(session, "places")
    assert asked(loaded_sqlite, "Newplace").code is Code.one
    time_machine.move_to(dt.datetime(2025, 1, 1, 12, tzinfo=dt.UTC))
    assert asked(loaded_sqlite, "Newplace").code is Code.across_border


def statements(database, typed):
    counted = []

    def count(_connection, _cursor, statement, *_rest):
        counted.append(statement)

    with database.reading() as session:
        engine = session.get_bind()
        event.listen(engine, "before_cursor_execute", count)
        find_places(session, typed)
        event.remove(engine, "before_cursor_execute", count)
    return len(counted)


@pytest.mark.parametrize("typed", ["ZZ1 1AA", "ZZ1", "Abbeyvale", "Abbyvale", "ZZ1 1XX", "ZZI IAA"])
def test_the_number_of_statements_does_not_grow_with_the_number_of_rows(loaded_sqlite, typed):
    asked(loaded_sqlite, "warm")
    few = statements(loaded_sqlite, typed)
    with loaded_sqlite.unit_of_work() as session:
        letters = "ABDEFGHJLN"
        for first in letters:
            for second in letters:
                code = f"ZZ18{first}{second}"
                session.add(Postcode(code=code, longitude=-2.99, latitude=51.61, ward_code="W05000001"))
    assert statements(loaded_sqlite, typed) == few <= 4
