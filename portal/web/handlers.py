"""How a request becomes a response: `page` for what is read, `action` for what is sent. Each runs its handler in
one unit of work, in the right lane.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from sqlmodel import Session
from starlette.datastructures import FormData
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from portal import revisions
from portal.db import Database
from portal.trouble import TooOften
from portal.web import limits
from portal.web.limits import Limit
from portal.web.templates import asked_fragment

Reads = Callable[[Request, Session], Response]
Writes = Callable[[Request, Session, FormData], Response]
Endpoint = Callable[[Request], Awaitable[Response]]

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


def page(
    handler: Reads, *, shows: tuple[str, ...] = (), params: tuple[str, ...] = (), fragments: tuple[str, ...] = ()
) -> Endpoint:
    """An endpoint that reads. With `shows` the page is public: the same bytes for everybody until one of those nouns
    changes.

    `fragments` are the blocks of its template that htmx may ask for alone; each is named as the element that it fills.
    """
    declared = frozenset(fragments)
    public = Public(shows, frozenset(params)) if shows else None

    def read(request: Request, session: Session) -> Response:
        if public is not None and _is_one_of_its_pages(request, public, declared):
            now = revisions.current(session)
            request.scope["portal.shown"] = Shown(public, tuple(now.get(noun, 0) for noun in public.shows))
        request.scope["portal.fragments"] = declared
        return handler(request, session)

    async def endpoint(request: Request) -> Response:
        database: Database = request.app.state.database
        return await database.read(lambda session: read(request, session))

    return endpoint


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


def action(handler: Writes, *, limit: Limit | None = None) -> Endpoint:
    """An endpoint that writes: the form is read first, then the handler runs in one unit of work, within the limit
    for one caller.
    """

    def write(request: Request, session: Session, form: FormData) -> Response | TooOften:
        if limit is not None and (wait := limits.spend(session, limit, limits.caller(request))):
            return TooOften(wait)  # returned, not raised: what was spent stays spent
        return handler(request, session, form)

    async def endpoint(request: Request) -> Response:
        form = await read_form(request)
        database: Database = request.app.state.database
        answer = await database.write(lambda session: write(request, session, form))
        if isinstance(answer, TooOften):
            raise answer
        return answer

    return endpoint


def asking(handler: Writes) -> Endpoint:
    """An endpoint for a posted question that changes nothing, such as a postcode: posted so that it is in no
    address and no log.
    """

    async def endpoint(request: Request) -> Response:
        form = await read_form(request)
        database: Database = request.app.state.database
        return await database.read(lambda session: handler(request, session, form))

    return endpoint


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
