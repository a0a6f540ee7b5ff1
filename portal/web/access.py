"""The access log: one JSON line a request, with the route's name and never its path, its query, an address or a
browser.
"""

from __future__ import annotations

import asyncio
import sys
import time
from typing import TextIO

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from portal.web.language import LANGUAGES

_FLUSH_SECONDS = 1.0


class AccessLog:
    """Middleware: says what was asked for and how it went. Lines are written together, at most a second late."""

    def __init__(self, app: ASGIApp, stream: TextIO | None = None) -> None:
        self.app = app
        self.stream = stream or sys.stdout
        self._lines: list[str] = []
        self._waiting = False

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan":
            try:
                await self.app(scope, receive, send)
            finally:
                self._flush()
            return
        started = time.monotonic()
        status = size = 0

        async def counting(message: Message) -> None:
            nonlocal status, size
            if message["type"] == "http.response.start":
                status = message["status"]
            else:
                size += len(message.get("body", b""))
            await send(message)

        try:
            await self.app(scope, receive, counting)
        finally:
            self._add(scope, status, size, started)

    def _add(self, scope: Scope, status: int, size: int, started: float) -> None:
        ended = time.monotonic()
        route = getattr(scope.get("portal.route"), "name", None) or "other"
        lang = next((one for one in LANGUAGES if scope.get("path", "").startswith(f"/{one}/")), "")
        self._lines.append(
            f'{{"at":{time.time():.3f},"method":"{_method(scope)}","route":"{route}","lang":"{lang}",'
            f'"status":{status},"ms":{(ended - started) * 1000:.1f},"bytes":{size}}}\n'
        )
        if not self._waiting:
            self._waiting = True
            asyncio.get_running_loop().call_later(_FLUSH_SECONDS, self._flush)

    def _flush(self) -> None:
        lines, self._lines = "".join(self._lines), []
        self._waiting = False
        self.stream.write(lines)
        self.stream.flush()


def _method(scope: Scope) -> str:
    """A method that HTTP knows; anything else is somebody's own text and is not repeated."""
    method = str(scope.get("method", ""))
    return method if method in {"GET", "HEAD", "POST", "OPTIONS", "PUT", "PATCH", "DELETE"} else "OTHER"
