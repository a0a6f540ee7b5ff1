"""A SQLite database copied while the portal runs, and put back from such a copy while it stands still. PostgreSQL has
`pg_dump` and `pg_restore`.
"""

from __future__ import annotations

import os
import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from portal import clock, migrating
from portal.db import Database

_BESIDE = ("-wal", "-journal", "-shm")
"""What SQLite keeps beside a database that is open, or that was when its process died."""
_WAIT_SECONDS = 2


class NotRestorable(Exception):
    """The copy cannot take the place of the database; the text says why. Nothing was changed."""


def back_up(database: Database, target: Path) -> None:
    """Write a consistent copy of a SQLite database to `target` while the portal runs, by SQLite's own backup interface.

    It is written under another name and renamed when it is whole. Raises ValueError for PostgreSQL, and OSError where
    the folder is missing or full.
    """
    if database.file is None:
        raise ValueError("PostgreSQL is backed up with pg_dump")
    with _made_under_another_name(target) as writing, database.engine.connect() as connection:
        source = connection.connection.driver_connection
        if not isinstance(source, sqlite3.Connection):
            raise TypeError("the driver is not sqlite3")
        with closing(sqlite3.connect(writing)) as copy:
            source.backup(copy)
        _put(writing, target)


def restore(copy: Path, place: Path) -> Path | None:
    """Put `copy` in the place of the database at `place`. Returns the file that keeps what was there, None where there
    was nothing.

    The copy is checked first; while it takes its place no other process can open the old file, and the name changes
    hands in one step. What the old database had beside itself goes: replayed into the copy it would spoil it. Raises
    NotRestorable.
    """
    place = place.resolve()
    with _made_under_another_name(place) as ready:
        _take(copy, ready)
        _check(ready, copy.name)
        with _held(place):
            kept = _kept_aside(place)
            _put(ready, place)
    return kept


@contextmanager
def _made_under_another_name(target: Path) -> Iterator[Path]:
    """A new private file beside `target`, for `_put`; removed at the end where it is still there."""
    writing = target.with_name(f".{target.name}.{os.getpid()}.part")
    writing.touch(mode=0o600)
    try:
        yield writing
    finally:
        for leftover in (writing, *_beside(writing)):
            leftover.unlink(missing_ok=True)


def _put(writing: Path, target: Path) -> None:
    """Give the whole file its name, in one step."""
    _flush(writing)
    writing.replace(target)
    _flush(target.parent)


def _take(copy: Path, ready: Path) -> None:
    """The copy and what lies unwritten beside it, should somebody bring a file that was never closed."""
    try:
        shutil.copyfile(copy, ready)
        if (unwritten := copy.with_name(f"{copy.name}-wal")).exists():
            shutil.copyfile(unwritten, ready.with_name(f"{ready.name}-wal"))
    except OSError as error:
        raise NotRestorable(f"{copy.name} cannot be read: {error.strerror}") from error


def _check(ready: Path, name: str) -> None:
    """Raise NotRestorable unless the file is a whole database of this portal, of this version or of an older one."""
    try:
        with closing(sqlite3.connect(ready)) as connection:
            said = connection.execute("PRAGMA integrity_check(1)").fetchone()[0]
            if said != "ok":
                raise NotRestorable(f"{name} is damaged: {said}")
            versions = {version for (version,) in connection.execute("SELECT version_num FROM alembic_version")}
            connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()
    except sqlite3.DatabaseError as error:
        raise NotRestorable(f"{name} is no database of a portal: {error}") from error
    if not versions or not versions <= migrating.known():
        raise NotRestorable(f"{name} has tables of a version that this portal does not know; use the newer portal")


@contextmanager
def _held(place: Path) -> Iterator[None]:
    """Nobody else has the database open, and nobody can open it until the block ends. All that was committed is in
    the one file. A file too broken to be opened holds nobody up.

    Leaving the write-ahead log is what SQLite grants only to the last connection.
    """
    if not place.exists():
        yield
        return
    with closing(sqlite3.connect(place, timeout=_WAIT_SECONDS, isolation_level=None)) as connection:
        try:
            connection.execute("PRAGMA journal_mode = DELETE").fetchall()
            connection.execute("BEGIN EXCLUSIVE")
        except sqlite3.OperationalError as error:
            if "locked" in str(error):
                raise NotRestorable(
                    "the portal holds the database: stop `portal serve` and `portal worker` first"
                ) from error
        except sqlite3.DatabaseError:
            pass
        yield


def _kept_aside(place: Path) -> Path | None:
    """What was at `place` under a second name, with what lies beside it under that name too."""
    kept = None
    if place.exists() and place.stat().st_size:
        kept = place.with_name(f"{place.name}.before-{clock.now():%Y%m%dT%H%M%S%f}")
        os.link(place, kept)
        for part, its_own in zip(_beside(place), _beside(kept), strict=True):
            if part.exists():  # only where the old file could not be opened: see `_held`
                part.rename(its_own)
    for part in _beside(place):
        part.unlink(missing_ok=True)
    return kept


def _beside(path: Path) -> list[Path]:
    return [path.with_name(path.name + ending) for ending in _BESIDE]


def _flush(path: Path) -> None:
    """Let the disk have it before anything is built on it."""
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
