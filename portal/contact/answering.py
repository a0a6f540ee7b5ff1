"""Messages for those who answer them: what waits, one of them, and what becomes of it. The answer itself is written in
the reader's own mail program.
"""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import quote

from sqlmodel import Session
from starlette.datastructures import FormData
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from portal import clock
from portal.accounts.handing import may_take
from portal.contact import queries, service
from portal.contact.models import Message
from portal.contact.permissions import ANSWER_MESSAGES
from portal.contact.queries import Colleague, Listed, Waiting
from portal.trouble import Conflict, SignedOut
from portal.web.forms import line, whole_number
from portal.web.handlers import action, page
from portal.web.identity import holding, person_of
from portal.web.manifest import PageRoute
from portal.web.templates import render

_TOLD = frozenset({"answered", "back", "claimed", "handed", "let_go", "taken", "late", "nobody", "settled"})


@dataclass(frozen=True, slots=True)
class InboxesContext:
    """Everything that waits, and what was answered today."""

    inboxes: tuple[Listed, ...]
    answered: tuple[Waiting, ...]
    most: int


@dataclass(frozen=True, slots=True)
class MessageContext:
    """One message, and what may be done with it."""

    message: Message
    mailto: str
    """A link that opens an answer in the reader's mail program; empty where none was asked for."""
    holder: str
    is_mine: bool
    can_be_taken_back: bool
    colleagues: tuple[Colleague, ...]
    told: str


@dataclass(frozen=True, slots=True)
class AnswerContext:
    """What the beginning of an answer says."""

    reference: str


def index(request: Request, session: Session) -> Response:
    """What waits in every inbox."""
    context = InboxesContext(queries.inboxes(session), queries.answered_today(session), queries.MOST_LISTED)
    return render(request, "contact/inboxes.html", context)


def show(request: Request, session: Session) -> Response:
    """One message. Reading it is recorded."""
    person = person_of(request)
    message = service.read_message(session, person.actor, request.path_params["reference"])
    told = request.query_params.get("told", "")
    answered = message.answered_at
    context = MessageContext(
        message=message,
        mailto=_mailto(request, message),
        holder=queries.name_of(session, message.claimed_by),
        is_mine=message.claimed_by == person.account_id,
        can_be_taken_back=answered is not None and clock.london_day(answered) == clock.today(),
        colleagues=queries.colleagues(session, _answering(request)),
        told=told if told in _TOLD else "",
    )
    return render(request, "contact/message.html", context)


def mark(request: Request, session: Session, _form: FormData) -> Response:
    """It is answered."""
    service.mark_answered(session, person_of(request).actor, request.path_params["reference"])
    return _back(request, "answered")


def take_back(request: Request, session: Session, _form: FormData) -> Response:
    """It is not answered after all."""
    try:
        service.take_answer_back(session, person_of(request).actor, request.path_params["reference"])
    except service.TooLate:
        return _back(request, "late")
    return _back(request, "back")


def claim(request: Request, session: Session, _form: FormData) -> Response:
    """Who asks will answer it, unless a colleague was quicker. Raises SignedOut for who may no longer."""
    person = person_of(request)
    if not may_take(session, _answering(request), person.account_id):
        raise SignedOut
    try:
        service.claim(session, person.actor, request.path_params["reference"], person.account_id)
    except service.TakenByAnother:
        return _back(request, "taken")
    except Conflict:
        return _back(request, "settled")
    return _back(request, "claimed")


def hand_over(request: Request, session: Session, form: FormData) -> Response:
    """A colleague will answer it, or whoever comes first."""
    person, reference = person_of(request), request.path_params["reference"]
    service.get_message(session, reference)
    chosen = whole_number(form, "colleague")
    is_nobody = chosen is None and not line(form, "colleague")
    if not is_nobody and (chosen is None or not may_take(session, _answering(request), chosen)):
        return _back(request, "nobody")
    try:
        service.hand_over(session, person.actor, reference, chosen)
    except Conflict:
        return _back(request, "settled")
    return _back(request, "let_go" if is_nobody else "handed")


def _mailto(request: Request, message: Message) -> str:
    """With subject and greeting in the language in which the message was written."""
    if message.email is None:
        return ""
    letter = request.app.state.letters.make("contact/answer", AnswerContext(message.reference), message.language)
    body = letter.body.replace("\n", "\r\n")
    return f"mailto:{quote(message.email, safe='@')}?subject={quote(letter.subject)}&body={quote(body)}"


def _answering(request: Request) -> frozenset[str]:
    """The roles that may answer messages."""
    return frozenset(code for code, role in request.app.state.roles.items() if ANSWER_MESSAGES in role.permissions)


def _back(request: Request, told: str) -> Response:
    reference, lang = request.path_params["reference"], request.path_params["lang"]
    path = request.app.state.urls.path("contact:message", lang, reference=reference)
    return RedirectResponse(f"{path}?told={told}", 303)


_MAY = holding(ANSWER_MESSAGES)
_ONE = "/messages/{reference:slug}"

routes = (
    PageRoute("/messages", page(index, may=_MAY), "contact:messages"),
    PageRoute(_ONE, page(show, may=_MAY, is_recorded=True), "contact:message"),
    PageRoute(f"{_ONE}/answered", action(mark, may=_MAY), "contact:mark_answered", ("POST",)),
    PageRoute(f"{_ONE}/not-answered", action(take_back, may=_MAY), "contact:take_back", ("POST",)),
    PageRoute(f"{_ONE}/claim", action(claim, may=_MAY), "contact:claim", ("POST",)),
    PageRoute(f"{_ONE}/hand-over", action(hand_over, may=_MAY), "contact:hand_over", ("POST",)),
)
