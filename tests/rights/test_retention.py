"""What is kept and for how long: counted before it goes, ended by its job, reported; and the operator's commands."""

import datetime as dt
import json
from dataclasses import replace

import pytest
import time_machine
from sqlmodel import select
from typer.testing import CliRunner

from portal import cli
from portal.accounts import links
from portal.accounts.models import AccountLink, AccountSession, LinkPurpose
from portal.app import MANIFESTS, create_app
from portal.audit.models import AuditEntry
from portal.audit.queries import verify_chain
from portal.contact import service as contact
from portal.contact.models import Inbox, Message
from portal.db import Database
from portal.lifecycle import OPERATOR
from portal.notifications.models import OutboxMessage
from portal.notifications.service import Mail, write
from portal.settings import load
from portal.web import limits
from portal.web.idempotency import FormKey
from portal.web.jobs import JobRun
from portal.web.limits import Limit, RateCount
from portal.web.manifest import Job
from portal.worker import run_due, run_now
from tests.factories import job_context
from tests.people import account, signed_in, somebody

NOON = dt.datetime(2024, 6, 3, 12, 0, tzinfo=dt.UTC)
DAY = dt.timedelta(days=1)
RULES = tuple(one for noun in MANIFESTS for one in noun.retention)
JOBS = {job.name: job for noun in MANIFESTS for job in noun.jobs}
ANN = "ann.enghraifft@example.org"


@pytest.fixture(autouse=True)
def clock():
    with time_machine.travel(NOON, tick=False) as traveller:
        yield traveller


def fill(database, settings):
    """One of everything that is kept, as of now."""
    with database.unit_of_work() as session:
        values = {"inbox": Inbox.general, "about": "", "language": "en", "received_at": NOON}
        contact.receive(session, Message(reference="aaaa-aaaa", text="Words", email=ANN, **values))
        contact.mark_answered(session, OPERATOR, "aaaa-aaaa")
        sent, _ = (write(session, Mail("x@example.org", "x", "x", language="en"), settings) for _ in range(2))
        session.get_one(OutboxMessage, sent.id).sent_at = NOON
        limits.spend(session, Limit("try", 5, 60), "203.0.113.7")
        session.add(FormKey(key="k" * 64, made_at=NOON, led_to="/en/"))
        hers = account(session, "analyst")
        signed_in(session, hers)
        links.make(session, hers, LinkPurpose.password)


def due(database, settings):
    with database.reading() as session:
        return {one.record: one.due(session, settings) for one in RULES if one.due is not None}


KEPT = {
    "messages": (Message, 184),
    "mail": (OutboxMessage, 31),
    "mail that cannot be sent": (OutboxMessage, 91),
    "counted tries, by an address hashed with a daily secret": (RateCount, 3),
    "keys of forms that were sent": (FormKey, 3),
    "sessions of people who work with the portal": (AccountSession, 1),
    "links to accept an invitation or set a password": (AccountLink, 1),
}


def test_whatever_is_kept_can_be_counted_before_it_goes():
    lasting = {"followers"}  # they end when they leave, and no job ends them
    assert {one.record for one in RULES if one.due is None} == lasting
    assert set(KEPT) <= {one.record for one in RULES}


@pytest.mark.parametrize("record", KEPT)
def test_the_dry_run_counts_exactly_what_the_job_ends(database, settings, clock, record):
    fill(database, settings)
    table, days = KEPT[record]
    assert due(database, settings)[record] == 0
    clock.move_to(NOON + days * DAY)
    counted = sum(number for name, number in due(database, settings).items() if KEPT.get(name, (None,))[0] is table)
    assert due(database, settings)[record] == 1
    (rule,) = [one for one in RULES if one.record == record]
    with database.reading() as session:
        before = len(session.exec(select(table)).all())
    run_now(job_context(database, settings), JOBS[rule.job])
    with database.reading() as session:
        assert len(session.exec(select(table)).all()) == before - counted
    assert due(database, settings)[record] == 0


def test_a_job_that_is_run_by_hand_leaves_its_report(database, settings, clock):
    fill(database, settings)
    here, job = job_context(database, settings), JOBS["forget-answered-messages"]
    assert run_now(here, job) == ""
    clock.move_to(NOON + 184 * DAY)
    assert run_now(here, job) == "1 deleted"
    with database.reading() as session:
        run = session.get_one(JobRun, job.name)
    assert (run.report, run.ended_at, run.due_at) == ("1 deleted", NOON + 184 * DAY, NOON + 184 * DAY + job.every)


