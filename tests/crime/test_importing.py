"""What an import keeps, replaces, refuses and reports, on a real database."""

from __future__ import annotations

import datetime as dt
import shutil

import pytest
from sqlmodel import select

from portal import revisions
from portal.audit.models import AuditEntry
from portal.audit.queries import verify_chain
from portal.clock import Month
from portal.crime.importing import import_paths
from portal.crime.models import Cell, ForceMonth, ForceMonthState, ImportRun, Revised, SnapPoint
from portal.crime.months import IMPORT_LOCK, get_run_behind
from portal.crime.recutting import recut
from portal.crime.rules import CATEGORIES, OUTCOMES
from portal.crime.served import served_forces
from portal.crime.workflow import MONTH_REVISED
from portal.db import advisory_lock
from portal.figures.models import Figure
from portal.places.models import Area, AreaKind, LsoaWard
from portal.trouble import Conflict, NotFound
from tests.crime.streets import FETCHED, LSOAS, MONTH, Row, asb, crimes, options, text_of, write

LATER = FETCHED + dt.timedelta(days=30)


def test_every_area_gets_the_sum_of_its_wards_and_crime_is_never_added_to_anti_social_behaviour(country):
    country.load([*crimes(3), *crimes(2, "Burglary", "B"), *crimes(1, "Burglary", "C"), asb("A"), asb("A")])
    assert country.figures("near A") == {"drugs": 3, "anti-social-behaviour": 2, "all-crime": 3}
    assert country.figures("near B and C") == {"burglary": 3, "all-crime": 3}
    assert country.figures("one") == {"drugs": 3, "burglary": 2, "anti-social-behaviour": 2, "all-crime": 5}
    assert country.figures("two") == {"burglary": 1, "all-crime": 1}
    assert country.figures("whole") == {"drugs": 3, "burglary": 3, "anti-social-behaviour": 2, "all-crime": 6}


def test_a_partnership_that_is_not_served_throughout_has_no_figures(country):
    country.load(crimes(1, at="C"))
    assert country.figures("part") == {}
    assert country.figures("two") == {"drugs": 1, "all-crime": 1}


def test_a_force_has_every_row_of_its_own_file_wherever_it_lies(country):
    run = country.load([*crimes(2), *crimes(3, at="outside"), *crimes(4, at=""), asb("")])
    assert country.figures("gwent") == {"drugs": 9, "anti-social-behaviour": 1, "all-crime": 9}
    assert country.figures("whole") == {"drugs": 2, "all-crime": 2}
    assert (run.rows_read, run.rows_without_place, run.rows_outside, run.rows_set_aside) == (10, 5, 3, 0)
    assert country.month().rows_without_place == 5


@pytest.mark.parametrize("order", [("gwent", "btp"), ("btp", "gwent")])
def test_the_transport_police_count_where_it_happened_and_never_in_a_forces_total(country, order):
    rows = {"gwent": crimes(2), "btp": [*crimes(3), *crimes(1, "Robbery", "C"), *crimes(5, at="outside")]}
    for force in order:
        country.load(rows[force], force=force)
    assert country.figures("near A") == {"drugs": 5, "all-crime": 5}
    assert country.figures("two") == {"robbery": 1, "all-crime": 1}
    assert country.figures("gwent") == {"drugs": 2, "all-crime": 2}


def test_one_forces_new_release_leaves_what_another_force_counted(country):
    country.load(crimes(4), force="btp")
    country.load(crimes(2))
    country.load(crimes(7), fetched_on=LATER)
    assert country.figures("near A") == {"drugs": 11, "all-crime": 11}
    assert country.figures("gwent") == {"drugs": 7, "all-crime": 7}


