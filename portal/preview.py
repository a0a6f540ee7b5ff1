"""What the pages of a month will say before it is released, as plain text: the real page, asked of the application
without a network.
"""

from __future__ import annotations

import asyncio
import html.parser
from dataclasses import dataclass

from starlette.applications import Starlette
from starlette.types import Message

_BLOCKS = frozenset({"p", "li", "h1", "h2", "h3", "tr", "caption", "div", "table", "summary"})
_LEFT_OUT = frozenset({"form", "script", "nav"})
_OK = 200


@dataclass(frozen=True, slots=True)
class Previewed:
    """The status of the page and its text."""

    status: int
    text: str


def preview(application: Starlette, path: str) -> Previewed:
    """Ask for a path as if every imported month were released."""
    return asyncio.run(_preview(application, path))


async def _preview(application: Starlette, path: str) -> Previewed:
    status, body = 0, b""

    async def receive() -> Message:
        return {"type": "http.request", "body": b"", "more_body": False}

    async def send(message: Message) -> None:
        nonlocal status, body
        status = message.get("status", status)
        body += message.get("body", b"")

    scope = {
        "type": "http",
        "asgi": {"version": "3.0"},
        "http_version": "1.1",
        "method": "GET",
        "scheme": "http",
        "path": path,
        "raw_path": path.encode(),
        "query_string": b"",
        "root_path": "",
        "headers": [(b"host", b"preview")],
        "client": None,
        "server": ("preview", 80),
        "portal.preview": True,
    }
    await application(scope, receive, send)
    reader = _MainText()
    reader.feed(body.decode())
    return Previewed(status, reader.text())


class _MainText(html.parser.HTMLParser):
    """The words of `main`, a block a line."""

    def __init__(self) -> None:
        super().__init__()
        self._inside = False
        self._skipping = 0
        self._lines: list[str] = [""]

    def handle_starttag(self, tag: str, _attrs: list[tuple[str, str | None]]) -> None:
        self._inside = self._inside or tag == "main"
        self._skipping += tag in _LEFT_OUT
        if tag in _BLOCKS:
            self._lines.append("")
        elif tag in {"td", "th"}:
            self._lines[-1] += "  "

    def handle_endtag(self, tag: str) -> None:
        self._skipping -= tag in _LEFT_OUT
        if tag == "main":
            self._inside = False
        elif tag in _BLOCKS:
            self._lines.append("")

    def handle_data(self, data: str) -> None:
        if self._inside and not self._skipping:
            self._lines[-1] += f" {data.strip()}" if data.strip() else ""

    def text(self) -> str:
        return "\n".join(line.strip() for line in self._lines if line.strip())
