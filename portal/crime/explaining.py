"""What those who release figures say about them: why a month is missing, and what a reader should know of an area's
month. It is public at once, can be taken back, and never changes a figure.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from sqlmodel import Session
from starlette.datastructures import FormData
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from portal import clock
from portal.clock import Month
from portal.crime import forms, queries, service
from portal.crime.forms import Texts
from portal.crime.queries import Force, NoteLine
from portal.crime.routes import PATHS
from portal.crime.rules import LONGEST_NOTE, LONGEST_REASON
from portal.crime.staff_routes import MAY, ONE, month_of, to_month
from portal.places.models import Area
from portal.places.queries import areas_with_pages
from portal.trouble import Conflict, NotFound
from portal.web import idempotency
from portal.web.forms import Problems, line
from portal.web.handlers import action, asking, page
from portal.web.identity import person_of
from portal.web.manifest import PageRoute
from portal.web.templates import render


@dataclass(frozen=True, slots=True)
class GapContext:
    """The form that says why nothing was supplied."""

    month: Month
    forces: tuple[Force, ...]
    typed: Texts
    problems: Problems
    most: int


@dataclass(frozen=True, slots=True)
class NoteContext:
    """The form of a note."""

    month: Month
    areas: tuple[Area, ...]
    typed: Texts
    problems: Problems
    most: int


@dataclass(frozen=True, slots=True)
class NoteCheckContext:
    """A note as it will stand on the page, before it is added."""

    month: Month
    area: Area
    typed: Texts
    form_key: str
    today: dt.date


@dataclass(frozen=True, slots=True)
class NotesContext:
    """Every note that was ever written."""

    notes: tuple[NoteLine, ...]


def ask_gap(request: Request, session: Session) -> Response:
    """The empty form."""
    return _gap(request, session, Texts(line_of(request, "force"), "", ""), {})


def declare(request: Request, session: Session, form: FormData) -> Response:
    """Say why a force's month is missing; or the form again, with everything that was typed."""
    month = month_of(request)
    missing = [one.slug for one in _missing(session, month)]
    typed, problems = forms.gap(form, missing, request.app.state.settings.languages)
    if problems:
        return _gap(request, session, typed, problems)
    actor, spoken = person_of(request).actor, request.app.state.settings.languages
    try:
        service.declare_not_supplied(session, actor, typed.about, month, typed.text_en, typed.text_cy, spoken)
    except Conflict:
        return to_month(request, month, "in_the_meantime")
    return to_month(request, month, "declared")


def withdraw_gap(request: Request, session: Session, form: FormData) -> Response:
    """Take back that nothing was supplied."""
    month = month_of(request)
    try:
        service.withdraw_declaration(session, person_of(request).actor, line(form, "force", 60), month)
    except NotFound:
        return to_month(request, month, "in_the_meantime")
    return to_month(request, month, "withdrawn")


def ask_note(request: Request, session: Session) -> Response:
    """The empty form."""
    return _note(request, session, Texts(line_of(request, "area"), "", ""), {})


def check_note(request: Request, session: Session, form: FormData) -> Response:
    """How the note will stand on the page; or the form again: with its problems, or to change the texts."""
    areas = areas_with_pages(session, tuple(PATHS))
    typed, problems = forms.note(form, [one.key for one in areas], request.app.state.settings.languages)
    if problems or form.get("change") == "yes":
        return _note(request, session, typed, {} if form.get("change") == "yes" else problems)
    area = next(one for one in areas if str(one.key) == typed.about)
    context = NoteCheckContext(month_of(request), area, typed, idempotency.new_key(), clock.today())
    return render(request, "crime/note_check.html", context)


def add_note(request: Request, session: Session, form: FormData) -> Response:
    """Show the note to every reader."""
    month, spoken = month_of(request), request.app.state.settings.languages
    areas = areas_with_pages(session, tuple(PATHS))
    typed, problems = forms.note(form, [one.key for one in areas], spoken)
    if problems:
        return _note(request, session, typed, problems)

    def make() -> str:
        area = next(one for one in areas if str(one.key) == typed.about)
        service.add_note(session, person_of(request).actor, area, month, typed.text_en, typed.text_cy, spoken)
        return to_month(request, month, "noted").headers["location"]

    return RedirectResponse(idempotency.once(session, form, make), 303)


def withdraw_note(request: Request, session: Session, _form: FormData) -> Response:
    """Show a note no longer."""
    month = month_of(request)
    try:
        service.withdraw_note(session, person_of(request).actor, None, month, request.path_params["id"])
    except Conflict:
        return to_month(request, month, "in_the_meantime")
    return to_month(request, month, "note_withdrawn")


def list_notes(request: Request, session: Session) -> Response:
    """Every note, those withdrawn too."""
    return render(request, "crime/notes.html", NotesContext(queries.notes(session)))


def line_of(request: Request, name: str) -> str:
    """What a link to a form has chosen already."""
    return request.query_params.get(name, "")[:60]


def _gap(request: Request, session: Session, typed: Texts, problems: Problems) -> Response:
    month = month_of(request)
    context = GapContext(month, _missing(session, month), typed, problems, LONGEST_REASON)
    if not context.forces:
        return to_month(request, month, "in_the_meantime" if problems else "")
    return render(request, "crime/gap.html", context, status=422 if problems else 200)


def _note(request: Request, session: Session, typed: Texts, problems: Problems) -> Response:
    areas = areas_with_pages(session, tuple(PATHS))
    context = NoteContext(month_of(request), areas, typed, problems, LONGEST_NOTE)
    return render(request, "crime/note.html", context, status=422 if problems else 200)


def _missing(session: Session, month: Month) -> tuple[Force, ...]:
    return queries.month_line(session, month).missing


routes = (
    PageRoute("/figures/notes", page(list_notes, may=MAY), "crime:notes"),
    PageRoute(f"{ONE}/gap", page(ask_gap, may=MAY), "crime:ask_gap"),
    PageRoute(f"{ONE}/gap", action(declare, may=MAY), "crime:declare", ("POST",)),
    PageRoute(f"{ONE}/gap/withdraw", action(withdraw_gap, may=MAY), "crime:withdraw_gap", ("POST",)),
    PageRoute(f"{ONE}/note", page(ask_note, may=MAY), "crime:ask_note"),
    PageRoute(f"{ONE}/note", asking(check_note, may=MAY), "crime:check_note", ("POST",)),
    PageRoute(f"{ONE}/note/add", action(add_note, may=MAY), "crime:add_note", ("POST",)),
    PageRoute(f"{ONE}/notes/{{id:number}}/withdraw", action(withdraw_note, may=MAY), "crime:withdraw_note", ("POST",)),
)
