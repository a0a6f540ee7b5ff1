"""The record for who may read it. That somebody reads it is an act for the record itself."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass
from functools import partial

from sqlmodel import Session
from starlette.datastructures import FormData
from starlette.requests import Request
from starlette.responses import Response

from portal.audit import forms, searching
from portal.audit.forms import Typed
from portal.audit.permissions import READ_RECORD
from portal.audit.routes import Named
from portal.audit.searching import Wanted
from portal.audit.service import record
from portal.audit.wording import Line, lines
from portal.audit.workflow import RECORD_READ
from portal.lifecycle import Reference
from portal.web.alphabet import sort_key
from portal.web.forms import Problems
from portal.web.handlers import action, page
from portal.web.identity import holding, person_of
from portal.web.manifest import FoundThing, PageRoute
from portal.web.templates import render, translate

_RECORD = Reference("record", "acts")


@dataclass(frozen=True, slots=True)
class Choice:
    """An act to look for, in the language of the page; where no noun words it, by its code."""

    code: str
    words: str


@dataclass(frozen=True, slots=True)
class RecordContext:
    """The record: what is looked for and what was found."""

    typed: Typed
    choices: tuple[Choice, ...]
    lines: tuple[Line, ...]
    older: int
    role_names: Mapping[str, Named]
    way_to: Callable[[FoundThing], str]
    problems: Problems


def record_page(request: Request, session: Session) -> Response:
    """The latest entries, and the form to look for others."""
    return _found(request, session, Typed(), Wanted())


def look_up(request: Request, session: Session, form: FormData) -> Response:
    """What was looked for; or the form again, with what was typed."""
    typed, wanted, problems = forms.read(form, searching.known_acts(session))
    if problems:
        return _shown(request, session, typed, (), 0, problems)
    return _found(request, session, typed, wanted)


def _found(request: Request, session: Session, typed: Typed, wanted: Wanted) -> Response:
    """Reading the record is an act for the record: by whom, and what was looked for."""
    state, (entries, older) = request.app.state, searching.entries(session, wanted)
    asked = {name: str(value) for name, value in asdict(wanted).items() if value}
    record(session, person_of(request).actor, RECORD_READ, _RECORD, after=asked)
    return _shown(request, session, typed, lines(session, entries, state.acts, state.things), older, {})


def _shown(  # noqa: PLR0913, PLR0917 - what was typed, and what became of it
    request: Request, session: Session, typed: Typed, found: tuple[Line, ...], older: int, problems: Problems
) -> Response:
    way_to = partial(_way_to, request)
    context = RecordContext(typed, _choices(request, session), found, older, request.app.state.roles, way_to, problems)
    return render(request, "audit/record.html", context, status=422 if problems else 200)


def _choices(request: Request, session: Session) -> tuple[Choice, ...]:
    """Every act that was ever recorded, in the order of the alphabet; those that no noun words come last."""
    acts, lang = request.app.state.acts, request.path_params["lang"]
    known = searching.known_acts(session)
    choices = [Choice(code, translate(request, acts[code]) if code in acts else "") for code in known]
    return tuple(sorted(choices, key=lambda one: (not one.words, sort_key(one.words or one.code, lang))))


def _way_to(request: Request, thing: FoundThing) -> str:
    """The page of a thing; empty where it has none, or none for who reads here."""
    urls = request.app.state.urls
    if not thing.route or not urls.access[thing.route].allows(person_of(request)):
        return ""
    return str(urls.path(thing.route, request.path_params["lang"], **thing.params))


_MAY = holding(READ_RECORD)

routes = (
    PageRoute("/record", page(record_page, may=_MAY, is_recorded=True), "audit:record"),
    PageRoute("/record", action(look_up, may=_MAY), "audit:look_up", ("POST",)),
)
