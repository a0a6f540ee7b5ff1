"""Imports what the police published: every file of the forces served, one unit of work for each force and month."""

from __future__ import annotations

import datetime as dt
import gc
from collections.abc import Callable, Generator, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import closing, contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import NamedTuple

from sqlmodel import Session

from portal import clock
from portal.clock import Month
from portal.crime.gazetteer import Gazetteer
from portal.crime.loading import Loader, MonthFile, count_up
from portal.crime.models import ImportRun
from portal.crime.months import (
    IMPORT_LOCK,
    get_run_behind,
    ground,
    known_for,
    last_fetched_on,
    standing_digests,
)
from portal.crime.points import PointBook
from portal.crime.reading import FileRefused, Reader, Reading
from portal.crime.rules import is_older
from portal.crime.sources import SourceFile, digest, opened
from portal.crime.totals import area_map
from portal.db import Database, advisory_lock
from portal.lifecycle import OPERATOR, Actor
from portal.places.ward_rule import WardRule
from portal.trouble import Conflict

Progress = Callable[[str, int, int], None]
"""Told the name of the file that comes next, the bytes done and the bytes in all; and "" at the end."""

_LONGEST_NAME = 200
_ANYWHERE = (0.0, 0.0, "")


class _Fetched(NamedTuple):
    """The bytes of a file and their SHA-256."""

    data: bytes
    sha256: str


@dataclass(frozen=True, slots=True)
class ImportOptions:
    """How to import."""

    forces: frozenset[str]
    """Slugs in the names of files; see `served.served_forces`."""
    fetched_on: dt.date
    """The day on which the files were fetched from the publisher."""
    release: bool = False
    """Release new months at once, without a preview."""
    even_if_older: bool = False
    """Replace a month although it was fetched after these files."""
    ward_rule: str = "point"
    actor: Actor = OPERATOR


@dataclass(frozen=True, slots=True)
class ImportReport:
    """What became of each file, in order, and how many files there were that nobody wanted."""

    runs: tuple[ImportRun, ...]
    skipped: int
    joined: tuple[str, ...] = ()
    """Names of the files that came into a month that was public already, and so were public at once."""

    @property
    def is_complete(self) -> bool:
        """Whether no file was refused."""
        return all(run.outcome != "refused" for run in self.runs)


def import_paths(
    database: Database, paths: Sequence[Path], options: ImportOptions, progress: Progress = lambda *_: None
) -> ImportReport:
    """Import every street file in files, folders and archives. A file that is refused does not stop the others.

    A crash leaves each force's month as it was or as it is to be. Raises Conflict when another import is at work or the
    places change meanwhile, and Unavailable when the database is; the months before that are kept.
    """
    with opened(paths, options.forces) as sources, _garbage_left_alone(), closing(_ahead(sources.files)) as files:
        work = _Import(database, options)
        runs = [work.keep_refusal(one.name, one.refusal) for one in sources.refused]
        done = 0
        for source, fetched in files:
            progress(source.name, done, sources.size)
            runs.append(work.import_one(source, fetched))
            done += source.size
        progress("", done, sources.size)
        return ImportReport(tuple(runs), sources.skipped, tuple(work.joined))


def _ahead(sources: Sequence[SourceFile]) -> Generator[tuple[SourceFile, Future[_Fetched]]]:
    """Each source with its bytes, which are read, and taken out of an archive, while the one before is counted."""
    with ThreadPoolExecutor(1, thread_name_prefix="portal-fetch") as pool:
        coming = [pool.submit(_fetch, one) for one in sources[:1]]
        for number, source in enumerate(sources, 1):
            coming += [pool.submit(_fetch, one) for one in sources[number : number + 1]]
            yield source, coming.pop(0)


def _fetch(source: SourceFile) -> _Fetched:
    data = source.read()
    return _Fetched(data, digest(data))


@contextmanager
def _garbage_left_alone() -> Iterator[None]:
    """While many rows come and go, what lived before is not gone through again and again: a twentieth of the time."""
    gc.freeze()
    try:
        yield
    finally:
        gc.unfreeze()


