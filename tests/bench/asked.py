"""An application asked in this process, without a server or a network between."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Self

from sqlalchemy import event
from sqlmodel import select
from starlette.applications import Starlette

from portal.app import create_app
from portal.db import Database
from portal.places.models import Area, AreaKind
from portal.settings import load


@dataclass(frozen=True, slots=True)
class Asker:
    """`ask(path)` gives the status and the body."""

    application: Starlette
    database: Database

    @classmethod
    @contextlib.contextmanager
    def of(cls, folder: Path) -> Iterator[Self]:
        settings = load(folder, environ={})
        database = Database(settings.url)
        try:
            yield cls(create_app(settings, database=database), database)
        finally:
            database.close()

    def ask(self, path: str, **headers: str) -> tuple[int, bytes]:
        return asyncio.run(self.answer(path, **headers))

    async def answer(self, path: str, **headers: str) -> tuple[int, bytes]:
        sent: list[dict[str, Any]] = []
        where, _, query = path.partition("?")
        pairs = [(name.replace("_", "-").encode(), value.encode()) for name, value in headers.items()]
        scope = {
            "type": "http",
            "http_version": "1.1",
            "method": "GET",
            "scheme": "http",
            "path": where,
            "raw_path": where.encode(),
            "query_string": query.encode(),
            "root_path": "",
            "headers": [(b"host", b"127.0.0.1"), *pairs],
            "client": ("127.0.0.1", 1),
            "server": ("127.0.0.1", 80),
        }

        async def receive() -> dict[str, Any]:
            return {"type": "http.request", "body": b"", "more_body": False}

        async def send(message: Any) -> None:
            sent.append(message)

        await self.application(scope, receive, send)
        return sent[0]["status"], b"".join(message.get("body", b"") for message in sent[1:])

    def path(self, route: str, lang: str = "en", **params: object) -> str:
        return str(self.application.state.urls.path(route, lang, **params))

    def areas(self, kind: AreaKind) -> list[Area]:
        with self.database.reading() as session:
            return list(session.exec(select(Area).where(Area.kind == kind, Area.served).order_by(Area.code)))

    @contextlib.contextmanager
    def statements(self) -> Iterator[list[str]]:
        """Every SQL statement that is run inside the block."""
        heard: list[str] = []

        def hear(_connection: object, _cursor: object, statement: str, *_rest: object) -> None:
            heard.append(statement)

        engines = {id(engine): engine for engine in (self.database._reader, self.database._writer)}.values()
        for engine in engines:
            event.listen(engine, "before_cursor_execute", hear)
        try:
            yield heard
        finally:
            for engine in engines:
                event.remove(engine, "before_cursor_execute", hear)
