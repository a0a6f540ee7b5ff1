"""How answers leave: public pages kept as bytes until what they show has changed, compressed once, with a strong ETag;
the rest compressed as they go.

Nothing that belongs to a person passes through the kept pages: only answers to GET that a route declared public are
kept.
"""

from __future__ import annotations

import functools
import gzip
import hashlib
import time
from collections import OrderedDict
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

import brotli
from sqlalchemy.exc import SQLAlchemyError
from sqlmodel import Session
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from portal import revisions
from portal.db import Database
from portal.trouble import Unavailable
from portal.web.assets import matches, preferred_coding
from portal.web.handlers import Shown
from portal.web.templates import asked_fragment

_MOST_BYTES = 48 * 1024 * 1024
_LEAST_TO_COMPRESS = 400
_RECHECK_SECONDS = 0.5
_PUBLIC = b"public, max-age=60"
_VARY = b"Accept-Encoding, HX-Request, HX-Target, HX-History-Restore-Request"
_TEXT = (b"text/", b"application/json", b"application/xml", b"image/svg")

Headers = list[tuple[bytes, bytes]]
Key = tuple[str, bytes, str]
Learned = Callable[[Session, Mapping[str, int]], None]
"""What is told the revisions whenever they are looked at, in the session that saw them."""

_coding = functools.lru_cache(maxsize=500)(preferred_coding)


@dataclass(slots=True)
class Variant:
    """The bytes of a page in one encoding, with all their headers."""

    start: Message
    not_modified: Message
    etag: str
    body: bytes


@dataclass(slots=True)
class Kept:
    """A page as it was rendered, and from what."""

    shown: Shown
    route: object
    headers: Headers
    body: bytes
    checked: int
    variants: dict[str, Variant] = field(default_factory=dict)

    @property
    def size(self) -> int:
        return len(self.body) + sum(len(variant.body) for variant in self.variants.values())


class Delivery:
    """Middleware: answers from what is kept, keeps what is public, compresses what leaves."""

    def __init__(self, app: ASGIApp, database: Database, learned: Learned | None = None) -> None:
        self.app = app
        self.database = database
        self._learned = learned
        self._kept: OrderedDict[Key, Kept] = OrderedDict()
        self._bytes = 0
        self._known: dict[str, int] = {}
        self._check = 0
        self._seen_changes = -1
        self._recheck_at = 0.0

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        asked = _Asked(scope)
        await self._look_for_changes()
        if asked.reads and (kept := self._fresh(asked.key)) is not None:
            scope["portal.route"] = kept.route
            await _answer(self._variant(kept, asked.encoding), asked, send)
            return
        await self.app(scope, receive, _Answer(self, scope, asked, send))

    async def _look_for_changes(self) -> None:
        """Learn the revisions again: at once after a change by this process, within half a second after another's."""
        now = time.monotonic()
        if self._seen_changes == self.database.changes and now < self._recheck_at:
            return
        self._seen_changes, self._recheck_at = self.database.changes, now + _RECHECK_SECONDS
        try:
            known = dict(await self.database.read(self._learn))
        except (Unavailable, SQLAlchemyError):
            return  # the database is away or broken: what is kept is the best there is, and the page itself will say so
        if known != self._known:
            self._known, self._check = known, self._check + 1

    def _learn(self, session: Session) -> Mapping[str, int]:
        known = revisions.current(session)
        if self._learned is not None:
            self._learned(session, known)
        return known

    def _fresh(self, key: Key) -> Kept | None:
        kept = self._kept.get(key)
        if kept is None:
            return None
        if kept.checked != self._check:
            if kept.shown.revisions != tuple(self._known.get(noun, 0) for noun in kept.shown.public.shows):
                self._drop(key)
                return None
            kept.checked = self._check
        self._kept.move_to_end(key)
        return kept

    def keep(self, key: Key, kept: Kept) -> None:
        """Keep a page; the least lately used go when there are too many bytes."""
        self._drop(key)
        kept.checked = self._check - 1  # looked at once more before it is first used
        self._kept[key] = kept
        self._bytes += kept.size
        while self._bytes > _MOST_BYTES:
            self._drop(next(iter(self._kept)))

    def _drop(self, key: Key) -> None:
        if (kept := self._kept.pop(key, None)) is not None:
            self._bytes -= kept.size

    def _variant(self, kept: Kept, encoding: str) -> Variant:
        if encoding not in kept.variants:
            kept.variants[encoding] = variant = _made_variant(kept, encoding)
            self._bytes += len(variant.body)
        return kept.variants[encoding]


