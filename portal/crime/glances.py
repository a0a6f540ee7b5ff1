"""What stands out in a month, area by area: the first sentence of every page, before anybody opens one."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlmodel import Session

from portal.clock import Month
from portal.crime.comparing import counts_of
from portal.crime.pages import REMEMBERED
from portal.crime.rules import MEASURES
from portal.crime.series import Window
from portal.crime.supply import Supply, supply
from portal.figures.headline import Outstanding, StandsOut, headline
from portal.figures.page import page_signals
from portal.places.models import Area, AreaKind
from portal.places.queries import areas_with_pages, lineage

_CHANGED = frozenset({Outstanding.rose, Outstanding.fell})


@dataclass(frozen=True, slots=True)
class Glance:
    """An area and what its page says first."""

    area: Area
    stands_out: StandsOut

    @property
    def has_changed(self) -> bool:
        """Whether something rose or fell by more than chance explains."""
        return self.stands_out.code in _CHANGED


def glances(session: Session, month: Month, kinds: Sequence[AreaKind]) -> tuple[Glance, ...]:
    """Every area in being, as if every month that waits were released: first those in which something rose or fell.

    It takes some milliseconds an area, most of them to compute.
    """
    supplies: dict[str, Supply] = {}
    found = []
    for area in areas_with_pages(session, kinds):
        force = lineage(session, area).force
        slug = force.slug_en if force else ""
        if slug not in supplies:
            supplies[slug] = supply(session, slug, area, preview=True)
        found.append(_glance(session, area, month, supplies[slug]))
    return tuple(sorted(found, key=lambda one: (not one.has_changed, one.area.kind, one.area.name_en)))


def _glance(session: Session, area: Area, month: Month, known: Supply) -> Glance:
    window = Window(month, known.supplied, REMEMBERED)
    counts = counts_of(session, area, window)
    signals = page_signals({measure: window.series(counts, measure) for measure in MEASURES})
    return Glance(area, headline(signals).stands_out)
