"""Drawing neighbourhoods from wards."""

import datetime as dt

import pytest
from sqlmodel import select, update

from portal.audit.models import AuditEntry
from portal.lifecycle import Actor
from portal.places.importing import Options, import_places
from portal.places.models import Area, AreaKind, AreaMember
from portal.places.queries import area_by_slug, children, find_places, neighbourhoods, successors
from portal.places.service import CannotDraw, Drawing, draw_neighbourhood
from portal.revisions import current
from tests.places import land

ALDER, BIRCH, CEDAR, DERW = land.WARDS
SOMEBODY = Actor("account:7", "officer")
DAY = dt.date(2026, 6, 1)


@pytest.fixture(autouse=True)
def november(time_machine):
    time_machine.move_to(dt.datetime(2026, 11, 20, 12, tzinfo=dt.UTC), tick=False)


def drawn(database, *wards, name_en="Valley", name_cy="Y Cwm", on=DAY):
    with database.unit_of_work() as session:
        return draw_neighbourhood(session, SOMEBODY, Drawing(name_en, name_cy, wards, on))


def listed(database, on):
    with database.reading() as session:
        return {one.name_en for one in neighbourhoods(session, on)}


def test_a_drawn_neighbourhood_takes_the_place_of_those_whose_wards_it_takes(loaded):
    new = drawn(loaded, ALDER, BIRCH)
    assert (new.code, new.slug_en, new.slug_cy, new.starts_on) == ("N00001", "valley", "y-cwm", DAY)
    assert listed(loaded, DAY - dt.timedelta(days=1)) == {"Alder", "Birch", "Cedar", "St Derw's Park"}
    assert listed(loaded, DAY) == {"Valley", "Cedar", "St Derw's Park"}
    with loaded.reading() as session:
        assert [one.code for one in children(session, new)] == [ALDER, BIRCH]
        old = area_by_slug(session, AreaKind.neighbourhood, "en", "alder")
        assert old.ends_on == DAY
        assert [one.code for one in successors(session, old)] == ["N00001"]
        assert find_places(session, "ZZ1 1AA").only.slug("en") == "valley"


def test_drawing_is_recorded_and_raises_the_revision(loaded):
    new = drawn(loaded, BIRCH, ALDER)
    with loaded.reading() as session:
        entry = session.exec(select(AuditEntry).order_by(AuditEntry.id.desc())).first()
        assert (entry.actor, entry.role, entry.act, entry.thing) == (
            "account:7",
            "officer",
            "draw-neighbourhood",
            f"area:{new.id}",
        )
        assert entry.before == {"neighbourhoods": [ALDER, BIRCH]}
        assert (entry.after["wards"], entry.after["ended"], entry.after["starts_on"]) == (
            [ALDER, BIRCH],
            [ALDER, BIRCH],
            "2026-06-01",
        )
        assert current(session)["places"] == 2


def test_its_point_is_the_mean_of_its_wards_points_where_all_have_one(loaded_sqlite):
    new = drawn(loaded_sqlite, ALDER, BIRCH)
    assert (new.longitude, new.latitude) == pytest.approx((-2.98, 51.61))
    with loaded_sqlite.unit_of_work() as session:
        session.exec(update(Area).where(Area.code == CEDAR).values(longitude=None))
    assert drawn(loaded_sqlite, CEDAR, name_en="Other").longitude is None


def test_a_neighbourhood_that_keeps_a_ward_goes_on_with_what_is_left(loaded_sqlite):
    first = drawn(loaded_sqlite, ALDER, BIRCH)
    second = drawn(loaded_sqlite, BIRCH, CEDAR, name_en="Hill", name_cy="Y Bryn", on=dt.date(2026, 7, 1))
    assert (second.code, listed(loaded_sqlite, dt.date(2026, 7, 1))) == ("N00002", {"Valley", "Hill", "St Derw's Park"})
    with loaded_sqlite.reading() as session:
        assert [one.code for one in children(session, session.get(Area, first.id))] == [ALDER]


