"""The worker: runs every noun's jobs when they are due, one process at a time, and remembers in the database when
each last ran. What was deleted because its time was over it keeps in the record of acts: the next run does not write
over that.
"""

from __future__ import annotations

import datetime as dt
import logging
import threading
from collections.abc import Iterable

from portal import clock
from portal.audit.service import record
from portal.db import Database, advisory_lock
from portal.lifecycle import WORKER, Reference
from portal.trouble import Unavailable, where_it_rose
from portal.web.jobs import JobRun
from portal.web.manifest import Job, JobContext

_LOG = logging.getLogger("portal.worker")
_LOCK = 731_100_001
_POLL_SECONDS = 1.0
_RETRY = dt.timedelta(minutes=1)
"""The wait after a first failure; it doubles with each failure, and is never longer than the job's own interval."""
_MOST_DOUBLINGS = 8
_LONGEST_REPORT = 300


def run_due(here: JobContext, jobs: Iterable[Job], stop: threading.Event | None = None) -> int:
    """Run each job that is due, each under a lease so that no second process runs it too, and begin none once `stop`
    is set. Returns how many ran.
    """
    ran = 0
    for job in jobs:
        if stop is not None and stop.is_set():
            break
        if _claim(here.database, job):
            _run(here, job)
            ran += 1
    return ran


def run_now(here: JobContext, job: Job) -> str:
    """Run a job whether it is due or not, and keep its report as ever. For jobs that may run beside themselves: a
    worker that has the same job in hand is not waited for.
    """
    with here.database.unit_of_work() as session:
        kept = session.get(JobRun, job.name)
        session.merge(JobRun(name=job.name, due_at=clock.now() + job.lease, failures=kept.failures if kept else 0))
    _run(here, job)
    with here.database.reading() as session:
        return session.get_one(JobRun, job.name).report


def work(here: JobContext, jobs: tuple[Job, ...], stop: threading.Event) -> None:
    """Run due jobs until `stop` is set; the job in hand is finished first. A database that is away is waited for."""
    while not stop.wait(_POLL_SECONDS):
        try:
            run_due(here, jobs, stop)
        except Unavailable:
            _LOG.warning("the database does not answer; trying again")


def _claim(database: Database, job: Job) -> bool:
    """Take the lease of a due job. With PostgreSQL the lock keeps two workers from reading the same due time at
    once.
    """
    now = clock.now()
    with database.reading() as session:
        kept = session.get(JobRun, job.name)
        if kept is not None and kept.due_at > now:
            return False
    with database.unit_of_work() as session:
        if not advisory_lock(session, _LOCK):
            return False
        kept = session.get(JobRun, job.name)
        if kept is not None and kept.due_at > now:
            return False
        session.merge(JobRun(name=job.name, due_at=now + job.lease, failures=kept.failures if kept else 0))
    return True


def _run(here: JobContext, job: Job) -> None:
    started = clock.now()
    try:
        report, failed = job.run(here.renewed()) or "", False
    except Exception as error:  # noqa: BLE001 - a job that fails must not end the worker, nor keep the others waiting
        _LOG.error("job %s failed: %s", job.name, where_it_rose(error))
        report, failed = "failed", True
    with here.database.unit_of_work() as session:
        kept = session.get_one(JobRun, job.name)
        kept.failures = kept.failures + 1 if failed else 0
        wait = min(job.every, _RETRY * 2 ** min(kept.failures - 1, _MOST_DOUBLINGS)) if failed else job.every
        kept.due_at, kept.ended_at, kept.report = started + wait, clock.now(), report[:_LONGEST_REPORT]
        if kept.report and not failed and job.name in here.retention:
            record(session, WORKER, "retention-run", Reference("job", job.name), after={"report": kept.report})
