"""What contact contributes: the forms, the commands, and the end of every message."""

import datetime as dt

from portal.contact.cli import register
from portal.contact.routes import routes
from portal.contact.service import forget_answered
from portal.web.manifest import Job, JobContext, Manifest, Retention


def _forget(here: JobContext) -> str | None:
    with here.database.unit_of_work() as session:
        gone = forget_answered(session, here.settings)
    return f"{gone} deleted" if gone else None


manifest = Manifest(
    noun="contact",
    routes=routes,
    jobs=(Job("forget-answered-messages", dt.timedelta(hours=6), _forget),),
    retention=(
        Retention(
            "messages", "for the months of the setting feedback_months after the answer", "forget-answered-messages"
        ),
    ),
    commands=register,
)
