"""Send a notice of complaint; and, for moderators, what must be done about one by when."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from sqlmodel import Session, select
from starlette.datastructures import FormData
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from portal import clock
from portal.audit.service import record
from portal.clock import LONDON
from portal.lifecycle import IllegalMove
from portal.moderation.models import ModerationItem
from portal.moderation.notices import forms, service
from portal.moderation.notices.forms import Typed, TypedStep
from portal.moderation.notices.models import ComplaintNotice, ComplaintStatus
from portal.moderation.notices.rules import last_day, missing, within_48_hours
from portal.moderation.notices.service import BadMoment
from portal.moderation.notices.workflow import NOTICES
from portal.moderation.permissions import MODERATE
from portal.moderation.queries import find_shown
from portal.moderation.reports.forms import reference
from portal.moderation.reports.routes import LIMIT
from portal.trouble import Conflict, NotFound
from portal.web import idempotency
from portal.web.forms import Problems, line
from portal.web.handlers import action, page
from portal.web.identity import ANYBODY, holding, person_of
from portal.web.letters import Letter
from portal.web.manifest import PageRoute
from portal.web.templates import render


@dataclass(frozen=True, slots=True)
class NoticeFormContext:
    """The form, empty or as it was typed."""

    typed: Typed
    problems: Problems
    form_key: str


@dataclass(frozen=True, slots=True)
class NoticeReceiptContext:
    """What who complains keeps, and until when they are answered."""

    reference: str
    due_at: dt.datetime


@dataclass(frozen=True, slots=True)
class NoticeContext:
    """One notice, what it lacks, what was done, and what can be done now."""

    notice: ComplaintNotice
    item: ModerationItem | None
    lacking: tuple[str, ...]
    due_at: dt.datetime | None
    is_overdue: bool
    last_day: dt.date | None
    is_third: bool
    moves: tuple[str, ...]
    copy: Letter | None
    """What the author would be sent now, to be read before it is sent; None where nothing can be sent to them."""
    typed: TypedStep
    problems: Problems


def ask(request: Request, _session: Session) -> Response:
    """The empty form."""
    context = NoticeFormContext(forms.asked(request.query_params), {}, idempotency.new_key())
    return render(request, "moderation/notice.html", context)


def send(request: Request, session: Session, form: FormData) -> Response:
    """Keep the notice, then show the receipt; or the form again, with everything that was typed."""
    typed, problems = forms.read(form)
    if problems:
        context = NoticeFormContext(typed, problems, idempotency.new_key())
        return render(request, "moderation/notice.html", context, status=422)

    def make() -> str:
        lang = request.path_params["lang"]
        notice = service.receive(session, _notice(session, typed, lang), request.app.state)
        return str(request.app.state.urls.path("moderation:notice_receipt", lang, reference=notice.reference))

    return RedirectResponse(idempotency.once(session, form, make), status_code=303)


def _notice(session: Session, typed: Typed, lang: str) -> ComplaintNotice:
    item = find_shown(session, typed.item) if typed.item else None
    return ComplaintNotice(
        reference="",
        language=lang,
        about=typed.about,
        item_id=item.key if item else None,
        name=typed.name,
        email=typed.email,
        words=typed.words,
        meaning=typed.meaning,
        wrong=typed.wrong,
        lacks_details=typed.lacks_details,
        may_name=typed.may_name,
        may_give_email=typed.may_give_email,
        says_repeated=typed.says_repeated,
        status=ComplaintStatus.received,
        received_at=clock.now(),
    )


def receipt(request: Request, session: Session) -> Response:
    """What was received, as a reference only, and until when who complains hears of it."""
    known = select(ComplaintNotice).where(ComplaintNotice.reference == request.path_params["reference"])
    notice = session.exec(known).first()
    if notice is None:
        raise NotFound
    context = NoticeReceiptContext(notice.reference, within_48_hours(notice.received_at))
    return render(request, "moderation/notice_receipt.html", context)


def show(request: Request, session: Session) -> Response:
    """One notice. That somebody saw who complains is recorded."""
    notice = service.get_notice(session, request.path_params["id"])
    record(session, person_of(request).actor, "complaint-read", notice.thing)
    return _shown(request, session, notice)


def step(request: Request, session: Session, form: FormData) -> Response:
    """Take a step; or the page again, with the reason why not."""
    notice = service.get_notice(session, request.path_params["id"])
    typed, taken, problems = forms.step(form)
    if not _may_follow(notice, typed.move):
        raise Conflict("a colleague was quicker")
    if taken is not None:
        try:
            service.take(session, person_of(request), request.path_params["id"], taken, request.app.state)
        except BadMoment:
            problems = {"replied_on": "bad_moment"}
        except IllegalMove as why:
            problems = {"move": why.codes[0]}
        else:
            return _to_notice(request)
    return _shown(request, session, notice, typed, problems)


def _may_follow(notice: ComplaintNotice, move: str) -> bool:
    """Whether the page of the notice, as it stands now, offers this step; without one, whether it offers any."""
    return any(notice.status in one.sources for one in NOTICES.moves if move in {"", one.name})


def link(request: Request, session: Session, form: FormData) -> Response:
    """Say which words of the queue it is about."""
    notice_id, named = request.path_params["id"], reference(line(form, "item", 20))
    if service.link(session, person_of(request), notice_id, named):
        return _to_notice(request)
    notice = service.get_notice(session, notice_id)
    if notice.item_id is not None or not _may_follow(notice, ""):
        raise Conflict("a colleague was quicker")
    return _shown(request, session, notice, None, {"item": "no_item"})


def _shown(
    request: Request,
    session: Session,
    notice: ComplaintNotice,
    typed: TypedStep | None = None,
    problems: Problems | None = None,
) -> Response:
    due, now = service.due_of(notice), clock.now()
    local = now.astimezone(LONDON)
    typed = typed or TypedStep(replied_on=f"{local:%Y-%m-%d}", replied_time=f"{local:%H:%M}")
    item = service.item_of(session, notice)
    context = NoticeContext(
        notice=notice,
        item=item,
        lacking=missing(notice),
        due_at=due,
        is_overdue=due is not None and due < now,
        last_day=last_day(notice.contacted_at) if notice.contacted_at else None,
        is_third=service.is_third_time(session, notice),
        moves=tuple(one.name for one in NOTICES.moves if notice.status in one.sources),
        copy=service.copy_for_poster(notice, item, request.app.state),
        typed=typed,
        problems=problems or {},
    )
    return render(request, "moderation/show_notice.html", context, status=422 if problems else 200)


def _to_notice(request: Request) -> Response:
    lang, number = request.path_params["lang"], request.path_params["id"]
    return RedirectResponse(request.app.state.urls.path("moderation:show_notice", lang, id=number), 303)


_MAY = holding(MODERATE)
_ONE = "/moderation/notices/{id:number}"

routes = (
    PageRoute("/report-content/notice", page(ask, may=ANYBODY), "moderation:notice"),
    PageRoute("/report-content/notice", action(send, may=ANYBODY, limit=LIMIT), "moderation:send_notice", ("POST",)),
    PageRoute(
        "/report-content/notice/thank-you/{reference:slug}", page(receipt, may=ANYBODY), "moderation:notice_receipt"
    ),
    PageRoute(_ONE, page(show, may=_MAY, is_recorded=True), "moderation:show_notice"),
    PageRoute(f"{_ONE}/step", action(step, may=_MAY), "moderation:step", ("POST",)),
    PageRoute(f"{_ONE}/link", action(link, may=_MAY), "moderation:link", ("POST",)),
)
