"""Councillors brought in. Files are the whole list of the councils whose wards they name: who is in none of them sits
no more from today, and the seat is vacant. Nobody is deleted.
"""

from __future__ import annotations

import csv
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlmodel import Session, col, select

from portal import clock
from portal.organisations import service
from portal.organisations.importing.bringing import Hand
from portal.organisations.importing.found import FoundCouncillor, Gathered
from portal.organisations.importing.wards import Wards
from portal.organisations.models import Councillor, Seat
from portal.organisations.service import MOST_SEATS, Kind
from portal.places.models import Area
from portal.places.names import fold
from portal.resources import resource_dir

_FEW = 3
"""So many may always leave at once; of more, at most half."""


@dataclass(frozen=True, slots=True)
class Entry:
    """An entry of a file, and the ward that it means."""

    found: FoundCouncillor
    ward: Area

    @property
    def who(self) -> str:
        return self.found.source_id or fold(self.found.name)


class Sitting:
    """Who sits now in the wards of the councils that the files are about."""

    def __init__(self, session: Session, wards: Wards, entries: Sequence[Entry]) -> None:
        councils = {wards.council_of[one.ward.code] for one in entries}
        self.wards = {one.key: one for one in wards.all if wards.council_of[one.code] in councils}
        wanted = select(Councillor, Seat.ward_id).join(Seat, col(Seat.id) == Councillor.seat_id)
        wanted = wanted.where(col(Councillor.ends_on).is_(None), col(Seat.ward_id).in_(list(self.wards)))
        self.rows = [(row, self.wards[ward]) for row, ward in session.exec(wanted.order_by(col(Councillor.id)))]

    def match(self, entries: Sequence[Entry]) -> dict[int, Councillor]:
        """The one who sits of each entry, by its place in the list: by number, else by name, in the same ward."""
        free = {row.key: (row, ward) for row, ward in self.rows}
        found: dict[int, Councillor] = {}
        for by_number in (True, False):
            for place, entry in enumerate(entries):
                if place in found or not entry.found.name:
                    continue
                row = next((r for r, w in free.values() if w.key == entry.ward.key and _is(r, entry, by_number)), None)
                if row is not None:
                    found[place] = row
                    del free[row.key]
        return found


def _is(row: Councillor, entry: Entry, by_number: bool) -> bool:  # noqa: FBT001 - one of two ways
    if by_number:
        return bool(entry.found.source_id) and row.source_id == entry.found.source_id
    return fold(row.name) == fold(entry.found.name)


