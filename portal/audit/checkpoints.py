"""Sign the end of the chain once a day, as an act of the record itself."""

from __future__ import annotations

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from sqlmodel import Session, col, select

from portal import clock
from portal.audit.keys import id_of, signing_keys
from portal.audit.models import AuditCheckpoint
from portal.audit.rules import checkpoint_text
from portal.audit.service import locked_head, record
from portal.audit.workflow import CHECKPOINT_SIGNED
from portal.lifecycle import WORKER, Reference
from portal.web.manifest import JobContext


def sign_daily(here: JobContext) -> str | None:
    """Sign the chain, unless it was signed today. The worker's job."""
    with here.database.reading() as session:
        last = _last(session)
    if last is not None and last.day == clock.today():
        return None
    key = signing_keys(here.settings)[0]
    with here.database.unit_of_work() as session:
        made = sign(session, key)
    return f"checkpoint {made.number} signed" if made else None


def sign(session: Session, key: Ed25519PrivateKey) -> AuditCheckpoint | None:
    """Sign the end of the chain as it stands; None where a day has its checkpoint already, or the clock stands before
    the last one. Two who sign at one instant do it one after the other, and the second finds it done.
    """
    entry_id, entry_hash = locked_head(session.connection())
    last = _last(session)
    number, day = (last.number if last else 0) + 1, clock.today()
    if last is not None and last.day >= day:
        return None
    signature = key.sign(checkpoint_text(number, day, entry_id, entry_hash)).hex()
    made = AuditCheckpoint(
        number=number,
        day=day,
        entry_id=entry_id,
        hash=entry_hash,
        signature=signature,
        key_id=id_of(key.public_key()),
    )
    session.add(made)
    record(session, WORKER, CHECKPOINT_SIGNED, reference_of(number), after=said(made))
    return made


def reference_of(number: int) -> Reference:
    """The name of a checkpoint in the record."""
    return Reference("checkpoint", str(number))


def said(checkpoint: AuditCheckpoint) -> dict[str, object]:
    """A checkpoint as the record repeats it."""
    return checkpoint.model_dump(mode="json")


def _last(session: Session) -> AuditCheckpoint | None:
    return session.exec(select(AuditCheckpoint).order_by(col(AuditCheckpoint.number).desc()).limit(1)).first()
