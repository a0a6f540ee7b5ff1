"""Check the chain of the record of acts, and its checkpoints: in one pass, whatever its length."""

from __future__ import annotations

import datetime as dt
from collections.abc import Generator, Iterator
from contextlib import closing
from dataclasses import dataclass

from sqlmodel import Session, col, select

from portal import clock
from portal.audit.checkpoints import said
from portal.audit.keys import PublicKeys, is_signed
from portal.audit.models import AuditCheckpoint, AuditEntry, AuditHead
from portal.audit.rules import GENESIS, checkpoint_text, entry_hash
from portal.audit.service import content
from portal.audit.workflow import CHECKPOINT_SIGNED

_AT_ONCE = 500


@dataclass(frozen=True, slots=True)
class Verdict:
    """Whether the record holds: how many entries and checkpoints were read, and the first broken one of either with a
    code of what is wrong.
    """

    entries: int
    broken_at: int | None = None
    code: str | None = None
    checkpoints: int = 0
    broken_checkpoint: int | None = None

    @property
    def whole(self) -> bool:
        return self.broken_at is None and self.broken_checkpoint is None


def verify_chain(session: Session, keys: PublicKeys | None = None) -> Verdict:
    """Read every entry in order, and beside it every checkpoint. Without keys all is looked at but signatures.

    Codes of an entry: `missing` (a gap), `moved` (it does not follow the one before), `changed`, `cut` (the end is
    gone). Codes of a checkpoint: see `_Walk`.
    """
    with closing(_in_order(session)) as checkpoints:
        return _walked(session, _Walk(checkpoints, keys))


def _walked(session: Session, walk: _Walk) -> Verdict:
    walk.reach(0, GENESIS)
    previous, number = GENESIS, 0
    wanted = select(AuditEntry).order_by(col(AuditEntry.id)).execution_options(yield_per=_AT_ONCE)
    with session.exec(wanted) as entries:
        for entry in entries:
            number += 1
            if code := _fault(entry, number, previous):
                return Verdict(number, number, code, walk.passed)
            previous = entry.hash
            walk.meet(entry)
            walk.reach(number, previous)
            if walk.code:
                return walk.verdict(number)
    head = session.get(AuditHead, 1)
    if ((head.entry_id, head.hash) if head else (0, GENESIS)) != (number, previous):
        return Verdict(number, number + 1, "cut", walk.passed)
    walk.end()
    return walk.verdict(number)


def _in_order(session: Session) -> Generator[AuditCheckpoint, None, None]:
    wanted = select(AuditCheckpoint).order_by(col(AuditCheckpoint.number)).execution_options(yield_per=_AT_ONCE)
    with session.exec(wanted) as checkpoints:
        yield from checkpoints


class _Walk:
    """Goes along the checkpoints beside the chain, until the first that does not hold.

    Codes: `missing` (a gap in the numbers, or the record says that it was signed and it is not there), `unrecorded`
    (the record does not say that it was signed), `forged` (the signature is not of this text), `unknown_key` (signed
    with a key that is not among those given), `rewritten` (the chain has another hash there than was signed), `ahead`
    (it covers an entry that is not there), `future` (of a day to come), `disorder` (not after the one before).
    """

    def __init__(self, checkpoints: Iterator[AuditCheckpoint], keys: PublicKeys | None) -> None:
        self._waiting = checkpoints
        self._keys = keys
        self._next = next(self._waiting, None)
        self._signed: AuditCheckpoint | None = None
        """The checkpoint whose own act must be the next entry."""
        self._day, self._entry_id = dt.date.min, -1
        self._today = clock.today()
        self.passed = 0
        self.code = ""

    def reach(self, entry_id: int, chain_hash: str) -> None:
        """The chain was read up to here: the checkpoint of this place, if there is one, must hold."""
        if self.code or self._next is None or self._next.entry_id > entry_id:
            return
        self.code = self._fault(self._next, entry_id, chain_hash)
        if not self.code:
            self.passed += 1
            self._day, self._entry_id = self._next.day, self._next.entry_id
            self._signed, self._next = self._next, next(self._waiting, None)

    def meet(self, entry: AuditEntry) -> None:
        """An entry: one says of each checkpoint that it was signed, right after what it covers."""
        signed, self._signed = self._signed, None
        is_act = entry.act == CHECKPOINT_SIGNED
        if is_act and signed is None:
            self.code = "missing"
        elif signed is not None and (not is_act or entry.after != said(signed)):
            self.passed -= 1
            self.code = "unrecorded"

    def end(self) -> None:
        """The chain was read to its end: nothing may be left."""
        if self._signed is not None:
            self.passed -= 1
            self.code = "unrecorded"
        elif self._next is not None:
            self.code = self._fault(self._next, self._next.entry_id, self._next.hash) or "ahead"

    def verdict(self, entries: int) -> Verdict:
        broken = self.passed + 1 if self.code else None
        return Verdict(entries, None, self.code or None, self.passed, broken)

    def _fault(self, one: AuditCheckpoint, entry_id: int, chain_hash: str) -> str:
        if one.number != self.passed + 1:
            return "missing"
        if self._keys is not None and (code := self._unsigned(one, self._keys)):
            return code
        if one.day > self._today:
            return "future"
        if one.day <= self._day or one.entry_id <= self._entry_id or one.entry_id < entry_id:
            return "disorder"
        return "rewritten" if one.hash != chain_hash else ""

    @staticmethod
    def _unsigned(one: AuditCheckpoint, keys: PublicKeys) -> str:
        if one.key_id not in keys:
            return "unknown_key"
        text = checkpoint_text(one.number, one.day, one.entry_id, one.hash)
        return "" if is_signed(keys[one.key_id], one.signature, text) else "forged"


def _fault(entry: AuditEntry, number: int, previous: str) -> str | None:
    if entry.id != number:
        return "missing"
    if entry.previous_hash != previous:
        return "moved"
    return None if entry.hash == entry_hash(previous, content(entry)) else "changed"
