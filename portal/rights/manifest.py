"""What the rights of persons contribute: the officer's pages, the desk's reminder, the end of answered requests."""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass

from sqlmodel import Session

from portal.clock import LONDON
from portal.rights import asked, queries, service
from portal.rights.acts import ACTS, THINGS
from portal.rights.permissions import HANDLE_PERSONAL_DATA
from portal.rights.routes import routes
from portal.web.identity import Person
from portal.web.language import N_
from portal.web.manifest import DeskTask, Job, JobContext, Manifest, Permission, Retention


@dataclass(frozen=True, slots=True)
class RequestsContext:
    """How many requests wait, and when the next is due: of a complaint that was acknowledged no day is."""

    count: int
    due_on: dt.date | None


def _desk(session: Session, person: Person) -> Iterable[DeskTask]:
    if not person.may(HANDLE_PERSONAL_DATA):
        return
    waiting = queries.open_requests(session)
    if waiting:
        oldest = min(one.received_on for one in waiting)
        since = dt.datetime.combine(oldest, dt.time(), LONDON)
        due_on = None if waiting[0].acknowledged_on else waiting[0].due_on
        yield DeskTask("rights/desk_requests.html", RequestsContext(len(waiting), due_on), since)


def _forget(here: JobContext) -> str | None:
    with here.database.unit_of_work() as session:
        gone = service.forget_answered(session)
    return f"{gone} deleted" if gone else None


manifest = Manifest(
    noun="rights",
    routes=(*routes, *asked.routes),
    permissions=(Permission(HANDLE_PERSONAL_DATA),),
    jobs=(Job("forget-answered-requests", dt.timedelta(hours=6), _forget),),
    retention=(
        Retention(
            N_("requests about personal data"),
            N_("2 years after the answer"),
            "forget-answered-requests",
            service.count_over,
        ),
    ),
    desk=_desk,
    acts=ACTS,
    things=THINGS,
)
