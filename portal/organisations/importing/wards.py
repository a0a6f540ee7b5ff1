"""Which ward an entry means: by code, or by its name in either language."""

from __future__ import annotations

from collections import defaultdict

from sqlmodel import Session

from portal.organisations.importing.found import At, Gathered
from portal.places.models import Area, AreaKind
from portal.places.names import fold
from portal.places.queries import areas_with_pages, parents

_ENDINGS = (" ward", " electoral division", " division")


class Wards:
    """The wards that are served today, and the council of each."""

    def __init__(self, session: Session) -> None:
        self.all = areas_with_pages(session, (AreaKind.ward,))
        self._by_code = {one.code: one for one in self.all}
        self._by_name: defaultdict[str, set[str]] = defaultdict(set)
        self.council_of: dict[str, str] = {}
        for ward in self.all:
            for name in (ward.name_en, ward.name_cy):
                self._by_name[fold(name)].add(ward.code)
            councils = (one.code for one in parents(session, ward) if one.kind is AreaKind.authority)
            self.council_of[ward.code] = next(councils, "")

    def find(self, text: str, at: At, gathered: Gathered) -> Area | None:
        """The ward; None, and a fault, where there is none or more than one."""
        if text in self._by_code:
            return self._by_code[text]
        codes = self._by_name.get(fold(text)) or self._by_name.get(_without_ending(fold(text))) or set()
        if len(codes) == 1:
            return self._by_code[next(iter(codes))]
        if codes:
            gathered.fault(at, f"{len(codes)} wards are called {text!r}: give the code, {' or '.join(sorted(codes))}")
        else:
            gathered.fault(at, f"there is no ward {text!r} among the {len(self.all)} that are served")
        return None


def _without_ending(key: str) -> str:
    return next((key.removesuffix(one) for one in _ENDINGS if key.endswith(one)), key).removeprefix("ward ")
