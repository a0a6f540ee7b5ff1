"""What the foundation contributes: the end of counted tries and of form keys."""

from __future__ import annotations

import datetime as dt

from portal.web import idempotency, limits
from portal.web.manifest import Job, JobContext, Manifest, Retention


def _forget(here: JobContext) -> str | None:
    with here.database.unit_of_work() as session:
        gone = limits.forget_old(session) + idempotency.forget_old(session)
    return f"{gone} deleted" if gone else None


manifest = Manifest(
    noun="web",
    jobs=(Job("forget-tries-and-keys", dt.timedelta(hours=1), _forget),),
    retention=(
        Retention("counted tries, by an address hashed with a daily secret", "2 days", "forget-tries-and-keys"),
    ),
)
