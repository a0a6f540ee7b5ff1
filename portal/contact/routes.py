"""The contact forms: one page an inbox, and the receipt."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial

from sqlmodel import Session, select
from starlette.datastructures import FormData
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from portal import clock
from portal.contact import forms, service
from portal.contact.forms import Typed
from portal.contact.models import Inbox, Message
from portal.notifications.service import Mail, write
from portal.trouble import NotFound
from portal.web import idempotency
from portal.web.forms import Problems
from portal.web.handlers import action, page
from portal.web.identity import ANYBODY
from portal.web.limits import Limit
from portal.web.manifest import PageRoute
from portal.web.templates import render

_LIMIT = Limit("contact", times=30, seconds=3600)


@dataclass(frozen=True, slots=True)
class FormContext:
    """The form of one inbox, empty or as it was typed."""

    inbox: Inbox
    typed: Typed
    problems: Problems
    form_key: str


@dataclass(frozen=True, slots=True)
class ReceiptContext:
    """What the person keeps: the reference, and whether an answer was asked for."""

    reference: str
    wants_answer: bool


@dataclass(frozen=True, slots=True)
class MailContext:
    """The message as the inbox reads it."""

    message: Message
    public_url: str


def ask(request: Request, _session: Session, *, inbox: Inbox) -> Response:
    """The empty form."""
    typed = Typed(forms.asked_about(request.query_params), "", "")
    return render(request, "contact/form.html", FormContext(inbox, typed, {}, idempotency.new_key()))


def send(request: Request, session: Session, form: FormData, *, inbox: Inbox) -> Response:
    """Keep the message and the mail that carries it, then show the receipt; or the form again, with everything that
    was typed.
    """
    typed, problems = forms.read(form)
    if problems:
        context = FormContext(inbox, typed, problems, idempotency.new_key())
        return render(request, "contact/form.html", context, status=422)

    def make() -> str:
        message = service.receive(session, _message(request, typed, inbox))
        write(session, _mail(request, message), request.app.state.settings)
        lang = request.path_params["lang"]
        return str(request.app.state.urls.path("contact:receipt", lang, reference=message.reference))

    return RedirectResponse(idempotency.once(session, form, make), status_code=303)


def receipt(request: Request, session: Session) -> Response:
    """What was received, as a reference only: whoever has the address learns nothing of the message."""
    reference = request.path_params["reference"]
    message = session.exec(select(Message).where(Message.reference == reference)).first()
    if message is None:
        raise NotFound(reference)
    return render(request, "contact/receipt.html", ReceiptContext(reference, message.email is not None))


def _message(request: Request, typed: Typed, inbox: Inbox) -> Message:
    return Message(
        reference=service.new_reference(),
        inbox=inbox,
        about=typed.about,
        text=typed.text,
        email=typed.email or None,
        language=request.path_params["lang"],
        received_at=clock.now(),
    )


def _mail(request: Request, message: Message) -> Mail:
    """Nobody knows which language the inbox's reader prefers, so the mail is in both; the message itself is as it was
    written, and once.
    """
    settings = request.app.state.settings
    letter = request.app.state.letters.make("contact", MailContext(message, settings.public_url), None)
    return Mail(
        service.inbox_address(settings, message.inbox),
        letter.subject,
        f"{letter.body}\n{message.text}",
        reply_to=message.email,
        about=service.reference_of(message.reference),
        language=letter.language,
    )


def _routes(inbox: Inbox) -> tuple[PageRoute, ...]:
    path = f"/contact/{inbox}"
    return (
        PageRoute(path, page(partial(ask, inbox=inbox), may=ANYBODY), f"contact:{inbox}"),
        PageRoute(
            path, action(partial(send, inbox=inbox), may=ANYBODY, limit=_LIMIT), f"contact:send_{inbox}", ("POST",)
        ),
    )


routes = (
    *(route for inbox in Inbox for route in _routes(inbox)),
    PageRoute("/contact/thank-you/{reference:slug}", page(receipt, may=ANYBODY), "contact:receipt"),
)
