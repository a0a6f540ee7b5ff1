"""The record in words, for who reads it: who did what, on what. Acts and things are worded by the nouns that have them;
what nobody words any more keeps its code.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from sqlmodel import Session, col, select

from portal.audit.models import AuditEntry, AuditSalt
from portal.web.manifest import FoundThing, ThingKind


@dataclass(frozen=True, slots=True)
class Named:
    """A thing, or an account that acted. `words` of the catalogue say what it is, and are empty where nobody knows its
    kind; `found` is None where it has neither a page nor a name.
    """

    reference: str
    words: str
    found: FoundThing | None = None


@dataclass(frozen=True, slots=True)
class Line:
    """One entry. `words` of the catalogue say the act, and are empty where no noun words it."""

    entry: AuditEntry
    words: str
    thing: Named
    actor: Named | None
    """None where it was no account: the role says who it was."""
    tied: frozenset[str]
    """Personal values that were not erased, as `before.NAME` and `after.NAME`."""


def lines(
    session: Session, entries: Sequence[AuditEntry], acts: Mapping[str, str], kinds: Mapping[str, ThingKind]
) -> tuple[Line, ...]:
    """The entries of a page in words, with one query for each kind of thing on it and not one for each entry."""
    references = {one.thing for one in entries} | {one.actor for one in entries if ":" in one.actor}
    named, tied = _named(session, references, kinds), _tied(session, entries)
    return tuple(
        Line(one, acts.get(one.act, ""), named[one.thing], named.get(one.actor), frozenset(tied[one.id]))
        for one in entries
    )


def _named(session: Session, references: Iterable[str], kinds: Mapping[str, ThingKind]) -> dict[str, Named]:
    by_kind: defaultdict[str, set[str]] = defaultdict(set)
    for reference in references:
        kind, _, key = reference.partition(":")
        by_kind[kind].add(key)
    return {
        one.reference: one for kind, keys in by_kind.items() for one in _of_kind(session, kind, keys, kinds.get(kind))
    }


def _of_kind(session: Session, code: str, keys: set[str], kind: ThingKind | None) -> Iterable[Named]:
    found = kind.find(session, keys) if kind and kind.find else {}
    for key in keys:
        words = kind.words if kind else ""
        if kind and kind.gone and key not in found:
            words = kind.gone
        yield Named(f"{code}:{key}", words, found.get(key))


def _tied(session: Session, entries: Iterable[AuditEntry]) -> Mapping[int, set[str]]:
    """The fields of each entry whose commitment can still be tied to a value."""
    wanted = select(AuditSalt.entry_id, AuditSalt.field).where(col(AuditSalt.entry_id).in_([one.id for one in entries]))
    fields: defaultdict[int, set[str]] = defaultdict(set)
    for number, name in session.exec(wanted):
        fields[number].add(name)
    return fields
