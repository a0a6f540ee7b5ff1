"""Which format a file is in: by its first letters and its header, never by its name. None may be large."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

from portal.organisations.importing import popolo
from portal.organisations.importing.found import Gathered
from portal.organisations.importing.moderngov import read_moderngov
from portal.organisations.importing.tables import COUNCILLOR_FORMATS, ORGANISATION_FORMATS, read_table
from portal.places.importing.files import FileRefused, Source, read_text

MOST_BYTES = 10_000_000
"""No council's list is a tenth of it."""
_MARK = b"\xef\xbb\xbf"


def gather_councillors(paths: Sequence[Path]) -> Gathered:
    """Read every file. Raises FilesRefused, naming everything that is wrong in any of them."""
    return _gather(paths, _read_councillors)


def gather_organisations(paths: Sequence[Path]) -> Gathered:
    """Read every file. Raises FilesRefused."""
    return _gather(paths, _read_organisations)


def _gather(paths: Sequence[Path], read: Callable[[Source, Gathered], None]) -> Gathered:
    gathered = Gathered()
    for path in dict.fromkeys(paths):
        try:
            read(_source(path), gathered)
        except FileRefused as refusal:
            gathered.refusals.append(refusal)
    gathered.refuse_if_faulty()
    return gathered


def _source(path: Path) -> Source:
    try:
        if path.is_dir():
            raise FileRefused(str(path), "", "it is a folder; name the files in it")
        size = path.stat().st_size
    except OSError as error:
        raise FileRefused(str(path), "", f"it cannot be read ({error.strerror})") from error
    if size > MOST_BYTES:
        raise FileRefused(str(path), "", f"it is larger than {MOST_BYTES // 1_000_000} MB, as no such list is")
    return Source(path, path.name, size)


def _read_councillors(source: Source, gathered: Gathered) -> None:
    content = _bytes(source)
    if content.lstrip().startswith(b"<"):
        read_moderngov(source, content, gathered)
    elif content.lstrip().startswith((b"{", b"[")):
        popolo.read_councillors(source, read_text(source), gathered)
    else:
        read_table(source, COUNCILLOR_FORMATS, gathered)


def _read_organisations(source: Source, gathered: Gathered) -> None:
    first = _bytes(source).lstrip()[:1]
    if first == b"<":
        raise FileRefused(source.name, "line 1", "it is XML: lists of councillors come so, organisations do not")
    if first in {b"{", b"["}:
        popolo.read_organisations(source, read_text(source), gathered)
    else:
        read_table(source, ORGANISATION_FORMATS, gathered)


def _bytes(source: Source) -> bytes:
    """All of it, without the mark of the byte order."""
    try:
        with source.path.open("rb") as file:
            content = file.read(MOST_BYTES + 1)
    except OSError as error:
        raise FileRefused(source.name, "", f"it cannot be read ({error.strerror})") from error
    if len(content) > MOST_BYTES:
        raise FileRefused(source.name, "", f"it is larger than {MOST_BYTES // 1_000_000} MB, as no such list is")
    return content.removeprefix(_MARK)
