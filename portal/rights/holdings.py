"""What the whole portal holds about one person, looked up, given out and erased: by an e-mail address, or, where none
is known, by the key of a record that was found by a name. The nouns say what each of them holds; what was done is
recorded with the address or name as a commitment only.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from sqlmodel import Session

from portal import clock
from portal.audit.rules import Personal
from portal.audit.service import record, rows_first
from portal.lifecycle import Actor, Reference
from portal.web.manifest import Held, PersonalData

PERSON = Reference("person", "address")
"""In the record there is one thing for all: which person it was only the commitment says, to who knows the address."""


@dataclass(frozen=True, slots=True)
class Erased:
    """What became of an erasure: how many records went, what stays, and the codes of the reasons why."""

    gone: int
    left: tuple[Held, ...]
    reasons: tuple[str, ...]


def folded(email: str) -> str:
    """An address as the nouns are asked for it."""
    return email.strip().lower()


def find_named(session: Session, actor: Actor, nouns: Sequence[PersonalData], name: str) -> Mapping[str, list[Held]]:
    """Everybody of this name, by the address or key by which they are looked up. That somebody looked is recorded."""
    people: defaultdict[str, list[Held]] = defaultdict(list)
    for noun in nouns:
        for whom, one in noun.named(session, name) if noun.named else ():
            people[whom].append(one)
    after = {"name": Personal(name.casefold()), "people": len(people)}
    record(session, actor, "person-looked-up", PERSON, after=after)
    return people


def look_up(session: Session, actor: Actor, nouns: Sequence[PersonalData], whom: str) -> tuple[Held, ...]:
    """Everything that is held about the person with this address, or key. That somebody looked is recorded."""
    found = held(session, nouns, whom)
    record(session, actor, "person-looked-up", PERSON, after={**_whose(whom), "records": len(found)})
    return found


def give_out(session: Session, actor: Actor, nouns: Sequence[PersonalData], whom: str) -> tuple[Held, ...]:
    """The same, to be handed to the person. That it was given out is recorded."""
    found = held(session, nouns, whom)
    record(session, actor, "person-data-given-out", PERSON, after={**_whose(whom), "records": len(found)})
    return found


def erase(session: Session, actor: Actor, nouns: Sequence[PersonalData], whom: str) -> Erased:
    """Delete what may be deleted of the person with this address, or key, in one unit of work: all of it or nothing.
    The record keeps that it was done, as proof for the person.
    """
    before = held(session, nouns, whom)
    with rows_first(session):
        for noun in _asked(nouns, whom):
            noun.erase(session, actor, folded(whom))
    left = held(session, nouns, whom)
    gone = sum(one not in left for one in before)  # as they were shown: what goes with a record is one of them itself
    record(session, actor, "person-erased", PERSON, after={**_whose(whom), "erased": gone, "left": len(left)})
    return Erased(gone, left, reasons(session, nouns, whom))


def held(session: Session, nouns: Iterable[PersonalData], whom: str) -> tuple[Held, ...]:
    """What every noun holds."""
    return tuple(one for noun in _asked(nouns, whom) for one in noun.held(session, folded(whom)))


def reasons(session: Session, nouns: Iterable[PersonalData], whom: str) -> tuple[str, ...]:
    """Why some of what is held cannot be erased here: the codes of the nouns that hold something and say why."""
    kept = (noun for noun in _asked(nouns, whom) if noun.kept_because)
    return tuple(noun.kept_because for noun in kept if any(True for _ in noun.held(session, folded(whom))))


def as_json(whom: str, found: Iterable[Held]) -> str:
    """What is held, for a machine: of the person's own, in a form that is in common use (UK GDPR, article 20)."""
    records = [{"record": one.record, **one.fields} for one in found]
    whose = {"email" if is_address(whom) else "key": folded(whom)}
    whole = {**whose, "made_at": clock.now().isoformat(timespec="seconds"), "records": records}
    return json.dumps(whole, ensure_ascii=False, indent=1) + "\n"


def is_address(whom: str) -> bool:
    """Whether a person is named by an address, and not by the key of a record."""
    return "@" in whom


def _asked(nouns: Iterable[PersonalData], whom: str) -> Iterable[PersonalData]:
    """Who knows a person named so: a key only who gives keys."""
    return nouns if is_address(whom) else [noun for noun in nouns if noun.named]


def _whose(whom: str) -> Mapping[str, object]:
    """For the record. A key names nobody by itself."""
    return {"email": Personal(folded(whom))} if is_address(whom) else {"key": whom}
