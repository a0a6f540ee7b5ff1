"""What the record of acts contributes: the public register, the record itself, its daily checkpoint and its commands.
It is kept for six years and ended by hand, never by a job.
"""

import datetime as dt
from collections.abc import Iterator

from sqlmodel import Session

from portal.audit import reading, routes
from portal.audit.checkpoints import sign_daily
from portal.audit.cli import register
from portal.audit.permissions import READ_RECORD
from portal.audit.workflow import CHECKPOINT_SIGNED, RECORD_READ
from portal.web.language import N_
from portal.web.manifest import Job, Manifest, Permission, SitemapEntry, ThingKind, all_on


def _sitemap(_session: Session) -> Iterator[SitemapEntry]:
    yield SitemapEntry("audit:register", {"en": {}, "cy": {}})


manifest = Manifest(
    noun="audit",
    routes=(*routes.routes, *reading.routes),
    plain_routes=routes.plain_routes,
    sitemap=_sitemap,
    commands=register,
    jobs=(Job("sign-record", dt.timedelta(hours=1), sign_daily),),
    permissions=(Permission(READ_RECORD),),
    acts={
        CHECKPOINT_SIGNED: N_("Record signed for the day"),
        RECORD_READ: N_("Record of acts read"),
    },
    things=(
        ThingKind("checkpoint", N_("Signature of a day")),
        ThingKind("record", N_("Record of acts"), all_on("audit:record")),
    ),
    public_acts={CHECKPOINT_SIGNED: "audit/acts/checkpoint.html"},
)
