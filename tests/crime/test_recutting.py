"""Figures cut again after boundaries changed."""

from __future__ import annotations

import datetime as dt

import pytest
from sqlmodel import select

from portal import clock, revisions
from portal.app import create_app
from portal.audit.models import AuditEntry
from portal.crime.importing import import_paths
from portal.crime.models import Cell, Revised, SnapPoint
from portal.crime.months import IMPORT_LOCK
from portal.crime.pages import area_month
from portal.crime.recutting import Recut, recut
from portal.db import advisory_lock
from portal.figures.models import Figure
from portal.places.models import Area, AreaMember, LsoaWard
from portal.trouble import Conflict
from tests.browse import Browse
from tests.crime.streets import LSOAS, MONTH, asb, crimes, options


@pytest.fixture
def loaded(country):
    """Two months of the force and one of the transport police."""
    country.load([*crimes(3), *crimes(2, at="B"), *crimes(4, at=""), asb()], release=True)
    country.load([*crimes(5), *crimes(1, at="C"), *crimes(1, at="outside")], MONTH.plus(1), release=True)
    country.load(crimes(2, "Robbery"), force="btp")
    return country


def move(country, letter: str, ward: str) -> None:
    with country.database.unit_of_work() as session:
        fit = session.exec(select(LsoaWard).where(LsoaWard.lsoa_code == LSOAS[letter])).one()
        session.delete(fit)
        session.flush()
        session.add(LsoaWard(lsoa_code=LSOAS[letter], ward_code=ward))


def figures(country):
    return sorted((one.area_id, one.month, one.measure, one.count) for one in country.all(Figure))


def test_cutting_again_without_a_change_changes_nothing(loaded):
    before = loaded.everything()
    acts = len(loaded.all(AuditEntry))
    assert recut(loaded.database, "lsoa") == Recut(points=5, points_moved=0, figures_changed=0)
    assert loaded.everything() == before
    assert len(loaded.all(AuditEntry)) == acts


def test_figures_follow_the_new_boundaries_and_what_was_recorded_stays(loaded):
    cells, revised = loaded.all(Cell), loaded.all(Revised)
    force = loaded.figures("gwent")
    move(loaded, "A", "W0500000C")
    done = recut(loaded.database, "lsoa")
    assert done.points_moved == 1
    assert loaded.figures("near A") == {}
    assert loaded.figures("two") == {"drugs": 3, "robbery": 2, "anti-social-behaviour": 1, "all-crime": 5}
    assert loaded.figures("two", MONTH.plus(1)) == {"drugs": 6, "all-crime": 6}
    assert loaded.figures("one") == {"drugs": 2, "all-crime": 2}
    assert loaded.figures("gwent") == force
    assert [one.model_dump() for one in loaded.all(Cell)] == [one.model_dump() for one in cells]
    assert len(loaded.all(Revised)) == len(revised)


def test_a_new_cut_is_what_an_import_into_the_new_boundaries_would_be(loaded, tmp_path):
    move(loaded, "B", "W05000099")
    move(loaded, "outside", "W0500000C")
    recut(loaded.database, "lsoa")
    cut = figures(loaded)
    for force, month in (("gwent", MONTH), ("gwent", MONTH.plus(1)), ("btp", MONTH)):
        path = loaded.folder / str(month) / f"{month}-{force}-street.csv"
        path.write_text(path.read_text() + "\n")
    import_paths(loaded.database, [loaded.folder], options())
    assert figures(loaded) == cut


def end(country, area: str) -> None:
    with country.database.unit_of_work() as session:
        one = session.get(Area, country.ids[area])
        one.ends_on, one.closed_at = clock.today(), clock.now()


def test_areas_that_ended_keep_their_figures_and_new_nesting_counts(loaded):
    end(loaded, "near A")
    with loaded.database.unit_of_work() as session:
        link = session.get(AreaMember, (loaded.ids["near B and C"], loaded.ids["B"], dt.date(2022, 5, 5)))
        link.ends_on = clock.today()
    before = loaded.figures("near A")
    assert before["drugs"] == 3
    recut(loaded.database, "lsoa")
    assert loaded.figures("near A") == before
    assert loaded.figures("near B and C") == {}
    assert loaded.figures("one")["drugs"] == 5


def test_a_newer_release_leaves_what_was_said_of_an_area_that_ended(loaded):
    end(loaded, "near A")
    before = loaded.figures("near A"), loaded.revised("near A")
    loaded.load(crimes(1), release=True, fetched_on=dt.date(2025, 1, 20))
    assert (loaded.figures("near A"), loaded.revised("near A")) == before
    assert ("drugs", 5, 1) in loaded.revised("one")


