"""What an import did or would do, and how one row is added, changed or ended by it. Knows no file."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from sqlmodel import Session

from portal.lifecycle import Actor
from portal.organisations import service
from portal.organisations.models import Seat
from portal.organisations.service import Kind, Row
from portal.places.models import Area


@dataclass(frozen=True, slots=True)
class Done:
    """One thing that was added, changed or ended: its kind, its name, and where it belongs."""

    act: str
    kind: str
    name: str
    belongs_to: str
    fields: tuple[str, ...] = ()
    """Of a change: what was changed."""


@dataclass(frozen=True, slots=True)
class Report:
    """What was read, left out and done."""

    files: tuple[tuple[str, str, int], ...]
    notes: tuple[str, ...]
    done: tuple[Done, ...]
    vacant: tuple[str, ...] = ()
    """Wards with a seat that is vacant now."""
    is_trial: bool = False

    @property
    def is_unchanged(self) -> bool:
        return not self.done


@dataclass(slots=True)
class Hand:
    """Writes through the service, so that every act is recorded, and remembers what it did."""

    session: Session
    actor: Actor
    done: list[Done] = field(default_factory=list)

    def add(self, kind: Kind, values: dict[str, Any], name: str, belongs_to: str = "") -> Row:
        row = service.add(self.session, self.actor, kind, values)
        self.done.append(Done("added", kind, name, belongs_to))
        return row

    def change(self, kind: Kind, row: Row, values: dict[str, Any], name: str, belongs_to: str = "") -> None:
        """Values that stand already are no change."""
        changed = tuple(one for one, value in values.items() if getattr(row, one) != value)
        if changed:
            service.change(self.session, self.actor, kind, row.key, values)
            self.done.append(Done("changed", kind, name, belongs_to, changed))

    def end(self, kind: Kind, row: Row, name: str, belongs_to: str = "") -> None:
        service.end(self.session, self.actor, kind, row.key)
        self.done.append(Done("ended", kind, name, belongs_to))

    def set_seats(self, ward: Area, number: int) -> list[Seat]:
        before = len(service.seats_of(self.session, ward.key))
        seats = service.set_seats(self.session, self.actor, ward, number)
        if len(seats) != before:
            act = "added" if len(seats) > before else "ended"
            self.done.append(Done(act, "seat", f"{before} -> {len(seats)}", ward.name_en))
        return seats