def test_the_page_says_what_is_over_when_the_job_ran_and_what_it_did(database, settings, clock):
    fill(database, settings)
    clock.move_to(NOON + 200 * DAY)
    run_now(job_context(database, settings), JOBS["forget-answered-messages"])
    with somebody(create_app(settings, database=database), "data_protection") as officer:
        for path in ("/en/retention", "/cy/cadw-data"):
            page = officer.open(path)
            assert "1 deleted" in page.said
            assert "forget-sessions-and-links" in page.said
        english = officer.open("/en/retention").said
        assert "20 December 2024, 12:00" in english
        assert "links to accept an invitation or set a password" in english
        assert "never" in english


def acts(database):
    with database.reading() as session:
        assert verify_chain(session).whole
        return [one for one in session.exec(select(AuditEntry).order_by(AuditEntry.id)) if one.act == "retention-run"]


def test_what_a_job_deleted_stays_in_the_record_when_the_next_run_deletes_nothing(database, settings, clock):
    fill(database, settings)
    here, job = job_context(database, settings), JOBS["forget-answered-messages"]
    run_now(here, job)
    assert acts(database) == []
    clock.move_to(NOON + 184 * DAY)
    for _ in range(2):
        run_now(here, job)
    (act,) = acts(database)
    assert (act.actor, act.role, act.thing, act.after) == (
        "worker",
        "worker",
        "job:forget-answered-messages",
        {"report": "1 deleted"},
    )


def test_only_jobs_that_end_what_is_kept_are_in_the_record_and_none_that_failed(database, settings):
    def fail(_here):
        raise LookupError

    here = job_context(database, settings)
    assert here.retention == {one.job for one in RULES}
    run_due(here, (Job("send-mail", DAY, lambda _here: "3 sent"), Job("forget-mail", DAY, fail)))
    assert acts(database) == []


def test_of_every_setting_that_says_how_long_the_number_in_force_is_said(database, settings, operator):
    named = {one.record: one.months(settings) for one in RULES if "setting" in one.kept}
    assert len(named) >= 5
    assert None not in named.values()
    changed = replace(settings, former_contact_months=17)
    with somebody(create_app(changed, database=database), "data_protection") as officer:
        page = officer.open("/en/retention")
    assert "former_contact_months after they left Months now 17 Over now" in page.said
    assert page.said.count("Months now") == len(named)
    (line,) = [one for one in operator("retention").splitlines() if "notice_months" in one]
    assert "18" in line


def test_the_page_says_that_a_job_failed(database, settings, clock):
    with database.unit_of_work() as session:
        session.add(JobRun(name="forget-mail", due_at=NOON, ended_at=NOON, report="failed", failures=2))
    with somebody(create_app(settings, database=database), "data_protection") as officer:
        assert officer.open("/en/retention").said.count("It failed. The log says why; it is tried again.") == 2


@pytest.fixture
def operator(tmp_path, monkeypatch):
    monkeypatch.setenv("PORTAL_DATA_DIR", "set by another test")
    monkeypatch.setenv("COLUMNS", "300")
    folder = tmp_path / "data"

    def types(*words, code=0):
        done = CliRunner().invoke(cli.app, ["--data", str(folder), *words])
        assert done.exit_code == code, (done.output, done.exception)
        return done.output

    types("init")
    loaded = load(folder, environ={})
    opened = Database(loaded.url)
    fill(opened, loaded)
    yield types
    opened.close()


def test_the_operator_counts_first_and_ends_then(operator, clock):
    clock.move_to(NOON + 184 * DAY)
    counted = operator("retention", "--dry-run")
    assert "due now" in counted
    assert [line for line in counted.splitlines() if "messages" in line and " 1 " in line]
    ended = operator("retention", "--run")
    assert [line for line in ended.splitlines() if "forget-answered-messages" in line and "1 deleted" in line]
    again = operator("retention", "--run")
    assert "deleted" not in again
    assert again.count("nothing was due") == len({one.job for one in RULES})
    assert "Either" in operator("retention", "--dry-run", "--run", code=2)
    assert "due now" not in operator("retention")


def test_the_operator_gives_out_and_erases_one_person(operator):
    given = json.loads(operator("export-person", ANN.upper()))
    assert [one["record"] for one in given["records"]] == ["message"]
    assert "Records that are held: 1. Nothing was erased" in operator("erase-person", ANN, code=2)
    assert "Records erased: 1. Records that stay: 0." in operator("erase-person", ANN, "--yes")
    assert json.loads(operator("export-person", ANN))["records"] == []
    for command in (["export-person", "ann"], ["erase-person", "ann", "--yes"]):
        assert "no e-mail address" in operator(*command, code=2)
    assert "checkpoints" in operator("audit", "verify")
