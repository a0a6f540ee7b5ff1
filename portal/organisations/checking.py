"""What somebody should put right or look at again: the list of staff, and the number on their desk."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from sqlmodel import Session

from portal.organisations.queries import OrganisationView, organisations_in_charge
from portal.organisations.rules import Missing
from portal.organisations.sitting import WardView, wards_and_councillors


@dataclass(frozen=True, slots=True)
class ToCheck:
    """One thing: the page where it is put right, its names, where it belongs, and what is missing."""

    route: str
    key: int
    name_en: str
    name_cy: str
    place_en: str
    place_cy: str
    missing: tuple[Missing, ...]


def to_check(session: Session, today: dt.date) -> tuple[ToCheck, ...]:
    """Everything, organisations first, then ward by ward."""
    return listed(organisations_in_charge(session, today, is_public=False), wards_and_councillors(session, today))


def listed(organisations: tuple[OrganisationView, ...], wards: tuple[WardView, ...]) -> tuple[ToCheck, ...]:
    """The same, of what is loaded already."""
    found = [one for view in organisations for one in _of_organisation(view)]
    found += [one for view in wards for one in _of_ward(view)]
    return tuple(one for one in found if one.missing)


def _of_organisation(view: OrganisationView) -> list[ToCheck]:
    one = view.organisation
    found = [ToCheck("organisations:organisation", one.key, one.name_en, one.name_cy, "", "", view.missing)]
    for post in view.posts:
        place = post.post.title_en, post.post.title_cy
        if post.holder is None:
            found.append(ToCheck("organisations:post", post.post.key, *place, one.name_en, one.name_cy, post.missing))
        else:
            name = post.holder.name
            found.append(ToCheck("organisations:holder", post.holder.key, name, name, *place, post.missing))
    return found


def _of_ward(view: WardView) -> list[ToCheck]:
    ward = view.ward
    found = []
    for seat in view.seats:
        if seat.councillor is None:
            found.append(ToCheck("organisations:seats", ward.key, ward.name_en, ward.name_cy, "", "", seat.missing))
        else:
            name, key = seat.councillor.name, seat.councillor.key
            place = ward.name_en, ward.name_cy
            found.append(ToCheck("organisations:councillor", key, name, name, *place, seat.missing))
    return found
