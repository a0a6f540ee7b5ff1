"""The page of one item: its words beside the ways to decide, to hold it, to hand it over, to hide it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

from sqlmodel import Session
from starlette.datastructures import FormData
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from portal import clock
from portal.accounts.handing import may_take
from portal.audit.service import record
from portal.lifecycle import IllegalMove
from portal.moderation import forms, holding, queries, service
from portal.moderation.forms import Typed
from portal.moderation.holding import HeldByAnother
from portal.moderation.models import ModerationItem, ModerationText
from portal.moderation.permissions import MODERATE
from portal.moderation.queries import Colleague
from portal.moderation.rules import REASONS, Words, marks_for, pieces
from portal.moderation.workflow import DECISIONS, ITEMS, OPEN
from portal.trouble import SignedOut
from portal.web.forms import Problems, line, whole_number
from portal.web.handlers import action, page
from portal.web.identity import Person, person_of
from portal.web.identity import holding as allowed
from portal.web.manifest import PageRoute
from portal.web.templates import render

DONE = frozenset({"claimed", "handed", "translated", "decided", "hidden", "reopened"})


@dataclass(frozen=True, slots=True)
class Part:
    """One field of an item, as its page shows it."""

    number: int
    original: str | None
    public: Words
    marks: tuple[str, str] | None
    box: str
    marked: str
    translation: str
    translation_box: str


@dataclass(frozen=True, slots=True)
class ItemContext:
    """One item, and what the person who asks may do with it."""

    item: ModerationItem
    parts: tuple[Part, ...]
    due_on: dt.date
    is_overdue: bool
    is_open: bool
    holder: str
    is_mine: bool
    choices: tuple[str, ...]
    may_reopen: bool
    reason_codes: tuple[str, ...]
    colleagues: tuple[Colleague, ...]
    typed: Typed
    problems: Problems
    done: str
    is_late: bool
    """Whether a colleague was quicker: what was typed is shown, and nothing was saved."""


def show(request: Request, session: Session) -> Response:
    """The item. That somebody saw it is recorded: it may name people, and nobody else may read it yet."""
    item = service.get_item(session, request.path_params["id"])
    record(session, person_of(request).actor, "moderation-read", service.reference_of(item))
    done = request.query_params.get("done", "")
    return _shown(request, session, item, done=done if done in DONE else "")


def claim(request: Request, session: Session, form: FormData) -> Response:
    """Hold it; from the colleague who holds it, where the form names them. Raises SignedOut for who may no longer."""
    item_id = request.path_params["id"]
    if not may_take(session, _moderating(request), person_of(request).account_id):
        raise SignedOut
    try:
        holding.claim(session, person_of(request), item_id, from_account=whole_number(form, "holder"))
    except HeldByAnother:
        return _shown(request, session, service.get_item(session, item_id), is_late=True)
    return _to_item(request, "claimed")


def release(request: Request, session: Session, _form: FormData) -> Response:
    """Let go of it, and look at the queue."""
    holding.release(session, person_of(request), request.path_params["id"])
    return RedirectResponse(request.app.state.urls.path("moderation:queue", request.path_params["lang"]), 303)


def hand_over(request: Request, session: Session, form: FormData) -> Response:
    """Give it to a colleague."""
    item = service.get_item(session, request.path_params["id"])
    person, chosen = person_of(request), line(form, "colleague", 15)
    others = [one.id for one in _colleagues(request, session) if one.id != person.account_id]
    if item.status not in OPEN or item.claimed_by not in {None, person.account_id} or not others:
        return _shown(request, session, item, is_late=True)
    heirs = [one for one in others if str(one) == chosen and may_take(session, _moderating(request), one)]
    if not heirs:
        return _shown(request, session, item, problems={"colleague": "no_colleague"})
    holding.hand_to(session, person, item.key, heirs[0])
    return _to_item(request, "handed")


def translate(request: Request, session: Session, form: FormData) -> Response:
    """A person's translation beside the words."""
    item = service.get_item(session, request.path_params["id"])
    texts = service.texts_of(session, item.key)
    typed = forms.translations(form, texts)
    if item.status in OPEN and not any(typed.values()):
        return _shown(request, session, item, problems={forms.translation_box(texts[0]): "no_translation"})
    try:
        holding.translate(session, person_of(request), item.key, typed)
    except HeldByAnother:
        kept = Typed(translations={forms.translation_box(one): typed[one.field] for one in texts})
        return _shown(request, session, item, typed=kept, is_late=True)
    return _to_item(request, "translated")


