"""What an import is asked to do: options, the authorities to serve, and the day from which what is new is in force."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from portal.places.importing.book import AreaBook, Draft
from portal.places.importing.files import ImportRefused
from portal.places.importing.gathered import AreaNames, Gathered
from portal.places.models import AreaKind

_MONTHS_OF_SETS = (12, 5)
"""The national statistics office publishes areas as they are in December and in May."""
_AUTHORITY_CODE = re.compile(r"(?:E0[6-9]|W06|S12|N09)[0-9]{6}\Z", re.ASCII)


@dataclass(frozen=True, slots=True)
class Options:
    """What the operator asked for beside the files."""

    authorities: frozenset[str] = frozenset()
    """Exactly these are served from now on. When empty: those served already and those whose ward boundaries are among
    the files; where there are neither, those whose wards a best-fit lookup names.
    """
    wards_from: dt.date | None = None
    """The day on which the wards of these files come into force; see `Plan.in_force_on`."""
    population_year: int | None = None
    ward_rule: str = "point"
    is_trial: bool = False
    """Report what would be done, and keep nothing."""


@dataclass(frozen=True, slots=True)
class Plan:
    """Files and options together."""

    gathered: Gathered
    options: Options
    today: dt.date
    warnings: list[str] = field(default_factory=list)

    def in_force_on(self, year: int) -> dt.date:
        """The day from which areas of that year's files are taken to be in force.

        As the operator says; else 1 December of the year in the column (WD25CD: 2025), the day by which the published
        set is in force; while that is to come 1 May, the day of the earlier set; and never a day to come.
        """
        if self.options.wards_from:
            return self.options.wards_from
        days = (dt.date(year, month, 1) for month in _MONTHS_OF_SETS)
        return next((day for day in days if day <= self.today), self.today)

    def names(self, code: str, known: AreaNames) -> AreaNames:
        """The names of an area: from the operator's own list where it is in one, else as `known`."""
        own = self.gathered.names.get(code)
        return AreaNames(own.name_en, own.name_cy or known.name_cy, known.year) if own else known


def served_authorities(plan: Plan, book: AreaBook) -> frozenset[str]:
    """The codes of the authorities to serve. Raises ImportRefused for one that nothing names and for a day to come."""
    gathered = plan.gathered
    if plan.options.wards_from and plan.options.wards_from > plan.today:
        raise ImportRefused(
            f"{plan.options.wards_from} is still to come: import these files when the wards are in force"
        )
    known = {one.code for one in book.current(AreaKind.authority)} | set(gathered.authorities)
    if unknown := sorted(plan.options.authorities - known):
        raise ImportRefused(f"no file and nothing loaded names the authority {', '.join(unknown)}")
    if plan.options.authorities:
        return plan.options.authorities
    already = {one.code for one in book.current(AreaKind.authority) if one.served}
    drawn = {ward.authority for ward in gathered.drawn_wards.values()}
    return frozenset(already | drawn or {ward.authority for ward in gathered.fitted_wards.values()})


def bring_authorities(plan: Plan, book: AreaBook, served: frozenset[str]) -> None:
    """Every authority that is named: those served, and neighbours so that they can be named."""
    found: dict[str, AreaNames] = dict(plan.gathered.authorities)
    for code, names in plan.gathered.names.items():
        if _AUTHORITY_CODE.match(code) or book.find(AreaKind.authority, code):
            found.setdefault(code, AreaNames(names.name_en, names.name_cy, plan.today.year))
    for code, known in sorted(found.items()):
        names = plan.names(code, known)
        draft = Draft(names.name_en, names.name_cy, plan.in_force_on(known.year), code in served)
        book.ensure(AreaKind.authority, code, draft)
    for area in book.current(AreaKind.authority):
        book.ensure(AreaKind.authority, area.code, _as_it_is(area.name_en, area.starts_on, served=area.code in served))
    book.settle()


def bring_levels(plan: Plan, book: AreaBook) -> None:
    """Partnership and force above each authority served, and which other authorities lie in them."""
    levels = plan.gathered.levels
    above = {
        (AreaKind.partnership, one.partnership): AreaNames(one.partnership_name, None, one.year)
        for one in levels.values()
    } | {(AreaKind.force, one.force): AreaNames(one.force_name, None, one.year) for one in levels.values()}
    wanted = _above_served(plan, book)
    for (kind, code), known in sorted(above.items()):
        if (kind, code) in wanted:
            names = plan.names(code, known)
            draft = Draft(names.name_en, names.name_cy, plan.in_force_on(known.year), lookup_name=known.name_en)
            book.ensure(kind, code, draft)
    book.settle()
    for authority, one in sorted(levels.items()):
        pairs = {AreaKind.partnership: one.partnership, AreaKind.force: one.force}
        _link_levels(book, authority, pairs, plan.in_force_on(one.year))
    _mark_served(plan, book)


def _above_served(plan: Plan, book: AreaBook) -> set[tuple[AreaKind, str]]:
    served = {one.code for one in book.current(AreaKind.authority) if one.served}
    levels = [one for code, one in plan.gathered.levels.items() if code in served]
    return {pair for one in levels for pair in ((AreaKind.partnership, one.partnership), (AreaKind.force, one.force))}


def _link_levels(book: AreaBook, authority: str, above: Mapping[AreaKind, str], on: dt.date) -> None:
    child = book.find(AreaKind.authority, authority)
    for kind, code in above.items():
        parent = book.find(kind, code)
        if child is None or parent is None:
            continue
        for other in book.parents(child, kind):
            if other is not parent:
                book.unlink(other, child, on)
        book.link(parent, child, on)


def _mark_served(plan: Plan, book: AreaBook) -> None:
    """A partnership or force is served while an authority in it is; and an authority served should lie in both."""
    for kind in (AreaKind.partnership, AreaKind.force):
        for area in book.current(kind):
            served = any(child.served for child in book.children(area))
            book.ensure(kind, area.code, _as_it_is(area.name_en, area.starts_on, served=served))
        for authority in book.current(AreaKind.authority):
            if authority.served and not book.parents(authority, kind):
                plan.warnings.append(f"{authority.name_en} lies in no {kind}: load the lookup from authority to {kind}")


def _as_it_is(name_en: str, starts_on: dt.date, *, served: bool) -> Draft:
    return Draft(name_en, None, starts_on, served, renames=False)
