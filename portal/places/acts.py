"""The acts on areas in words, for who reads the record, and by what name it knows an area."""

from __future__ import annotations

from collections.abc import Collection

from sqlmodel import Session, col

from portal.places.models import Area, AreaKind
from portal.places.queries.areas import areas
from portal.web.language import N_
from portal.web.manifest import Found, FoundThing, ThingKind, numbers

ACTS = {
    "draw-neighbourhood": N_("Neighbourhood drawn"),
    "import-places": N_("Areas and postcodes imported from files"),
}


def _areas(session: Session, keys: Collection[str]) -> Found:
    """Of areas, a served ward has a page for staff: that of its seats."""
    return {str(one.key): _area(one) for one in session.exec(areas().where(col(Area.id).in_(numbers(keys))))}


def _area(area: Area) -> FoundThing:
    has_seats = area.kind is AreaKind.ward and area.served
    return FoundThing("organisations:seats" if has_seats else "", {"id": area.key}, area.name_en, area.name_cy)


THINGS = (
    ThingKind("area", N_("Area"), _areas),
    ThingKind("places", N_("Areas and postcodes")),
)