def test_cells_hold_every_row_by_point_category_and_outcome(country):
    country.load([*crimes(2), *crimes(1, outcome="Local resolution"), *crimes(3, at=""), asb(street="Mill Lane")])
    with country.database.reading() as session:
        rows = session.exec(
            select(SnapPoint.location, SnapPoint.longitude, Cell.category, Cell.outcome, Cell.count).join(
                Cell, Cell.point_id == SnapPoint.id
            )
        ).all()
    found = {(place, east, CATEGORIES[c].slug, OUTCOMES[o].slug, n) for place, east, c, o, n in rows}
    assert found == {
        ("On or near High Street", -3_000_000, "drugs", "under-investigation", 2),
        ("On or near High Street", -3_000_000, "drugs", "local-resolution", 1),
        ("On or near Mill Lane", -3_000_000, "anti-social-behaviour", "", 1),
        ("No Location", None, "drugs", "under-investigation", 3),
    }


def test_the_same_point_is_kept_once_over_months_and_imports(country):
    country.load([*crimes(2), asb("")])
    country.load([*crimes(2), asb("")], MONTH.plus(1))
    country.load([*crimes(1), asb(""), *crimes(1, at="B")], MONTH.plus(-1))
    assert sorted((one.location, one.ward_code) for one in country.all(SnapPoint)) == [
        ("No Location", None),
        ("On or near High Street", "W0500000A"),
        ("On or near High Street", "W0500000B"),
    ]


def test_the_same_file_again_changes_nothing(country):
    path = write(country.folder, [*crimes(3), *crimes(200, "Burglary", "B"), Row("Witchcraft")])
    first = import_paths(country.database, [path], options())
    before = country.everything()
    with country.database.reading() as session:
        numbers, acts = revisions.current(session), len(session.exec(select(AuditEntry)).all())
    again = import_paths(country.database, [path], options(fetched_on=LATER, release=True))
    assert [run.outcome for run in (*first.runs, *again.runs)] == ["imported", "unchanged"]
    assert country.everything() == before
    with country.database.reading() as session:
        assert revisions.current(session) == numbers
        assert len(session.exec(select(AuditEntry)).all()) == acts
    old, new = first.runs[0], again.runs[0]
    assert (new.rows_read, new.rows_set_aside, new.faults) == (old.rows_read, old.rows_set_aside, old.faults)
    assert new.moved == {}


def test_a_newer_release_replaces_the_month_and_says_what_moved(country):
    country.load([*crimes(3), *crimes(2, "Burglary", "C", "")], release=True)
    rows = [*crimes(2), *crimes(1, "Robbery"), *crimes(2, "Burglary", "C", "Local resolution")]
    run = country.load(rows, fetched_on=LATER)
    assert run.outcome == "replaced"
    assert country.figures("near A") == {"drugs": 2, "robbery": 1, "all-crime": 3}
    assert sum(cell.count for cell in country.all(Cell)) == 5
    counts = {tuple(row) for row in run.moved["counts"]}
    places = ("W0500000A", "W06000001", "W14000001", "W15000004")
    assert counts == {(code, *rest) for code in places for rest in (("drugs", 3, 2), ("robbery", 0, 1))}
    assert run.moved["outcomes"] == [["", 2, 0], ["local-resolution", 0, 2]]
    with country.database.reading() as session:
        assert session.get(ImportRun, run.id).moved == run.moved


def test_a_figure_that_falls_to_nothing_has_no_row(country):
    country.load(crimes(3))
    country.load(crimes(1, at="B"), fetched_on=LATER)
    assert country.figures("near A") == {}
    assert country.figures("one") == {"drugs": 1, "all-crime": 1}


def test_a_released_month_that_changes_says_published_as_and_now(country):
    country.load([*crimes(3), asb()], release=True)
    run = country.load([*crimes(5), asb()], fetched_on=LATER)
    for area in ("near A", "one", "whole", "gwent"):
        assert country.revised(area) == [("drugs", 3, 5), ("all-crime", 3, 5)]
    assert {(one.run_id, one.month) for one in country.all(Revised)} == {(run.id, MONTH.index)}
    assert country.month().state == ForceMonthState.released


def test_a_preview_that_changes_was_never_published_as_anything(country):
    country.load(crimes(3))
    run = country.load(crimes(5), fetched_on=LATER)
    assert run.moved["counts"]
    assert country.all(Revised) == []
    assert country.month().state == ForceMonthState.imported


