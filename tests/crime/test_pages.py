"""What the page of an area's month shows, from a small world whose every figure is known."""

import datetime as dt

import pytest
from sqlalchemy import event
from sqlmodel import select

from portal.clock import Month
from portal.crime.models import ContextNote, ForceMonth, ForceMonthState, ImportRun, Revised
from portal.crime.pages import area_month
from portal.crime.rules import ALL_CRIME
from portal.figures.models import Figure
from portal.figures.page import INCIDENTS
from portal.places.models import Area, AreaKind, AreaMember, Lsoa, LsoaWard
from portal.trouble import NotFound

LATEST = Month(2026, 5)
FIRST = LATEST.plus(-35)
GAP = LATEST.plus(-9)
BEGIN = dt.date(2020, 1, 1)
NOON = dt.datetime(2026, 7, 1, 12, tzinfo=dt.UTC)


def area(kind, slug):
    return Area(kind=kind, code=slug.upper(), name_en=slug, name_cy=slug, slug_en=slug, slug_cy=slug, starts_on=BEGIN)


@pytest.fixture
def world(database):
    """A neighbourhood of one ward: 36 months, one missing; 10 burglaries, 30 incidents; in the latest 3 and 0."""
    with database.unit_of_work() as session:
        areas = {
            "force": area(AreaKind.force, "glasfor"),
            "authority": area(AreaKind.authority, "bro"),
            "neighbourhood": area(AreaKind.neighbourhood, "llan"),
            "ward": area(AreaKind.ward, "llan"),
        }
        session.add_all(areas.values())
        session.flush()
        ids = {name: one.id for name, one in areas.items()}
        for parent, child in (("force", "authority"), ("authority", "ward"), ("neighbourhood", "ward")):
            session.add(AreaMember(parent_id=ids[parent], child_id=ids[child], starts_on=BEGIN))
        session.add(LsoaWard(lsoa_code="W01", ward_code="LLAN"))
        session.add(Lsoa(code="W01", vintage=2021, name="x", residents=2000, households=800, population_year=2021))
        for month in (FIRST.plus(n) for n in range(36)):
            session.add_all(_month(month, ids))
    return database, ids


def _month(month, ids):
    if month == GAP:
        yield ForceMonth(
            force="glasfor", month=month.index, state=ForceMonthState.not_supplied, reason_en="Moved", reason_cy="Symud"
        )
        return
    yield ForceMonth(force="glasfor", month=month.index, state=ForceMonthState.released, fetched_on=dt.date(2026, 7, 1))
    counts = {"burglary": 10, ALL_CRIME: 10, INCIDENTS: 30} if month != LATEST else {"burglary": 3, ALL_CRIME: 3}
    for name in ("neighbourhood", "authority"):
        for measure, count in counts.items():
            yield Figure(area_id=ids[name], month=month.index, measure=measure, count=count)


def shown(world, month=None, *, preview=False, name="neighbourhood"):
    database, ids = world
    with database.reading() as session:
        return area_month(session, session.get(Area, ids[name]), month, preview=preview)


def row_of(view, measure):
    return next(row for row in (*view.rows, view.crimes, view.incidents) if row.measure == measure)


def test_without_a_month_the_latest_released_is_shown(world):
    assert shown(world).month == LATEST


def test_a_supplied_month_without_a_row_is_nought_and_a_gap_is_none(world):
    assert shown(world).incidents.count == 0
    assert shown(world, GAP).incidents.count is None
    assert shown(world, GAP).is_supplied is False


def test_a_gap_says_what_was_declared(world):
    assert shown(world, GAP).standing.reason_cy == "Symud"


def test_anti_social_behaviour_is_in_no_total(world):
    view = shown(world, LATEST.plus(-1))
    assert (view.crimes.count, view.incidents.count) == (10, 30)
    assert INCIDENTS not in {row.measure for row in view.rows}
    assert len(view.rows) == 13


def test_the_year_adds_what_was_supplied_and_names_the_gap(world):
    view = shown(world)
    assert view.crimes.year == 10 * 10 + 3
    assert view.year_gaps == (GAP,)


def test_comparisons_are_with_the_month_before_and_the_same_month_last_year(world):
    burglary = row_of(shown(world), "burglary")
    assert (burglary.count, burglary.month_before, burglary.year_before) == (3, 10, 10)
    assert row_of(shown(world, GAP.plus(1)), "burglary").month_before is None


def test_burglary_is_per_thousand_households_and_everything_else_per_thousand_residents(world):
    view = shown(world)
    assert row_of(view, "burglary").rate.per_thousand == pytest.approx(103 / 0.8)
    assert view.crimes.rate.per_thousand == pytest.approx(103 / 2)
    assert view.incidents.rate.low < view.incidents.rate.per_thousand < view.incidents.rate.high


