"""The acts on months and notes in words, for who reads the record, and where it finds them."""

from __future__ import annotations

from collections.abc import Collection, Mapping

from sqlmodel import Session, col, select

from portal.clock import Month
from portal.crime.models import ContextNote
from portal.crime.workflow import (
    DECLARATION_WITHDRAWN,
    DECLARED_NOT_SUPPLIED,
    MONTH_RELEASED,
    MONTH_REVISED,
    NOTE_ADDED,
    NOTE_WITHDRAWN,
)
from portal.web.language import N_
from portal.web.manifest import Found, FoundThing, ThingKind, all_on, numbers

ACTS = {
    "crime-imported": N_("Police file for a month imported"),
    "crime-replaced": N_("Police file for a month replaced before its release"),
    MONTH_RELEASED: N_("Figures for a month released"),
    MONTH_REVISED: N_("Figures of a released month revised"),
    DECLARED_NOT_SUPPLIED: N_("It was said that the force supplied no data for a month"),
    DECLARATION_WITHDRAWN: N_("It was taken back that the force supplied no data for a month"),
    NOTE_ADDED: N_("Note added to a month"),
    NOTE_WITHDRAWN: N_("Note on a month withdrawn"),
    "crime-recut": N_("All figures added up again"),
}
PUBLIC_ACTS: Mapping[str, str] = {
    MONTH_RELEASED: "crime/acts/released.html",
    MONTH_REVISED: "crime/acts/revised.html",
    DECLARED_NOT_SUPPLIED: "crime/acts/not_supplied.html",
    DECLARATION_WITHDRAWN: "crime/acts/declaration_withdrawn.html",
    NOTE_ADDED: "crime/acts/note_added.html",
    NOTE_WITHDRAWN: "crime/acts/note_withdrawn.html",
}


def _months(_session: Session, keys: Collection[str]) -> Found:
    """Every month has its page, whatever came in for it. A key is force/month."""
    return {key: FoundThing("crime:look", {"month": key.rpartition("/")[2]}) for key in keys}


def _notes(session: Session, keys: Collection[str]) -> Found:
    """Notes stand on the page of their month."""
    rows = session.exec(select(ContextNote.id, ContextNote.month).where(col(ContextNote.id).in_(numbers(keys))))
    return {str(key): FoundThing("crime:look", {"month": Month.from_index(month)}) for key, month in rows}


THINGS = (
    ThingKind("crime-month", N_("Month of a police force"), _months),
    ThingKind("crime-note", N_("Note on a month"), _notes),
    ThingKind("crime", N_("Crime figures"), all_on("crime:months")),
)