class _Asked:
    """The few headers of a request that matter here, read in one pass."""

    __slots__ = ("encoding", "if_none_match", "is_head", "key", "reads")

    def __init__(self, scope: Scope) -> None:
        accept = self.if_none_match = b""
        fragment = ""
        for name, value in scope["headers"]:
            if name == b"accept-encoding":
                accept = value
            elif name == b"if-none-match":
                self.if_none_match = value
            elif name == b"hx-request":
                fragment = asked_fragment(scope)
        self.is_head = scope["method"] == "HEAD"
        self.reads = self.is_head or scope["method"] == "GET"
        self.encoding = _coding(accept.decode("latin-1"))
        self.key: Key = (scope["path"], scope["query_string"], fragment)


def compressed(body: bytes, encoding: str, effort: int) -> bytes:
    """The body in an encoding; `effort` is brotli's quality (0 to 11), and gzip's where it is not above 9."""
    if encoding == "br":
        return bytes(brotli.compress(body, quality=effort))
    return gzip.compress(body, compresslevel=min(effort, 9), mtime=0) if encoding == "gzip" else body


class _Answer:
    """Takes the application's answer, keeps it where it is public, compresses it, and sends it on."""

    def __init__(self, delivery: Delivery, scope: Scope, asked: _Asked, send: Send) -> None:
        self.delivery, self.scope, self.asked, self.send = delivery, scope, asked, send
        self.start: Message | None = None

    async def __call__(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            self.start = message
            return
        if self.start is None:  # the answer is under way
            await self.send(message)
            return
        start, self.start = self.start, None
        if message.get("more_body"):
            await self.send(start)
            await self.send(message)
            return
        await self._whole(start, message.get("body", b""))

    async def _whole(self, start: Message, body: bytes) -> None:
        shown = self.scope.get("portal.shown")
        if shown is not None and start["status"] == 200 and self.asked.reads:  # noqa: PLR2004
            kept = Kept(shown, self.scope.get("portal.route"), start["headers"], body, checked=0)
            self.delivery.keep(self.asked.key, kept)
            await _answer(self.delivery._variant(kept, self.asked.encoding), self.asked, self.send)  # noqa: SLF001 - its own helper
            return
        headers = start["headers"]
        if self.asked.encoding != "identity" and len(body) >= _LEAST_TO_COMPRESS and _may_compress(headers):
            body = compressed(body, self.asked.encoding, 4)
            headers = _without(headers, b"content-length", b"vary")
            headers += [(b"content-encoding", self.asked.encoding.encode()), (b"vary", _VARY)]
            headers += [(b"content-length", str(len(body)).encode())]
        await self.send({"type": "http.response.start", "status": start["status"], "headers": headers})
        await self.send({"type": "http.response.body", "body": b"" if self.asked.is_head else body})


async def _answer(variant: Variant, asked: _Asked, send: Send) -> None:
    if asked.if_none_match and matches(asked.if_none_match.decode("latin-1"), variant.etag):
        await send(variant.not_modified)
        await send({"type": "http.response.body", "body": b""})
        return
    await send(variant.start)
    await send({"type": "http.response.body", "body": b"" if asked.is_head else variant.body})


def _made_variant(kept: Kept, encoding: str) -> Variant:
    if not _may_compress(kept.headers) or len(kept.body) < _LEAST_TO_COMPRESS:
        encoding = "identity"
    body = compressed(kept.body, encoding, 9)
    digest = hashlib.blake2b(kept.body, digest_size=15).hexdigest()
    etag = f'"{digest}-{encoding}"'
    shared = _without(kept.headers, b"content-length", b"content-type", b"vary", b"cache-control")
    shared += [(b"cache-control", _PUBLIC), (b"vary", _VARY), (b"etag", etag.encode())]
    whole = [*shared, *(pair for pair in kept.headers if pair[0] == b"content-type")]
    whole.append((b"content-length", str(len(body)).encode()))
    if encoding != "identity":
        whole.append((b"content-encoding", encoding.encode()))
    start = {"type": "http.response.start", "status": 200, "headers": whole}
    return Variant(start, {"type": "http.response.start", "status": 304, "headers": shared}, etag, body)


def _may_compress(headers: Headers) -> bool:
    names = dict(headers)
    return b"content-encoding" not in names and names.get(b"content-type", b"").startswith(_TEXT)


def _without(headers: Headers, *names: bytes) -> Headers:
    return [(name, value) for name, value in headers if name not in names]
