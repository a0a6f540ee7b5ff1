"""How an act is hashed and how a personal value is committed to: pure, so that anybody can check the chain with
this page alone.
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


def moment(at: dt.datetime) -> str:
    """A moment as it is hashed: UTC, to the microsecond. A naive moment is read as UTC, as SQLite returns it."""
    aware = at if at.tzinfo else at.replace(tzinfo=dt.UTC)
    return aware.astimezone(dt.UTC).isoformat(timespec="microseconds")
