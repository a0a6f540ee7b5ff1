"""What a noun tells the rest of the portal about itself. `portal.app` lists the manifests; nothing looks a noun up
by name.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

import typer
from sqlmodel import Session
from starlette.requests import Request
from starlette.responses import Response

from portal.db import Database
from portal.lifecycle import Actor, Reference
from portal.settings import Settings
from portal.web.handlers import Endpoint
from portal.web.identity import Person

if TYPE_CHECKING:
    from _typeshed import DataclassInstance

    from portal.web.letters import Letters


_MONTHS = re.compile(r"\b[a-z_]+_months\b")


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
class Topic:
    """Something that can be followed: its name in both languages, and its page."""

    name_en: str
    name_cy: str
    route: str
    params: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    """The parameters of the route, by language."""

    def name(self, lang: str) -> str:
        return self.name_cy if lang == "cy" else self.name_en


@dataclass(frozen=True, slots=True)
class TopicKind:
    """A kind of topic, `Reference(kind, key)`. `find` gives the topic of a key, or None where there is none.

    What is not public can be followed only by whom a noun lets follow it: it has no form and no feed.
    """

    kind: str
    find: Callable[[Session, str], Topic | None]
    is_public: bool = True
    always: tuple[str, ...] = ()
    """Keys of topics that are always there, for the list of what can be followed."""


@dataclass(frozen=True, slots=True)
class FoundThing:
    """A thing that is there: its page for staff, where it has one, and its name, where it has one."""

    route: str = ""
    params: Mapping[str, object] = field(default_factory=dict)
    name_en: str = ""
    name_cy: str = ""


Found = Mapping[str, FoundThing]
"""Things that are there, by their keys."""


@dataclass(frozen=True, slots=True)
class ThingKind:
    """A kind of thing of which acts are recorded, `Reference(kind, key)`, in words of the catalogue. `find` gives, in
    one query, those of some keys that are there; `gone` is what one is called that is not, where that is another thing
    to say.
    """

    kind: str
    words: str
    find: Callable[[Session, Collection[str]], Found] | None = None
    gone: str = ""


def all_on(route: str) -> Callable[[Session, Collection[str]], Found]:
    """To find things that have one page together."""
    return lambda _session, keys: dict.fromkeys(keys, FoundThing(route))


def numbers(keys: Collection[str]) -> list[int]:
    """The keys that are numbers of rows."""
    return [int(one) for one in keys if one.isdecimal()]


@dataclass(frozen=True, slots=True)
class JobContext:
    """What a job of the worker works with. A job opens its own units of work, and none while it waits for a network."""

    database: Database
    settings: Settings
    letters: Letters
    look_up: Callable[[], Settings] | None = None
    """The settings at this moment, where they may be changed while the worker runs."""

    def renewed(self) -> JobContext:
        """The same for a job that begins now."""
        return self if self.look_up is None else replace(self, settings=self.look_up())

    topics: Mapping[str, TopicKind] = field(default_factory=dict)
    """What can be followed, by its kind."""
    retention: frozenset[str] = frozenset()
    """The names of the jobs that end what is kept about people: what they deleted is an act of the record."""


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
    """How long one kind of record is kept, in words for `portal retention`, and the job that ends it. `due` counts what
    the job would end now: the dry run.
    """

    record: str
    kept: str
    job: str
    due: Callable[[Session, Settings], int] | None = None

    def months(self, settings: Settings) -> int | None:
        """The number in force, where the words name a setting: it may be changed, and nobody should have to look."""
        found = _MONTHS.search(self.kept)
        return int(getattr(settings, found[0])) if found else None


@dataclass(frozen=True, slots=True)
class Permission:
    """Something that roles may allow. With `needs_second_factor` nobody does it with a password alone: publishing,
    seeing a case or somebody's words, saying who may.
    """

    code: str
    needs_second_factor: bool = True


@dataclass(frozen=True, slots=True)
class DeskTask:
    """Something that waits for a signed-in person: a template of the noun that says it, with its context.

    `since` is when the oldest of it began to wait: the desk shows what has waited longest first.
    """

    template: str
    context: DataclassInstance
    since: dt.datetime | None = None


@dataclass(frozen=True, slots=True)
class FirstStep:
    """Something that a portal still needs before it serves anybody well: a template of the noun that says it in one
    sentence, with its context.

    Those with `permission` see it on their desk. `route` is the page on which it is done; without one it is done where
    the portal runs.
    """

    template: str
    context: DataclassInstance
    permission: str
    route: str = ""


@dataclass(frozen=True, slots=True)
class Held:
    """What a noun holds about one person: the kind of record, as a code, and its fields in words of the data."""

    record: str
    fields: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class PersonalData:
    """How a noun gives out, and deletes, what it holds about the person with an e-mail address (in small letters).

    `erase` returns how many records went, and leaves what the law says must stay; `kept_because` says of what. A noun
    that knows people without an address finds them by `named`: from a name, each record of somebody called so, with
    their address or, where there is none, a key `kind:number` that its `held` and `erase` take in place of one.
    """

    held: Callable[[Session, str], Iterable[Held]]
    erase: Callable[[Session, Actor, str], int]
    kept_because: str = ""
    named: Callable[[Session, str], Iterable[tuple[str, Held]]] | None = None


@dataclass(frozen=True, slots=True)
class OpenWork:
    """Work that has been given to an account: the permission without which nobody opens it, how much of it there is,
    and how it is handed to another account, or put back for everybody where that is None.
    """

    permission: str
    count: Callable[[Session, int], int]
    hand_over: Callable[[Session, Actor, int, int | None], int]


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of somebody's words that a noun put before the moderators: told to that noun in the unit of work of
    the decision. Also when words that were shown are hidden again.
    """

    thing: Reference
    is_shown: bool
    texts: Mapping[str, tuple[str | None, ...]]
    """What may be shown of each field, in pieces: None is where something was removed. Empty while nothing may be."""
    reasons: tuple[str, ...] = ()


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
    permissions: tuple[Permission, ...] = ()
    after_places: Callable[[Session, Settings], str | None] | None = None
    """What must follow, in the same unit of work, when areas or their nesting change; it says what it did."""
    desk: Callable[[Session, Person], Iterable[DeskTask]] | None = None
    """What waits for a signed-in person."""
    first_steps: Callable[[Session, Settings], Iterable[FirstStep]] | None = None
    """What a new portal still needs, until it has it."""
    personal: PersonalData | None = None
    open_work: OpenWork | None = None
    moderated: Mapping[str, Callable[[Session, Outcome], None]] = field(default_factory=dict)
    """Who learns what became of words that were put before the moderators, by the kind of thing they belong to."""
    topics: tuple[TopicKind, ...] = ()
    """What of this noun can be followed."""
    acts: Mapping[str, str] = field(default_factory=dict)
    """Every act that this noun records, by its code: a short whole phrase of the catalogue, for who reads the record.
    No two acts have the same.
    """
    things: tuple[ThingKind, ...] = ()
    """The kinds of things that the noun has in the record."""
    public_acts: Mapping[str, str] = field(default_factory=dict)
    """Acts of the record that the public register shows: each `lifecycle.PublicAct` to the template that says it in a
    sentence, from `act` (a `portal.audit.register.Shown`).
    """
