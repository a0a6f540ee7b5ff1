"""What contact contributes: the forms, the commands, and the end of every message."""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass

from sqlmodel import Session

from portal.contact import answering, service
from portal.contact.acts import ACTS, THINGS
from portal.contact.cli import register
from portal.contact.permissions import ANSWER_MESSAGES
from portal.contact.queries import unanswered
from portal.contact.routes import routes
from portal.contact.service import forget_answered
from portal.lifecycle import Actor
from portal.web.identity import Person
from portal.web.language import N_
from portal.web.manifest import (
    DeskTask,
    Held,
    Job,
    JobContext,
    Manifest,
    OpenWork,
    Permission,
    PersonalData,
    Retention,
)


def _forget(here: JobContext) -> str | None:
    with here.database.unit_of_work() as session:
        gone = forget_answered(session, here.settings)
    return f"{gone} deleted" if gone else None


@dataclass(frozen=True, slots=True)
class WaitingContext:
    """How many messages wait for an answer."""

    count: int


def _desk(session: Session, person: Person) -> Iterable[DeskTask]:
    if person.may(ANSWER_MESSAGES):
        count, since = unanswered(session)
        if count:
            yield DeskTask("contact/desk_messages.html", WaitingContext(count), since)


def _held(session: Session, email: str) -> Iterable[Held]:
    for one in service.messages_from(session, email):
        fields = {
            "reference": one.reference,
            "received_at": one.received_at.isoformat(),
            "inbox": str(one.inbox),
            "about": one.about,
            "text": one.text,
            "email": one.email or "",
            "language": one.language,
            "answered_at": one.answered_at.isoformat() if one.answered_at else "",
        }
        yield Held("message", {name: value for name, value in fields.items() if value})


def _erase(session: Session, actor: Actor, email: str) -> int:
    return service.erase_messages_from(session, actor, email)


manifest = Manifest(
    noun="contact",
    routes=(*routes, *answering.routes),
    jobs=(Job("forget-answered-messages", dt.timedelta(hours=6), _forget),),
    retention=(
        Retention(
            N_("messages"),
            N_("for the months of the setting feedback_months after the answer"),
            "forget-answered-messages",
            service.count_over,
        ),
    ),
    permissions=(Permission(ANSWER_MESSAGES),),
    desk=_desk,
    personal=PersonalData(_held, _erase),
    open_work=OpenWork(ANSWER_MESSAGES, service.count_claimed, service.hand_over_all),
    commands=register,
    acts=ACTS,
    things=THINGS,
)
