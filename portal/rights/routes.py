"""What is held about one person: looked up by an address that is posted, given out, erased; and what is kept how long.
No address of a person stands in an address of a page or in a log.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlmodel import Session
from starlette.datastructures import FormData
from starlette.requests import Request
from starlette.responses import Response

from portal.rights import forms, holdings, queries
from portal.rights.models import RightsRequest
from portal.rights.permissions import HANDLE_PERSONAL_DATA
from portal.rights.queries import Kept
from portal.web.forms import Problems
from portal.web.handlers import action, page
from portal.web.identity import holding, person_of
from portal.web.manifest import Held, PageRoute, PersonalData
from portal.web.templates import render


@dataclass(frozen=True, slots=True)
class RightsContext:
    """Where the officer begins: the box for an address, and the requests."""

    email: str
    problems: Problems
    waiting: Sequence[RightsRequest]
    answered: Sequence[RightsRequest]


@dataclass(frozen=True, slots=True)
class HeldContext:
    """What is held about one person, and what of it cannot be erased here."""

    email: str
    found: tuple[Held, ...]
    reasons: tuple[str, ...]
    problems: Problems


@dataclass(frozen=True, slots=True)
class GivenContext:
    """What is held about one person, to be printed for them."""

    email: str
    found: tuple[Held, ...]


@dataclass(frozen=True, slots=True)
class ErasedContext:
    """What became of an erasure."""

    email: str
    gone: int
    left: tuple[Held, ...]
    reasons: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class RetentionContext:
    """What is kept, for how long, and how its end last went."""

    kept: tuple[Kept, ...]


def index(request: Request, session: Session) -> Response:
    """Where the officer begins."""
    return _index(request, session, "", {})


def look_up(request: Request, session: Session, form: FormData) -> Response:
    """What is held about somebody."""
    email, problems = forms.email(form)
    if problems:
        return _index(request, session, email, problems)
    return _held(request, session, email, {})


def as_json(request: Request, session: Session, form: FormData) -> Response:
    """What is held about somebody, as a file for them."""
    email, problems = forms.email(form)
    if problems:
        return _index(request, session, email, problems)
    found = holdings.give_out(session, person_of(request).actor, _nouns(request), email)
    return Response(
        holdings.as_json(email, found),
        media_type="application/json",
        headers={"content-disposition": 'attachment; filename="personal-data.json"'},
    )


def as_page(request: Request, session: Session, form: FormData) -> Response:
    """What is held about somebody, as a page to be printed for them."""
    email, problems = forms.email(form)
    if problems:
        return _index(request, session, email, problems)
    found = holdings.give_out(session, person_of(request).actor, _nouns(request), email)
    return render(request, "rights/given.html", GivenContext(email, found))


def erase(request: Request, session: Session, form: FormData) -> Response:
    """Delete what may be deleted, once it is confirmed."""
    email, problems = forms.email(form)
    if problems:
        return _index(request, session, email, problems)
    if form.get("sure") != "yes":
        return _held(request, session, email, {"sure": "not_sure"})
    done = holdings.erase(session, person_of(request).actor, _nouns(request), email)
    return render(request, "rights/erased.html", ErasedContext(email, done.gone, done.left, done.reasons))


def retention(request: Request, session: Session) -> Response:
    """What is kept, for how long, and how its end last went."""
    state = request.app.state
    kept = queries.what_is_kept(session, state.retention, state.settings)
    return render(request, "rights/retention.html", RetentionContext(kept))


def _index(request: Request, session: Session, email: str, problems: Problems) -> Response:
    context = RightsContext(email, problems, queries.open_requests(session), queries.answered_requests(session))
    return render(request, "rights/index.html", context, status=422 if problems else 200)


def _held(request: Request, session: Session, email: str, problems: Problems) -> Response:
    nouns = _nouns(request)
    found = holdings.look_up(session, person_of(request).actor, nouns, email)
    context = HeldContext(email, found, holdings.reasons(session, nouns, email), problems)
    return render(request, "rights/held.html", context, status=422 if problems else 200)


def _nouns(request: Request) -> tuple[PersonalData, ...]:
    return tuple(request.app.state.personal)


_MAY = holding(HANDLE_PERSONAL_DATA)
"""What is shown of a person came with a post and is in no address: its twin in the other language begins anew."""

routes = (
    PageRoute("/rights", page(index, may=_MAY), "rights:index"),
    PageRoute("/rights", action(look_up, may=_MAY), "rights:look_up", ("POST",)),
    PageRoute("/rights/file", action(as_json, may=_MAY), "rights:as_json", ("POST",)),
    PageRoute("/rights/print", page(index, may=_MAY), "rights:begin_to_print"),
    PageRoute("/rights/print", action(as_page, may=_MAY), "rights:as_page", ("POST",)),
    PageRoute("/rights/erase", page(index, may=_MAY), "rights:begin_to_erase"),
    PageRoute("/rights/erase", action(erase, may=_MAY), "rights:erase", ("POST",)),
    PageRoute("/retention", page(retention, may=_MAY), "rights:retention"),
)
