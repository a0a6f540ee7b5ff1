"""The acts of the record itself."""

from __future__ import annotations

from portal.lifecycle import PublicAct

CHECKPOINT_SIGNED = PublicAct("audit-checkpoint-signed")
RECORD_READ = "audit-record-read"