def test_the_name_of_one_that_ended_is_told_apart_in_the_address(loaded_sqlite):
    again = drawn(loaded_sqlite, ALDER, name_en="Alder", name_cy="Gwern")
    assert (again.slug_en, again.slug_cy) == ("alder-n00001", "gwern-n00001")


def test_an_import_leaves_what_was_drawn(loaded_sqlite, files):
    drawn(loaded_sqlite, ALDER, BIRCH)
    assert import_places(loaded_sqlite, files, Options()).is_unchanged


def test_a_drawn_neighbourhood_ends_when_its_last_ward_does(loaded_sqlite, tmp_path):
    drawn(loaded_sqlite, ALDER, BIRCH)
    with loaded_sqlite.reading() as session:
        assert len(session.exec(select(AreaMember).where(AreaMember.ends_on == DAY)).all()) == 2
    merged = land.ward("W05000005", year=26, WD26NM="Alderbirch")
    merged["geometry"]["coordinates"] = [land.ring(-3.0, 51.6, 0.04)]
    features = [merged, land.ward(CEDAR, year=26), land.ward(DERW, year=26)]
    path = land.write_json(tmp_path / "w.json", land.collection(features))
    import_places(loaded_sqlite, [path], Options(wards_from=dt.date(2026, 5, 7)))
    with loaded_sqlite.reading() as session:
        old = area_by_slug(session, AreaKind.neighbourhood, "en", "valley")
        assert old.ends_on == dt.date(2026, 6, 2)
        assert [one.name_en for one in successors(session, old)] == ["Alderbirch"]


@pytest.mark.parametrize(
    ("change", "codes"),
    [
        ({"name_en": " "}, ("name",)),
        ({"name_cy": "x" * 121}, ("name",)),
        ({"name_cy": "a\nb"}, ("name",)),
        ({"ward_codes": ()}, ("no_wards",)),
        ({"starts_on": dt.date(2026, 11, 21)}, ("future:2026-11-21",)),
        (
            {"name_en": "", "ward_codes": (), "starts_on": dt.date(2027, 1, 1)},
            ("name", "no_wards", "future:2027-01-01"),
        ),
        ({"ward_codes": (ALDER, "W05000099")}, ("unknown_ward:W05000099",)),
        ({"starts_on": dt.date(2025, 11, 30)}, ("too_early:Alder",)),
        ({"starts_on": dt.date(2025, 12, 1)}, ("too_early:Alder",)),
    ],
)
def test_what_cannot_be_drawn_is_refused_with_every_reason_and_nothing_is_kept(loaded_sqlite, change, codes):
    made = {"name_en": "Valley", "name_cy": "Y Cwm", "ward_codes": (ALDER,), "starts_on": DAY} | change
    with pytest.raises(CannotDraw) as caught, loaded_sqlite.unit_of_work() as session:
        draw_neighbourhood(session, SOMEBODY, Drawing(**made))
    assert caught.value.codes == codes
    assert "Valley" not in listed(loaded_sqlite, DAY)


def test_wards_cannot_be_taken_out_of_a_neighbourhood_on_the_day_they_came_in(loaded_sqlite):
    drawn(loaded_sqlite, ALDER, BIRCH)
    with pytest.raises(CannotDraw) as caught:
        drawn(loaded_sqlite, ALDER, name_en="Other")
    assert caught.value.codes == ("too_early:Valley",)


def test_a_ward_that_is_not_served_cannot_be_drawn_from(loaded_sqlite):
    with loaded_sqlite.unit_of_work() as session:
        session.exec(update(Area).where(Area.code == ALDER).values(served=False))
    with pytest.raises(CannotDraw) as caught:
        drawn(loaded_sqlite, ALDER)
    assert caught.value.codes == (f"unknown_ward:{ALDER}",)
