"""The acts on who is in charge in words, for who reads the record, and where it finds them."""

from __future__ import annotations

from collections.abc import Collection
from functools import partial

from sqlmodel import Session, col, select

from portal import clock
from portal.organisations.models import Councillor, Holder, Organisation, Post
from portal.organisations.rules import is_over
from portal.organisations.service import TABLES, Kind
from portal.web.language import N_
from portal.web.manifest import Found, FoundThing, ThingKind, all_on, numbers

ACTS = {
    "organisation-added": N_("Organisation added"),
    "organisation-changed": N_("Organisation changed"),
    "organisation-ended": N_("Organisation ended"),
    "post-added": N_("Post added"),
    "post-changed": N_("Post changed"),
    "post-ended": N_("Post ended"),
    "holder-added": N_("Holder of a post added"),
    "holder-changed": N_("Holder of a post changed"),
    "holder-ended": N_("Somebody’s time in a post ended"),
    "holder-erased": N_("How to reach the holder of a post erased at their request"),
    "councillor-added": N_("Councillor added"),
    "councillor-changed": N_("Councillor changed"),
    "councillor-ended": N_("Councillor’s time in a seat ended"),
    "councillor-erased": N_("How to reach a councillor erased at their request"),
    "seats-changed": N_("Number of seats of a ward changed"),
    "seats-ended": N_("Seats of a ward ended with the ward"),
    "import-organisations": N_("Organisations imported from files"),
    "import-councillors": N_("Councillors imported from files"),
}


def _rows(session: Session, keys: Collection[str], *, kind: Kind) -> Found:
    """By name also what has ended, which has no page any more."""
    today, table = clock.today(), TABLES[kind]
    rows = session.exec(select(table).where(col(table.id).in_(numbers(keys))))
    return {str(one.key): _found(kind, one, is_there=not is_over(one.ends_on, today)) for one in rows}


def _found(kind: Kind, row: Organisation | Post | Holder | Councillor, *, is_there: bool) -> FoundThing:
    match row:
        case Organisation():
            names = (row.name_en, row.name_cy)
        case Post():
            names = (row.title_en, row.title_cy)
        case _:
            names = (row.name, row.name)
    return FoundThing(f"organisations:{kind}" if is_there else "", {"id": row.key}, *names)


_WORDS = {
    Kind.organisation: N_("Organisation"),
    Kind.post: N_("Post"),
    Kind.holder: N_("Holder of a post"),
    Kind.councillor: N_("Councillor"),
}
THINGS = (
    *(ThingKind(kind.value, words, partial(_rows, kind=kind)) for kind, words in _WORDS.items()),
    ThingKind("organisations", N_("Organisations and councillors"), all_on("organisations:index")),
)