def decide(request: Request, session: Session, form: FormData) -> Response:
    """Decide; or the page again, with everything that was typed, when something is wrong or a colleague was quicker."""
    item = service.get_item(session, request.path_params["id"])
    typed, decision, problems = forms.decision(form, service.texts_of(session, item.key))
    is_late = item.claimed_by != person_of(request).account_id
    if is_late or decision is None:
        return _shown(request, session, item, typed=typed, problems={} if is_late else problems, is_late=is_late)
    try:
        service.decide(session, person_of(request), item.key, decision, request.app.state)
    except IllegalMove:
        return _shown(request, session, item, typed=typed, is_late=True)
    return _to_item(request, "decided")


Act = Callable[[Request, Session], None]


def _hide(request: Request, session: Session) -> None:
    service.hide(session, person_of(request), request.path_params["id"], request.app.state)


def _reopen(request: Request, session: Session) -> None:
    service.reopen(session, person_of(request), request.path_params["id"])


def undo(request: Request, session: Session, _form: FormData, *, act: Act, done: str) -> Response:
    """Hide what is shown, or put what was decided back into the queue."""
    try:
        act(request, session)
    except IllegalMove:
        return _shown(request, session, service.get_item(session, request.path_params["id"]), is_late=True)
    return _to_item(request, done)


def _shown(  # noqa: PLR0913 - each is one reason why the page is shown
    request: Request,
    session: Session,
    item: ModerationItem,
    *,
    typed: Typed | None = None,
    problems: Problems | None = None,
    done: str = "",
    is_late: bool = False,
) -> Response:
    person, settings = person_of(request), request.app.state.settings
    typed = typed or Typed()
    context = ItemContext(
        item=item,
        parts=tuple(_part(one, typed) for one in service.texts_of(session, item.key)),
        due_on=queries.due_of(item, settings),
        is_overdue=queries.is_late(item, settings, clock.now()),
        is_open=item.status in OPEN,
        holder=queries.names_of(session, [item.claimed_by or 0]).get(item.claimed_by or 0, ""),
        is_mine=item.claimed_by == person.account_id,
        choices=_choices(item, person),
        may_reopen=item.status in ITEMS.move("reopen").sources and item.erased_at is None,
        reason_codes=REASONS,
        colleagues=tuple(one for one in _colleagues(request, session) if one.id != person.account_id),
        typed=typed,
        problems=problems or {},
        done=done,
        is_late=is_late,
    )
    return render(request, "moderation/item.html", context, status=409 if is_late else 422 if problems else 200)


def _choices(item: ModerationItem, person: Person) -> tuple[str, ...]:
    """The decisions that this person may make about what they hold."""
    if item.claimed_by != person.account_id:
        return ()
    open_here = [one for one in DECISIONS if item.status in ITEMS.move(one).sources]
    asked = item.first_eyes == person.account_id
    return tuple(one for one in open_here if not (asked and one in {"show", "show_redacted", "refuse"}))


def _part(text: ModerationText, typed: Typed) -> Part:
    return Part(
        number=text.position + 1,
        original=text.original,
        public=pieces(text.public or ""),
        marks=marks_for(text.original or ""),
        box=forms.box(text),
        marked=typed.marked.get(forms.box(text), text.marked or text.original or ""),
        translation=typed.translations.get(forms.translation_box(text), text.translation or ""),
        translation_box=forms.translation_box(text),
    )


def _colleagues(request: Request, session: Session) -> tuple[Colleague, ...]:
    return queries.moderators(session, _moderating(request))


def _moderating(request: Request) -> frozenset[str]:
    """The roles that may decide."""
    return frozenset(code for code, role in request.app.state.roles.items() if MODERATE in role.permissions)


def _to_item(request: Request, done: str) -> Response:
    path = request.app.state.urls.path("moderation:item", request.path_params["lang"], id=request.path_params["id"])
    return RedirectResponse(f"{path}?done={done}", 303)


_MAY = allowed(MODERATE)
_ONE = "/moderation/items/{id:number}"

routes = (
    PageRoute(_ONE, page(show, may=_MAY, is_recorded=True), "moderation:item"),
    PageRoute(f"{_ONE}/claim", action(claim, may=_MAY), "moderation:claim", ("POST",)),
    PageRoute(f"{_ONE}/let-go", action(release, may=_MAY), "moderation:release", ("POST",)),
    PageRoute(f"{_ONE}/hand-over", action(hand_over, may=_MAY), "moderation:hand_over", ("POST",)),
    PageRoute(f"{_ONE}/translation", action(translate, may=_MAY), "moderation:translate", ("POST",)),
    PageRoute(f"{_ONE}/decide", action(decide, may=_MAY), "moderation:decide", ("POST",)),
    PageRoute(f"{_ONE}/hide", action(partial(undo, act=_hide, done="hidden"), may=_MAY), "moderation:hide", ("POST",)),
    PageRoute(
        f"{_ONE}/reopen", action(partial(undo, act=_reopen, done="reopened"), may=_MAY), "moderation:reopen", ("POST",)
    ),
)
