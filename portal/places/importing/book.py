"""The areas as they stand, and what an import makes of them: added, changed, ended; never deleted. Knows no file."""

from __future__ import annotations

import datetime as dt
from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field

from sqlmodel import Session, col, select

from portal import clock
from portal.places.geometry import Shape
from portal.places.importing.welsh_names import welsh_name
from portal.places.models import Area, AreaKind, AreaMember
from portal.places.slugs import Wish, choose, force_slug

Names = tuple[str, str]


@dataclass(frozen=True, slots=True)
class Draft:
    """What an area should be. None leaves as it is what stands, or is worked out for an area that is new."""

    name_en: str
    name_cy: str | None
    starts_on: dt.date
    served: bool = True
    renames: bool = True
    """Whether these names replace those of an area that stands already."""
    shape: Shape | None = None
    point: tuple[float, float] | None = None
    apart: Names = ("", "")
    """English and Welsh words that set its address apart from others of the same name."""
    lookup_name: str = ""
    """The name in the published lookup: a force's address is made from it, as the police's file names are."""


@dataclass(slots=True)
class Tally:
    """How many rows of each kind were added, changed and ended or removed."""

    added: Counter[str] = field(default_factory=Counter)
    changed: Counter[str] = field(default_factory=Counter)
    ended: Counter[str] = field(default_factory=Counter)


