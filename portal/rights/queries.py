"""What the officer sees: requests, and what is kept for how long."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from sqlmodel import Session, col, select

from portal.rights.models import RightsRequest
from portal.settings import Settings
from portal.web.jobs import JobRun
from portal.web.manifest import Retention

_MOST_ANSWERED = 50


@dataclass(frozen=True, slots=True)
class Kept:
    """One kind of record: how long it is kept, the job that ends it, how that last went, and what is due now."""

    record: str
    kept: str
    months: int | None
    """The number in force, where a setting says how long."""
    job: str
    due: int | None
    """None where nobody counts it."""
    ended_at: dt.datetime | None
    report: str
    has_failed: bool


def open_requests(session: Session) -> Sequence[RightsRequest]:
    """Requests that wait for an answer, the next that is due first; then complaints that were acknowledged."""
    wanted = select(RightsRequest).where(col(RightsRequest.answered_on).is_(None))
    has_no_day = col(RightsRequest.acknowledged_on).is_not(None)
    return session.exec(wanted.order_by(has_no_day, col(RightsRequest.due_on), col(RightsRequest.id))).all()


def answered_requests(session: Session) -> Sequence[RightsRequest]:
    """The latest that were answered."""
    wanted = select(RightsRequest).where(col(RightsRequest.answered_on).is_not(None))
    newest = wanted.order_by(col(RightsRequest.answered_on).desc(), col(RightsRequest.id).desc())
    return session.exec(newest.limit(_MOST_ANSWERED)).all()


def what_is_kept(session: Session, rules: Iterable[Retention], settings: Settings) -> tuple[Kept, ...]:
    """Every kind of record that a job ends."""
    runs = {one.name: one for one in session.exec(select(JobRun))}
    return tuple(_kept(session, one, runs.get(one.job), settings) for one in rules)


def _kept(session: Session, rule: Retention, run: JobRun | None, settings: Settings) -> Kept:
    return Kept(
        record=rule.record,
        kept=rule.kept,
        months=rule.months(settings),
        job=rule.job,
        due=rule.due(session, settings) if rule.due else None,
        ended_at=run.ended_at if run else None,
        report=run.report if run else "",
        has_failed=bool(run and run.failures),
    )
