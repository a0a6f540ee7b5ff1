"""Marks, reasons and the clock: pure. What is marked is taken out; everything else is shown to the letter, or nothing
is decided: no edit is silent.
"""

from __future__ import annotations

import datetime as dt
import re
import statistics
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from portal import clock
from portal.clock import LONDON, Nation

REMOVED = "\x1a"
"""Stands in a public text where something was taken out. Nobody can type it: `only_text` lets no such character in."""
MARKS = (("[[", "]]"), ("{{", "}}"), ("<<", ">>"), ("((", "))"), ("⟦⟦", "⟧⟧"))
"""The marks around what is to be removed: for each text the first pair of whose characters it has none."""
_LEAST_LOOKED_FOR = 3

REASONS = (
    "names_somebody",
    "number_plate",
    "address",
    "court_case",
    "hate",
    "electioneering",
    "off_topic",
    "defamation",
    "personal_data",
    "other",
)
"""Why something is not shown. Whoever chooses `other` says it in words."""

Words = tuple[str | None, ...]
"""A public text in pieces: None is where something was removed."""


class BadMarks(Exception):
    """The marks cannot be followed; `code` says why."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


@dataclass(frozen=True, slots=True)
class Redacted:
    """What is left of a text, and what was taken out of it."""

    public: str
    removed: tuple[str, ...]


def marks_for(original: str) -> tuple[str, str] | None:
    """The pair of marks for a text; None where it has a character of every pair."""
    return next((pair for pair in MARKS if pair[0][0] not in original and pair[1][0] not in original), None)


def redact(original: str, marked: str) -> Redacted:
    """Take out what stands between marks. Without its marks the copy must be the original, to the letter.

    Raises BadMarks: stray, nested, not_opened, not_closed, empty, changed; and changed as well where marks were set in
    a text that has no pair of its own.
    """
    if REMOVED in marked:
        raise BadMarks("changed")
    opening, closing = marks_for(original) or ("", "")
    if not opening:
        if marked != original:
            raise BadMarks("changed")
        return Redacted(original, ())
    shown: list[str] = []
    removed: list[str] = []
    is_inside = False
    for number, part in enumerate(re.split(f"({re.escape(opening[0])}+|{re.escape(closing[0])}+)", marked)):
        if number % 2 == 0:
            (removed if is_inside else shown).append(part)
        else:
            is_inside = _follow(part, opening, closing, is_inside=is_inside)
            if is_inside:
                shown.append(REMOVED)
    if is_inside:
        raise BadMarks("not_closed")
    if not all(part.strip() for part in removed):
        raise BadMarks("empty")
    if "".join(_merged(shown, removed)) != original:
        raise BadMarks("changed")
    return Redacted("".join(shown), tuple(removed))


def _follow(mark: str, opening: str, closing: str, *, is_inside: bool) -> bool:
    """Whether what comes after this mark is inside."""
    if mark not in {opening, closing}:
        raise BadMarks("stray")
    if mark == opening and is_inside:
        raise BadMarks("nested")
    if mark == closing and not is_inside:
        raise BadMarks("not_opened")
    return mark == opening


def _merged(shown: list[str], removed: list[str]) -> Iterable[str]:
    """The whole again: each place of something removed has the next of what was."""
    taken = iter(removed)
    return (next(taken) if part == REMOVED else part for part in shown)


def redact_all(originals: Mapping[str, str], marked: Mapping[str, str]) -> tuple[dict[str, Redacted], dict[str, str]]:
    """Every field of an item, and what is wrong with each. Besides the codes of `redact`: no_marks, at the first field,
    where nothing is marked at all; still_there where what was removed stands unmarked somewhere else.
    """
    done: dict[str, Redacted] = {}
    problems: dict[str, str] = {}
    for name, original in originals.items():
        try:
            done[name] = redact(original, marked.get(name, ""))
        except BadMarks as why:
            problems[name] = why.code
    if problems:
        return done, problems
    removed = [one for each in done.values() for one in each.removed]
    if not removed:
        return done, {next(iter(originals)): "no_marks"}
    return done, {name: "still_there" for name, one in done.items() if _has_any(one.public, removed)}


def _has_any(public: str, removed: list[str]) -> bool:
    """Whether what was removed can be read elsewhere: as whole words, in small or capital letters, of at least three
    characters.
    """
    text = _folded(public)
    passages = {passage for one in removed if len(passage := _folded(one)) >= _LEAST_LOOKED_FOR}
    return any(re.search(rf"(?<!\w){re.escape(one)}(?!\w)", text) for one in passages)


def _folded(text: str) -> str:
    return " ".join(text.casefold().split())


def pieces(public: str) -> Words:
    """A public text as a page shows it: words, and None where something was removed."""
    found: list[str | None] = []
    for number, part in enumerate(public.split(REMOVED)):
        if number:
            found.append(None)
        if part:
            found.append(part)
    return tuple(found)


def end_of(day: dt.date) -> dt.datetime:
    """Midnight at the end of a London day."""
    return dt.datetime.combine(day + dt.timedelta(days=1), dt.time.min, LONDON).astimezone(dt.UTC)


def due_on(queued_at: dt.datetime, working_days: int, nation: Nation) -> dt.date:
    """By which day an item should be decided: the n-th working day after the day on which it came in, whatever its
    language. A service's own promise and no law.
    """
    return clock.add_working_days(clock.london_day(queued_at), working_days, nation)


def is_overdue(queued_at: dt.datetime, at: dt.datetime, working_days: int, nation: Nation) -> bool:
    """Whether the last day of its clock had ended at this moment."""
    return at >= end_of(due_on(queued_at, working_days, nation))


@dataclass(frozen=True, slots=True)
class Speed:
    """How quickly what was written in one language is decided."""

    language: str
    waiting: int
    overdue: int
    decided: int
    in_time: int
    median_hours: float | None
    """None where nothing was decided: no figure is better than a false one."""


def speed(  # noqa: PLR0913, PLR0917 - the facts of one row
    language: str,
    queued: Iterable[dt.datetime],
    decided: Iterable[tuple[dt.datetime, dt.datetime]],
    now: dt.datetime,
    working_days: int,
    nation: Nation,
) -> Speed:
    """One language's row: `queued` is when each that waits came in, `decided` when each came in and was decided."""
    waits, taken = list(queued), list(decided)
    hours = [(end - start).total_seconds() / 3600 for start, end in taken]
    return Speed(
        language=language,
        waiting=len(waits),
        overdue=sum(is_overdue(one, now, working_days, nation) for one in waits),
        decided=len(taken),
        in_time=sum(not is_overdue(start, end, working_days, nation) for start, end in taken),
        median_hours=round(statistics.median(hours), 1) if hours else None,
    )
