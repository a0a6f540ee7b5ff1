"""One import from end to end: files are read first, then everything is brought into the database in one transaction."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from sqlmodel import Session

from portal import clock
from portal.audit.service import record
from portal.db import Database
from portal.lifecycle import OPERATOR, Reference
from portal.places import geometry
from portal.places.importing.book import AreaBook, Tally
from portal.places.importing.files import Fault, FileRefused, FilesRefused, Found, ImportRefused, find_sources
from portal.places.importing.gathered import FileRead, Gathered
from portal.places.importing.plan import Options, Plan, bring_authorities, bring_levels, served_authorities
from portal.places.importing.points import bring_place_names, bring_postcodes
from portal.places.importing.postcodes import Postcodes, Wanted, read_postcodes
from portal.places.importing.recognising import gather
from portal.places.importing.rows import bring_small_areas
from portal.places.importing.wards import bring_wards
from portal.places.models import AreaKind
from portal.places.ward_rule import WardRule
from portal.revisions import touch

Progress = Callable[[int, int, str], None]
"""Told how many bytes of how many were read, and the file that is being read."""
_AREA_MATTERS = frozenset(AreaKind) | {"membership", "lsoa", "lsoaward", "lsoabridge"}


@dataclass(frozen=True, slots=True)
class PlacesReport:
    """What an import read, set aside and changed."""

    files: tuple[FileRead, ...]
    passed_over: tuple[str, ...]
    """Files of other kinds in the folders."""
    faults: tuple[Fault, ...]
    added: Counter[str]
    changed: Counter[str]
    ended: Counter[str]
    ended_wards: tuple[str, ...]
    served: tuple[str, ...]
    """English names of the authorities served."""
    warnings: tuple[str, ...]
    terminated: int
    without_place: int
    far_away: int
    """Postcodes that were terminated, have no place, or lie far from the areas served: none of them is kept."""
    is_trial: bool = False

    @property
    def is_unchanged(self) -> bool:
        """Whether everything in the files was loaded already."""
        return not (self.added or self.changed or self.ended)

    @property
    def moves_areas(self) -> bool:
        """Whether what was placed in wards, or added up for areas, may have to be placed and added up anew."""
        return any(kind in _AREA_MATTERS for counter in (self.added, self.changed, self.ended) for kind in counter)


class _Trial(Exception):
    """No error: the way out of a unit of work that is not to be kept."""

    def __init__(self, report: PlacesReport) -> None:
        super().__init__()
        self.report = report


def import_places(
    database: Database,
    paths: Sequence[Path],
    options: Options,
    progress: Progress | None = None,
    follow: Callable[[Session], None] = lambda _: None,
) -> PlacesReport:
    """Import every file of `paths`: all or nothing. The same files again change nothing. Raises ImportRefused.

    Where areas move, `follow` does in the same transaction what must not be left behind, and raises what it will.
    """
    found = _sources(paths, progress)
    gathered = Gathered(population_year=options.population_year)
    gather(found.sources, gathered)
    plan = Plan(gathered, options, clock.today())
    with database.reading() as session:
        wanted = _wanted_postcodes(plan, AreaBook(session))
    try:
        postcodes = read_postcodes(gathered, wanted)
    except FileRefused as refusal:
        raise FilesRefused([refusal]) from refusal
    try:
        with database.unit_of_work() as session:
            report = _kept(_bring(session, plan, postcodes, found), options)
            if report.moves_areas:
                follow(session)
            return report
    except _Trial as trial:
        return trial.report


def _kept(report: PlacesReport, options: Options) -> PlacesReport:
    if options.is_trial:
        raise _Trial(replace(report, is_trial=True))
    return report


def _sources(paths: Sequence[Path], progress: Progress | None) -> Found:
    found = find_sources(paths)
    if not found.sources:
        raise ImportRefused("no data files (.csv, .geojson, .json) were found")
    if progress is not None:
        total, done = sum(source.size for source in found.sources), Counter[str]()

        def tell(name: str) -> Callable[[int], None]:
            def on_read(read: int) -> None:
                done["bytes"] += read
                progress(min(done["bytes"], total), total, name)

            return on_read

        found.sources = [replace(source, on_read=tell(source.name)) for source in found.sources]
    return found


def _wanted_postcodes(plan: Plan, book: AreaBook) -> Wanted:
    served = served_authorities(plan, book)
    drawn = [
        ward.shape.boundary for ward in plan.gathered.drawn_wards.values() if ward.shape and ward.authority in served
    ]
    for authority in book.current(AreaKind.authority):
        if authority.code in served:
            drawn += [one.boundary for one in book.children(authority) if one.boundary]
    return Wanted(served, geometry.box(drawn))


def _bring(session: Session, plan: Plan, postcodes: Postcodes, found: Found) -> PlacesReport:
    book = AreaBook(session)
    bring_authorities(plan, book, served_authorities(plan, book))
    bring_wards(plan, book, session)
    bring_levels(plan, book)
    _warn_of_unknown_wards(plan, book)
    tallies = [book.tally, *bring_small_areas(session, plan.gathered)]
    session.flush()
    rule = WardRule(session, plan.options.ward_rule)
    tallies.append(bring_postcodes(session, rule, postcodes))
    tallies.append(bring_place_names(session, rule, plan.gathered.place_names))
    report = _report(plan, book, tallies, postcodes, found)
    if not report.is_unchanged:
        files = [one.name for one in report.files]
        after = {"files": files, "added": report.added, "changed": report.changed, "ended": report.ended}
        record(session, OPERATOR, "import-places", Reference("places", "import"), after=after)
        touch(session, "places")
    return report


def _warn_of_unknown_wards(plan: Plan, book: AreaBook) -> None:
    """A lookup of other years than the boundaries names wards that are not there."""
    served = {one.code for one in book.current(AreaKind.authority) if one.served}
    wards = {one.code for one in book.current(AreaKind.ward)}
    lost = [
        one.code for one in plan.gathered.fitted_wards.values() if one.authority in served and one.code not in wards
    ]
    if lost:
        plan.warnings.append(
            f"{len(lost)} wards of the best-fit lookup are not loaded (the first is {min(lost)}): "
            "it is of another year than the wards"
        )


def _report(plan: Plan, book: AreaBook, tallies: Sequence[Tally], postcodes: Postcodes, found: Found) -> PlacesReport:
    gathered = plan.gathered
    return PlacesReport(
        files=tuple(sorted(gathered.files, key=lambda one: one.name)),
        passed_over=tuple(found.passed_over),
        faults=tuple(gathered.faults),
        added=sum((one.added for one in tallies), Counter()),
        changed=sum((one.changed for one in tallies), Counter()),
        ended=sum((one.ended for one in tallies), Counter()),
        ended_wards=tuple(one.name_en for one in book.ended if one.kind is AreaKind.ward),
        served=tuple(sorted(one.name_en for one in book.current(AreaKind.authority) if one.served)),
        warnings=tuple(plan.warnings),
        terminated=len(postcodes.terminated),
        without_place=postcodes.without_place,
        far_away=postcodes.far_away,
    )
