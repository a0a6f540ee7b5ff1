"""How an act is hashed, how a personal value is committed to and what a checkpoint signs: pure, so that anybody can
check the record with this page and a page of Python.

An entry: hash = SHA-256(previous hash, line feed, content), in hexadecimal; before the first entry the previous hash
is 64 noughts. The content is JSON in UTF-8 with sorted keys, no spaces and no escaped letters, of: id, at (UTC, to the
microsecond, as 2024-03-31T12:00:00.250000+00:00), actor, role, act, thing, before, after.

A commitment to a personal value: SHA-256(salt, line feed, value). The salts are kept apart; without its salt a
commitment can be tied to nobody.

A checkpoint: an Ed25519 signature (RFC 8032), in hexadecimal, of the lines "portal audit checkpoint", number, day
(2024-03-31), entry id and entry hash, with line feeds between them and none at the end. The id of a key is the first 16
hexadecimal digits of the SHA-256 of its 32 raw bytes. The entry after the one that a checkpoint covers is the act
"audit-checkpoint-signed", whose `after` repeats number, day, entry_id, hash, signature and key_id.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass

GENESIS = "0" * 64


@dataclass(frozen=True, slots=True)
class Personal:
    """A personal value, to be kept in the record only as a commitment that can be erased."""

    value: str


def commitment(salt: str, value: str) -> str:
    """SHA-256 of the salt, a line feed and the value, as UTF-8, in hexadecimal."""
    return hashlib.sha256(f"{salt}\n{value}".encode()).hexdigest()


def entry_hash(previous_hash: str, content: Mapping[str, object]) -> str:
    """SHA-256 of the previous hash, a line feed, and the content as JSON with sorted keys and no spaces."""
    text = json.dumps(content, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return hashlib.sha256(f"{previous_hash}\n{text}".encode()).hexdigest()


def checkpoint_text(number: int, day: dt.date, entry_id: int, entry_hash: str) -> bytes:
    """What a checkpoint signs."""
    lines = ("portal audit checkpoint", str(number), day.isoformat(), str(entry_id), entry_hash)
    return "\n".join(lines).encode()


def key_id(raw_public_key: bytes) -> str:
    """By what a key is named beside its signatures."""
    return hashlib.sha256(raw_public_key).hexdigest()[:16]


def moment(at: dt.datetime) -> str:
    """A moment as it is hashed: UTC, to the microsecond. A naive moment is read as UTC, as SQLite returns it."""
    aware = at if at.tzinfo else at.replace(tzinfo=dt.UTC)
    return aware.astimezone(dt.UTC).isoformat(timespec="microseconds")