def test_a_file_of_the_transport_police_that_comes_late_joins_the_released_month_and_is_told(country):
    country.load(crimes(3), release=True)
    country.load(crimes(2), force="btp")
    assert country.month("btp").state == ForceMonthState.released
    assert ("drugs", 3, 5) in country.revised("near A")
    assert country.revised("gwent") == []
    acts = [(one.act, one.thing) for one in country.all(AuditEntry)]
    assert acts[-1] == (MONTH_REVISED, "crime-month:btp/2024-10"), "readers saw other figures before"


NEIGHBOURS = frozenset({"gwent", "south-wales", "btp"})


@pytest.fixture
def neighbours(country):
    """South Wales is served too."""
    with country.database.unit_of_work() as session:
        names = {"name_en": "South Wales", "name_cy": "De Cymru", "slug_en": "south-wales", "slug_cy": "de-cymru"}
        session.add(Area(kind=AreaKind.force, code="W15000003", starts_on=dt.date(2022, 5, 5), **names))
    return country


def test_a_further_force_joins_a_month_that_is_public_and_is_told(neighbours):
    neighbours.load(crimes(3), release=True)
    path = write(neighbours.folder, crimes(2), force="south-wales")
    report = import_paths(neighbours.database, [path], options(forces=NEIGHBOURS))
    assert report.joined == (path.name,)
    assert neighbours.month("south-wales").state == ForceMonthState.released
    assert ("drugs", 3, 5) in neighbours.revised("near A")
    assert import_paths(neighbours.database, [path], options(forces=NEIGHBOURS)).joined == ()


def test_an_import_that_releases_releases_the_whole_month(neighbours):
    neighbours.load(crimes(2), force="south-wales", forces=NEIGHBOURS)
    neighbours.load(crimes(1), MONTH.plus(1), force="south-wales", forces=NEIGHBOURS)
    assert neighbours.month("south-wales").state == ForceMonthState.imported
    neighbours.load(crimes(3), release=True)
    assert neighbours.month("south-wales").state == ForceMonthState.released
    assert neighbours.month("south-wales").released_at is not None
    assert neighbours.month("south-wales", MONTH.plus(1)).state == ForceMonthState.imported


def test_two_forces_wait_together_until_the_month_is_released(neighbours):
    neighbours.load(crimes(2), force="south-wales", forces=NEIGHBOURS)
    neighbours.load(crimes(3))
    assert {one.state for one in neighbours.all(ForceMonth)} == {ForceMonthState.imported}
    assert neighbours.all(Revised) == []


def test_the_transport_police_alone_make_no_month_public(country):
    country.load(crimes(2), force="btp", release=True)
    country.load(crimes(3))
    assert country.month().state == ForceMonthState.imported


def change_places(database):
    with database.unit_of_work() as session:
        revisions.touch(session, "places")


def cut_anew(database):
    with database.unit_of_work() as session:
        fit = session.exec(select(LsoaWard).where(LsoaWard.lsoa_code == LSOAS["A"])).one()
        session.delete(fit)
        session.flush()
        session.add(LsoaWard(lsoa_code=LSOAS["A"], ward_code="W0500000C"))
    recut(database, "lsoa")


@pytest.mark.parametrize("meanwhile", [change_places, cut_anew])
def test_an_import_ends_when_the_wards_change_under_it(country, meanwhile):
    country.load(crimes(1), MONTH.plus(-1))
    for month in (MONTH, MONTH.plus(1)):
        write(country.folder, crimes(1), month)

    def tell(name, *_):
        if name.startswith(str(MONTH.plus(1))):
            meanwhile(country.database)

    with pytest.raises(Conflict, match="the places or their wards changed while it was at work"):
        import_paths(country.database, [country.folder], options(), tell)
    assert country.month() is not None
    assert country.month(month=MONTH.plus(1)) is None
    import_paths(country.database, [country.folder], options())
    assert country.month(month=MONTH.plus(1)) is not None