def test_a_neighbourhood_stands_beside_its_authority_and_a_force_beside_nothing(world):
    assert shown(world).beside.slug_en == "bro"
    assert shown(world, name="authority").beside.slug_en == "glasfor"
    assert shown(world, name="force").beside is None


def test_the_first_month_remembers_nothing_before_it(world):
    view = shown(world, FIRST)
    assert view.crimes.month_before is None
    assert view.headline.unchanged.code == "too_few_months"
    assert view.earlier is None
    assert view.later == FIRST.plus(1)


@pytest.mark.parametrize("month", [FIRST.plus(-1), LATEST.plus(1)])
def test_a_month_out_of_range_is_not_found(world, month):
    with pytest.raises(NotFound):
        shown(world, month)


def test_an_imported_month_is_seen_by_the_preview_alone(world):
    database, _ = world
    coming = LATEST.plus(1)
    with database.unit_of_work() as session:
        session.add(ForceMonth(force="glasfor", month=coming.index, state=ForceMonthState.imported))
    assert shown(world).month == LATEST
    assert shown(world, coming, preview=True).month == coming
    with pytest.raises(NotFound):
        shown(world, coming)


def test_a_month_that_waits_between_released_ones_is_called_neither_missing_nor_nought(world):
    database, _ = world
    waiting = LATEST.plus(-3)
    with database.unit_of_work() as session:
        month = session.exec(select(ForceMonth).where(ForceMonth.month == waiting.index)).one()
        month.state = ForceMonthState.imported
    view = shown(world, waiting)
    assert (view.state, view.crimes.count) == ("waiting", None)
    assert waiting in shown(world).year_gaps
    assert shown(world, waiting, preview=True).crimes.count == 10


def test_months_before_the_first_are_not_counted_as_supplied(world):
    view = shown(world, FIRST.plus(1))
    assert view.year_supplied == 2
    assert view.crimes.rate is None


def test_the_pages_of_an_area_that_ended_stop_where_it_ended(world):
    database, ids = world
    with database.unit_of_work() as session:
        session.get_one(Area, ids["neighbourhood"]).ends_on = LATEST.plus(-4).first_on
    assert shown(world).month == LATEST.plus(-5)
    with pytest.raises(NotFound):
        shown(world, LATEST)


def test_a_portal_without_a_month_shows_nothing_yet(database):
    with database.unit_of_work() as session:
        session.add(area(AreaKind.neighbourhood, "llan"))
    with database.reading() as session:
        assert area_month(session, session.get(Area, 1), None) is None


def test_a_figure_changed_twice_is_told_from_its_first_publication(world):
    database, ids = world
    with database.unit_of_work() as session:
        run = ImportRun(
            at=NOON,
            file_name="f",
            sha256="0",
            force="glasfor",
            month=LATEST.index,
            outcome="replaced",
            fetched_on=NOON.date(),
        )
        session.add(run)
        session.flush()
        for was, now, measure in ((41, 44, "drugs"), (44, 43, "drugs"), (5, 6, "robbery"), (6, 5, "robbery")):
            session.add(
                Revised(
                    run_id=run.id,
                    area_id=ids["neighbourhood"],
                    month=LATEST.index,
                    measure=measure,
                    was=was,
                    now=now,
                    on=NOON.date(),
                )
            )
            session.flush()
    (told,) = shown(world).revisions
    assert (told.measure, told.was, told.now) == ("drugs", 41, 43)


def test_a_note_stands_with_its_month_until_it_is_withdrawn(world):
    database, ids = world
    with database.unit_of_work() as session:
        note = ContextNote(
            area_id=ids["neighbourhood"], month=LATEST.index, text_en="Fair", text_cy="Ffair", written_at=NOON
        )
        session.add(note)
    assert [one.text_cy for one in shown(world).notes] == ["Ffair"]
    assert shown(world, LATEST.plus(-1)).notes == ()
    with database.unit_of_work() as session:
        session.merge(note).withdrawn_at = NOON
    assert shown(world).notes == ()


def statements(world, month):
    database, _ = world
    seen = []
    engine = database._reader
    listen = lambda *args: seen.append(args[2])  # noqa: E731 - removed again below
    event.listen(engine, "before_cursor_execute", listen)
    try:
        shown(world, month)
    finally:
        event.remove(engine, "before_cursor_execute", listen)
    return len(seen)


def test_the_number_of_queries_does_not_depend_on_the_number_of_rows(world):
    before = statements(world, LATEST)
    database, ids = world
    with database.unit_of_work() as session:
        for month in (FIRST.plus(n) for n in range(36)):
            for measure in ("drugs", "robbery", "other-theft", "public-order"):
                session.add(Figure(area_id=ids["neighbourhood"], month=month.index, measure=measure, count=7))
    assert statements(world, LATEST) == before