def bring_councillors(hand: Hand, gathered: Gathered, *, many_leave: bool, is_checked: bool) -> None:
    """Check everything first, then write. Raises FilesRefused with every fault."""
    wards = Wards(hand.session)
    entries = [
        Entry(one, ward) for one in gathered.councillors if (ward := wards.find(one.ward, one.at, gathered)) is not None
    ]
    _refuse_doubles(entries, gathered)
    seats = _seats(hand.session, entries, gathered)
    _refuse_unknown_covers(entries, gathered)
    sitting = Sitting(hand.session, wards, entries)
    matched = sitting.match(entries)
    staying = {one.key for one in matched.values()}
    leaving = [(row, ward) for row, ward in sitting.rows if row.key not in staying]
    if len(leaving) > max(_FEW, len(sitting.rows) // 2) and not many_leave and entries:
        gathered.fault(
            entries[0].found.at,
            f"{len(leaving)} of the {len(sitting.rows)} councillors who sit now are not in the files. If that is so, as"
            " after an election, give --many-leave; if a file is cut off, get it whole",
        )
    _note_wards_that_are_missing(sitting, entries, gathered)
    gathered.refuse_if_faulty()
    for row, ward in leaving:
        hand.end(Kind.councillor, row, row.name, ward.name_en)
    _write(hand, entries, matched, seats, is_checked=is_checked)


def _refuse_doubles(entries: Sequence[Entry], gathered: Gathered) -> None:
    """Nobody sits twice. Two people of one name must be told apart by a number."""
    seen: dict[str, Entry] = {}
    for entry in entries:
        if not entry.found.name:
            continue
        before = seen.setdefault(entry.who, entry)
        if before is entry:
            continue
        name, place = entry.found.name, before.found.at
        if before.ward.key == entry.ward.key:
            gathered.fault(entry.found.at, f"{name} stands in the list twice, first at {place}")
        else:
            said = f"{name} is in two wards: {before.ward.name_en} ({place}) and {entry.ward.name_en}"
            said += "" if entry.found.source_id else ". If they are two people, give each a number in a column id"
            gathered.fault(entry.found.at, said)


def _seats(session: Session, entries: Sequence[Entry], gathered: Gathered) -> dict[int, int]:
    """How many seats each ward of the files has: as they say, else as it had, else one for each entry."""
    by_ward: defaultdict[int, list[Entry]] = defaultdict(list)
    for entry in entries:
        by_ward[entry.ward.key].append(entry)
    standing = Counter(session.exec(select(Seat.ward_id).where(col(Seat.ends_on).is_(None))))
    numbers = {}
    for key, some in by_ward.items():
        said = {one.found.seats for one in some if one.found.seats is not None}
        people = [one for one in some if one.found.name]
        number = next(iter(said), 0) or standing[key] or len(some)
        if len(said) > 1:
            gathered.fault(
                some[-1].found.at, f"{some[0].ward.name_en} has {' and '.join(map(str, sorted(said)))} seats"
            )
        elif len(people) > min(number, MOST_SEATS):
            names = ", ".join(one.found.name for one in people)
            gathered.fault(
                people[-1].found.at,
                f"{some[0].ward.name_en} has {number} seats and {len(people)} councillors: {names}. If it has more"
                " seats now, say so on its page, or in a column seats",
            )
        numbers[key] = number
    return numbers


def _refuse_unknown_covers(entries: Sequence[Entry], gathered: Gathered) -> None:
    known = Counter(word for one in entries for word in _names_of(one))
    for one in entries:
        cover = one.found.covered_by
        if not cover:
            continue
        if not known[cover] and not known[fold(cover)]:
            gathered.fault(one.found.at, f"{cover!r}, who should stand in for {one.found.name}, is not in the files")
        elif cover in _names_of(one) or fold(cover) in _names_of(one):
            gathered.fault(one.found.at, f"{one.found.name} cannot stand in for themselves")


def _names_of(entry: Entry) -> set[str]:
    """By what others may name them."""
    return {one for one in (entry.found.source_id, fold(entry.found.name)) if one}


def _note_wards_that_are_missing(sitting: Sitting, entries: Sequence[Entry], gathered: Gathered) -> None:
    named = {one.ward.key for one in entries}
    if entries and (absent := sorted(one.name_en for key, one in sitting.wards.items() if key not in named)):
        gathered.note(entries[0].found.at, f"these wards are in no file: {', '.join(absent)}")


def _write(
    hand: Hand,
    entries: Sequence[Entry],
    matched: Mapping[int, Councillor],
    seats: Mapping[int, int],
    *,
    is_checked: bool,
) -> None:
    free = _free_seats(hand, entries, seats)
    parties = party_names()
    people: list[tuple[Entry, Councillor]] = []
    for place, entry in enumerate(entries):
        if not entry.found.name:
            continue
        row = matched.get(place)
        values = _values(entry, row, parties)
        if row is None:
            values |= {"seat_id": free[entry.ward.key].pop(0).key}
            values.setdefault("checked_on", clock.today())  # it is the council's own list
            row = hand.add(Kind.councillor, values, entry.found.name, entry.ward.name_en)  # type: ignore[assignment]
        else:
            values |= {"checked_on": clock.today()} if is_checked else {}
            hand.change(Kind.councillor, row, values, entry.found.name, entry.ward.name_en)
        people.append((entry, row))  # type: ignore[arg-type]
    _write_covers(hand, people)


def _free_seats(hand: Hand, entries: Sequence[Entry], seats: Mapping[int, int]) -> dict[int, list[Seat]]:
    """The seats of each ward that nobody has, once it has as many as it should."""
    free: dict[int, list[Seat]] = {}
    for ward in {one.ward.key: one.ward for one in entries}.values():
        own = hand.set_seats(ward, seats[ward.key])
        free[ward.key] = [one for one in own if one.key not in service.held_seats(hand.session, ward.key)]
    return free


def _values(entry: Entry, row: Councillor | None, parties: Mapping[str, str]) -> dict[str, Any]:
    """The columns that an entry has. The Welsh name of a party goes with the English one, where the file has none."""
    found = entry.found
    values: dict[str, Any] = {"name": found.name, **found.fields}
    if found.source_id:
        values["source_id"] = found.source_id
    if "party_en" in values and "party_cy" not in values:
        known = parties.get(values["party_en"].casefold())
        if known is not None or row is None or row.party_en != values["party_en"]:
            values["party_cy"] = known or ""
    return values


def _write_covers(hand: Hand, people: Sequence[tuple[Entry, Councillor]]) -> None:
    by_word = {word: row for entry, row in reversed(people) for word in _names_of(entry)}
    for entry, row in people:
        cover = entry.found.covered_by
        if cover is not None:
            stands_in = by_word.get(cover) or by_word.get(fold(cover))
            wanted = stands_in.key if cover and stands_in else None
            hand.change(Kind.councillor, row, {"covered_by": wanted}, entry.found.name, entry.ward.name_en)


def party_names() -> dict[str, str]:
    """Welsh names of parties by the English ones, from content/parties.csv."""
    with (resource_dir("content") / "parties.csv").open(encoding="utf-8", newline="") as file:
        return {row["english"].casefold(): row["welsh"] for row in csv.DictReader(file)}
