"""What the whole portal holds about one person, looked up, given out and erased. The nouns say what each of them holds;
what was done is recorded with the address as a commitment only.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
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


def look_up(session: Session, actor: Actor, nouns: Sequence[PersonalData], email: str) -> tuple[Held, ...]:
    """Everything that is held about the person with this address. That somebody looked is recorded."""
    found = held(session, nouns, email)
    after = {"email": Personal(folded(email)), "records": len(found)}
    record(session, actor, "person-looked-up", PERSON, after=after)
    return found


def give_out(session: Session, actor: Actor, nouns: Sequence[PersonalData], email: str) -> tuple[Held, ...]:
    """The same, to be handed to the person. That it was given out is recorded."""
    found = held(session, nouns, email)
    record(
        session, actor, "person-data-given-out", PERSON, after={"email": Personal(folded(email)), "records": len(found)}
    )
    return found


def erase(session: Session, actor: Actor, nouns: Sequence[PersonalData], email: str) -> Erased:
    """Delete what may be deleted of the person with this address, in one unit of work: all of it or nothing. The
    record keeps that it was done, as proof for the person.
    """
    with rows_first(session):
        gone = sum(noun.erase(session, actor, folded(email)) for noun in nouns)
    left = held(session, nouns, email)
    after = {"email": Personal(folded(email)), "erased": gone, "left": len(left)}
    record(session, actor, "person-erased", PERSON, after=after)
    return Erased(gone, left, reasons(session, nouns, email))


def held(session: Session, nouns: Iterable[PersonalData], email: str) -> tuple[Held, ...]:
    """What every noun holds."""
    return tuple(one for noun in nouns for one in noun.held(session, folded(email)))


def reasons(session: Session, nouns: Iterable[PersonalData], email: str) -> tuple[str, ...]:
    """Why some of what is held cannot be erased here: the codes of the nouns that hold something and say why."""
    holding = (noun for noun in nouns if noun.kept_because and any(True for _ in noun.held(session, folded(email))))
    return tuple(noun.kept_because for noun in holding)


def as_json(email: str, found: Iterable[Held]) -> str:
    """What is held, for a machine: of the person's own, in a form that is in common use (UK GDPR, article 20)."""
    records = [{"record": one.record, **one.fields} for one in found]
    whole = {"email": folded(email), "made_at": clock.now().isoformat(timespec="seconds"), "records": records}
    return json.dumps(whole, ensure_ascii=False, indent=1) + "\n"
