"""Finds the street files in what an operator names: files, folders, the published archive.

A name inside an archive is never used as a path.
"""

from __future__ import annotations

import hashlib
import lzma
import os
import struct
import zipfile
import zlib
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

from portal.clock import Month
from portal.crime.reading import FileRefused
from portal.crime.rules import TRANSPORT_POLICE, is_of_no_month, is_other_police_file, parse_file_name

LARGEST_FILE = 64 * 1024 * 1024
"""Bytes. The largest force's month has about 21 million."""
LARGEST_RATIO = 100
"""Street files shrink to about a tenth; what shrinks to less than a hundredth was made to fill a memory."""
_MOST_MEMBERS = 100_000
_DAMAGED = (
    zipfile.BadZipFile,
    zipfile.LargeZipFile,
    zlib.error,
    lzma.LZMAError,
    struct.error,
    EOFError,
    OSError,
    NotImplementedError,
    RuntimeError,
    ValueError,
    OverflowError,
)
"""What reading a damaged archive raises, by trying."""


@dataclass(frozen=True, slots=True)
class SourceFile:
    """One street file of a force that is wanted."""

    name: str
    month: Month
    force: str
    size: int
    _open: Callable[[], bytes]

    def read(self) -> bytes:
        """All its bytes. Raises FileRefused."""
        return self._open()


@dataclass(frozen=True, slots=True)
class RefusedSource:
    """Something named that cannot be opened at all."""

    name: str
    refusal: FileRefused


@dataclass(slots=True)
class Sources:
    """What was found. `skipped` counts what is not wanted: other forces, outcomes, stop and search, anything else."""

    files: list[SourceFile] = field(default_factory=list)
    refused: list[RefusedSource] = field(default_factory=list)
    skipped: int = 0

    @property
    def size(self) -> int:
        """Bytes that will be read."""
        return sum(one.size for one in self.files)


@contextmanager
def opened(paths: Sequence[Path], forces: Collection[str]) -> Iterator[Sources]:
    """The street files of `forces` in all the paths, in the order in which they are to be imported.

    Month by month, and the transport police first: an area's figures are whole when its own force's month comes in.
    """
    sources = Sources()
    with ExitStack() as stack:
        for path in paths:
            _gather(path, frozenset(forces), sources, stack)
        sources.files.sort(key=lambda one: (one.month, one.force != TRANSPORT_POLICE, one.force))
        yield sources


def digest(data: bytes) -> str:
    """SHA-256 in hexadecimal."""
    return hashlib.sha256(data).hexdigest()


def _gather(path: Path, forces: frozenset[str], sources: Sources, stack: ExitStack) -> None:
    try:
        if path.is_dir():
            inside = sorted(one for one in path.rglob("*") if one.is_file())
            _sort_out(((one.name, one.stat().st_size, partial(_read_file, one)) for one in inside), forces, sources)
        elif _is_archive(path):
            _gather_archive(path, forces, sources, stack)
        elif parse_file_name(path.name) or is_of_no_month(path.name) or is_other_police_file(path.name):
            _sort_out([(path.name, path.stat().st_size, partial(_read_file, path))], forces, sources)
        else:
            refusal = FileRefused("name", "a street file is named like 2024-10-gwent-street.csv")
            sources.refused.append(RefusedSource(path.name, refusal))
    except OSError as error:
        sources.refused.append(RefusedSource(path.name, _unreadable(error)))
    except FileRefused as refusal:
        sources.refused.append(RefusedSource(path.name, refusal))


def _sort_out(found: Iterable[tuple[str, int, Callable[[], bytes]]], forces: frozenset[str], sources: Sources) -> None:
    for name, size, read in found:
        says = parse_file_name(name)
        if is_of_no_month(name):
            refusal = FileRefused("month", "no month of which the police publish anything: they began in 2010")
            sources.refused.append(RefusedSource(name, refusal))
        elif says is None or says.force not in forces:
            sources.skipped += 1
        else:
            sources.files.append(SourceFile(name, says.month, says.force, size, read))


def _is_archive(path: Path) -> bool:
    with path.open("rb") as file:
        return path.suffix.lower() == ".zip" or file.read(4) == b"PK\x03\x04"


def _gather_archive(path: Path, forces: frozenset[str], sources: Sources, stack: ExitStack) -> None:
    try:
        archive = stack.enter_context(zipfile.ZipFile(path))
    except _DAMAGED as error:
        raise FileRefused("archive", f"not a whole zip archive, perhaps cut short: {error}") from error
    members = [one for one in archive.infolist() if not one.filename.endswith("/")]
    if len(members) > _MOST_MEMBERS:
        raise FileRefused("archive", f"{len(members)} files in one archive: the published one has about 5,000")
    found = ((_last_name(one), one.file_size, partial(_read_member, archive, one)) for one in members)
    _sort_out(found, forces, sources)


def _last_name(member: zipfile.ZipInfo) -> str:
    return member.filename.replace("\\", "/").rpartition("/")[2]


def _read_file(path: Path) -> bytes:
    try:
        with path.open("rb") as file:
            data = file.read(min(os.fstat(file.fileno()).st_size, LARGEST_FILE) + 1)  # no more memory than it needs
    except OSError as error:
        raise _unreadable(error) from error
    _refuse_large(len(data))
    return data


def _read_member(archive: zipfile.ZipFile, member: zipfile.ZipInfo) -> bytes:
    if member.flag_bits & 0x1:
        raise FileRefused("encrypted", "the file is encrypted inside the archive")
    _refuse_large(member.file_size)
    if member.file_size > LARGEST_RATIO * max(member.compress_size, 1):
        raise FileRefused("ratio", f"shrunk to less than 1 in {LARGEST_RATIO}: no street file does that")
    try:
        with archive.open(member) as file:
            data = file.read(LARGEST_FILE + 1)
            _refuse_large(len(data))
    except _DAMAGED as error:
        raise FileRefused("archive", f"the archive is damaged here: {error}") from error
    if len(data) != member.file_size:
        raise FileRefused("archive", "the archive is damaged here: the file is shorter than it should be")
    return data


def _refuse_large(size: int) -> None:
    if size > LARGEST_FILE:
        raise FileRefused("too-large", f"more than {LARGEST_FILE // 1024 // 1024} MiB: no street file is that large")


def _unreadable(error: OSError) -> FileRefused:
    return FileRefused("unreadable", f"the file cannot be read: {error.strerror or error}")