class _Import:
    """One import: what it has learned so far, for all its files."""

    def __init__(self, database: Database, options: ImportOptions) -> None:
        self._database = database
        self._options = options
        self._gazetteer = Gazetteer()
        self._readers: dict[str, Reader] = {}
        self._met: dict[tuple[str, Month], str] = {}
        self.joined: list[str] = []
        with database.reading() as session:
            self._ground = ground(session)
            self._standing = standing_digests(session)
            finder = WardRule(session, options.ward_rule)
            finder.wards_of([_ANYWHERE])  # so that it has read all it needs while the session is open
            self._book = PointBook(self._gazetteer, finder)
            self._book.catch_up(session)
            areas = area_map(session)
        self._loader = Loader(self._book, areas, options.actor, options.release)

    def import_one(self, source: SourceFile, fetched: Future[_Fetched]) -> ImportRun:
        """Read, check and keep one file, or keep why it was refused."""
        sha256 = ""
        try:
            data, sha256 = fetched.result()
            self._refuse_impossible(source, sha256)
            if run := self._unchanged(source, sha256):
                return run
            reading = self._reader(source.force).read(data, source.month)
            return self._keep(source, sha256, reading)
        except FileRefused as refusal:
            return self.keep_refusal(source.name, refusal, source, sha256)

    def keep_refusal(
        self, name: str, refusal: FileRefused, source: SourceFile | None = None, sha256: str = ""
    ) -> ImportRun:
        """Remember that a file was refused, and why. What could not even be opened has no force and no month."""
        reason: dict[str, object] = {"line": 0, "code": refusal.code, "detail": refusal.detail}
        run = ImportRun(
            at=clock.now(),
            file_name="".join(c for c in name if c.isprintable())[:_LONGEST_NAME],
            sha256=sha256,
            force=source.force if source else "",
            month=source.month.index if source else 0,
            fetched_on=self._options.fetched_on,
            outcome="refused",
            rows_read=refusal.rows,
            rows_set_aside=refusal.set_aside,
            faults=[reason, *(asdict(one) for one in refusal.faults)],
        )
        with self._database.unit_of_work() as session:
            session.add(run)
        return run

    def _refuse_impossible(self, source: SourceFile, sha256: str) -> None:
        """Refuse a month that had not begun, and two different files of one month: which is newer, nobody could say."""
        if source.month.first_on > self._options.fetched_on:
            raise FileRefused("future", f"{source.month} had not begun on {self._options.fetched_on}")
        if self._met.setdefault((source.force, source.month), sha256) != sha256:
            raise FileRefused("twice", "this month came in another file before it; import one release at a time")

    def _unchanged(self, source: SourceFile, sha256: str) -> ImportRun | None:
        """A run that says that this very file stands already; None when it does not."""
        if self._standing.get((source.force, source.month)) != sha256:
            return None
        with self._database.unit_of_work() as session:
            last = get_run_behind(session, source.force, source.month)
            same = last.model_dump(exclude={"id", "moved", "at", "outcome", "fetched_on"})
            fetched_on = self._options.fetched_on
            run = ImportRun(**same, at=clock.now(), outcome="unchanged", fetched_on=fetched_on)
            session.add(run)
        return run

    def _reader(self, force: str) -> Reader:
        if force not in self._readers:
            self._readers[force] = Reader(force, self._gazetteer)
        return self._readers[force]

    def _keep(self, source: SourceFile, sha256: str, reading: Reading) -> ImportRun:
        """Everything slow is done before the unit of work begins."""
        count = count_up(reading.cells, self._book)
        fetched_on = self._options.fetched_on
        file = MonthFile(source.name, sha256, source.force, source.month, fetched_on, reading, count)
        with self._database.unit_of_work() as session:
            if not advisory_lock(session, IMPORT_LOCK):
                raise Conflict("another import is at work")
            if ground(session) != self._ground:
                raise Conflict("the places or their wards changed while it was at work; run it again")
            known = known_for(session, source.force, source.month)
            if known.own:
                self._refuse_older(session, source)
            run = self._loader.load(session, file, known)
        if self._loader.is_public(known) and run.outcome == "imported":
            self.joined.append(source.name)
        self._standing[source.force, source.month] = sha256
        return run

    def _refuse_older(self, session: Session, source: SourceFile) -> None:
        known_on = last_fetched_on(session, source.force, source.month)
        if is_older(self._options.fetched_on, known_on) and not self._options.even_if_older:
            detail = f"fetched on {self._options.fetched_on}, before the one that stands ({known_on})"
            raise FileRefused("older", f"{detail}; to replace it all the same, say --even-if-older")
