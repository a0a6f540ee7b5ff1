"""Months released, declared and explained."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
import time_machine
from sqlmodel import select

from portal import revisions
from portal.audit.models import AuditEntry
from portal.clock import Nation
from portal.crime import service
from portal.crime.models import ContextNote, ForceMonth, ForceMonthState
from portal.crime.workflow import ABSENT, MONTHS, RELEASER, mover
from portal.lifecycle import OPERATOR, PUBLIC, Actor, IllegalMove
from portal.places.models import Area
from portal.trouble import Conflict, NotFound
from tests.crime.streets import FETCHED, MONTH, crimes

REASONS = ("The force changed its system.", "Newidiodd yr heddlu ei system.")
NOTE = ("A festival was held.", "Cynhaliwyd gŵyl.")


@contextmanager
def marked_as_changed(country) -> Iterator[None]:
    """What is done inside raises the revision of crime by one, and adds one act to the record."""
    with country.database.reading() as session:
        before, acts = revisions.current(session).get("crime", 0), len(session.exec(select(AuditEntry)).all())
    yield
    with country.database.reading() as session:
        assert revisions.current(session)["crime"] == before + 1
        assert len(session.exec(select(AuditEntry)).all()) == acts + 1


def last_act(country) -> AuditEntry:
    return max(country.all(AuditEntry), key=lambda one: one.id)


def test_the_table_of_months_holds_every_way_and_no_other():
    ways = {(source, move.name): move.target for move in MONTHS.moves for source in move.sources}
    assert ways == {
        (ABSENT, "load"): "imported",
        ("not_supplied", "load"): "imported",
        ("imported", "replace"): "imported",
        ("released", "revise"): "released",
        ("imported", "release"): "released",
        (ABSENT, "declare"): "not_supplied",
        ("not_supplied", "withdraw"): ABSENT,
    }
    assert {one.value for one in ForceMonthState} == set(MONTHS.states) - {ABSENT}


MAY_MOVE = {
    "load": {"operator"},
    "replace": {"operator"},
    "revise": {"operator"},
    "release": {"operator", "releaser", "worker"},
    "declare": {"operator", "releaser"},
    "withdraw": {"operator", "releaser"},
}


def test_files_come_in_through_operators_and_the_worker_may_only_release():
    assert {move.name: move.roles for move in MONTHS.moves} == MAY_MOVE
    for role in (PUBLIC.role, "analyst", "administrator", ""):
        assert not any(MONTHS.open_to(state, Actor("somebody", role)) for state in MONTHS.states)


def test_many_who_release_at_one_instant_release_each_month_once(country, racers):
    months = [MONTH.plus(-back) for back in range(6)]
    for month in months:
        country.load(crimes(1), month=month)
    url = country.database.engine.url.render_as_string(hide_password=False)
    assert sum(int(one) for one in racers.race("release", url, 6)) == 6
    assert [one.act for one in country.all(AuditEntry)].count("crime-released") == 6
    assert {one.state for one in country.all(ForceMonth)} == {ForceMonthState.released}


def test_many_who_declare_at_one_instant_declare_each_month_once(country, racers):
    url = country.database.engine.url.render_as_string(hide_password=False)
    assert sum(int(one) for one in racers.race("declare", url, 12)) == 12
    assert len(country.all(ForceMonth)) == len(country.all(AuditEntry)) == 12


def test_the_worker_is_content_with_a_month_that_somebody_released_at_the_same_instant(country, monkeypatch):
    country.load(crimes(1), release=True)
    monkeypatch.setattr(service, "due_for_release", lambda *_given: (MONTH,))
    with country.database.unit_of_work() as session:
        assert service.release_due(session, Nation.wales) == 0


def test_releasing_a_month_shows_it_for_every_force_that_waits(country):
    country.load(crimes(2), force="btp")
    country.load(crimes(1))
    with country.database.unit_of_work() as session:
        assert service.waiting_months(session) == (MONTH,)
        assert service.release_month(session, OPERATOR, MONTH) == ("btp", "gwent")
    assert {one.state for one in country.all(ForceMonth)} == {ForceMonthState.released}
    assert all(one.released_at for one in country.all(ForceMonth))
    assert last_act(country).after["state"] == "released"
    assert last_act(country).act == "crime-released"
    with country.database.reading() as session:
        assert service.waiting_months(session) == ()


def test_a_month_that_does_not_wait_cannot_be_released(country):
    country.load(crimes(1), release=True)
    for month in (MONTH, MONTH.plus(1)):
        with pytest.raises(NotFound), country.database.unit_of_work() as session:
            service.release_month(session, OPERATOR, month)


def test_nobody_without_the_role_releases(country):
    country.load(crimes(1))
    with pytest.raises(IllegalMove), country.database.unit_of_work() as session:
        service.release_month(session, Actor("someone", "editor"), MONTH)
    assert country.month().state == ForceMonthState.imported


@pytest.mark.parametrize("actor", [OPERATOR, PUBLIC, service.WORKER, Actor("somebody", "analyst")])
def test_accounts_alone_are_releasers_and_the_record_keeps_their_roles(country, actor):
    assert mover(actor) == actor
    analyst = Actor("account:3", "analyst+moderator")
    assert mover(analyst) == Actor("account:3", RELEASER)
    country.load(crimes(1))
    with country.database.unit_of_work() as session:
        service.release_month(session, analyst, MONTH)
    assert (last_act(country).actor, last_act(country).role) == ("account:3", "analyst+moderator")


@pytest.mark.parametrize(
    ("came_in", "day_before", "due"),
    [
        (dt.datetime(2024, 12, 2, 12, tzinfo=dt.UTC), dt.date(2024, 12, 8), dt.date(2024, 12, 9)),
        (dt.datetime(2024, 12, 20, 12, tzinfo=dt.UTC), dt.date(2024, 12, 30), dt.date(2024, 12, 31)),
        (dt.datetime(2025, 7, 1, 23, 30, tzinfo=dt.UTC), dt.date(2025, 7, 8), dt.date(2025, 7, 9)),
    ],
    ids=["an ordinary week", "over Christmas", "late in the evening, tomorrow in London"],
)
def test_a_month_that_nobody_releases_is_released_after_five_working_days(country, came_in, day_before, due):
    with time_machine.travel(came_in, tick=False):
        country.load(crimes(1))
    with country.database.unit_of_work() as session:
        assert service.due_for_release(session, Nation.wales, day_before) == ()
        assert service.release_due(session, Nation.wales, day_before) == 0
        assert service.due_for_release(session, Nation.wales, due) == (MONTH,)
        assert service.release_due(session, Nation.wales, due) == 1
    assert country.month().state == ForceMonthState.released
    assert (last_act(country).actor, last_act(country).role) == ("worker", "worker")
    with country.database.unit_of_work() as session:
        assert service.release_due(session, Nation.wales, due) == 0


def test_importing_a_month_anew_does_not_hold_it_back(country):
    with time_machine.travel(dt.datetime(2024, 12, 2, 12, tzinfo=dt.UTC), tick=False):
        country.load(crimes(1))
    with time_machine.travel(dt.datetime(2024, 12, 6, 12, tzinfo=dt.UTC), tick=False):
        assert country.load(crimes(2)).outcome == "replaced"
    with country.database.reading() as session:
        assert service.due_for_release(session, Nation.wales, dt.date(2024, 12, 9)) == (MONTH,)


def test_a_gap_is_declared_with_its_reason_in_both_languages(country):
    with marked_as_changed(country), country.database.unit_of_work() as session:
        service.declare_not_supplied(session, OPERATOR, "gwent", MONTH, *(f" {reason} " for reason in REASONS))
    month = country.month()
    assert (month.state, month.reason_en, month.reason_cy) == (ForceMonthState.not_supplied, *REASONS)
    assert last_act(country).after == {
        "state": "not_supplied",
        "sha256": None,
        "fetched_on": None,
        "reason_en": REASONS[0],
        "reason_cy": REASONS[1],
    }


def test_a_gap_cannot_be_declared_where_a_file_is_loaded(country):
    country.load(crimes(1))
    with pytest.raises(Conflict), country.database.unit_of_work() as session:
        service.declare_not_supplied(session, OPERATOR, "gwent", MONTH, *REASONS)
    assert country.month().state == ForceMonthState.imported


def test_a_gap_is_declared_once(country):
    with country.database.unit_of_work() as session:
        service.declare_not_supplied(session, OPERATOR, "gwent", MONTH, *REASONS)
    with pytest.raises(Conflict), country.database.unit_of_work() as session:
        service.declare_not_supplied(session, OPERATOR, "gwent", MONTH, *REASONS)


def test_a_gap_of_what_cannot_be_a_force_is_not_declared(country):
    with pytest.raises(ValueError, match="not the slug"), country.database.unit_of_work() as session:
        service.declare_not_supplied(session, OPERATOR, "Gwent Police", MONTH, *REASONS)


def test_nothing_is_said_of_a_force_that_is_not_served_or_of_a_month_to_come(country):
    with time_machine.travel(dt.datetime(2024, 10, 31, 12, tzinfo=dt.UTC), tick=False):
        for force, month in (("south-wales", MONTH), ("gwent", MONTH.plus(1))):
            with pytest.raises(ValueError, match=r"not served here; served are btp, gwent|2024-11 is still to come"):
                declare(country, force, month)
        with pytest.raises(ValueError, match="2024-11 is still to come"), country.database.unit_of_work() as session:
            service.add_note(session, OPERATOR, country.area("near A"), MONTH.plus(1), *NOTE)
        declare(country, "gwent", MONTH)
    assert [one.month for one in country.all(ForceMonth)] == [MONTH.index]
    assert country.all(ContextNote) == []


def declare(country, force, month):
    with country.database.unit_of_work() as session:
        service.declare_not_supplied(session, OPERATOR, force, month, *REASONS)


def test_a_declaration_can_be_taken_back(country):
    with country.database.unit_of_work() as session:
        service.declare_not_supplied(session, OPERATOR, "gwent", MONTH, *REASONS)
    with marked_as_changed(country), country.database.unit_of_work() as session:
        service.withdraw_declaration(session, OPERATOR, "gwent", MONTH)
    assert country.month() is None
    assert last_act(country).before["reason_en"] == REASONS[0]
    with pytest.raises(NotFound), country.database.unit_of_work() as session:
        service.withdraw_declaration(session, OPERATOR, "gwent", MONTH)


def test_what_was_loaded_is_never_taken_back(country):
    country.load(crimes(1))
    with pytest.raises(NotFound), country.database.unit_of_work() as session:
        service.withdraw_declaration(session, OPERATOR, "gwent", MONTH)
    assert country.month().state == ForceMonthState.imported


def test_a_gap_is_filled_by_a_file(country):
    with country.database.unit_of_work() as session:
        service.declare_not_supplied(session, OPERATOR, "gwent", MONTH, *REASONS)
    country.load(crimes(2), fetched_on=FETCHED, release=True)
    assert (country.month().state, country.month().reason_en) == (ForceMonthState.released, None)


def test_a_note_explains_an_areas_month_and_changes_no_figure(country):
    country.load(crimes(3))
    before = country.everything()
    with marked_as_changed(country), country.database.unit_of_work() as session:
        area = session.get(Area, country.ids["near A"])
        note = service.add_note(session, OPERATOR, area, MONTH, *NOTE)
    kept = country.all(ContextNote)[0]
    assert (kept.id, kept.area_id, kept.month, kept.text_en, kept.text_cy, kept.withdrawn_at) == (
        note.id,
        country.ids["near A"],
        MONTH.index,
        *NOTE,
        None,
    )
    assert country.everything() == before
    assert last_act(country).after["text_cy"] == NOTE[1]


@pytest.mark.parametrize(
    ("texts", "codes"),
    [
        (("", "Cynhaliwyd gŵyl."), ("no_en",)),
        (("A festival.", "  "), ("no_cy",)),
        (("A festival.", "a festival. "), ("same",)),
        (("x" * 1001, "Cynhaliwyd gŵyl."), ("long_en",)),
    ],
)
def test_a_note_in_one_language_is_none(country, texts, codes):
    with pytest.raises(service.TextsIncomplete) as caught, country.database.unit_of_work() as session:
        service.add_note(session, OPERATOR, session.get(Area, country.ids["A"]), MONTH, *texts)
    assert caught.value.codes == codes
    assert country.all(ContextNote) == []
    with pytest.raises(service.TextsIncomplete), country.database.unit_of_work() as session:
        service.declare_not_supplied(session, OPERATOR, "gwent", MONTH, *texts)


def test_a_note_is_withdrawn_once_and_stays_on_record(country):
    area, elsewhere = (country.area(name) for name in ("near A", "near B and C"))
    with country.database.unit_of_work() as session:
        note = service.add_note(session, OPERATOR, area, MONTH, *NOTE)
    for where, month in ((elsewhere, MONTH), (area, MONTH.plus(1))):
        with pytest.raises(NotFound), country.database.unit_of_work() as session:
            service.withdraw_note(session, OPERATOR, where, month, note.id)
    with marked_as_changed(country), country.database.unit_of_work() as session:
        service.withdraw_note(session, OPERATOR, area, MONTH, note.id)
    assert country.all(ContextNote)[0].withdrawn_at is not None
    with pytest.raises(Conflict), country.database.unit_of_work() as session:
        service.withdraw_note(session, OPERATOR, area, MONTH, note.id)
    with pytest.raises(NotFound), country.database.unit_of_work() as session:
        service.withdraw_note(session, OPERATOR, area, MONTH, note.id + 1)
