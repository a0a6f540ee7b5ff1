"""What is held about one person: looked up by an address or a name that is posted, given out, erased; and what is kept
how long. No address or name of a person stands in an address of a page or in a log.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlmodel import Session
from starlette.datastructures import FormData
from starlette.requests import Request
from starlette.responses import Response

from portal.rights import forms, holdings, queries, wording
from portal.rights.models import RightsRequest
from portal.rights.permissions import HANDLE_PERSONAL_DATA
from portal.rights.queries import Kept
from portal.rights.wording import Record
from portal.web.forms import Problems
from portal.web.handlers import action, page
from portal.web.identity import holding, person_of
from portal.web.manifest import PageRoute, PersonalData
from portal.web.templates import render


@dataclass(frozen=True, slots=True)
class RightsContext:
    """Where the officer begins: the boxes for an address and for a name, and the requests."""

    email: str
    name: str
    problems: Problems
    waiting: Sequence[RightsRequest]
    answered: Sequence[RightsRequest]


@dataclass(frozen=True, slots=True)
class NamedContext:
    """Several people of one name, each by the address or key by which they are looked up."""

    name: str
    people: tuple[tuple[str, tuple[Record, ...]], ...]


@dataclass(frozen=True, slots=True)
class HeldContext:
    """What is held about one person, and what of it cannot be erased here. `whom`: their address, or a key."""

    whom: str
    found: tuple[Record, ...]
    reasons: tuple[str, ...]
    problems: Problems


@dataclass(frozen=True, slots=True)
class GivenContext:
    """What is held about one person, to be printed for them."""

    whom: str
    found: tuple[Record, ...]


@dataclass(frozen=True, slots=True)
class ErasedContext:
    """What became of an erasure."""

    whom: str
    gone: int
    left: tuple[Record, ...]
    reasons: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class RetentionContext:
    """What is kept, for how long, and how its end last went."""

    kept: tuple[Kept, ...]


def index(request: Request, session: Session) -> Response:
    """Where the officer begins."""
    return _index(request, session, "", {})


def look_up(request: Request, session: Session, form: FormData) -> Response:
    """What is held about somebody; or, of several of one name, who is meant."""
    if "name" in form:
        return _look_up_named(request, session, form)
    whom, problems = forms.whom(form)
    if problems:
        return _index(request, session, whom, problems)
    return _held(request, session, whom, {})


def _look_up_named(request: Request, session: Session, form: FormData) -> Response:
    name, problems = forms.name(form)
    if problems:
        return _index(request, session, "", problems, name)
    people = holdings.find_named(session, person_of(request).actor, _nouns(request), name)
    if not people:
        return _index(request, session, "", {"name": "nobody"}, name)
    if len(people) == 1:
        return _held(request, session, next(iter(people)), {})
    shown = tuple((whom, wording.records(session, request.app.state, found)) for whom, found in people.items())
    return render(request, "rights/named.html", NamedContext(name, shown))


def as_json(request: Request, session: Session, form: FormData) -> Response:
    """What is held about somebody, as a file for them."""
    whom, problems = forms.whom(form)
    if problems:
        return _index(request, session, whom, problems)
    found = holdings.give_out(session, person_of(request).actor, _nouns(request), whom)
    return Response(
        holdings.as_json(whom, found),
        media_type="application/json",
        headers={"content-disposition": 'attachment; filename="personal-data.json"'},
    )


def as_page(request: Request, session: Session, form: FormData) -> Response:
    """What is held about somebody, as a page to be printed for them."""
    whom, problems = forms.whom(form)
    if problems:
        return _index(request, session, whom, problems)
    found = holdings.give_out(session, person_of(request).actor, _nouns(request), whom)
    return render(request, "rights/given.html", GivenContext(whom, wording.records(session, request.app.state, found)))


def erase(request: Request, session: Session, form: FormData) -> Response:
    """Delete what may be deleted, once it is confirmed."""
    whom, problems = forms.whom(form)
    if problems:
        return _index(request, session, whom, problems)
    if form.get("sure") != "yes":
        return _held(request, session, whom, {"sure": "not_sure"})
    done = holdings.erase(session, person_of(request).actor, _nouns(request), whom)
    left = wording.records(session, request.app.state, done.left)
    return render(request, "rights/erased.html", ErasedContext(whom, done.gone, left, done.reasons))


def retention(request: Request, session: Session) -> Response:
    """What is kept, for how long, and how its end last went."""
    state = request.app.state
    kept = queries.what_is_kept(session, state.retention, state.settings)
    return render(request, "rights/retention.html", RetentionContext(kept))


def _index(request: Request, session: Session, email: str, problems: Problems, name: str = "") -> Response:
    context = RightsContext(email, name, problems, queries.open_requests(session), queries.answered_requests(session))
    return render(request, "rights/index.html", context, status=422 if problems else 200)


def _held(request: Request, session: Session, whom: str, problems: Problems) -> Response:
    nouns = _nouns(request)
    found = holdings.look_up(session, person_of(request).actor, nouns, whom)
    shown = wording.records(session, request.app.state, found)
    context = HeldContext(whom, shown, holdings.reasons(session, nouns, whom), problems)
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
