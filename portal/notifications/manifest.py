"""What mail contributes: the job that sends it and the job that forgets it."""

import datetime as dt

from portal.notifications.service import LONGEST_RUN, forget_over, send_due
from portal.web.manifest import Job, Manifest, Retention

manifest = Manifest(
    noun="notifications",
    jobs=(
        Job(
            "send-mail",
            dt.timedelta(seconds=5),
            lambda here: send_due(here.database, here.settings),
            lease=LONGEST_RUN + dt.timedelta(seconds=10),
        ),
        Job("forget-mail", dt.timedelta(hours=6), lambda here: forget_over(here.database)),
    ),
    retention=(
        Retention("mail", "30 days after it was sent, and never longer than what it tells of", "forget-mail"),
        Retention("mail that cannot be sent", "90 days after it was written", "forget-mail"),
    ),
)
