"""One import from end to end: the files are read first, then everything is brought in within one unit of work."""

from __future__ import annotations

import tomllib
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from sqlmodel import Session

from portal import clock
from portal.audit.service import record, rows_first
from portal.clock import Nation
from portal.db import Database
from portal.lifecycle import OPERATOR, Reference
from portal.organisations import sitting
from portal.organisations.importing.bodies import bring_organisations
from portal.organisations.importing.bringing import Hand, Report
from portal.organisations.importing.councillors import bring_councillors
from portal.organisations.importing.found import At, FoundOrganisation, Gathered
from portal.organisations.importing.recognising import gather_councillors, gather_organisations
from portal.organisations.models import OrganisationKind
from portal.organisations.rules import Standing
from portal.resources import resource_dir

DEFAULTS = "organisations.toml"


@dataclass(frozen=True, slots=True)
class Options:
    """How to import. `is_trial`: say what would be done, and keep nothing."""

    is_trial: bool = False
    many_leave: bool = False
    """Whether more than half of those who sit may be missing from the files, as after an election."""
    is_checked: bool = False
    """Whether the files are what somebody has looked at today: everybody in them is marked so."""


class Import(StrEnum):
    """The acts of an import."""

    organisations = "import-organisations"
    councillors = "import-councillors"


class _Trial(Exception):
    """No error: the way out of a unit of work that is not to be kept."""

    def __init__(self, report: Report) -> None:
        super().__init__()
        self.report = report


def import_councillors(database: Database, paths: Sequence[Path], options: Options) -> Report:
    """Councillors, all or nothing; the same files again change nothing. Raises FilesRefused."""
    gathered = gather_councillors(paths)

    def bring(hand: Hand) -> None:
        bring_councillors(hand, gathered, many_leave=options.many_leave, is_checked=options.is_checked)

    return _run(database, gathered, bring, options, Import.councillors)


def import_organisations(database: Database, paths: Sequence[Path], options: Options) -> Report:
    """Organisations, posts and holders, all or nothing; the same files again change nothing. Raises FilesRefused."""
    gathered = gather_organisations(paths)
    return _run(database, gathered, lambda hand: bring_organisations(hand, gathered), options, Import.organisations)


def import_defaults(database: Database, nation: Nation, options: Options) -> Report:
    """The bodies that the law of a nation names: those that are not there yet, not public, to be confirmed."""
    table = tomllib.loads((resource_dir("content") / DEFAULTS).read_text(encoding="utf-8"))
    gathered = Gathered(files=[(DEFAULTS, nation.value, len(table[nation.value]))])
    for number, entry in enumerate(table[nation.value], start=1):
        fields = {name: value for name, value in entry.items() if name != "code"}
        fields["kind"] = OrganisationKind(fields["kind"])
        at = At(DEFAULTS, f"{nation} {number}")
        gathered.organisations.append(FoundOrganisation(at, entry["code"], fields))

    def bring(hand: Hand) -> None:
        bring_organisations(hand, gathered, only_new=True)

    return _run(database, gathered, bring, options, Import.organisations)


def _run(
    database: Database, gathered: Gathered, bring: Callable[[Hand], None], options: Options, act: Import
) -> Report:
    try:
        with database.unit_of_work() as session:
            hand = Hand(session, OPERATOR)
            with rows_first(session):
                bring(hand)
            return _kept(session, _report(session, hand, gathered, options), act)
    except _Trial as trial:
        return trial.report


def _kept(session: Session, report: Report, act: Import) -> Report:
    if report.is_trial:
        raise _Trial(report)
    if not report.is_unchanged:
        done = Counter(f"{one.kind}-{one.act}" for one in report.done)
        after = {"files": [name for name, _, _ in report.files], **done}
        record(session, OPERATOR, act, Reference("organisations", "import"), after=after)
    return report


def _report(session: Session, hand: Hand, gathered: Gathered, options: Options) -> Report:
    session.flush()
    wards = sitting.wards_and_councillors(session, clock.today())
    vacant = (one.ward.name_en for one in wards if any(seat.standing is Standing.vacant for seat in one.seats))
    return Report(
        files=tuple(gathered.files),
        notes=tuple(gathered.notes),
        done=tuple(hand.done),
        vacant=tuple(sorted(vacant)),
        is_trial=options.is_trial,
    )
