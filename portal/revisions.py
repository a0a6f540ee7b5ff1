"""One number a noun, raised by every commit that touches the noun's public data. What was rendered from older
numbers is stale.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager

from sqlalchemy import text
from sqlmodel import Field, Session, SQLModel

from portal.db import note_change

_RAISE = text(
    "INSERT INTO revision (noun, number) VALUES (:noun, 1)"
    " ON CONFLICT (noun) DO UPDATE SET number = revision.number + 1"
)

_CURRENT = text("SELECT noun, number FROM revision")
_WAITING = "portal.revisions"


class Revision(SQLModel, table=True):
    """How often the public data of one noun have changed."""

    noun: str = Field(primary_key=True, max_length=40)
    number: int


def touch(session: Session, *nouns: str) -> None:
    """Raise the revision of each noun by one, as part of this unit of work; within `raised_last`, when that ends."""
    waiting: set[str] | None = session.info.get(_WAITING)
    if waiting is not None:
        waiting.update(nouns)
        return
    for noun in sorted(nouns):
        session.connection().execute(_RAISE, {"noun": noun})
    note_change(session)


@contextmanager
def raised_last(session: Session) -> Iterator[None]:
    """What is touched inside is raised when this ends, each noun once; not at all where it ends with an exception."""
    waiting: set[str] = session.info.setdefault(_WAITING, set())
    try:
        yield
    finally:
        del session.info[_WAITING]
    if waiting:
        touch(session, *waiting)


def current(session: Session) -> Mapping[str, int]:
    """The revision of every noun that was ever touched; a noun that is absent stands at 0."""
    return {row.noun: row.number for row in session.connection().execute(_CURRENT)}
