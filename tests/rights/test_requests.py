"""A request about personal data: written down, extended, answered, and on the desk until then."""

import datetime as dt

import pytest
import time_machine
from sqlmodel import select

from portal.app import create_app
from portal.audit.models import AuditEntry
from portal.clock import Nation
from portal.lifecycle import OPERATOR, IllegalMove
from portal.rights import service
from portal.rights.manifest import manifest
from portal.rights.models import RequestKind, RightsRequest
from portal.settings import Settings
from portal.trouble import NotFound
from tests.factories import job_context
from tests.people import somebody

NOON = dt.datetime(2024, 6, 3, 12, 0, tzinfo=dt.UTC)
CAME = dt.date(2024, 5, 8)
DUE = dt.date(2024, 6, 10)
DAY = dt.timedelta(days=1)


@pytest.fixture(autouse=True)
def clock():
    with time_machine.travel(NOON, tick=False) as traveller:
        yield traveller


@pytest.fixture
def app(database, settings):
    return create_app(settings, database=database)


@pytest.fixture
def officer(app):
    with somebody(app, "data_protection") as browse:
        yield browse


@pytest.fixture
def asked(database):
    with database.unit_of_work() as session:
        return service.receive(session, OPERATOR, RequestKind.access, CAME, Settings()).reference


def kept(database):
    with database.reading() as session:
        return session.exec(select(RightsRequest).order_by(RightsRequest.id)).all()


def works(database, work, *given):
    with database.unit_of_work() as session:
        return work(session, OPERATOR, *given)


def acts(database):
    with database.reading() as session:
        return [one for one in session.exec(select(AuditEntry).order_by(AuditEntry.id)) if "rights-" in one.act]


def test_a_request_is_written_down_and_its_month_runs(database, officer):
    page = officer.open("/en/rights").follow("Write down a new request")
    page.tick("A copy of what is held (access)").fill("The day on which it came", "2024-05-08")
    made = page.press("Write it down")
    (one,) = kept(database)
    assert (one.kind, one.received_on, one.due_on, one.state) == ("access", CAME, DUE, "open")
    assert "The request is written down." in made.said
    assert "10 June 2024" in made.said
    assert one.reference.upper() in officer.open("/en/rights").said


def test_the_same_form_sent_twice_writes_down_one_request(database, officer):
    page = officer.open("/en/rights/new")
    page.tick("Deletion (erasure)").fill("The day on which it came", "2024-05-08")
    assert page.press("Write it down").path == page.press("Write it down").path
    assert len(kept(database)) == 1


PROBLEMS = {
    "nothing": ({}, ["kind", "received_on"]),
    "no kind": ({"kind": "everything", "received_on": "2024-05-08"}, ["kind"]),
    "no day": ({"kind": "access", "received_on": "8 May"}, ["received_on"]),
    "a day to come": ({"kind": "access", "received_on": "2024-06-04"}, ["received_on"]),
    "a day before there was a clock": ({"kind": "access", "received_on": "1999-01-01"}, ["received_on"]),
}


@pytest.mark.parametrize("path", ["/en/rights/new", "/cy/hawliau/newydd"])
@pytest.mark.parametrize("name", PROBLEMS)
def test_what_is_wrong_is_said_at_its_field(database, officer, name, path):
    values, fields = PROBLEMS[name]
    page = officer.send(path, values)
    assert (page.status, len(page.problems())) == (422, len(fields))
    assert kept(database) == []


def test_a_request_is_extended_with_a_reason_once(database, officer, asked):
    page = officer.open(f"/en/rights/requests/{asked}")
    again = page.press("Extend")
    assert again.problems() == ["Write why it takes longer: the person must be told"]
    extended = again.fill("Why it takes longer", "Five hundred records").press("Extend")
    assert "Tell the person, and why." in extended.said
    (one,) = kept(database)
    assert (one.state, one.due_on, one.extended_on) == ("extended", dt.date(2024, 8, 8), NOON.date())
    assert "Five hundred records" in extended.said
    late = page.fill("Why it takes longer", "Again").press("Extend")
    assert late.problems() == ["Somebody else has extended the request in the meantime"]
    assert kept(database)[0].extension_reason == "Five hundred records"
    assert "Five hundred" not in str([one.model_dump() for one in acts(database)])


def test_after_the_month_it_cannot_be_extended_and_the_page_says_that_it_is_late(database, app, clock, asked):
    clock.move_to(dt.datetime(2024, 6, 11, 9, 0, tzinfo=dt.UTC))
    with somebody(app, "data_protection") as officer:
        page = officer.open(f"/en/rights/requests/{asked}")
        assert "The last day for an answer has gone by." in page.said
        assert "Two months more" not in page.said
        refused = officer.send(f"/en/rights/requests/{asked}/extend", {"reason": "x"})
        assert refused.problems() == ["The month is over. A request can be extended only within it"]
    assert kept(database)[0].state == "open"


def test_on_the_last_day_it_is_not_late(app, clock, asked):
    clock.move_to(dt.datetime(2024, 6, 10, 22, 0, tzinfo=dt.UTC))
    with somebody(app, "data_protection") as officer:
        page = officer.open(f"/en/rights/requests/{asked}")
        assert "has gone by" not in page.said
        assert "Two months more" in page.said


