"""Draw a neighbourhood as residents know it, from whole wards. What it replaces ends that day; nothing is deleted."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from sqlmodel import Session, col, select

from portal import clock
from portal.audit.service import record
from portal.lifecycle import Actor, Reference
from portal.places.models import Area, AreaKind, AreaMember, AreaSuccessor
from portal.places.slugs import Wish, choose
from portal.revisions import touch

LONGEST_NAME = 120
_FIRST_LETTER = "N"


@dataclass(frozen=True, slots=True)
class Drawing:
    """A neighbourhood to be drawn: its names, the codes of its wards, and the day from which it is one."""

    name_en: str
    name_cy: str
    ward_codes: tuple[str, ...]
    starts_on: dt.date
    sort_key_cy: str | None = None
    """The Welsh name with a bar between letters that are not one: Ban|gor. None where the name itself will do."""


class CannotDraw(Exception):
    """The neighbourhood cannot be drawn so; `codes` say why, each with what it concerns after a colon."""

    def __init__(self, codes: Sequence[str]) -> None:
        super().__init__(", ".join(codes))
        self.codes = tuple(codes)


def draw_neighbourhood(session: Session, actor: Actor, drawing: Drawing) -> Area:
    """Make a neighbourhood of whole wards. One that thereby loses all its wards ends; one that keeps some goes on.

    Raises CannotDraw: `name`, `no_wards`, `future:DAY`, `unknown_ward:CODE`, or `too_early:NAME` where that area
    began no earlier than the day given.
    """
    if codes := _problems(drawing):
        raise CannotDraw(codes)
    wards = _wards(session, drawing)
    members = _open_memberships(session, wards)
    before = _neighbourhoods(session, {one.parent_id for one in members})
    _refuse_too_early(drawing, [*before, *members], {one.key: one.name_en for one in before})
    new = _add(session, drawing, wards)
    for member in members:
        member.ends_on = drawing.starts_on
    session.add_all(AreaMember(parent_id=new.key, child_id=one.key, starts_on=drawing.starts_on) for one in wards)
    session.flush()
    ended = _end_empty(session, before, new)
    _record(session, actor, new, wards=wards, before=before, ended=ended)
    touch(session, "places")
    return new


def _record(  # noqa: PLR0913 - one act, said whole
    session: Session, actor: Actor, new: Area, *, wards: Sequence[Area], before: Sequence[Area], ended: Sequence[Area]
) -> None:
    after = {
        "code": new.code,
        "name_en": new.name_en,
        "name_cy": new.name_cy,
        "wards": [one.code for one in wards],
        "starts_on": new.starts_on.isoformat(),
        "ended": [one.code for one in ended],
    }
    thing = Reference("area", str(new.key))
    was = {"neighbourhoods": [one.code for one in before]}
    record(session, actor, "draw-neighbourhood", thing, before=was, after=after)


def _problems(drawing: Drawing) -> list[str]:
    names = (drawing.name_en, drawing.name_cy)
    codes = ["name"] if any(not _is_name(one) for one in names) else []
    codes += [] if drawing.ward_codes else ["no_wards"]
    return codes + ([f"future:{drawing.starts_on}"] if drawing.starts_on > clock.today() else [])


def _is_name(text: str) -> bool:
    return bool(text.strip()) and text.isprintable() and len(text) <= LONGEST_NAME


def _wards(session: Session, drawing: Drawing) -> list[Area]:
    """The wards, by code. Raises CannotDraw for a code that is no ward served now."""
    wanted = select(Area).where(Area.kind == AreaKind.ward, col(Area.served), col(Area.ends_on).is_(None))
    found = {one.code: one for one in session.exec(wanted.where(col(Area.code).in_(drawing.ward_codes)))}
    if unknown := sorted(set(drawing.ward_codes) - set(found)):
        raise CannotDraw([f"unknown_ward:{code}" for code in unknown])
    if early := [ward for ward in found.values() if ward.starts_on > drawing.starts_on]:
        raise CannotDraw([f"too_early:{ward.name_en}" for ward in early])
    return [ward for _, ward in sorted(found.items())]


def _open_memberships(session: Session, wards: Iterable[Area]) -> list[AreaMember]:
    """The memberships of these wards in neighbourhoods."""
    wanted = (
        select(AreaMember)
        .join(Area, col(Area.id) == AreaMember.parent_id)
        .where(Area.kind == AreaKind.neighbourhood, col(AreaMember.ends_on).is_(None))
        .where(col(AreaMember.child_id).in_([one.id for one in wards]))
    )
    return list(session.exec(wanted))


def _neighbourhoods(session: Session, keys: Iterable[int]) -> list[Area]:
    return list(session.exec(select(Area).where(col(Area.id).in_(list(keys))).order_by(Area.code)))


def _refuse_too_early(drawing: Drawing, things: Iterable[Area | AreaMember], names: dict[int, str]) -> None:
    """What ends must have begun on an earlier day."""
    early = [one for one in things if one.starts_on >= drawing.starts_on]
    if early:
        keys = {one.key if isinstance(one, Area) else one.parent_id for one in early}
        raise CannotDraw([f"too_early:{names[key]}" for key in sorted(keys)])


def _add(session: Session, drawing: Drawing, wards: Sequence[Area]) -> Area:
    standing = session.exec(
        select(Area.code, Area.slug_en, Area.slug_cy).where(Area.kind == AreaKind.neighbourhood)
    ).all()
    numbers = [int(code[1:]) for code, _, _ in standing if code.startswith(_FIRST_LETTER) and code[1:].isdigit()]
    code = f"{_FIRST_LETTER}{max(numbers, default=0) + 1:05d}"
    slug_en = choose([Wish(code, drawing.name_en, ())], {one for _, one, _ in standing}, "en")[code]
    slug_cy = choose([Wish(code, drawing.name_cy, ())], {one for _, _, one in standing}, "cy")[code]
    longitude, latitude = _middle(wards)
    area = Area(
        kind=AreaKind.neighbourhood,
        code=code,
        name_en=drawing.name_en.strip(),
        name_cy=drawing.name_cy.strip(),
        slug_en=slug_en,
        slug_cy=slug_cy,
        sort_key_cy=drawing.sort_key_cy,
        starts_on=drawing.starts_on,
        longitude=longitude,
        latitude=latitude,
    )
    session.add(area)
    session.flush()
    return area


def _middle(wards: Sequence[Area]) -> tuple[float | None, float | None]:
    """The mean of the wards' own points, where all have one."""
    points = [(one.longitude, one.latitude) for one in wards if one.longitude is not None and one.latitude is not None]
    if len(points) < len(wards):
        return None, None
    return round(sum(x for x, _ in points) / len(points), 6), round(sum(y for _, y in points) / len(points), 6)


def _end_empty(session: Session, before: Sequence[Area], new: Area) -> list[Area]:
    """End those of the earlier neighbourhoods that have no ward left; the new one takes their place."""
    keys = [one.id for one in before]
    wanted = select(AreaMember.parent_id).where(col(AreaMember.parent_id).in_(keys), col(AreaMember.ends_on).is_(None))
    kept = set(session.exec(wanted))
    ended = [one for one in before if one.id not in kept]
    for one in ended:
        one.ends_on, one.closed_at = new.starts_on, clock.now()
        session.add(AreaSuccessor(area_id=one.key, successor_id=new.key))
    return ended
