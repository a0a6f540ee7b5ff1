"""What the record of acts contributes: the public register, the record itself, its daily checkpoint and its commands.
It is kept for six years and ended by hand, never by a job.
"""

import datetime as dt
from collections.abc import Iterator

from sqlmodel import Session

from portal.audit.checkpoints import sign_daily
from portal.audit.cli import register
from portal.audit.permissions import READ_RECORD
from portal.audit.routes import plain_routes, routes
from portal.audit.workflow import CHECKPOINT_SIGNED
from portal.web.manifest import Job, Manifest, Permission, SitemapEntry


def _sitemap(_session: Session) -> Iterator[SitemapEntry]:
    yield SitemapEntry("audit:register", {"en": {}, "cy": {}})


manifest = Manifest(
    noun="audit",
    routes=routes,
    plain_routes=plain_routes,
    sitemap=_sitemap,
    commands=register,
    jobs=(Job("sign-record", dt.timedelta(hours=1), sign_daily),),
    permissions=(Permission(READ_RECORD),),
    public_acts={CHECKPOINT_SIGNED: "audit/acts/checkpoint.html"},
)
