"""Add to the record of acts, and erase what a person may have erased. Nothing here changes or removes an entry."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from functools import partial

from sqlalchemy import Connection, insert, text, update
from sqlmodel import Session, SQLModel, delete, select

from portal import clock, revisions
from portal.audit.models import AuditEntry, AuditSalt
from portal.audit.rules import GENESIS, Personal, commitment, entry_hash, moment
from portal.lifecycle import Actor, PublicAct, Reference

REGISTER = "audit"
"""The noun whose revision every public act raises."""
_ENTRIES = SQLModel.metadata.tables["audit_entry"]
_SALTS = SQLModel.metadata.tables["audit_salt"]
_HEADS = SQLModel.metadata.tables["audit_head"]
_HEAD = select(_HEADS.c.entry_id, _HEADS.c.hash).where(_HEADS.c.id == 1).with_for_update()
_MOVE_HEAD = update(_HEADS).where(_HEADS.c.id == 1)
_WAITING = "portal.acts"
_FIRST_HEAD = text("INSERT INTO audit_head (id, entry_id, hash) VALUES (1, 0, :genesis) ON CONFLICT (id) DO NOTHING")


def record(  # noqa: PLR0913 - who, what, on what, before, after: these are what an act is
    session: Session,
    actor: Actor,
    act: str,
    thing: Reference,
    *,
    before: Mapping[str, object] | None = None,
    after: Mapping[str, object] | None = None,
) -> None:
    """Add one act to the chain, in the same transaction as the act itself; within `rows_first`, when that ends. Values
    must be JSON, or `Personal`.

    A `PublicAct` is in the public register from now on.
    """
    session.flush()  # what was changed is written before the head is held: everybody takes their locks in this order
    add = partial(_add, session, actor, act, thing, before or {}, after or {})
    waiting: list[Callable[[], None]] | None = session.info.get(_WAITING)
    if waiting is None:
        add()
    else:
        waiting.append(add)


@contextmanager
def rows_first(session: Session) -> Iterator[None]:
    """For work that changes many rows and records an act of each: the acts of what is done inside are added to the
    chain when it ends, and revisions raised after them, so that every row is held before the head is. Whoever held the
    head and then waited for a row could wait for somebody who holds that row and waits for the head.

    Where it ends with an exception nothing is added. What is told to the record inside is not there yet for
    `erase_commitments`. Within itself it is no other: the outer one adds everything.
    """
    if _WAITING in session.info:
        yield
        return
    waiting: list[Callable[[], None]] = []
    with revisions.raised_last(session):
        session.info[_WAITING] = waiting
        try:
            yield
        finally:
            del session.info[_WAITING]
        for add in waiting:
            add()


def _add(  # noqa: PLR0913, PLR0917 - what an act is
    session: Session,
    actor: Actor,
    act: str,
    thing: Reference,
    before: Mapping[str, object],
    after: Mapping[str, object],
) -> None:
    """Every write by a person with a role comes through here, so it goes by the tables, not by objects: half the
    time.
    """
    connection = session.connection()
    last, previous = locked_head(connection)
    if isinstance(act, PublicAct):
        revisions.touch(session, REGISTER)
    salts: dict[str, str] = {}
    entry = AuditEntry(
        id=last + 1,
        at=clock.now(),
        actor=actor.reference,
        role=actor.role,
        act=str(act),
        thing=str(thing),
        before=_kept(before, "before", salts),
        after=_kept(after, "after", salts),
        previous_hash=previous,
        hash="",
    )
    entry.hash = entry_hash(previous, content(entry))
    connection.execute(insert(_ENTRIES), entry.model_dump())
    if salts:
        rows = [{"entry_id": entry.id, "field": name, "salt": salt} for name, salt in salts.items()]
        connection.execute(insert(_SALTS), rows)
    connection.execute(_MOVE_HEAD, {"entry_id": entry.id, "hash": entry.hash})


def erase_commitments(session: Session, thing: Reference) -> int:
    """Forget the salts of every personal value recorded about `thing`; the chain stays whole. Returns how many were
    erased.
    """
    entries = select(AuditEntry.id).where(AuditEntry.thing == str(thing))
    result = session.exec(delete(AuditSalt).where(AuditSalt.entry_id.in_(entries)))  # type: ignore[attr-defined]
    return int(result.rowcount)


def content(entry: AuditEntry) -> dict[str, object]:
    """What of an entry is hashed: all of it but the hashes themselves."""
    return {
        "id": entry.id,
        "at": moment(entry.at),
        "actor": entry.actor,
        "role": entry.role,
        "act": entry.act,
        "thing": entry.thing,
        "before": entry.before,
        "after": entry.after,
    }


def locked_head(connection: Connection) -> tuple[int, str]:
    """The number and hash of the last entry. Whoever adds after it holds it until the unit of work ends."""
    head = connection.execute(_HEAD).first()
    if head is None:
        connection.execute(_FIRST_HEAD, {"genesis": GENESIS})
        head = connection.execute(_HEAD).one()
    return head.entry_id, head.hash


def _kept(values: Mapping[str, object], side: str, salts: dict[str, str]) -> dict[str, object]:
    kept: dict[str, object] = {}
    for name, value in values.items():
        if isinstance(value, Personal):
            salts[f"{side}.{name}"] = salt = secrets.token_hex(32)
            kept[name] = {"commitment": commitment(salt, value.value)}
        else:
            kept[name] = value
    return kept
