"""The record for who may read it: found by thing, actor, act and day; and reading it is in it."""

import datetime as dt

import pytest
import time_machine
from sqlmodel import select

from portal.app import create_app
from portal.audit.models import AuditEntry
from portal.audit.rules import Personal
from portal.audit.searching import ON_A_PAGE, Wanted, entries, known_acts
from portal.audit.service import record
from portal.lifecycle import OPERATOR, Actor, Reference
from tests.people import somebody

DAYS = [dt.datetime(2024, 6, day, 12, 0, tzinfo=dt.UTC) for day in (1, 2, 3)]
BEFORE_MIDNIGHT = dt.datetime(2024, 6, 3, 23, 30, tzinfo=dt.UTC)  # in London it is the 4th
SEVEN = Actor("account:7", "analyst+administrator")


@pytest.fixture
def app(database, settings):
    return create_app(settings, database=database)


@pytest.fixture
def filled(database):
    things = [Reference("message", "aaaa-aaaa"), Reference("message", "bbbb-bbbb"), Reference("messages", "all")]
    for number, day in enumerate([*DAYS, BEFORE_MIDNIGHT]):
        with time_machine.travel(day, tick=False), database.unit_of_work() as session:
            actor = SEVEN if number % 2 else OPERATOR
            after = {"email": Personal("ann@example.org"), "inbox": "general", "x": None}
            record(session, actor, "message-read" if number else "answer_message", things[number % 3], after=after)
    return database


@pytest.fixture
def reader(app):
    with somebody(app, "data_protection") as browse:
        yield browse


def numbers(database, **wanted):
    with database.reading() as session:
        return [one.id for one in entries(session, Wanted(**wanted))[0]]


@pytest.mark.parametrize(
    ("wanted", "found"),
    [
        ({}, [4, 3, 2, 1]),
        ({"thing": "message"}, [4, 2, 1]),
        ({"thing": "message:aaaa-aaaa"}, [4, 1]),
        ({"thing": "message:aaaa"}, []),
        ({"thing": "mess"}, []),
        ({"actor": "account:7"}, [4, 2]),
        ({"actor": "account"}, []),
        ({"act": "message-read"}, [4, 3, 2]),
        ({"first_on": dt.date(2024, 6, 2)}, [4, 3, 2]),
        ({"last_on": dt.date(2024, 6, 3)}, [3, 2, 1]),
        ({"first_on": dt.date(2024, 6, 4), "last_on": dt.date(2024, 6, 4)}, [4]),
        ({"before": 3}, [2, 1]),
        ({"thing": "message", "actor": "operator", "act": "answer_message"}, [1]),
    ],
)
def test_what_is_asked_for_is_found(filled, wanted, found):
    assert numbers(filled, **wanted) == found


def test_acts_are_listed_once_each(filled):
    with filled.reading() as session:
        assert known_acts(session) == ("answer_message", "message-read")


def test_a_long_record_comes_in_pages(database):
    with database.unit_of_work() as session:
        for each in range(ON_A_PAGE + 3):
            record(session, OPERATOR, "race", Reference("lap", str(each)))
    with database.reading() as session:
        first, older = entries(session, Wanted())
        second, end = entries(session, Wanted(before=older))
    assert [one.id for one in (*first, *second)] == list(range(ON_A_PAGE + 3, 0, -1))
    assert (len(first), end) == (ON_A_PAGE, 0)


def last_entry(database):
    with database.reading() as session:
        return session.exec(select(AuditEntry).order_by(AuditEntry.id.desc()).limit(1)).one()


def reads(database):
    """What every reading of the record looked for."""
    with database.reading() as session:
        return [one.after for one in session.exec(select(AuditEntry).where(AuditEntry.act == "audit-record-read"))]


def test_reading_the_record_is_in_the_record(filled, reader):
    reader.open("/en/record")
    read = last_entry(filled)
    assert (read.act, read.role, read.thing) == ("audit-record-read", "data_protection", "record:acts")
    page = reader.open("/en/record").fill("On what", "message:aaaa-aaaa").fill("From this day", "2024-06-02")
    found = page.press("Look up")
    assert "message:aaaa-aaaa" in found.said
    assert "account:7" in found.said
    assert "bbbb-bbbb" not in found.said
    assert {"thing": "message:aaaa-aaaa", "first_on": "2024-06-02"} in reads(filled)


def test_an_entry_shows_what_it_keeps_and_of_a_personal_value_only_that_it_is_one(filled, reader):
    page = reader.open("/en/record")
    assert "The field email has a personal value: the record keeps only a commitment to it." in page.said
    assert "general" in page.said
    assert "ann@example.org" not in page.text
    assert "Analyst, Administrator" in page.said


def test_older_entries_are_a_button_away_and_what_was_asked_stays(database, reader):
    with database.unit_of_work() as session:
        for each in range(ON_A_PAGE + 5):
            record(session, OPERATOR, "race", Reference("lap", str(each)))
    page = reader.open("/cy/cofnod")
    (button,) = list(page.main.iter("button"))[1:]
    older = page.press("".join(button.itertext()).strip())
    assert "lap:0" in older.said
    assert "lap:20" not in older.said


PROBLEMS = {
    "a name": ({"thing": "Ann Example"}, ["thing"]),
    "an address": ({"thing": "ann@example.org", "actor": "ann@example.org"}, ["thing", "actor"]),
    "no day": ({"first_on": "yesterday", "last_on": "31/05/2024"}, ["first_on", "last_on"]),
    "a day that is none": ({"first_on": "2024-02-30"}, ["first_on"]),
    "a day beyond all time": ({"last_on": "9999-12-31"}, ["last_on"]),
    "the wrong way round": ({"first_on": "2024-06-02", "last_on": "2024-06-01"}, ["last_on"]),
}


@pytest.mark.parametrize("name", PROBLEMS)
def test_what_cannot_be_looked_up_is_said_at_its_field_and_kept_nowhere(filled, reader, name):
    values, fields = PROBLEMS[name]
    page = reader.send("/en/record", values)
    assert page.status == 422
    assert len(page.problems()) == len(fields)
    assert [one for one in reads(filled) if one] == []


@pytest.mark.parametrize("before", ["x", "-1", "9" * 30, "³"])
def test_a_page_number_that_is_none_is_the_first_page(filled, reader, before):
    assert "message:aaaa-aaaa" in reader.send("/en/record", {"before": before}).said


@pytest.mark.parametrize("role", ["analyst", "moderator", "case_officer", "councillor"])
def test_who_may_not_read_the_record_finds_none(app, role):
    with somebody(app, role) as other:
        other.open("/en/record", 404)
        assert other.client.post("/en/record", data={}).status_code == 404


def test_nobody_reads_it_without_signing_in(app, browse):
    assert browse.client.get("/en/record").status_code in {302, 303}
