"""Read the record of acts, and check its chain."""

from __future__ import annotations

from dataclasses import dataclass

from sqlmodel import Session, select

from portal.audit.models import AuditEntry, AuditHead
from portal.audit.rules import GENESIS, entry_hash
from portal.audit.service import content


@dataclass(frozen=True, slots=True)
class Verdict:
    """Whether the chain holds: how many entries were read, and the first broken one with a code of what is wrong."""

    entries: int
    broken_at: int | None = None
    code: str | None = None

    @property
    def whole(self) -> bool:
        return self.broken_at is None


def verify_chain(session: Session) -> Verdict:
    """Read every entry in order. Codes: `missing` (a gap), `moved` (it does not follow the one before), `changed`,
    `cut` (the end is gone).
    """
    previous, number = GENESIS, 0
    wanted = select(AuditEntry).order_by(AuditEntry.id).execution_options(yield_per=500)  # type: ignore[arg-type]
    with session.exec(wanted) as entries:
        for entry in entries:
            number += 1
            if code := _fault(entry, number, previous):
                return Verdict(number, broken_at=number, code=code)
            previous = entry.hash
    head = session.get(AuditHead, 1)
    expected = (head.entry_id, head.hash) if head else (0, GENESIS)
    if expected != (number, previous):
        return Verdict(number, broken_at=number + 1, code="cut")
    return Verdict(number)


def _fault(entry: AuditEntry, number: int, previous: str) -> str | None:
    if entry.id != number:
        return "missing"
    if entry.previous_hash != previous:
        return "moved"
    return None if entry.hash == entry_hash(previous, content(entry)) else "changed"
