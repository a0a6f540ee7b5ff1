"""The files of an import: found in folders, read as UTF-8, and refused or reported on by file and line."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

DATA_SUFFIXES = frozenset({".csv", ".geojson", ".json"})
_TOLD_EVERY = 1 << 20
_BYTE_ORDER_MARKS = {
    b"\xff\xfe": "UTF-16",
    b"\xfe\xff": "UTF-16",
    b"PK": "a zip archive",
    b"\x1f\x8b": "a gzip archive",
}


class ImportRefused(Exception):
    """Nothing was imported; the text says why and how to go on."""


class FileRefused(Exception):
    """A file that is not used at all: which, where in it, and what was expected."""

    def __init__(self, file: str, where: str, said: str) -> None:
        super().__init__(f"{file}{', ' if where else ''}{where}: {said}")
        self.file = file
        self.where = where
        self.said = said


class FilesRefused(ImportRefused):
    """Nothing was imported, because of these files."""

    def __init__(self, refusals: Sequence[FileRefused]) -> None:
        super().__init__("\n".join(map(str, refusals)))
        self.refusals = tuple(refusals)


@dataclass(frozen=True, slots=True)
class Fault:
    """One row that was set aside: the file, the place in it, a code, and what stood there."""

    file: str
    where: str
    code: str
    detail: str

    def __str__(self) -> str:
        return f"{self.file}, {self.where}: {self.code}: {self.detail}"


class RowFault(Exception):
    """A row that cannot be used, by code, and the words that show it."""

    def __init__(self, code: str, detail: str) -> None:
        super().__init__(f"{code}: {detail}")
        self.code = code
        self.detail = detail


@dataclass(frozen=True, slots=True)
class Source:
    """One file, and the name by which reports speak of it: as the operator gave it."""

    path: Path
    name: str
    size: int
    on_read: Callable[[int], None] = lambda _bytes: None
    """Told now and then how many more bytes were read."""


@dataclass(slots=True)
class Found:
    """What the paths hold: files to recognise, and files of other kinds in folders, which are passed over by name."""

    sources: list[Source] = field(default_factory=list)
    passed_over: list[str] = field(default_factory=list)


def find_sources(paths: Sequence[Path]) -> Found:
    """Files as named, and the data files in folders, in an order that hangs on names alone. Raises FilesRefused."""
    found = Found()
    refusals = []
    for path in paths:
        try:
            _gather(path, found)
        except OSError as error:
            refusals.append(FileRefused(str(path), "", f"it cannot be read ({error.strerror})"))
    if refusals:
        raise FilesRefused(refusals)
    once = {source.path.resolve(): source for source in found.sources}
    found.sources = sorted(once.values(), key=lambda source: (source.path.name, source.name))
    return found


def _gather(path: Path, found: Found) -> None:
    if not path.is_dir():
        found.sources.append(Source(path, str(path), path.stat().st_size))
        return
    for inside in sorted(path.rglob("*")):
        name = str(Path(path.name) / inside.relative_to(path))
        if not inside.is_file() or any(part.startswith(".") for part in inside.relative_to(path).parts):
            continue
        if inside.suffix.lower() in DATA_SUFFIXES:
            found.sources.append(Source(inside, name, inside.stat().st_size))
        else:
            found.passed_over.append(name)


def read_lines(source: Source) -> Iterator[str]:
    """The lines of a UTF-8 file, with or without a byte order mark. Raises FileRefused."""
    try:
        with source.path.open("rb") as file:
            _check_beginning(source, file.read(4))
            file.seek(0)
            read = 0
            for number, line in enumerate(file, start=1):
                read += len(line)
                if read >= _TOLD_EVERY:
                    source.on_read(read)
                    read = 0
                yield _decoded(source, number, line)
            source.on_read(read)
    except OSError as error:
        raise FileRefused(source.name, "", f"it cannot be read ({error.strerror})") from error


def read_text(source: Source) -> str:
    """A whole UTF-8 file. Raises FileRefused."""
    return "".join(read_lines(source))


def _check_beginning(source: Source, first: bytes) -> None:
    if not first:
        raise FileRefused(source.name, "", "it is empty")
    for mark, kind in _BYTE_ORDER_MARKS.items():
        if first.startswith(mark):
            raise FileRefused(source.name, "", f"it is {kind}; a UTF-8 text file was expected")


def _decoded(source: Source, number: int, line: bytes) -> str:
    if b"\0" in line:
        raise FileRefused(source.name, f"line {number}", "it holds a NUL byte: the file is damaged or is no text")
    try:
        return line.decode("utf-8-sig" if number == 1 else "utf-8")
    except UnicodeDecodeError as error:
        byte = line[error.start]
        said = f"byte 0x{byte:02X} is not UTF-8; the file looks like Windows-1252: save it as UTF-8"
        raise FileRefused(source.name, f"line {number}", said) from error
