"""The worker: jobs run when they are due, once, whatever happens to the others."""

import datetime as dt
import subprocess
import sys
import threading

import pytest
import time_machine
from sqlmodel import select

from portal import worker
from portal.app import MANIFESTS
from portal.db import Database
from portal.settings import Settings
from portal.trouble import Unavailable
from portal.web.manifest import Job
from portal.worker import JobRun, run_due, work
from tests.factories import job_context

NOON = dt.datetime(2024, 6, 1, 12, 0, tzinfo=dt.UTC)
HOURLY = dt.timedelta(hours=1)


@pytest.fixture
def clock():
    with time_machine.travel(NOON, tick=False) as traveller:
        yield traveller


def job(name, ran, report=None, every=HOURLY):
    def run(here):
        ran.append(name)
        if isinstance(report, Exception):
            raise report
        return report

    return Job(name, every, run)


def runs(database):
    with database.reading() as session:
        return {one.name: one for one in session.exec(select(JobRun))}


def test_a_job_runs_when_it_is_due_and_not_before(database, clock):
    ran = []
    jobs = (job("hourly", ran), job("slow", ran, every=dt.timedelta(hours=3)))
    counts = []
    for _ in range(4):
        counts.append(run_due(job_context(database), jobs))
        clock.shift(HOURLY)
    assert counts == [2, 1, 1, 2]
    assert ran.count("hourly") == 4
    assert ran.count("slow") == 2


def test_a_job_is_given_the_database_and_the_settings(database, clock):
    given = []
    one = Job("look", HOURLY, given.append)
    here = job_context(database, Settings(demo=True))
    run_due(here, (one,))
    assert given == [here]


def test_how_it_went_is_remembered(database, clock):
    run_due(job_context(database), (job("a", [], "3 sent"), job("b", [], None), job("c", [], "x" * 400)))
    said = runs(database)
    assert (said["a"].report, said["b"].report, len(said["c"].report)) == ("3 sent", "", 300)
    assert said["a"].ended_at == NOON
    assert said["a"].due_at == NOON + HOURLY


def test_a_job_that_fails_stops_no_other_and_is_tried_again(database, clock, caplog):
    ran = []
    jobs = (job("broken", ran, LookupError("ann@example.org")), job("sound", ran))
    for _ in range(2):
        assert run_due(job_context(database), jobs) == 2
        assert run_due(job_context(database), jobs) == 0
        clock.shift(HOURLY)
    assert ran == ["broken", "sound"] * 2
    assert (runs(database)["broken"].report, runs(database)["broken"].failures) == ("failed", 2)
    assert runs(database)["sound"].failures == 0
    assert "job broken failed: LookupError" in caplog.text
    assert "ann@example.org" not in caplog.text


def test_failures_are_counted_until_it_goes_well(database, clock):
    reports = iter([LookupError(), LookupError(), "well"])

    def run(_here):
        report = next(reports)
        if isinstance(report, Exception):
            raise report
        return report

    counts = []
    for _ in range(3):
        run_due(job_context(database), (Job("moody", HOURLY, run),))
        counts.append(runs(database)["moody"].failures)
        clock.shift(HOURLY)
    assert counts == [1, 2, 0]


def test_a_job_that_failed_is_due_again_soon_and_later_each_time_and_never_later_than_its_turn(database, clock):
    waits = []
    for _ in range(9):
        run_due(job_context(database), (job("broken", [], LookupError()),))
        waits.append(runs(database)["broken"].due_at - dt.datetime.now(dt.UTC))
        clock.shift(waits[-1])
    assert [one.total_seconds() / 60 for one in waits] == [1, 2, 4, 8, 16, 32, 60, 60, 60]


def test_a_job_that_is_often_due_waits_no_longer_when_it_failed(database, clock):
    run_due(job_context(database), (job("often", [], LookupError(), every=dt.timedelta(seconds=5)),))
    assert runs(database)["often"].due_at == NOON + dt.timedelta(seconds=5)


def test_once_it_is_told_to_stop_the_job_in_hand_is_finished_and_none_begun(database, clock):
    stop, ran = threading.Event(), []

    def last(_here):
        stop.set()
        ran.append("last")
        return "done"

    assert run_due(job_context(database), (Job("last", HOURLY, last), job("next", ran)), stop) == 1
    assert ran == ["last"]
    assert (runs(database)["last"].report, set(runs(database))) == ("done", {"last"})


