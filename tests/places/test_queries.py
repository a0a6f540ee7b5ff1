"""What pages ask about areas: addresses, nesting, people, successors."""

import datetime as dt

import pytest
from sqlalchemy import event
from sqlmodel import select, update

from portal.places.importing import Options, import_places
from portal.places.models import Area, AreaKind, AreaMember, AreaSuccessor, Lsoa, LsoaWard
from portal.places.queries import (
    Population,
    area_by_any_slug,
    area_by_slug,
    areas_with_pages,
    children,
    forces_by_area,
    levels,
    lineage,
    neighbourhoods,
    parents,
    population,
    predecessors,
    served_authorities,
    successors,
)
from tests.places import land

TODAY = dt.date(2026, 11, 20)
ALDER, BIRCH, CEDAR, DERW = land.WARDS


@pytest.fixture(autouse=True)
def november(time_machine):
    time_machine.move_to(dt.datetime(2026, 11, 20, 12, tzinfo=dt.UTC), tick=False)


def asked(database, query, *args):
    with database.reading() as session:
        return query(session, *args)


def area(database, kind, code):
    with database.reading() as session:
        return session.exec(select(Area).where(Area.kind == kind, Area.code == code)).one()


def codes(found):
    return [(one.kind.value, one.code) for one in found]


@pytest.mark.parametrize(
    ("kind", "lang", "slug", "code"),
    [
        (AreaKind.neighbourhood, "en", "alder", ALDER),
        (AreaKind.neighbourhood, "cy", "gwern", ALDER),
        (AreaKind.neighbourhood, "cy", "alder", None),
        (AreaKind.neighbourhood, "en", "nowhere", None),
        (AreaKind.ward, "en", "alder", ALDER),
        (AreaKind.force, "en", "avon-and-somerset", "W15000009"),
        (AreaKind.authority, "en", "newport", None),
    ],
)
def test_an_area_is_found_by_its_address_in_its_language(loaded, kind, lang, slug, code):
    found = asked(loaded, area_by_slug, kind, lang, slug)
    assert (found.code if found else None) == code


@pytest.mark.parametrize(("slug", "code"), [("gwern", ALDER), ("alder", ALDER), ("nowhere", None)])
def test_an_area_is_found_by_its_address_in_either_language(loaded_sqlite, slug, code):
    found = asked(loaded_sqlite, area_by_any_slug, AreaKind.neighbourhood, slug)
    assert (found.code if found else None) == code


def test_an_english_address_goes_before_a_welsh_one(loaded_sqlite):
    with loaded_sqlite.unit_of_work() as session:
        session.exec(update(Area).where(Area.kind == "neighbourhood", Area.code == BIRCH).values(slug_cy="alder"))
    assert asked(loaded_sqlite, area_by_any_slug, AreaKind.neighbourhood, "alder").code == ALDER


def test_lists_of_areas_hold_what_is_served(loaded):
    found = asked(loaded, levels)
    assert [codes(one) for one in (found.authorities, found.partnerships, found.forces)] == [
        [("authority", land.HERE)],
        [("partnership", "W22000001")],
        [("force", "W15000009")],
    ]
    assert codes(asked(loaded, served_authorities)) == [("authority", land.HERE)]
    kinds = (AreaKind.authority, AreaKind.neighbourhood)
    expected = {("authority", land.HERE), *(("neighbourhood", one) for one in land.WARDS)}
    assert set(codes(asked(loaded, areas_with_pages, kinds))) == expected


@pytest.fixture
def half(loaded):
    """The partnership of the authority served holds a neighbour as well, who is not served."""
    link(loaded, area(loaded, "partnership", "W22000001"), area(loaded, "authority", land.BEYOND))
    return loaded


def link(database, parent, child, ends_on=None):
    with database.unit_of_work() as session:
        starts_on = dt.date(2025, 12, 1)
        session.add(AreaMember(parent_id=parent.id, child_id=child.id, starts_on=starts_on, ends_on=ends_on))


def test_a_partnership_served_in_part_is_not_offered_and_a_force_is(half):
    found = asked(half, levels)
    assert found.partnerships == ()
    assert codes(found.forces) == [("force", "W15000009")]
    slug = area(half, "partnership", "W22000001").slug_en
    assert asked(half, area_by_slug, AreaKind.partnership, "en", slug) is None
    assert asked(half, area_by_any_slug, AreaKind.partnership, slug) is None