def shown(country, name, month=None):
    with country.database.reading() as session:
        return area_month(session, session.get(Area, country.ids[name]), month)


def test_a_month_that_comes_only_after_an_area_ended_is_never_nought_there(loaded):
    later = MONTH.plus(3)
    loaded.load([asb("C")], MONTH.plus(2), release=True)  # nothing in A: a nought that was counted
    end(loaded, "near A")
    loaded.load(crimes(7), MONTH.plus(-1), release=True)
    loaded.load(crimes(7), later, release=True, fetched_on=later.plus(1).first_on)
    assert shown(loaded, "one").months == tuple(MONTH.plus(n) for n in (3, 2, 1, 0, -1))
    assert shown(loaded, "near A").months == tuple(MONTH.plus(n) for n in (2, 1, 0))
    assert shown(loaded, "near A").crimes.count == 0


def test_a_month_between_that_came_after_the_end_is_said_to_be_counted_elsewhere(country, settings):
    for month in (MONTH, MONTH.plus(2)):
        country.load(crimes(3), month, release=True)
    end(country, "near A")
    country.load(crimes(3), MONTH.plus(1), release=True)
    view = shown(country, "near A", MONTH.plus(1))
    assert (view.state, view.crimes.count) == ("not_counted", None)
    assert [str(view.supply.state(one)) for one in view.months] == ["supplied", "not_counted", "supplied"]

    with Browse(create_app(settings, database=country.database)) as reader:
        page = reader.open(f"/cy/troseddu/cymdogaethau/near-a/{MONTH.plus(1)}")
        assert "Maent wedi'u cyfrif yn yr ardaloedd a ddaeth yn ei lle." in page.text
        assert "Ni ddarparodd yr heddlu" not in page.text
        told = reader.client.get(f"/en/crime/neighbourhoods/near-a/{MONTH.plus(1)}.json").json()
    assert (told["state"], told["supplied"]) == ("not_counted", False)


def test_an_area_that_ended_before_the_first_month_has_no_page_of_figures(country, settings):
    end(country, "near A")
    country.load(crimes(3), release=True)
    assert shown(country, "near A") is None
    with Browse(create_app(settings, database=country.database)) as reader:
        assert "before any figures were published here" in reader.open("/en/crime/neighbourhoods/near-a").text


def test_an_authority_that_is_served_no_longer_keeps_what_was_published_of_it(loaded):
    with loaded.database.unit_of_work() as session:
        session.get(Area, loaded.ids["two"]).served = False
    before = loaded.figures("two", MONTH.plus(1))
    recut(loaded.database, "lsoa")
    assert loaded.figures("two", MONTH.plus(1)) == before == {"drugs": 1, "all-crime": 1}


def test_other_measures_are_left_alone(loaded):
    with loaded.database.unit_of_work() as session:
        session.add(Figure(area_id=loaded.ids["near A"], month=MONTH.index, measure="fires", count=9))
    move(loaded, "A", "W0500000C")
    recut(loaded.database, "lsoa")
    assert loaded.figures("near A") == {"fires": 9}


def test_a_new_cut_is_on_record_and_pages_are_made_anew(loaded):
    with loaded.database.reading() as session:
        before = revisions.current(session)["crime"]
    move(loaded, "A", "W0500000C")
    done = recut(loaded.database, "lsoa")
    last = max(loaded.all(AuditEntry), key=lambda one: one.id)
    assert (last.act, last.after["points_moved"]) == ("crime-recut", done.points_moved)
    with loaded.database.reading() as session:
        assert revisions.current(session)["crime"] == before + 1


@pytest.mark.postgres
def test_nothing_is_cut_while_an_import_is_at_work(postgres_database):
    with postgres_database.unit_of_work() as session:
        assert advisory_lock(session, IMPORT_LOCK)
        with pytest.raises(Conflict):
            recut(postgres_database, "lsoa")


def test_all_or_nothing(loaded, monkeypatch):
    """No month follows the new boundaries when one of them could not be written."""
    before = loaded.everything()
    move(loaded, "A", "W0500000C")
    written = []

    def fail_at_the_second(session, month, changes):
        if written:
            raise RuntimeError("the power went")
        written.append(month)

    monkeypatch.setattr("portal.crime.recutting.write_changes", fail_at_the_second)
    with pytest.raises(RuntimeError):
        recut(loaded.database, "lsoa")
    assert loaded.everything() == before
    assert {one.ward_code for one in loaded.all(SnapPoint)} >= {"W0500000A"}