def test_a_request_is_answered_on_a_day_that_can_be(database, officer, asked):
    page = officer.open(f"/en/rights/requests/{asked}")
    for typed, said in (
        ("2024-05-07", "This day lies before the day on which the request came"),
        ("2024-06-04", "This day has not come yet"),
        ("soon", "Write the day as year, month and day, like 2026-05-31"),
    ):
        assert page.fill("The day on which it was answered", typed).press("Mark as answered").problems() == [said]
    done = page.fill("The day on which it was answered", "2024-06-01").press("Mark as answered")
    assert "The request is marked as answered." in done.said
    assert kept(database)[0].answered_on == dt.date(2024, 6, 1)
    again = page.fill("The day on which it was answered", "2024-06-02").press("Mark as answered")
    assert again.problems() == ["Somebody else has marked the request as answered in the meantime"]
    assert [one.act for one in acts(database)] == ["rights-request-received", "rights-request-answered"]
    assert "Answered lately" in officer.open("/en/rights").said


def test_the_desk_has_what_is_open_and_when_the_next_is_due(database, officer, asked):
    works(database, service.receive, RequestKind.erasure, dt.date(2024, 5, 2), Settings())
    desk = officer.open("/en/desk")
    assert "Requests about personal data that are open: 2" in desk.said
    assert "The next is due on: 3 June 2024" in desk.said
    for one in kept(database):
        works(database, service.answer, one.reference, NOON.date())
    assert "Requests" not in officer.open("/en/desk").said


@pytest.fixture
def complaint(database):
    with database.unit_of_work() as session:
        return service.receive(session, OPERATOR, RequestKind.complaint, CAME, Settings()).reference


def test_a_complaint_is_acknowledged_within_the_days_and_answered_later(database, officer, clock, complaint):
    page = officer.open(f"/en/rights/requests/{complaint}")
    assert "Acknowledge by 7 June 2024" in page.said
    assert "Two months more" not in page.said
    done = page.fill("The day on which the person was told that it came", "2024-06-03").press("Mark as acknowledged")
    assert "The complaint is marked as acknowledged. Look into it without delay." in done.said
    again = page.press("Mark as acknowledged")
    assert again.problems() == ["Somebody else has marked the complaint as acknowledged in the meantime"]
    assert kept(database)[0].state == "acknowledged"
    assert "The next is due on" not in officer.open("/en/desk").said
    assert "Acknowledged on: 3 June 2024" in officer.open("/en/rights").said
    done.fill("The day on which it was answered", "2024-06-03").press("Mark as answered")
    assert [one.act.removeprefix("rights-request-") for one in acts(database)] == [
        "received",
        "acknowledged",
        "answered",
    ]


@pytest.mark.parametrize(("days", "late"), [(30, False), (31, True)])
def test_a_complaint_that_nobody_acknowledged_is_late(app, clock, complaint, days, late):
    clock.move_to(dt.datetime.combine(CAME, dt.time(12), dt.UTC) + days * DAY)
    with somebody(app, "data_protection") as officer:
        page = officer.open(f"/en/rights/requests/{complaint}")
        assert ("The last day to acknowledge the complaint has gone by." in page.said) is late


def test_a_request_is_not_acknowledged_and_a_complaint_not_extended(officer, asked, complaint):
    refused = officer.send(f"/en/rights/requests/{asked}/acknowledged", {"acknowledged_on": "2024-06-03"})
    assert refused.problems() == ["A request is answered, and needs no acknowledgement"]
    refused = officer.send(f"/en/rights/requests/{complaint}/extend", {"reason": "x"})
    assert refused.problems() == ["A complaint cannot be extended"]


@pytest.mark.parametrize("kind", list(RequestKind))
def test_every_kind_is_offered_and_has_words(officer, kind):
    page = officer.open("/en/rights/new")
    (box,) = [one for one in page.root.iter() if one.get("type") == "radio" and one.get("value") == kind]
    assert box is not None
    assert (
        "The request is written down."
        in officer.send("/en/rights/new", {"kind": kind.value, "received_on": "2024-06-01"}).said
    )


def test_a_request_that_is_not_there_cannot_be_dealt_with(officer):
    officer.open("/en/rights/requests/zzzz-zzzz", 404)
    for post in ("extend", "answered"):
        assert officer.client.post(f"/en/rights/requests/zzzz-zzzz/{post}", data={}).status_code == 404


def test_the_service_refuses_what_the_table_refuses(database, asked):
    works(database, service.answer, asked, NOON.date())
    for work, given in ((service.extend, ("x", Nation.wales)), (service.answer, (NOON.date(),))):
        with pytest.raises(IllegalMove):
            works(database, work, asked, *given)
    with pytest.raises(NotFound):
        works(database, service.answer, "zzzz-zzzz", NOON.date())


@pytest.mark.parametrize(("today", "left"), [("2026-06-03", 1), ("2026-06-04", 0)])
def test_a_request_is_forgotten_two_years_after_its_answer_and_never_before(database, clock, asked, today, left):
    settings = Settings()
    works(database, service.answer, asked, NOON.date())
    clock.move_to(dt.datetime.fromisoformat(f"{today}T12:00:00+00:00"))
    with database.reading() as session:
        assert manifest.retention[0].due(session, settings) == 1 - left
    assert manifest.jobs[0].run(job_context(database, settings)) == (None if left else "1 deleted")
    assert len(kept(database)) == left


def test_an_open_request_is_never_forgotten(database, settings, clock, asked):
    clock.move_to(NOON + 4000 * DAY)
    assert manifest.jobs[0].run(job_context(database, settings)) is None
    assert len(kept(database)) == 1