def test_a_partnership_that_ended_served_in_part_is_not_offered_afterwards(half):
    one, day = area(half, "partnership", "W22000001"), dt.date(2026, 5, 1)
    with half.unit_of_work() as session:
        session.exec(update(Area).where(Area.id == one.id).values(ends_on=day))
        session.exec(update(AreaMember).where(AreaMember.parent_id == one.id).values(ends_on=day))
    assert asked(half, area_by_slug, AreaKind.partnership, "en", one.slug_en) is None


def test_a_neighbour_that_left_a_partnership_does_not_hide_it(loaded):
    one = area(loaded, "partnership", "W22000001")
    link(loaded, one, area(loaded, "authority", land.BEYOND), ends_on=dt.date(2026, 5, 1))
    assert codes(asked(loaded, levels).partnerships) == [("partnership", "W22000001")]
    assert asked(loaded, area_by_slug, AreaKind.partnership, "en", one.slug_en).id == one.id


def test_the_a_to_z_has_names_addresses_and_authorities(loaded):
    found = asked(loaded, neighbourhoods, TODAY)
    assert [one.code for one in found] == [ALDER, BIRCH, CEDAR, DERW]
    one = found[0]
    assert (one.name("en"), one.name("cy"), one.slug("en"), one.slug("cy")) == ("Alder", "Gwern", "alder", "gwern")
    assert (one.authority_code, one.authority_name("en"), one.authority_name("cy")) == (
        land.HERE,
        "Hereshire",
        "Hereshire",
    )
    assert (one.letter("en"), one.letter("cy")) == ("A", "G")
    assert min(found, key=lambda one: one.sort_key("cy")).name_cy == "Bedw"
    assert asked(loaded, neighbourhoods, dt.date(2025, 11, 30)) == ()


def test_a_spelling_set_by_hand_sorts_in_welsh_alone(loaded_sqlite):
    with loaded_sqlite.unit_of_work() as session:
        session.exec(update(Area).where(Area.code == ALDER).values(sort_key_cy="Llan|gwern"))
    one = asked(loaded_sqlite, neighbourhoods, TODAY)[0]
    assert (one.letter("cy"), one.letter("en")) == ("Ll", "A")


def test_a_neighbourhood_outside_every_authority_is_listed_without_one(loaded_sqlite):
    with loaded_sqlite.unit_of_work() as session:
        names = {"name_en": "Afloat", "name_cy": "Ar nofio", "slug_en": "afloat", "slug_cy": "ar-nofio"}
        session.add(Area(kind=AreaKind.neighbourhood, code="N00001", starts_on=dt.date(2026, 1, 1), **names))
    one = asked(loaded_sqlite, neighbourhoods, TODAY)[0]
    assert (one.code, one.authority_code, one.authority_name("en")) == ("N00001", None, None)


@pytest.mark.parametrize(
    ("kind", "code", "authority", "partnership", "force"),
    [
        ("ward", ALDER, land.HERE, "W22000001", "W15000009"),
        ("neighbourhood", ALDER, land.HERE, "W22000001", "W15000009"),
        ("authority", land.HERE, land.HERE, "W22000001", "W15000009"),
        ("authority", land.BEYOND, land.BEYOND, None, "W15000009"),
        ("partnership", "W22000001", None, "W22000001", "W15000009"),
        ("force", "W15000009", None, None, "W15000009"),
    ],
)
def test_the_lineage_of_an_area_names_each_level_once(  # noqa: PLR0913, PLR0917 - the table's columns
    loaded, kind, code, authority, partnership, force
):
    found = asked(loaded, lineage, area(loaded, kind, code))
    assert [one.code if one else None for one in (found.authority, found.partnership, found.force)] == [
        authority,
        partnership,
        force,
    ]


@pytest.mark.parametrize(
    ("kind", "code", "above", "below"),
    [
        ("ward", ALDER, ["neighbourhood", "authority", "partnership", "force"], []),
        ("neighbourhood", ALDER, ["authority", "partnership", "force"], [("ward", ALDER)]),
        ("authority", land.HERE, ["partnership", "force"], [("neighbourhood", one) for one in land.WARDS]),
        ("partnership", "W22000001", [], [("authority", land.HERE)]),
        ("force", "W15000009", [], [("authority", land.HERE)]),
    ],
)
def test_parents_and_children_of_an_area(loaded, kind, code, above, below):
    one = area(loaded, kind, code)
    assert [parent.kind.value for parent in asked(loaded, parents, one)] == above
    assert codes(asked(loaded, children, one)) == below


