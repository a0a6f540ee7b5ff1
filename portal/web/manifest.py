"""What a noun tells the rest of the portal about itself. `portal.app` lists the manifests; nothing looks a noun up
by name.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

import typer
from sqlmodel import Session
from starlette.requests import Request
from starlette.responses import Response

from portal.db import Database
from portal.settings import Settings

Endpoint = Callable[..., object]


@dataclass(frozen=True, slots=True)
class PageRoute:
    """One page, declared once for both languages. `path` is in English words, each of them in the table of path
    words.
    """

    path: str
    endpoint: Endpoint
    name: str
    methods: tuple[str, ...] = ("GET",)


@dataclass(frozen=True, slots=True)
class PlainRoute:
    """A route outside the languages, such as /robots.txt."""

    path: str
    endpoint: Callable[[Request], Response] | Endpoint
    name: str
    methods: tuple[str, ...] = ("GET",)


@dataclass(frozen=True, slots=True)
class SitemapEntry:
    """One public page: its route, and the parameters in each language."""

    name: str
    params: Mapping[str, Mapping[str, str]]


@dataclass(frozen=True, slots=True)
class JobContext:
    """What a job of the worker works with. A job opens its own units of work, and none while it waits for a network."""

    database: Database
    settings: Settings


@dataclass(frozen=True, slots=True)
class Job:
    """Work of the worker, done every `every`, by one process at a time. It returns a short report of counts, or
    None.

    `lease` is longer than any run: a process that dies while it holds the job lets go of it after so long.
    """

    name: str
    every: dt.timedelta
    run: Callable[[JobContext], str | None]
    lease: dt.timedelta = dt.timedelta(minutes=15)


@dataclass(frozen=True, slots=True)
class Retention:
    """How long one kind of record is kept, in words for `portal retention`, and the job that ends it."""

    record: str
    kept: str
    job: str


@dataclass(frozen=True, slots=True)
class Manifest:
    """Everything that one noun contributes."""

    noun: str
    routes: tuple[PageRoute, ...] = ()
    plain_routes: tuple[PlainRoute, ...] = ()
    sitemap: Callable[[Session], Iterable[SitemapEntry]] | None = None
    jobs: tuple[Job, ...] = ()
    retention: tuple[Retention, ...] = ()
    commands: Callable[[typer.Typer], None] | None = None
    after_places: Callable[[Session, Settings], str | None] | None = None
    """What must follow, in the same unit of work, when areas or their nesting change; it says what it did."""
