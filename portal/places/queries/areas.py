"""Areas by their addresses, and the lists of them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from sqlalchemy import ColumnElement, case, exists
from sqlalchemy.orm import aliased, defer
from sqlmodel import Session, col, or_, select
from sqlmodel.sql.expression import SelectOfScalar

from portal import clock
from portal.places.models import Area, AreaKind, AreaMember
from portal.web import alphabet

_WITHOUT_BOUNDARY = defer(Area.boundary)  # type: ignore[arg-type] # the class says what a row holds, not the column
_LEVELS = (AreaKind.authority, AreaKind.partnership, AreaKind.force)
_DAY = dt.timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Neighbourhood:
    """A neighbourhood as a list shows it. Where it lies in several authorities the first by code stands for them."""

    id: int
    code: str
    name_en: str
    name_cy: str
    slug_en: str
    slug_cy: str
    sort_key_cy: str | None
    authority_code: str | None
    authority_en: str | None
    authority_cy: str | None

    def name(self, lang: str) -> str:
        return self.name_cy if lang == "cy" else self.name_en

    def slug(self, lang: str) -> str:
        return self.slug_cy if lang == "cy" else self.slug_en

    def authority_name(self, lang: str) -> str | None:
        return self.authority_cy if lang == "cy" else self.authority_en

    def sort_key(self, lang: str) -> alphabet.SortKey:
        return alphabet.sort_key(self._spelling(lang), lang)

    def letter(self, lang: str) -> str:
        """The heading of the A to Z under which it stands."""
        return alphabet.letter(self._spelling(lang), lang)

    def _spelling(self, lang: str) -> str:
        return (self.sort_key_cy or self.name_cy) if lang == "cy" else self.name_en


@dataclass(frozen=True, slots=True)
class Levels:
    """The levels above the neighbourhoods that are offered now."""

    authorities: tuple[Area, ...]
    partnerships: tuple[Area, ...]
    forces: tuple[Area, ...]


def area_by_slug(session: Session, kind: AreaKind, lang: str, slug: str) -> Area | None:
    """The area of that address in that language, ended or not; None where there is none or it `is_offered` not."""
    column = Area.slug_cy if lang == "cy" else Area.slug_en
    return session.exec(areas().where(Area.kind == kind, column == slug, is_offered(clock.today()))).first()


def area_by_any_slug(session: Session, kind: AreaKind, slug: str) -> Area | None:
    """The area whose address in either language it is: for redirects. An English address goes before a Welsh one."""
    has_slug = or_(Area.slug_en == slug, Area.slug_cy == slug)
    wanted = areas().where(Area.kind == kind, has_slug, is_offered(clock.today()))
    return next(iter(sorted(session.exec(wanted), key=lambda one: one.slug_en != slug)), None)


def areas_with_pages(session: Session, kinds: Sequence[AreaKind]) -> tuple[Area, ...]:
    """The areas of these kinds that are offered now, by kind and code."""
    today = clock.today()
    wanted = areas().where(col(Area.kind).in_(kinds), is_offered(today), in_being(Area, today))
    return tuple(session.exec(wanted.order_by(Area.kind, Area.code)))


def levels(session: Session) -> Levels:
    """Authorities, partnerships and forces, each by English name."""
    found = areas_with_pages(session, _LEVELS)
    return Levels(*(_of_kind(found, kind) for kind in _LEVELS))


def served_authorities(session: Session) -> tuple[Area, ...]:
    """The authorities that this portal is for, by English name."""
    return _of_kind(areas_with_pages(session, (AreaKind.authority,)), AreaKind.authority)


def neighbourhoods(session: Session, on: dt.date) -> tuple[Neighbourhood, ...]:
    """Every neighbourhood served on a day, by code."""
    wanted = areas().where(Area.kind == AreaKind.neighbourhood, col(Area.served), in_being(Area, on))
    authorities = _authorities_by_neighbourhood(session, on)
    return tuple(_neighbourhood(one, authorities.get(one.id)) for one in session.exec(wanted.order_by(Area.code)))


def _authorities_by_neighbourhood(session: Session, on: dt.date) -> dict[int | None, Area]:
    """By the key of a neighbourhood the first authority, by code, in which one of its wards lies."""
    inner, outer = aliased(AreaMember), aliased(AreaMember)
    found = session.exec(
        select(inner.parent_id, Area)
        .options(_WITHOUT_BOUNDARY)
        .join(outer, col(outer.child_id) == inner.child_id)
        .join(Area, col(Area.id) == outer.parent_id)
        .where(Area.kind == AreaKind.authority, in_being(inner, on), in_being(outer, on))
        .order_by(col(Area.code).desc())
    )
    return dict(found.all())


def _neighbourhood(area: Area, authority: Area | None) -> Neighbourhood:
    names_of = (authority.code, authority.name_en, authority.name_cy) if authority else (None, None, None)
    slugs = area.slug_en, area.slug_cy
    return Neighbourhood(area.key, area.code, area.name_en, area.name_cy, *slugs, area.sort_key_cy, *names_of)


def areas() -> SelectOfScalar[Area]:
    """Areas without their boundaries, which no page shows."""
    return select(Area).options(_WITHOUT_BOUNDARY)


def in_being(row: type[Area | AreaMember], on: dt.date) -> ColumnElement[bool]:
    """Whether an area or a membership is in being on a day."""
    return in_being_before(row, on + _DAY)


def in_being_before(row: type[Area | AreaMember], end: dt.date | ColumnElement[dt.date]) -> ColumnElement[bool]:
    """Whether an area or a membership is in being on the day before `end`."""
    return (col(row.starts_on) < end) & (col(row.ends_on).is_(None) | (col(row.ends_on) >= end))


def end_of(area: type[Area], today: dt.date) -> ColumnElement[dt.date]:
    """The day after the last on which an area can be looked at: its end, or tomorrow where it has not ended."""
    ends_on = col(area.ends_on)
    return case((ends_on <= today, ends_on), else_=today + _DAY)


def is_offered(today: dt.date) -> ColumnElement[bool]:
    """Whether an area is served; and of a partnership every authority in it too, today or on its last day.

    The sum of some authorities would pass for the sum of all, so a partnership that is served in part has neither page
    nor figures. A force has: its own files hold all of it.
    """
    inner, member = aliased(Area), aliased(AreaMember)
    lacks = (
        exists()
        .where(col(member.parent_id) == Area.id, col(member.child_id) == inner.id, ~col(inner.served))
        .where(in_being_before(member, end_of(Area, today)))
    )
    return col(Area.served) & ((col(Area.kind) != AreaKind.partnership) | ~lacks)


def _of_kind(found: Iterable[Area], kind: AreaKind) -> tuple[Area, ...]:
    return by_name(one for one in found if one.kind is kind)


def by_name(found: Iterable[Area]) -> tuple[Area, ...]:
    """In the order of the English alphabet."""
    return tuple(sorted(found, key=lambda one: alphabet.sort_key(one.name_en, "en")))
