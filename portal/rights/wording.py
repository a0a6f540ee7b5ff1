"""What is held about a person, made ready for a page: days and moments as such, roles and topics by their names. What
is a code of some other kind has its words in `templates/rights/words.html`; a file keeps every code.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from sqlmodel import Session
from starlette.datastructures import State

from portal.accounts.roles import Role
from portal.notifications.topics import find_topic
from portal.web.manifest import Held, Topic

_DAYS_AND_MOMENTS = frozenset({"asked", "since"})
"""Fields of days beside those that end in `_on` and `_at`."""


@dataclass(frozen=True, slots=True)
class Value:
    """One field: as it is held, and what of it a page says in its own language."""

    name: str
    text: str
    day: dt.date | None = None
    moment: dt.datetime | None = None
    things: tuple[Role | Topic | str, ...] = ()
    """What has a name in both languages; a code where there is no such thing any more."""


@dataclass(frozen=True, slots=True)
class Record:
    """One record."""

    record: str
    values: tuple[Value, ...]


def records(session: Session, state: State, found: Iterable[Held]) -> tuple[Record, ...]:
    """Every record that was found. `state` is the application's."""
    finders: dict[str, Callable[[str], Role | Topic | None]] = {
        "roles": state.roles.get,
        "topic": lambda code: find_topic(state.topics, session, code),
    }
    finders["topics"] = finders["topic"]
    return tuple(
        Record(one.record, tuple(_value(name, text, finders.get(name)) for name, text in one.fields.items()))
        for one in found
    )


def _value(name: str, text: str, find: Callable[[str], Role | Topic | None] | None) -> Value:
    if find is not None:
        return Value(name, text, things=tuple(find(code) or code for code in text.split(", ")))
    if not (name.endswith(("_on", "_at")) or name in _DAYS_AND_MOMENTS):
        return Value(name, text)
    try:
        moment = dt.datetime.fromisoformat(text)
    except ValueError:
        return Value(name, text)
    if "T" not in text:
        return Value(name, text, day=moment.date())
    return Value(name, text, moment=moment if moment.tzinfo else moment.replace(tzinfo=dt.UTC))