def test_a_file_of_the_transport_police_waits_with_a_month_that_waits(country):
    country.load(crimes(2), force="btp")
    country.load(crimes(3))
    assert {one.state for one in country.all(ForceMonth)} == {ForceMonthState.imported}
    assert country.all(Revised) == []


def test_other_measures_in_the_table_of_figures_are_left_alone(country):
    with country.database.unit_of_work() as session:
        session.add(Figure(area_id=country.ids["near A"], month=MONTH.index, measure="fires", count=9))
    country.load(crimes(3))
    country.load(crimes(1), fetched_on=LATER)
    assert country.figures("near A") == {"drugs": 1, "all-crime": 1, "fires": 9}


def test_a_new_month_waits_unless_it_is_to_be_released(country):
    country.load(crimes(1))
    country.load(crimes(1), MONTH.plus(1), release=True)
    assert country.month().state == ForceMonthState.imported
    assert country.month().released_at is None
    assert country.month(month=MONTH.plus(1)).state == ForceMonthState.released
    assert country.month(month=MONTH.plus(1)).released_at is not None


def test_an_older_month_may_come_later(country):
    country.load(crimes(1))
    assert country.load(crimes(4), MONTH.plus(-20)).outcome == "imported"
    assert country.figures("near A", MONTH.plus(-20)) == {"drugs": 4, "all-crime": 4}


def test_an_older_release_never_replaces_a_newer_one_by_accident(country):
    country.load(crimes(3), fetched_on=LATER)
    before = country.everything()
    run = country.load(crimes(9), fetched_on=FETCHED)
    assert (run.outcome, run.faults[0]["code"]) == ("refused", "older")
    assert country.everything() == before
    assert country.load(crimes(9), fetched_on=FETCHED, even_if_older=True).outcome == "replaced"
    assert country.figures("near A") == {"drugs": 9, "all-crime": 9}


def test_a_file_found_unchanged_later_is_as_new_as_that_day(country):
    path = write(country.folder, crimes(3))
    import_paths(country.database, [path], options())
    import_paths(country.database, [path], options(fetched_on=LATER))
    assert country.month().fetched_on == FETCHED
    run = country.load(crimes(9), fetched_on=FETCHED + dt.timedelta(days=1))
    assert (run.outcome, run.faults[0]["code"]) == ("refused", "older")


def test_a_refused_file_is_remembered_and_the_others_go_on(country):
    bad = write(country.folder, crimes(1), MONTH.plus(1))
    bad.write_bytes(bad.read_bytes()[:-5] + b"\xff\n")
    write(country.folder, crimes(2))
    write(country.folder, crimes(3), MONTH.plus(2))
    report = import_paths(country.database, [country.folder], options(fetched_on=dt.date(2025, 3, 1)))
    assert [run.outcome for run in report.runs] == ["imported", "refused", "imported"]
    assert not report.is_complete
    refused = country.all(ImportRun)[1]
    assert refused.file_name == "2024-11-gwent-street.csv"
    assert [fault["code"] for fault in refused.faults] == ["encoding", "encoding"]
    assert [fault["line"] for fault in refused.faults] == [0, 2]
    assert (refused.force, refused.month, len(refused.sha256)) == ("gwent", MONTH.plus(1).index, 64)
    assert country.month(month=MONTH.plus(1)) is None


def test_a_refused_release_leaves_the_month_as_it_was(country):
    country.load(crimes(3), release=True)
    before = country.everything()
    run = country.load([*crimes(3), Row("Witchcraft")], fetched_on=LATER)
    assert run.outcome == "refused"
    assert (run.rows_read, run.rows_set_aside) == (4, 1)
    assert [(fault["line"], fault["code"]) for fault in run.faults] == [(0, "too-many-faults"), (5, "category")]
    assert country.everything() == before


def test_faulty_rows_up_to_one_in_a_hundred_are_set_aside_and_reported_by_line(country):
    run = country.load([*crimes(50), Row("Witchcraft"), *crimes(49)])
    assert (run.outcome, run.rows_read, run.rows_set_aside) == ("imported", 100, 1)
    assert run.faults == [{"line": 52, "code": "category", "detail": "Witchcraft"}]
    assert country.figures("near A")["drugs"] == 99
    again = country.load([*crimes(49), Row("Witchcraft"), *crimes(49)], fetched_on=LATER)
    assert again.outcome == "refused"