def test_people_are_added_up_from_the_best_fit(loaded):
    keys = {(kind, code): area(loaded, kind, code).id for kind, code in (("ward", ALDER), ("neighbourhood", ALDER))}
    keys |= {("authority", land.HERE): area(loaded, "authority", land.HERE).id}
    keys |= {("partnership", "W22000001"): area(loaded, "partnership", "W22000001").id}
    found = asked(loaded, population, keys.values())
    assert found == {
        keys["ward", ALDER]: Population(2002, 800, 2021),
        keys["neighbourhood", ALDER]: Population(2002, 800, 2021),
        keys["authority", land.HERE]: Population(8020, 3200, 2021),
        keys["partnership", "W22000001"]: Population(8020, 3200, 2021),
    }


def test_a_force_that_is_not_wholly_served_has_no_people_to_divide_by(loaded_sqlite):
    key = area(loaded_sqlite, "force", "W15000009").id
    assert asked(loaded_sqlite, population, [key]) == {}


def test_people_are_unknown_where_one_small_area_is_not_counted(loaded_sqlite):
    alder, birch = (area(loaded_sqlite, "ward", one).id for one in (ALDER, BIRCH))
    with loaded_sqlite.unit_of_work() as session:
        session.exec(update(Lsoa).where(Lsoa.code == land.lsoa_codes(1)[0]).values(residents=None))
        session.exec(update(Lsoa).where(Lsoa.code == land.lsoa_codes(2)[0]).values(households=None))
    assert asked(loaded_sqlite, population, [alder, birch]) == {birch: Population(2004, None, 2021)}
    assert asked(loaded_sqlite, population, []) == {}


def test_of_two_vintages_of_a_small_area_the_newer_is_counted(loaded_sqlite):
    west, east = land.lsoa_codes(1)
    with loaded_sqlite.unit_of_work() as session:
        session.add(Lsoa(code=west, vintage=2011, name="old", residents=1, households=1, population_year=2011))
        session.exec(update(Lsoa).where(Lsoa.code == east, Lsoa.vintage == 2021).values(vintage=2011))
    key = area(loaded_sqlite, "ward", ALDER).id
    assert asked(loaded_sqlite, population, [key]) == {key: Population(2002, 800, 2021)}


def test_a_ward_that_is_no_small_areas_best_fit_has_no_people_of_its_own(loaded_sqlite):
    with loaded_sqlite.unit_of_work() as session:
        for one in session.exec(select(LsoaWard).where(LsoaWard.ward_code == ALDER)):
            session.delete(one)
    ward, authority = area(loaded_sqlite, "ward", ALDER).id, area(loaded_sqlite, "authority", land.HERE).id
    assert asked(loaded_sqlite, population, [ward, authority]) == {authority: Population(6018, 2400, 2021)}


@pytest.fixture
def changed(loaded_sqlite, tmp_path):
    """Alder and Birch became one ward on 1 May 2026."""
    properties = {"WD26CD": "W05000005", "WD26NM": "Alderbirch", "LAD26CD": land.HERE, "LAD26NM": "Hereshire"}
    features = [
        land.feature(properties, land.ring(-3.0, 51.6, 0.04)),
        *(land.ward(code, year=26) for code in (CEDAR, DERW)),
    ]
    import_places(loaded_sqlite, [land.write_json(tmp_path / "w.json", land.collection(features))], Options())
    return loaded_sqlite


def test_an_ended_area_keeps_its_address_its_lineage_and_its_wards_of_the_last_day(changed):
    old = asked(changed, area_by_slug, AreaKind.neighbourhood, "en", "alder")
    assert old.ends_on == dt.date(2026, 5, 1)
    assert asked(changed, lineage, old).authority.code == land.HERE
    assert codes(asked(changed, children, old)) == [("ward", ALDER)]
    assert codes(asked(changed, successors, old)) == [("neighbourhood", "W05000005")]
    assert {one.code for one in asked(changed, neighbourhoods, dt.date(2026, 4, 30))} == set(land.WARDS)
    assert {one.code for one in asked(changed, neighbourhoods, TODAY)} == {"W05000005", CEDAR, DERW}


def test_an_area_that_ended_has_the_people_of_its_last_day(changed):
    old = area(changed, "neighbourhood", ALDER).id
    assert asked(changed, population, [old]) == {old: Population(2002, 800, 2021)}


def test_the_people_of_an_ended_area_are_unknown_once_its_small_areas_are_counted_elsewhere(changed):
    old, authority = area(changed, "neighbourhood", ALDER).id, area(changed, "authority", land.HERE).id
    with changed.unit_of_work() as session:
        session.exec(update(LsoaWard).where(LsoaWard.ward_code.in_((ALDER, BIRCH))).values(ward_code="W05000005"))
    assert asked(changed, population, [old, authority]) == {authority: Population(8020, 3200, 2021)}


