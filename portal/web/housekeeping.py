"""What the foundation contributes: the end of counted tries and of form keys."""

from __future__ import annotations

import datetime as dt

from portal.web import idempotency, limits
from portal.web.language import N_
from portal.web.manifest import Job, JobContext, Manifest, Retention


def _forget(here: JobContext) -> str | None:
    with here.database.unit_of_work() as session:
        gone = limits.forget_old(session) + idempotency.forget_old(session)
    return f"{gone} deleted" if gone else None


manifest = Manifest(
    noun="web",
    jobs=(Job("forget-tries-and-keys", dt.timedelta(hours=1), _forget),),
    retention=(
        Retention(
            N_("counted tries, by an address hashed with a daily secret"),
            N_("2 days"),
            "forget-tries-and-keys",
            lambda session, _settings: limits.count_old(session),
        ),
        Retention(
            N_("keys of forms that were sent"),
            N_("2 days"),
            "forget-tries-and-keys",
            lambda session, _settings: idempotency.count_old(session),
        ),
    ),
)
