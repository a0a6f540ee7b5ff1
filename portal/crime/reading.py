"""Reads the bytes of one street file into counted cells. It knows no database and opens no file.

Every byte is untrusted: the only ways out are a reading and `FileRefused`.
"""

from __future__ import annotations

import codecs
import csv
import io
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field

from portal.clock import Month
from portal.crime.gazetteer import (
    COMMA,
    JOINT,
    KIND_BITS,
    Gazetteer,
    Kinds,
    PlaceTexts,
    RowFault,
    parse_place,
    split_fields,
)
from portal.crime.rules import (
    CATEGORY_NUMBERS,
    HEADER,
    KEPT_FAULTS,
    too_many_faults,
)

_FIELDS = len(HEADER)
_AFTER_PLACE = 3
_PLACE = slice(2, 9)
_CATEGORY, _OUTCOME = 9, 10
_SHOWN = 80


@dataclass(frozen=True, slots=True)
class Fault:
    """What is wrong with one line of a file, by code, and the words that show it."""

    line: int
    code: str
    detail: str = ""


class FileRefused(Exception):
    """Nothing of this file can be used: why, by code and in words for the operator; and the lines, where known."""

    def __init__(self, code: str, detail: str, faults: Sequence[Fault] = (), rows: int = 0, set_aside: int = 0) -> None:
        super().__init__(f"{code}: {detail}")
        self.code = code
        self.detail = detail
        self.faults = tuple(faults)
        self.rows = rows
        self.set_aside = set_aside


class _FaultInside(Exception):
    """One of the lines, at least, has a fault: they must be looked at one by one."""


@dataclass(frozen=True, slots=True)
class Reading:
    """One file, counted. What the key of a cell holds, `portal.crime.gazetteer` says."""

    cells: dict[int, int]
    rows: int
    repeated: int = 0
    """Among the rows counted: those without an ID that repeat another exactly, and those whose Crime ID repeats."""
    set_aside: int = 0
    faults: tuple[Fault, ...] = ()
    """The first of the rows set aside, and each outcome that no list knows (for which no row is set aside)."""


@dataclass(slots=True)
class _Faults:
    """Rows set aside: the first of them, and how many by code."""

    first: list[Fault] = field(default_factory=list)
    codes: Counter[str] = field(default_factory=Counter)

    def add(self, line: int, fault: RowFault) -> None:
        self.codes[fault.code] += 1
        if len(self.first) < KEPT_FAULTS:
            self.first.append(Fault(line, fault.code, _shown(fault.detail)))


@dataclass(frozen=True, slots=True)
class _Lines:
    """The rows of a file, each in one piece with `mark` between its fields, and the line on which each begins.

    They stay bytes, which are quicker to take apart than text: only what is met for the first time is decoded.
    """

    texts: Sequence[bytes]
    numbers: Sequence[int]
    mark: bytes


class Reader:
    """Reads the files of one force, month after month, and remembers the places and kinds that it has understood."""

    def __init__(self, force: str, gazetteer: Gazetteer) -> None:
        self._force = force
        self._places = PlaceTexts(force, gazetteer)
        self._kinds = Kinds()

    def read(self, data: bytes, month: Month) -> Reading:
        """Count the rows of a file of `month`. Raises FileRefused."""
        lines = _split(_checked(data))
        faults = _Faults()
        try:
            reading = self._count(lines, month)
        except _FaultInside:
            sound = self._sound_lines(lines, month, faults)
            _refuse_if_many(faults, sum(map(bool, lines.texts)), month)
            reading = self._count(sound, month)
        if not reading.rows:
            raise FileRefused("no-rows", "a header and no row: a month without data is declared, not imported")
        set_aside = faults.codes.total()
        notes = (*faults.first, *self._unknown_outcomes(lines))[:KEPT_FAULTS]
        return Reading(reading.cells, reading.rows + set_aside, reading.repeated, set_aside, notes)

    def _count(self, lines: _Lines, month: Month) -> Reading:
        """Count rows that have no fault, or raise _FaultInside. It splits a row no further than needed."""
        cells: dict[int, int] = {}
        seen, places, kinds, mark = cells.get, self._places, self._kinds, lines.mark
        idents: list[bytes] = []
        bare: list[bytes] = []
        after_ident = b"%b%b%b" % (mark, str(month).encode(), mark)
        for text in filter(None, lines.texts):
            ident, _, rest = text.partition(after_ident)
            try:
                place, category, outcome, _ = rest.rsplit(mark, _AFTER_PLACE)
            except ValueError:
                raise _FaultInside from None
            if ident:
                idents.append(ident)
            else:
                bare.append(rest)
            key = places[place] << KIND_BITS | kinds[category, outcome]
            cells[key] = seen(key, 0) + 1
        if min(cells, default=0) < 0 or mark in b"".join(idents):
            raise _FaultInside
        repeated = len(idents) - len(set(idents)) + len(bare) - len(set(bare))
        return Reading(cells, len(idents) + len(bare), repeated)

    def _sound_lines(self, lines: _Lines, month: Month, faults: _Faults) -> _Lines:
        """The lines that have no fault; the others go to `faults`."""
        sound = []
        for number, text in zip(lines.numbers, lines.texts, strict=True):
            try:
                if text:
                    self._check(split_fields(text, lines.mark), str(month))
                    sound.append(text)
            except RowFault as fault:
                faults.add(number, fault)
        return _Lines(sound, (), lines.mark)

    def _check(self, fields: Sequence[str], month: str) -> None:
        if len(fields) != _FIELDS:
            raise RowFault("fields", f"{len(fields)} fields, not {_FIELDS}")
        if fields[1] != month:
            raise RowFault("month", fields[1])
        parse_place(fields[_PLACE], self._force)
        if fields[_CATEGORY] not in CATEGORY_NUMBERS:
            raise RowFault("category", fields[_CATEGORY])

    def _unknown_outcomes(self, lines: _Lines) -> list[Fault]:
        """Each outcome that no list knows, at the first line that has it. Its rows are counted, under "other"."""
        if not self._kinds.unknown_outcomes:
            return []
        first: dict[str, int] = {}
        for number, text in zip(lines.numbers, lines.texts, strict=True):
            fields = split_fields(text, lines.mark)
            if len(fields) == _FIELDS and fields[_OUTCOME] in self._kinds.unknown_outcomes:
                first.setdefault(fields[_OUTCOME], number)
        return [Fault(line, "unknown-outcome", _shown(name)) for name, line in first.items()]