def test_an_outcome_that_no_list_knows_is_counted_as_other_and_reported(country):
    run = country.load([*crimes(2), *crimes(2, outcome="Sent to the moon")])
    assert run.faults == [{"line": 4, "code": "unknown-outcome", "detail": "Sent to the moon"}]
    assert run.rows_set_aside == 0
    assert country.figures("near A")["drugs"] == 4
    assert OUTCOMES[max(cell.outcome for cell in country.all(Cell))].slug == "other"


def test_repeated_rows_are_counted_and_reported_never_dropped(country):
    row = Row(crime_id="a" * 64)
    run = country.load([asb(), asb(), asb(), asb("B"), row, row, Row("Burglary", crime_id="a" * 64)])
    assert run.rows_repeated == 4
    assert country.figures("near A") == {"anti-social-behaviour": 3, "drugs": 2, "burglary": 1, "all-crime": 3}


def test_a_month_that_had_not_begun_when_the_file_was_fetched_is_refused(country):
    run = country.load(crimes(1), fetched_on=dt.date(2024, 9, 30))
    assert (run.outcome, run.faults[0]["code"]) == ("refused", "future")


def test_two_different_files_of_one_month_in_one_import_are_not_guessed_between(country):
    first = write(country.folder / "one", crimes(1))
    second = write(country.folder / "two", crimes(2))
    report = import_paths(country.database, [first, second], options())
    assert [run.outcome for run in report.runs] == ["imported", "refused"]
    assert report.runs[1].faults[0]["code"] == "twice"


def test_one_file_named_twice_is_imported_once(country):
    path = write(country.folder, crimes(1))
    report = import_paths(country.database, [path, path], options())
    assert [run.outcome for run in report.runs] == ["imported", "unchanged"]


def test_a_declared_gap_that_is_filled_becomes_a_month_like_any_other(country):
    with country.database.unit_of_work() as session:
        session.add(
            ForceMonth(
                force="gwent",
                month=MONTH.index,
                state=ForceMonthState.not_supplied,
                reason_en="System change",
                reason_cy="Newid system",
            )
        )
    assert country.load(crimes(2)).outcome == "imported"
    month = country.month()
    assert (month.state, month.reason_en, month.reason_cy) == (ForceMonthState.imported, None, None)
    assert country.all(Revised) == []


def test_every_change_is_in_the_record_of_acts(country):
    country.load(crimes(2), release=True)
    country.load(crimes(3), fetched_on=LATER)
    with country.database.reading() as session:
        acts = session.exec(select(AuditEntry).order_by(AuditEntry.id)).all()
        assert verify_chain(session).whole
    assert [(one.actor, one.act, one.thing) for one in acts] == [
        ("operator", "crime-imported", "crime-month:gwent/2024-10"),
        ("operator", "crime-revised", "crime-month:gwent/2024-10"),
    ]
    assert acts[0].before == {}
    assert acts[1].before == acts[0].after
    assert acts[1].after["state"] == "released"


def test_a_month_without_a_file_has_no_run_behind_it(country):
    with pytest.raises(NotFound), country.database.reading() as session:
        get_run_behind(session, "gwent", MONTH)


def test_what_is_public_about_crime_is_marked_as_changed(country):
    country.load(crimes(2))
    with country.database.reading() as session:
        assert revisions.current(session)["crime"] == 1
    country.load(crimes(3), fetched_on=LATER)
    with country.database.reading() as session:
        assert revisions.current(session)["crime"] == 2


def test_the_forces_served_are_those_with_an_area_and_the_transport_police(country):
    with country.database.reading() as session:
        assert served_forces(session) == {"gwent", "btp"}


