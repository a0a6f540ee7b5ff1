"""CSV files as rows with their line numbers. Bad rows are set aside up to 1%; a damaged file is refused."""

from __future__ import annotations

import csv
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from itertools import chain
from typing import TypeVar

from portal.places.importing.files import Fault, FileRefused, RowFault, Source, read_lines

T = TypeVar("T")
Row = Sequence[str]

_ONE_IN = 100
"""At most one row in so many may be set aside."""
_MOST_SHOWN = 60


class _LastLine:
    """Passes lines on and remembers the last, so that a file cut short can be told from a bad row."""

    def __init__(self, lines: Iterator[str]) -> None:
        self._lines = lines
        self.last = "\n"

    def __iter__(self) -> Iterator[str]:
        for line in self._lines:
            self.last = line
            yield line


@dataclass(slots=True)
class Table:
    """One CSV file. `header` is its first row in lower case; `first` is the same row as it stands."""

    source: Source
    header: tuple[str, ...]
    first: Row
    _reader: Iterator[tuple[int, Row]]
    rows_read: int = 0
    rows_used: int = 0
    faults: list[Fault] = field(default_factory=list)

    def from_first_row(self) -> Table:
        """The same file, where the first row is no header but the first of the data."""
        return replace(self, _reader=chain([(1, self.first)], self._reader))

    def refused(self, where: str, said: str) -> FileRefused:
        """The refusal of this file, to be raised."""
        return FileRefused(self.source.name, where, said)

    def read(self, understand: Callable[[Row], T | None]) -> Iterator[T]:
        """What `understand` makes of each row; None is passed over. Raises FileRefused when more than 1% are bad."""
        for line, row in self._reader:
            self.rows_read += 1
            try:
                made = understand(self._checked(row))
            except RowFault as fault:
                detail = fault.detail[:_MOST_SHOWN]
                self.faults.append(Fault(self.source.name, f"line {line}", fault.code, detail))
                continue
            if made is not None:
                self.rows_used += 1
                yield made
        refuse_if_many(self.source, self.faults, self.rows_read)

    def _checked(self, row: Row) -> Row:
        if len(row) != len(self.header):
            raise RowFault("fields", f"{len(row)} fields, {len(self.header)} expected")
        return row


def refuse_if_many(source: Source, faults: Sequence[Fault], rows: int) -> None:
    """Refuse the file when more than 1% of its rows were set aside."""
    if len(faults) * _ONE_IN > rows:
        first = faults[0]
        said = f"{len(faults)} of {rows} rows cannot be used (at most 1% may be set aside); the first: "
        raise FileRefused(source.name, first.where, f"{said}{first.code}: {first.detail}")


def open_table(source: Source) -> Table:
    """The file as a table, its first row read. Raises FileRefused."""
    reader = _rows(source)
    _, first = next(reader)
    return Table(source, tuple(name.strip().lower() for name in first), first, reader)


def _rows(source: Source) -> Iterator[tuple[int, Row]]:
    lines = _LastLine(read_lines(source))
    reader = csv.reader(lines, strict=True)
    held: tuple[int, Row] | None = None
    width = 0
    try:
        for row in reader:
            if not row:
                continue
            if held is not None:
                yield held
            held = (reader.line_num, row)
            width = width or len(row)
    except csv.Error as error:
        raise FileRefused(source.name, f"line {reader.line_num}", f"it is cut off or damaged ({error})") from error
    if held is None:
        raise FileRefused(source.name, "", "it holds no rows")
    if len(held[1]) < width and not lines.last.endswith(("\n", "\r")):
        raise FileRefused(source.name, f"line {held[0]}", "the file is cut off in the middle of this row")
    yield held
