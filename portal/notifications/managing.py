"""What who looks after mail sees and does: the letters that could not be delivered; and in the demonstration, where
mail goes into a folder, the folder itself.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from email import message_from_bytes, policy
from email.message import EmailMessage
from functools import partial
from pathlib import Path

from sqlmodel import Session
from starlette.datastructures import FormData
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from portal.lifecycle import Actor
from portal.notifications import undelivered
from portal.notifications.permissions import MANAGE_MAIL
from portal.notifications.undelivered import Undelivered
from portal.trouble import NotFound
from portal.web.handlers import action, page
from portal.web.identity import ANYBODY, Person, holding, person_of
from portal.web.language import LANGUAGES
from portal.web.manifest import DeskTask, PageRoute
from portal.web.templates import render

_DONE = frozenset({"again", "given-up"})
_MOST_LETTERS = 50


@dataclass(frozen=True, slots=True)
class MailContext:
    """The letters that were refused, and what has just been done."""

    letters: tuple[Undelivered, ...]
    stuck: int
    done: str


@dataclass(frozen=True, slots=True)
class CountContext:
    """How many letters the desk speaks of."""

    count: int


@dataclass(frozen=True, slots=True)
class TextLine:
    """One line of a letter; with a path where it is the address of a page of ours."""

    text: str
    path: str


@dataclass(frozen=True, slots=True)
class KeptLetter:
    """One letter of the folder."""

    subject: str
    to_address: str
    language: str
    """Empty where it is in both, or nobody said."""
    lines: tuple[TextLine, ...]


@dataclass(frozen=True, slots=True)
class FolderContext:
    """The newest letters of the folder, and how many there are in it."""

    letters: tuple[KeptLetter, ...]
    count: int


def index(request: Request, session: Session) -> Response:
    """What could not be delivered. That somebody saw to whom it was is recorded."""
    letters = undelivered.undelivered(session)
    if letters:
        undelivered.record_reading(session, person_of(request).actor)
    done = request.query_params.get("done", "")
    context = MailContext(letters, undelivered.stuck(session).count, done if done in _DONE else "")
    return render(request, "notifications/mail.html", context)


Act = Callable[[Session, Actor, int], None]


def act(request: Request, session: Session, _form: FormData, *, what: Act, done: str) -> Response:
    """Try one again, or give it up."""
    what(session, person_of(request).actor, request.path_params["id"])
    path = request.app.state.urls.path("notifications:mail", request.path_params["lang"])
    return RedirectResponse(f"{path}?done={done}", 303)


def desk(session: Session, person: Person) -> Iterable[DeskTask]:
    """What waits for who looks after mail."""
    if not person.may(MANAGE_MAIL):
        return
    for some, template in (
        (undelivered.refused(session), "notifications/desk_refused.html"),
        (undelivered.stuck(session), "notifications/desk_stuck.html"),
    ):
        if some.count:
            yield DeskTask(template, CountContext(some.count), some.since)


def folder(request: Request, _session: Session) -> Response:
    """The letters of the demonstration, newest first: nobody's, because everybody in it is made up."""
    settings = request.app.state.settings
    if not settings.demo or settings.smtp_host:
        raise NotFound("mail is shown in a demonstration only")
    files = sorted(settings.mail_folder.glob("*.eml"), key=lambda one: one.stat().st_mtime_ns, reverse=True)
    letters = tuple(_kept(one, settings.public_url) for one in files[:_MOST_LETTERS])
    return render(request, "notifications/folder.html", FolderContext(letters, len(files)))


def _kept(path: Path, public_url: str) -> KeptLetter:
    mail = message_from_bytes(path.read_bytes(), policy=policy.default)
    language = str(mail["Content-Language"] or "")
    return KeptLetter(
        subject=str(mail["Subject"]),
        to_address=str(mail["To"]),
        language=language if language in LANGUAGES else "",
        lines=tuple(_line(one, public_url) for one in _text(mail).rstrip().splitlines()),
    )


def _text(mail: EmailMessage) -> str:
    return str(mail.get_content())


def _line(text: str, public_url: str) -> TextLine:
    is_ours = text.startswith(f"{public_url}/") and " " not in text
    return TextLine(text, text.removeprefix(public_url) if is_ours else "")


_MAY = holding(MANAGE_MAIL)

routes = (
    PageRoute("/mail", page(index, may=_MAY, is_recorded=True), "notifications:mail"),
    PageRoute(
        "/mail/{id:number}/again",
        action(partial(act, what=undelivered.try_again, done="again"), may=_MAY),
        "notifications:try_again",
        ("POST",),
    ),
    PageRoute(
        "/mail/{id:number}/give-up",
        action(partial(act, what=undelivered.give_up, done="given-up"), may=_MAY),
        "notifications:give_up",
        ("POST",),
    ),
    PageRoute("/mail-folder", page(folder, may=ANYBODY), "notifications:folder"),
)