def _checked(data: bytes) -> bytes:
    """The bytes without the mark that may begin them. Raises FileRefused for what is not UTF-8 text."""
    if not data or data.isspace():
        raise FileRefused("empty", "there is nothing in the file")
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        raise FileRefused("encoding", "the file is UTF-16; street files are UTF-8")
    if (at := data.find(b"\0")) >= 0:
        line = data.count(b"\n", 0, at) + 1
        raise FileRefused("nul", f"there is a NUL byte in line {line}", [Fault(line, "nul")])
    try:
        if not data.isascii():  # nearly every file is, and that is seen in no time
            data.decode()
    except UnicodeDecodeError as error:
        line = error.object.count(b"\n", 0, error.start) + 1
        detail = f"line {line} is not UTF-8"
        raise FileRefused("encoding", detail, [Fault(line, "encoding")]) from error
    return data.removeprefix(codecs.BOM_UTF8)


def _split(data: bytes) -> _Lines:
    """Rows in one piece each. Without quotation marks a row is a line, and fields stand between commas.

    Then the csv module, which takes three times as long, is not needed.
    """
    if b"\r" in data:
        data = data.replace(b"\r\n", b"\n")
    if b'"' in data or b"\r" in data or JOINT in data:
        return _split_by_csv(data)
    lines = data.split(b"\n")
    _check_header(split_fields(lines[0], COMMA))
    del lines[0]
    return _Lines(lines, range(2, len(lines) + 2), COMMA)


def _split_by_csv(data: bytes) -> _Lines:
    """Rows as the csv module reads them, joined again by a mark that none of their fields holds."""
    rows = csv.reader(io.StringIO(data.replace(JOINT, b"\x1e").decode(), newline=""), strict=True)
    joint = JOINT.decode()
    texts: list[bytes] = []
    numbers: list[int] = []
    try:
        _check_header(next(rows, []))
        number = rows.line_num + 1
        for row in rows:
            texts.append(joint.join(row).encode())
            numbers.append(number)
            number = rows.line_num + 1
    except csv.Error as error:
        line = rows.line_num
        raise FileRefused("not-csv", f"line {line}: {error}", [Fault(line, "not-csv", str(error))]) from error
    return _Lines(texts, numbers, JOINT)


def _check_header(fields: Sequence[str]) -> None:
    if tuple(fields) != HEADER:
        raise FileRefused("header", f"the first line is not that of a street file: {_shown(','.join(fields))!r}")


def _refuse_if_many(faults: _Faults, rows: int, month: Month) -> None:
    """Refuse a file of another month or force, or one with more faults than can be chance."""
    aside = faults.codes.total()
    if faults.codes["month"] * 2 > rows:
        raise FileRefused("wrong-month", f"most rows are not of {month}", faults.first, rows, aside)
    if faults.codes["force"] * 2 > rows:
        detail = "most rows were reported by another force than the file's name says"
        raise FileRefused("wrong-force", detail, faults.first, rows, aside)
    if too_many_faults(aside, rows):
        detail = f"{aside} of {rows} rows have a fault: more than 1 in 100"
        raise FileRefused("too-many-faults", detail, faults.first, rows, aside)


def _shown(text: str) -> str:
    """As much of a stranger's text as a report needs, with nothing in it that a terminal would obey."""
    return "".join(c if c.isprintable() else "\N{REPLACEMENT CHARACTER}" for c in text[:_SHOWN])