class AreaBook:
    """Every area and every open membership, loaded once."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self._all = list(session.exec(select(Area).order_by(col(Area.id))))
        self._by_key = {one.key: one for one in self._all}
        self._current = {(one.kind, one.code): one for one in self._all if one.ends_on is None}
        members = session.exec(select(AreaMember).where(col(AreaMember.ends_on).is_(None)))
        self._open: dict[tuple[int, int], AreaMember] = {}
        self._near: defaultdict[int, set[int]] = defaultdict(set)
        for one in members:
            self._open_up(one)
        self._new: list[tuple[Area, Draft]] = []
        self.tally = Tally()
        self.ended: list[Area] = []
        self.closed: list[tuple[int, int]] = []
        """Memberships closed, by the keys of parent and child."""

    def _open_up(self, member: AreaMember) -> None:
        self._open[member.parent_id, member.child_id] = member
        self._near[member.parent_id].add(member.child_id)
        self._near[member.child_id].add(member.parent_id)

    def current(self, kind: AreaKind) -> list[Area]:
        """The areas of a kind that have not ended, by code."""
        return sorted((one for one in self._current.values() if one.kind is kind), key=lambda one: one.code)

    def find(self, kind: AreaKind, code: str) -> Area | None:
        return self._current.get((kind, code))

    def ensure(self, kind: AreaKind, code: str, draft: Draft) -> Area:
        """The current area of that code, made or brought up to date."""
        area = self._current.get((kind, code))
        if area is None:
            return self._add(kind, code, draft)
        wanted: dict[str, object] = {"served": draft.served} | _placed(draft)
        if draft.renames:
            wanted |= _renamed(area, draft)
        changes = {name: value for name, value in wanted.items() if getattr(area, name) != value}
        for name, value in changes.items():
            setattr(area, name, value)
        if changes and area.id is not None:
            self.tally.changed[kind.value] += 1
        return area

    def _add(self, kind: AreaKind, code: str, draft: Draft) -> Area:
        name_cy = draft.name_cy or welsh_name(draft.name_en)
        area = Area(
            kind=kind,
            code=code,
            name_en=draft.name_en,
            name_cy=name_cy,
            slug_en="",
            slug_cy="",
            starts_on=draft.starts_on,
        )
        for name, value in ({"served": draft.served} | _placed(draft)).items():
            setattr(area, name, value)
        self._current[kind, code] = area
        self._new.append((area, draft))
        self.tally.added[kind.value] += 1
        return area

    def settle(self) -> None:
        """Give the new areas their slugs and keys."""
        for kind in AreaKind:
            new = [(area, draft) for area, draft in self._new if area.kind is kind]
            self._give_slugs(kind, new)
        self._session.add_all(area for area, _ in self._new)
        self._session.flush()
        self._all += [area for area, _ in self._new]
        self._by_key |= {area.key: area for area, _ in self._new}
        self._new = []

    def _give_slugs(self, kind: AreaKind, new: list[tuple[Area, Draft]]) -> None:
        taken = [one for one in self._all if one.kind is kind]
        english = {area.code: _english_slug_name(area, draft) for area, draft in new}
        wishes_en = [Wish(area.code, english[area.code], (draft.apart[0],)) for area, draft in new]
        wishes_cy = [Wish(area.code, area.name_cy, (draft.apart[1],)) for area, draft in new]
        slugs_en = choose(wishes_en, {one.slug_en for one in taken}, "en")
        slugs_cy = choose(wishes_cy, {one.slug_cy for one in taken}, "cy")
        for area, _ in new:
            area.slug_en, area.slug_cy = slugs_en[area.code], slugs_cy[area.code]

    def end(self, area: Area, on: dt.date) -> None:
        """End an area and its memberships on a day later than its first."""
        area.ends_on, area.closed_at = on, clock.now()
        self._current.pop((area.kind, area.code))
        self.ended.append(area)
        self.tally.ended[area.kind.value] += 1
        own = area.key
        for other in sorted(self._near[own]):
            self._close((own, other) if (own, other) in self._open else (other, own), on)

    def link(self, parent: Area, child: Area, on: dt.date) -> None:
        """Put `child` into `parent`, where it is not already; both are settled."""
        if (parent.key, child.key) not in self._open:
            member = AreaMember(parent_id=parent.key, child_id=child.key, starts_on=on)
            self._open_up(member)
            self._session.add(member)
            self.tally.added["membership"] += 1

    def unlink(self, parent: Area, child: Area, on: dt.date) -> None:
        """Take `child` out of `parent`."""
        self._close((parent.key, child.key), on)

    def _close(self, pair: tuple[int, int], on: dt.date) -> None:
        member = self._open.pop(pair)
        self._near[pair[0]].discard(pair[1])
        self._near[pair[1]].discard(pair[0])
        self.closed.append(pair)
        self.tally.ended["membership"] += 1
        if on > member.starts_on:
            member.ends_on = on
        else:  # it was never in force
            self._session.delete(member)

    def parents(self, child: Area, kind: AreaKind) -> list[Area]:
        """The areas of a kind in which `child` lies now."""
        own = child.key
        above = (self._by_key[one] for one in self._near[own] if (one, own) in self._open)
        return _by_code(one for one in above if one.kind is kind)

    def children(self, parent: Area) -> list[Area]:
        """What lies in `parent` now."""
        own = parent.key
        return _by_code(self._by_key[one] for one in self._near[own] if (own, one) in self._open)


def _by_code(areas: Iterable[Area]) -> list[Area]:
    return sorted(areas, key=lambda one: one.code)


def _placed(draft: Draft) -> dict[str, object]:
    if draft.shape is not None:
        shape = draft.shape
        return {"longitude": shape.longitude, "latitude": shape.latitude, "boundary": shape.boundary}
    return {"longitude": draft.point[0], "latitude": draft.point[1]} if draft.point else {}


def _renamed(area: Area, draft: Draft) -> dict[str, object]:
    """A Welsh name that is not given stays; where it only repeated the English one it goes with it."""
    if draft.name_cy is not None:
        return {"name_en": draft.name_en, "name_cy": draft.name_cy}
    follows = area.name_cy == area.name_en and draft.name_en != area.name_en
    names: dict[str, object] = {"name_en": draft.name_en}
    return names | {"name_cy": welsh_name(draft.name_en)} if follows else names


def _english_slug_name(area: Area, draft: Draft) -> str:
    return force_slug(draft.lookup_name or area.name_en) if area.kind is AreaKind.force else area.name_en
