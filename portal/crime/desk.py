"""What waits for those who may release figures: months that came, and months that did not."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from sqlmodel import Session

from portal.crime.permissions import RELEASE_FIGURES
from portal.crime.queries import Missing, missing_months
from portal.crime.service import Wait, waits
from portal.web.identity import Person
from portal.web.manifest import DeskTask


@dataclass(frozen=True, slots=True)
class WaitingContext:
    """A month that waits."""

    wait: Wait


@dataclass(frozen=True, slots=True)
class MissingContext:
    """What is missing of one force."""

    missing: Missing


def tasks(session: Session, person: Person) -> Iterator[DeskTask]:
    """A task for each month that waits, and one for each force of which months are missing."""
    if not person.may(RELEASE_FIGURES):
        return
    for wait in waits(session):
        yield DeskTask("crime/desk_waiting.html", WaitingContext(wait), wait.since)
    for missing in missing_months(session):
        yield DeskTask("crime/desk_missing.html", MissingContext(missing), missing.since)