DYING = """
import datetime as dt, sys, time
from portal.app import create_app, job_context
from portal.db import Database
from portal.settings import Settings
from portal.web.manifest import Job
from portal.worker import run_due

def hang(_here):
    print("begun", flush=True)
    time.sleep(60)

lease = dt.timedelta(seconds=float(sys.argv[2]))
made = create_app(Settings(), database=Database(sys.argv[1]))
here = job_context(made)
run_due(here, (Job("send-mail", dt.timedelta(seconds=5), hang, lease=lease),))
"""


def test_the_job_of_a_worker_that_was_killed_is_due_again_when_its_lease_ends(database):
    (send_mail,) = (one for noun in MANIFESTS for one in noun.jobs if one.name == "send-mail")
    url = database.engine.url.render_as_string(hide_password=False)
    words = [sys.executable, "-c", DYING, url, str(send_mail.lease.total_seconds())]
    with subprocess.Popen(words, stdout=subprocess.PIPE) as dying:
        assert dying.stdout.readline() == b"begun\n"
        dying.kill()
    ran = []
    jobs = (job("send-mail", ran, every=send_mail.every),)
    with time_machine.travel(dt.datetime.now(dt.UTC), tick=False) as clock:
        assert run_due(job_context(database), jobs) == 0
        clock.shift(dt.timedelta(minutes=1))
        assert run_due(job_context(database), jobs) == 1
    assert ran == ["send-mail"]


def test_while_one_worker_runs_a_job_no_other_begins_it(database):
    begun, go_on, ran = threading.Event(), threading.Event(), []

    def slow(_here):
        ran.append(1)
        begun.set()
        go_on.wait(10)

    jobs = (Job("slow", dt.timedelta(0), slow),)
    first = threading.Thread(target=run_due, args=(job_context(database), jobs))
    first.start()
    begun.wait(10)
    other = Database(database.engine.url.render_as_string(hide_password=False))
    counts = [run_due(job_context(other), jobs) for _ in range(3)]
    go_on.set()
    first.join()
    other.close()
    assert (counts, ran) == ([0, 0, 0], [1])


def test_many_workers_at_one_instant_run_a_job_once(database):
    ran, barrier = [], threading.Barrier(4)

    def one_worker():
        own = Database(database.engine.url.render_as_string(hide_password=False))
        barrier.wait()
        run_due(job_context(own), (job("once", ran),))
        own.close()

    workers = [threading.Thread(target=one_worker) for _ in range(4)]
    for one in workers:
        one.start()
    for one in workers:
        one.join()
    assert ran == ["once"]


def test_a_worker_that_died_lets_go_after_a_while(database, clock):
    assert worker._claim(database, job("orphan", []))
    ran = []
    clock.shift(dt.timedelta(minutes=14))
    assert run_due(job_context(database), (job("orphan", ran, every=dt.timedelta(seconds=5)),)) == 0
    clock.shift(dt.timedelta(minutes=46))
    assert run_due(job_context(database), (job("orphan", ran, every=dt.timedelta(seconds=5)),)) == 1


def test_it_goes_on_until_it_is_told_to_stop_and_waits_for_a_database_that_is_away(database, monkeypatch, caplog):
    monkeypatch.setattr(worker, "_POLL_SECONDS", 0.01)
    stop, outcomes = threading.Event(), iter([Unavailable("away"), 0, 0])

    def once(*_given):
        outcome = next(outcomes, None)
        if outcome is None:
            stop.set()
        elif isinstance(outcome, Exception):
            raise outcome

    monkeypatch.setattr(worker, "run_due", once)
    work(job_context(database), (), stop)
    assert next(outcomes, "none left") == "none left"
    assert "does not answer" in caplog.text


def test_every_job_has_a_name_of_its_own_and_every_retention_a_job():
    names = [one.name for noun in MANIFESTS for one in noun.jobs]
    assert len(set(names)) == len(names)
    assert all(len(name) <= 60 for name in names)
    assert {one.job for noun in MANIFESTS for one in noun.retention} <= set(names)


def test_every_job_of_the_portal_runs_on_an_empty_database(database, settings):
    jobs = tuple(one for noun in MANIFESTS for one in noun.jobs)
    assert run_due(job_context(database, settings), jobs) == len(jobs)
    assert {name: one.failures for name, one in runs(database).items()} == {one.name: 0 for one in jobs}
