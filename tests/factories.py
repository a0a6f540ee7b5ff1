"""Things that tests are about: what is known of a portal's data, a noun of its own for trying the foundation."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import pytest
from sqlmodel import Session, select
from starlette.applications import Starlette
from starlette.types import ASGIApp, Message

from portal import app as portal_app
from portal.accounts.models import Account
from portal.accounts.rules import BROWSERS, SYSTEMS
from portal.audit.models import AuditEntry
from portal.audit.workflow import RECORD_READ
from portal.crime.models import ContextNote, ForceMonth
from portal.db import Database
from portal.moderation.notices.models import ComplaintNotice
from portal.organisations.models import Councillor, Holder, Organisation, Post
from portal.places.models import Area, PlaceName
from portal.settings import Settings
from portal.web import language
from portal.web.alphabet import letter
from portal.web.language import OWN_NAMES
from portal.web.manifest import JobContext, Manifest, PageRoute
from tests.browse import Known


def known_of(app: Starlette) -> Known:
    """Every name and note in the portal's own data, by language: what may stand on a page without the catalogue."""
    with app.state.database.reading() as session:
        texts = {lang: [one for one in _texts(app, session, lang) if one] for lang in OWN_NAMES}
    letters = {lang: {letter(name, lang) for name in names} for lang, names in texts.items()}
    return Known(texts, letters)


def _texts(app: Starlette, session: Session, lang: str) -> Iterable[str]:
    settings = app.state.settings
    yield from (getattr(one, f"name_{lang}") for kind in (Area, PlaceName) for one in session.exec(select(kind)))
    yield from (getattr(one, f"text_{lang}") for one in session.exec(select(ContextNote)))
    yield from (getattr(one, f"reason_{lang}") or "" for one in session.exec(select(ForceMonth)))
    yield from (kind.find(session, key).name(lang) for kind in app.state.topics.values() for key in kind.always)
    yield from _in_office(session, lang)
    yield from (text for one in app.state.categories.values() for text in (one.name(lang), one.gloss(lang)))
    for role in app.state.roles.values():
        yield from (role.name_cy if lang == "cy" else role.name_en, role.does(lang))
    for one in session.exec(select(Account)):
        yield from (one.name, one.email or "")
    yield from _of_the_record(app, session)
    yield from session.exec(select(ComplaintNotice.email))
    yield from OWN_NAMES.values()
    yield from (*BROWSERS.values(), *SYSTEMS.values())
    for page in (page for (_, its_lang), page in app.state.pages.items() if its_lang == lang):
        yield from (page.title, page.description)
    authority = settings.authority
    yield from (authority.name(lang), authority.contact_name(lang), authority.contact_email, OWN_NAMES[lang])


def _of_the_record(app: Starlette, session: Session) -> Iterable[str]:
    """Codes of acts, things and jobs, which officers read as they are, and hashes."""
    yield from ("record:acts", *(f"account:{one}" for one in session.exec(select(Account.id))))
    yield from (RECORD_READ, *app.state.public_acts, *session.exec(select(AuditEntry.act).distinct()))
    yield from (text for hashes in session.exec(select(AuditEntry.hash, AuditEntry.previous_hash)) for text in hashes)
    yield from (one.job for one in app.state.retention)


def _in_office(session: Session, lang: str) -> Iterable[str]:
    for one in session.exec(select(Organisation)):
        yield from (one.name(lang), getattr(one, f"short_{lang}"), one.does(lang), one.email, one.web(lang)[8:])
    for post in session.exec(select(Post)):
        yield from (post.title(lang), post.email)
    yield from (text for one in session.exec(select(Holder)) for text in (one.name, one.email))
    for person in session.exec(select(Councillor)):
        yield from (person.name, person.email, getattr(person, f"party_{lang}"), getattr(person, f"surgery_{lang}"))


def app_with(*routes: PageRoute, noun: str = "trial", **made_with: Any) -> Starlette:
    """An application that has these pages too, in the place of a noun of its own. `create_app` gets the rest.

    The list of nouns is as it was when this returns: applications that other tests share are made at any time.
    """
    manifest = Manifest(noun=noun, routes=routes)
    words = {word for route in routes for word in route.path.split("/") if word and "{" not in word}
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(portal_app, "MANIFESTS", (*portal_app.MANIFESTS, manifest))
        patch.setattr(language, "PATH_WORDS", {**language.PATH_WORDS, **{word: f"{word}-cy" for word in words}})
        return portal_app.create_app(**made_with)


def job_context(database: Database, settings: Settings | None = None) -> JobContext:
    """What a job of the worker works with."""
    return portal_app.job_context(portal_app.create_app(settings or Settings(), database=database))


def trial(path: str, endpoint: Callable[..., object], name: str = "", methods: tuple[str, ...] = ("GET",)) -> PageRoute:
    """A page of the trial noun."""
    return PageRoute(path, endpoint, f"trial:{name or path.strip('/').split('/')[0]}", methods)


@dataclass(frozen=True)
class Raw:
    """A request as no client would send it: neither path nor headers are put right, the body comes in its pieces."""

    path: str
    method: str = "GET"
    headers: Sequence[tuple[str, str]] = ()
    body: Sequence[bytes] = (b"",)
    client: str = "203.0.113.7"

    def scope(self) -> dict[str, object]:
        path, _, query = self.path.partition("?")
        told = [(name.encode(), value.encode("latin-1")) for name, value in (("host", "127.0.0.1:8000"), *self.headers)]
        return {
            "type": "http",
            "asgi": {"version": "3.0"},
            "http_version": "1.1",
            "method": self.method,
            "scheme": "http",
            "path": path,
            "raw_path": path.encode(),
            "query_string": query.encode(),
            "root_path": "",
            "headers": told,
            "client": (self.client, 4711),
            "server": ("127.0.0.1", 8000),
        }


def raw(app: ASGIApp, path: str, **request: object) -> tuple[int, dict[str, str], bytes]:
    """Status, headers and body of the answer to a `Raw` request."""
    return asyncio.run(_raw(app, Raw(path, **request)))  # type: ignore[arg-type]


async def _raw(app: ASGIApp, request: Raw) -> tuple[int, dict[str, str], bytes]:
    pieces, sent = iter(enumerate(request.body, 1)), []

    async def receive() -> Message:
        number, piece = next(pieces, (0, b""))
        if not number:
            return {"type": "http.disconnect"}
        return {"type": "http.request", "body": piece, "more_body": number < len(request.body)}

    async def send(message: Message) -> None:
        sent.append(message)

    await app(request.scope(), receive, send)
    start, *rest = sent
    said = {name.decode(): value.decode("latin-1") for name, value in start["headers"]}
    return start["status"], said, b"".join(one.get("body", b"") for one in rest)


__all__ = ["Raw", "app_with", "job_context", "known_of", "raw", "trial"]
