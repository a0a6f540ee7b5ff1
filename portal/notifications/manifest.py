"""What notifications contribute: mail that is sent, followers who are told and can leave, and the end of both."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator

from sqlmodel import Session

from portal.notifications import announcing, feeds, following, managing, routes, telling
from portal.notifications.permissions import MANAGE_MAIL
from portal.notifications.personal import count_settled, count_too_old, count_unconfirmed, personal
from portal.notifications.service import LONGEST_RUN, forget_over, send_due, tidy_folder
from portal.notifications.topics import carry_across
from portal.web.language import N_
from portal.web.manifest import Job, JobContext, Manifest, Permission, Retention, SitemapEntry, ThingKind, all_on


def _forget(here: JobContext) -> str | None:
    with here.database.unit_of_work() as session:
        gone = following.forget_unconfirmed(session) + announcing.forget_old(session)
    return f"{gone} deleted" if gone else None


def _carry(here: JobContext) -> str | None:
    """Who confirmed after a change what they had asked for before it, or asked for what has ended."""
    with here.database.unit_of_work() as session:
        return carry_across(session, here.settings)


def _sitemap(_session: Session) -> Iterator[SitemapEntry]:
    yield SitemapEntry("notifications:follow", {"en": {}, "cy": {}})


manifest = Manifest(
    noun="notifications",
    routes=(*routes.routes, *feeds.routes, *managing.routes),
    plain_routes=routes.plain_routes,
    sitemap=_sitemap,
    permissions=(Permission(MANAGE_MAIL),),
    jobs=(
        Job(
            "send-mail",
            dt.timedelta(seconds=5),
            lambda here: send_due(here.database, here.settings),
            lease=LONGEST_RUN + dt.timedelta(seconds=10),
        ),
        Job("tell-followers", dt.timedelta(seconds=5), telling.tell_at_once, lease=telling.LONGEST_RUN),
        Job("weekly-digest", dt.timedelta(minutes=10), telling.tell_weekly, lease=telling.LONGEST_RUN),
        Job("forget-mail", dt.timedelta(hours=6), lambda here: forget_over(here.database)),
        Job("tidy-mail-folder", dt.timedelta(minutes=1), lambda here: tidy_folder(here.database, here.settings)),
        Job("forget-followers", dt.timedelta(hours=6), _forget),
        Job("carry-followers", dt.timedelta(minutes=5), _carry),
    ),
    personal=personal,
    retention=(
        Retention(
            N_("mail"),
            N_("30 days after it was sent, and never longer than what it tells of"),
            "forget-mail",
            count_settled,
        ),
        Retention(N_("mail that cannot be sent"), N_("90 days after it was written"), "forget-mail", count_too_old),
        Retention(N_("addresses that asked to follow something"), N_("7 days"), "forget-followers", count_unconfirmed),
        Retention(N_("followers"), N_("until they leave"), "forget-followers"),
    ),
    after_places=carry_across,
    desk=managing.desk,
    acts={
        "mail-read": N_("Letters that could not be delivered looked at"),
        "mail-tried-again": N_("Refused letter sent once more"),
        "mail-given-up": N_("Refused letter given up"),
        "follower-erased": N_("Follower erased at their request"),
    },
    things=(ThingKind("mail", N_("Letter"), all_on("notifications:mail")), ThingKind("follower", N_("Follower"))),
)