def test_files_of_other_forces_and_kinds_are_passed_over(country):
    write(country.folder, crimes(1))
    write(country.folder, crimes(1), force="south-wales")
    for name in ("2024-10-gwent-outcomes.csv", "2024-10-gwent-stop-and-search.csv", "notes.txt"):
        (country.folder / "2024-10" / name).write_text("x")
    report = import_paths(country.database, [country.folder], options())
    assert ([run.file_name for run in report.runs], report.skipped) == (["2024-10-gwent-street.csv"], 4)


def test_months_come_in_order_and_the_transport_police_before_the_force(country):
    for month in (MONTH.plus(1), MONTH):
        for force in ("gwent", "btp"):
            write(country.folder, crimes(1), month, force)
    told = []
    report = import_paths(country.database, [country.folder], options(), lambda *args: told.append(args))
    names = [run.file_name.removesuffix("-street.csv") for run in report.runs]
    assert names == ["2024-10-btp", "2024-10-gwent", "2024-11-btp", "2024-11-gwent"]
    assert [name.removesuffix("-street.csv") for name, _, _ in told] == [*names, ""]
    assert told[0][1] == 0
    assert told[-1][1] == told[-1][2] == sum(path.stat().st_size for path in country.folder.rglob("*.csv"))


@pytest.mark.postgres
def test_two_imports_never_mix(postgres_database, tmp_path):
    """With SQLite the unit of work is the lock: there is one writer."""
    path = write(tmp_path, crimes(1))
    with postgres_database.unit_of_work() as session:
        assert advisory_lock(session, IMPORT_LOCK)
        with pytest.raises(Conflict):
            import_paths(postgres_database, [path], options())
    assert import_paths(postgres_database, [path], options()).runs[0].outcome == "imported"


def test_points_that_another_import_added_meanwhile_are_learned(country, tmp_path):
    """The second month is imported by another process, so to say, while this one is between its months."""
    write(country.folder, crimes(1))
    write(country.folder, [*crimes(1, at="B"), *crimes(1, at="C")], MONTH.plus(2))
    other = write(tmp_path / "other", crimes(1, at="C"), MONTH.plus(1))

    def meanwhile(name, _done, _total):
        if name.startswith("2024-12"):
            import_paths(country.database, [other], options())

    import_paths(country.database, [country.folder], options(), meanwhile)
    assert sorted(one.ward_code for one in country.all(SnapPoint)) == ["W0500000A", "W0500000B", "W0500000C"]
    assert (
        country.figures("two", MONTH.plus(2)) == country.figures("two", MONTH.plus(1)) == {"drugs": 1, "all-crime": 1}
    )


def test_a_month_may_come_from_a_folder_or_an_archive_alike(country):
    path = write(country.folder, crimes(3))
    archive = shutil.make_archive(str(country.folder.parent / "published"), "zip", country.folder)
    shutil.rmtree(country.folder)
    report = import_paths(country.database, [country.folder.parent / "published.zip"], options())
    assert archive.endswith("published.zip")
    assert [(run.file_name, run.outcome) for run in report.runs] == [(path.name, "imported")]
    assert country.figures("near A") == {"drugs": 3, "all-crime": 3}


def test_a_real_day_is_needed_neither_by_name_nor_by_path(country):
    """A name with characters that a terminal obeys is kept without them, and a path is never kept."""
    odd = country.folder / "evil\x1b[2J.csv"
    odd.parent.mkdir(parents=True)
    odd.write_text(text_of(crimes(1)))
    run = import_paths(country.database, [odd], options()).runs[0]
    assert (run.file_name, run.outcome, run.faults[0]["code"]) == ("evil[2J.csv", "refused", "name")
    assert (run.force, run.month, run.sha256) == ("", 0, "")


def test_a_month_of_a_second_force_counts_in_the_areas_where_it_happened(country):
    """Police forces move what they recorded to a point, and the point may lie across their border."""
    country.load(crimes(2))
    country.load(crimes(1, at="A"), force="south-wales", forces=frozenset({"south-wales"}))
    assert country.figures("near A") == {"drugs": 3, "all-crime": 3}
    assert country.figures("gwent") == {"drugs": 2, "all-crime": 2}
    assert Month.from_index(country.month("south-wales").month) == MONTH
