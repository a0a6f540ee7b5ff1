"""Headers that every answer carries, and the refusal of posts from other sites. No token in forms: the browser says
where a post comes from.

Source of the method: `Sec-Fetch-Site` where the browser sends it, else `Origin` against the host; a browser that sends
neither may post.
"""

from __future__ import annotations

from starlette.datastructures import Headers, MutableHeaders
from starlette.requests import Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from portal.settings import Settings
from portal.trouble import NotAllowed

_CSP = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; "
    "manifest-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
ONE_CLICK = "/unsubscribe/"
"""Where mail programs post for their readers (RFC 8058), from any site and without a form: the link's secret says who
they are, so nothing there leans on what a browser sends along.
"""
_SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})
_ALWAYS = {
    "content-security-policy": _CSP,
    "x-content-type-options": "nosniff",
    "x-frame-options": "DENY",
    "referrer-policy": "same-origin",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
    "permissions-policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=(), browsing-topics=()",
}
_HSTS = "max-age=63072000; includeSubDomains"


class CrossOriginPost(NotAllowed):
    """A form was posted from another site."""


class Security:
    """Middleware: refuse posts from elsewhere, and put the headers on whatever goes out, errors included."""

    def __init__(self, app: ASGIApp, settings: Settings) -> None:
        self.app = app
        self.headers = _ALWAYS | ({"strict-transport-security": _HSTS} if settings.secure else {})

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return

        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in self.headers.items():
                    headers.setdefault(name, value)
                headers.setdefault("cache-control", "no-store")
            await send(message)

        await self.app(scope, receive, send_with_headers)


def refuse_other_sites(request: Request) -> None:
    """Raise CrossOriginPost for an unsafe method that another site caused, but where mail programs may post."""
    if request.method in _SAFE_METHODS or request.scope["path"].startswith(ONE_CLICK):
        return
    if not _is_ours(request.headers):
        raise CrossOriginPost


def _is_ours(headers: Headers) -> bool:
    site = headers.get("sec-fetch-site")
    origin = headers.get("origin")
    same_host = origin is None or origin.lower().partition("://")[2] == headers.get("host", "").lower()
    return same_host if site is None else site in {"same-origin", "none"} and same_host
