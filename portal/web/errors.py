"""Every trouble to one status and one page, in the reader's language. A fault of ours gets a reference that the log
has too.
"""

from __future__ import annotations

import logging
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import urlencode

from starlette.datastructures import FormData
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import PlainTextResponse, RedirectResponse, Response
from starlette.types import ExceptionHandler

from portal import trouble
from portal.web.language import preferred
from portal.web.templates import render

_LOG = logging.getLogger("portal.errors")
_KNOWN = frozenset({400, 401, 403, 404, 405, 408, 409, 410, 413, 415, 429, 500, 503})
_BAD_REQUEST, _FAULT = 400, 500
_MAY_PASS = frozenset({401, 429, 500, 503})
"""Troubles that may be over in a while, or once the person has signed in."""
_SECRETS = frozenset({"password", "new_password", "code"})
"""Fields that are never sent back: with one of them the form is filled in again."""

STATUS: Mapping[type[trouble.Trouble], int] = {
    trouble.SignedOut: 401,
    trouble.NotFound: 404,
    trouble.NotAllowed: 403,
    trouble.Conflict: 409,
    trouble.Gone: 410,
    trouble.TooOften: 429,
    trouble.Unavailable: 503,
}


@dataclass(frozen=True, slots=True)
class ErrorContext:
    """What the error page shows: the status, and a reference to quote where the fault is ours."""

    status: int
    reference: str
    minutes: int
    sent: tuple[tuple[str, str], ...]
    """The fields of the form that was sent, where sending it again may help: nothing that somebody typed is lost."""


def _status(error: Exception) -> int:
    if isinstance(error, HTTPException):
        return error.status_code
    return next((STATUS[kind] for kind in type(error).__mro__ if kind in STATUS), _FAULT)


def troubled(request: Request, error: Exception) -> Response:
    """The page for a trouble, or for an HTTP error that the framework raised."""
    status = _status(error)
    if isinstance(error, trouble.Unavailable):
        _LOG.warning("the database does not answer: %s", str(error).partition("\n")[0])
    if isinstance(error, trouble.SignedOut) and request.method in {"GET", "HEAD"}:
        return RedirectResponse(_sign_in_path(request), 303, headers={"Cache-Control": "no-store"})
    headers = dict(error.headers or {}) if isinstance(error, HTTPException) else {}
    wait = error.retry_after if isinstance(error, trouble.TooOften) else 0
    if wait:
        headers["Retry-After"] = str(wait)
    response = _error_page(request, status, "", -(-wait // 60))
    response.headers.update(headers)
    return response


def faulty(request: Request, error: Exception) -> Response:
    """The page for a fault of ours: it is logged with its reference, and nothing of the request but its route."""
    reference = secrets.token_hex(4).upper()
    route = getattr(request.scope.get("portal.route"), "name", "unknown")
    _LOG.error("reference %s at %s: %s", reference, route, trouble.where_it_rose(error))
    try:
        return _error_page(request, _FAULT, reference, 0)
    except Exception as worse:  # noqa: BLE001 - the fault may lie in what every page needs
        told = trouble.where_it_rose(worse)
        _LOG.error("reference %s: the error page itself cannot be made: %s", reference, told)
        return PlainTextResponse(f"500 {reference}\n", _FAULT)


def _error_page(request: Request, status: int, reference: str, minutes: int) -> Response:
    lang = reader_language(request)
    if request.method == "HEAD":
        return PlainTextResponse("", status)
    shown = status if status in _KNOWN else _BAD_REQUEST
    context = ErrorContext(shown, reference, minutes, _sent(request) if status in _MAY_PASS else ())
    response = render(request, "error.html", context, lang=lang, status=status)
    response.headers["cache-control"] = "no-store"
    return response


def _sign_in_path(request: Request) -> str:
    """Where to sign in, and from there back to this page."""
    path = request.app.state.urls.path("accounts:sign_in", reader_language(request))
    return f"{path}?{urlencode({'next': request.url.path})}"


def _sent(request: Request) -> tuple[tuple[str, str], ...]:
    form = request.scope.get("portal.sent", FormData())
    if _SECRETS & set(form):
        return ()
    return tuple((name, value) for name, value in form.multi_items() if isinstance(value, str))


def reader_language(request: Request) -> str:
    """The language of the path; outside the languages, the one that the browser asks for."""
    languages = request.app.state.settings.languages
    first = request.url.path.split("/")[1:2]
    return (
        first[0]
        if first and first[0] in languages
        else preferred(request.headers.get("accept-language", ""), languages)
    )


HANDLERS: Mapping[object, ExceptionHandler] = {HTTPException: troubled, trouble.Trouble: troubled, Exception: faulty}