def test_successors_are_followed_to_what_has_not_ended(changed):
    middle = area(changed, "neighbourhood", "W05000005")
    heir = area(changed, "neighbourhood", CEDAR)
    with changed.unit_of_work() as session:
        session.exec(update(Area).where(Area.id == middle.id).values(ends_on=dt.date(2026, 6, 1)))
        session.add(AreaSuccessor(area_id=middle.id, successor_id=heir.id))
    old = area(changed, "neighbourhood", ALDER)
    assert codes(asked(changed, successors, old)) == [("neighbourhood", CEDAR)]
    assert asked(changed, successors, heir) == ()


def test_predecessors_are_followed_back_to_the_first(changed):
    middle, heir = area(changed, "neighbourhood", "W05000005").id, area(changed, "neighbourhood", CEDAR).id
    old = {area(changed, "neighbourhood", one).id for one in (ALDER, BIRCH)}
    with changed.unit_of_work() as session:
        session.add(AreaSuccessor(area_id=middle, successor_id=heir))
    assert asked(changed, predecessors, [heir, middle, *old]) == {heir: {middle, *old}, middle: old}
    assert asked(changed, predecessors, []) == {}


def test_the_forces_of_all_areas_are_those_of_their_lineages(changed):
    with changed.unit_of_work() as session:
        names = {"name_en": "Afloat", "name_cy": "Ar nofio", "slug_en": "afloat", "slug_cy": "ar-nofio"}
        session.add(Area(kind=AreaKind.neighbourhood, code="N00001", starts_on=dt.date(2026, 1, 1), **names))
    with changed.reading() as session:
        found = forces_by_area(session)
        every = session.exec(select(Area).where(Area.ends_on.is_(None))).all()
        lines = {one.id: force.slug_en for one in every if (force := lineage(session, one).force)}
    assert {one.id: found[one.id] for one in every if one.id in found} == lines
    assert set(lines.values()) == {"avon-and-somerset"}
    assert {one.kind for one in every if one.id in lines} == set(AreaKind)


def test_an_area_that_is_still_to_begin_has_the_lineage_of_its_first_day(loaded_sqlite):
    one = area(loaded_sqlite, "ward", ALDER)
    with loaded_sqlite.unit_of_work() as session:
        day = dt.date(2027, 5, 1)
        session.exec(update(Area).where(Area.id == one.id).values(starts_on=day))
        session.exec(update(AreaMember).where(AreaMember.child_id == one.id).values(starts_on=day))
    later = area(loaded_sqlite, "ward", ALDER)
    assert asked(loaded_sqlite, lineage, later).authority.code == land.HERE
    assert asked(loaded_sqlite, parents, later, TODAY) == ()


def test_the_number_of_statements_does_not_grow_with_the_number_of_areas(loaded_sqlite):
    one = area(loaded_sqlite, "neighbourhood", ALDER)
    queries = [
        (area_by_slug, AreaKind.neighbourhood, "en", "alder"),
        (area_by_any_slug, AreaKind.neighbourhood, "gwern"),
        (areas_with_pages, (AreaKind.neighbourhood,)),
        (levels,),
        (lineage, one),
        (parents, one),
        (children, area(loaded_sqlite, "authority", land.HERE)),
        (neighbourhoods, TODAY),
        (population, [one.id]),
        (successors, one),
        (predecessors, [one.id]),
        (forces_by_area,),
    ]
    few = [counted(loaded_sqlite, *query) for query in queries]
    start = dt.date(2026, 1, 1)
    with loaded_sqlite.unit_of_work() as session:
        for n in range(100):
            names = {"name_en": f"N{n}", "name_cy": f"N{n}", "slug_en": f"n-{n}", "slug_cy": f"n-{n}"}
            session.add(Area(kind=AreaKind.neighbourhood, code=f"N{n:05d}", starts_on=start, **names))
    assert [counted(loaded_sqlite, *query) for query in queries] == few
    assert max(few) <= 4


def counted(database, query, *args):
    found = []

    def count(_connection, _cursor, statement, *_rest):
        found.append(statement)

    with database.reading() as session:
        event.listen(session.get_bind(), "before_cursor_execute", count)
        query(session, *args)
        event.remove(session.get_bind(), "before_cursor_execute", count)
    return len(found)
