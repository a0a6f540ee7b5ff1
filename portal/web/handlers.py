"""How a request becomes a response: `page` for what is read, `action` for what is sent. Each says who may use it, and
runs its handler in one unit of work, in the right lane.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import TypeVar

from sqlmodel import Session
from starlette.datastructures import FormData
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from portal import revisions
from portal.db import Database
from portal.trouble import TooOften
from portal.web import limits
from portal.web.effective import AUTHORITY
from portal.web.identity import ANYBODY, Access, admit
from portal.web.limits import Limit
from portal.web.templates import asked_fragment

Reads = Callable[[Request, Session], Response]
Writes = Callable[[Request, Session, FormData], Response | TooOften]
Serve = Callable[[Request], Awaitable[Response]]
T = TypeVar("T")
Prepares = Callable[[Request, Session, FormData], Response | TooOften | Callable[[], T]]
Finishes = Callable[[Request, Session, FormData, T], Response | TooOften]

_MOST_FIELDS = 60
_BODY_SECONDS = 15
_FORM_TYPE = "application/x-www-form-urlencoded"


@dataclass(frozen=True, slots=True)
class Public:
    """That a page is the same for everybody: which nouns' data it shows, and the query parameters it understands."""

    shows: tuple[str, ...]
    params: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Shown:
    """What a public page was made from: kept in the request's scope, for the cache."""

    public: Public
    revisions: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Endpoint:
    """What answers a route, and who may use it. The table of permissions is read off the routes."""

    serve: Serve
    access: Access

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        response = await self.serve(Request(scope, receive, send))
        await response(scope, receive, send)


def page(  # noqa: PLR0913 - each names one thing that a route declares
    handler: Reads,
    *,
    may: Access | None = None,
    shows: tuple[str, ...] = (),
    params: tuple[str, ...] = (),
    fragments: tuple[str, ...] = (),
    is_recorded: bool = False,
    is_heavy: bool = False,
) -> Endpoint:
    """An endpoint that reads. With `shows` the page is public: the same bytes for everybody until one of those nouns
    changes, or the authority whose name and colour every page has. Any other says who `may` see it.

    `fragments` are the blocks of its template that htmx may ask for alone; each is named as the element that it fills.
    `is_recorded`: seeing it is itself an act for the record, so the handler may write. `is_heavy`: it computes for so
    long that nobody else may wait for it.
    """
    access = ANYBODY if shows and may is None else may
    if access is None or (shows and access is not ANYBODY):
        raise TypeError("a route says who may use it, and what shows public data is for anybody")
    declared = frozenset(fragments)
    public = Public((*shows, AUTHORITY), frozenset(params)) if shows else None

    def read(request: Request, session: Session) -> Response:
        admit(request, session, access)
        if public is not None and _is_one_of_its_pages(request, public, declared):
            now = revisions.current(session)
            request.app.state.effective.keep_up(session, now)
            request.scope["portal.shown"] = Shown(public, tuple(now.get(noun, 0) for noun in public.shows))
        request.scope["portal.fragments"] = declared
        return handler(request, session)

    async def endpoint(request: Request) -> Response:
        database: Database = request.app.state.database
        lane = database.write if is_recorded else database.read_beside if is_heavy else database.read
        answer = await lane(lambda session: read(request, session))
        await _keep_alive(request)
        return answer

    return Endpoint(endpoint, access)


async def _keep_alive(request: Request) -> None:
    """Mark the session of a signed-in person as used, now and then: a page that is read writes nothing by itself."""
    person = request.scope.get("portal.person")
    if person is not None and person.is_stale:
        database: Database = request.app.state.database
        await database.write(lambda session: request.app.state.keep_alive(session, person))


def _is_one_of_its_pages(request: Request, public: Public, fragments: frozenset[str]) -> bool:
    """Whether the address and the fragment are ones that the page declared: whatever else may be asked for is answered
    but never kept, so that nobody fills the memory with one page under many addresses.
    """
    query = request.query_params
    return (
        request.method in {"GET", "HEAD"}
        and set(query) <= public.params
        and (bool(query) or not request.url.query)
        and asked_fragment(request.scope) in {"", *fragments}
    )


def action(handler: Writes, *, may: Access, limit: Limit | None = None) -> Endpoint:
    """An endpoint that writes: the form is read first, then the handler runs in one unit of work, within the limit
    for one caller. What was spent of a limit stays spent: the handler returns TooOften, and does not raise it.
    """

    def write(request: Request, session: Session, form: FormData) -> Response | TooOften:
        admit(request, session, may)
        if limit is not None and (wait := limits.spend(session, limit, limits.caller(request))):
            return TooOften(wait)
        return handler(request, session, form)

    async def endpoint(request: Request) -> Response:
        form = await read_form(request)
        database: Database = request.app.state.database
        return _granted(await database.write(lambda session: write(request, session, form)))

    return Endpoint(endpoint, may)


def weighty_action(prepare: Prepares[T], finish: Finishes[T], *, may: Access) -> Endpoint:
    """An endpoint that writes, with slow work (the hashing of a password) between two units of work and outside both.

    `prepare` returns that work, or the answer when there is none to do; `finish` gets its outcome, and must look again
    at whatever may have changed in between.
    """

    def begin(request: Request, session: Session, form: FormData) -> Response | TooOften | Callable[[], T]:
        admit(request, session, may)
        return prepare(request, session, form)

    def end(request: Request, session: Session, form: FormData, outcome: T) -> Response | TooOften:
        admit(request, session, may)
        return finish(request, session, form, outcome)

    async def endpoint(request: Request) -> Response:
        form = await read_form(request)
        database: Database = request.app.state.database
        work = await database.write(lambda session: begin(request, session, form))
        if isinstance(work, Response | TooOften):
            return _granted(work)
        outcome = await database.heavy(work)
        return _granted(await database.write(lambda session: end(request, session, form, outcome)))

    return Endpoint(endpoint, may)


def _granted(answer: Response | TooOften) -> Response:
    if isinstance(answer, TooOften):
        raise answer
    return answer


def asking(handler: Writes, *, may: Access) -> Endpoint:
    """An endpoint for a posted question that changes nothing, such as a postcode: posted so that it is in no
    address and no log.
    """

    def answer(request: Request, session: Session, form: FormData) -> Response | TooOften:
        admit(request, session, may)
        return handler(request, session, form)

    async def endpoint(request: Request) -> Response:
        form = await read_form(request)
        database: Database = request.app.state.database
        return _granted(await database.read(lambda session: answer(request, session, form)))

    return Endpoint(endpoint, may)


async def read_form(request: Request) -> FormData:
    """The form of a request. Raises 415 for another kind of body, 408 for one that does not end, 400 for one that
    is no form.
    """
    if request.headers.get("content-type", _FORM_TYPE).partition(";")[0].strip().lower() != _FORM_TYPE:
        raise HTTPException(415)
    if request.headers.get("content-encoding", "identity").lower() != "identity":
        raise HTTPException(415)
    try:
        async with asyncio.timeout(_BODY_SECONDS):
            form = await request.form(max_fields=_MOST_FIELDS)
    except TimeoutError as error:
        raise HTTPException(408) from error
    request.scope["portal.sent"] = form  # for the page of a trouble that may pass
    return form
