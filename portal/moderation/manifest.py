"""What moderation contributes: the queue and its rules, reports, notices of complaint, and the ends of all of them."""

import datetime as dt

from portal.moderation import deciding, keeping, overview
from portal.moderation import routes as queue
from portal.moderation.acts import ACTS, THINGS
from portal.moderation.notices import routes as notices
from portal.moderation.permissions import MODERATE
from portal.moderation.reports import routes as reports
from portal.web.language import N_
from portal.web.manifest import Job, Manifest, OpenWork, Permission, PersonalData, Retention

_JOB = "forget-moderated"

manifest = Manifest(
    noun="moderation",
    routes=(*queue.routes, *deciding.routes, *overview.routes, *reports.routes, *notices.routes),
    permissions=(Permission(MODERATE),),
    jobs=(Job(_JOB, dt.timedelta(hours=6), keeping.forget_over),),
    retention=(
        Retention(
            N_("what people wrote to be shown, as they wrote it; how to reach them stays while it is shown"),
            N_("for the months of the setting moderation_months after the decision"),
            _JOB,
            keeping.originals_due,
        ),
        Retention(
            N_("reports about what is shown"),
            N_("for the months of the setting feedback_months after they were settled"),
            _JOB,
            keeping.reports_due,
        ),
        Retention(
            N_("notices of complaint"),
            N_("for the months of the setting notice_months after their end: unconfirmed"),
            _JOB,
            keeping.notices_due,
        ),
    ),
    desk=overview.desk,
    personal=PersonalData(keeping.held, keeping.erase, kept_because="complaint_notice"),
    open_work=OpenWork(MODERATE, keeping.count_held, keeping.hand_over),
    acts=ACTS,
    things=THINGS,
)
