"""The database: engines, the unit of work, and the lanes that decide where a handler runs. The only module that
knows which database it is.
"""

from __future__ import annotations

import asyncio
import logging
import sqlite3
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from itertools import chain, islice
from pathlib import Path
from typing import Any, TypeVar

from sqlalchemy import Connection, Engine, Table, create_engine, event, insert, make_url, text
from sqlalchemy.exc import OperationalError
from sqlmodel import Session, SQLModel

from portal.trouble import Unavailable, where_it_rose

T = TypeVar("T")

_ON_COMMIT = "portal.on_commit"
_CHANGES = "portal.changes"
_LOG = logging.getLogger("portal.db")
_BUSY_SECONDS = 10
_CONNECT_SECONDS = 5
_POOL_THREADS = 4
_HEAVY_THREADS = 2
_ROWS_AT_ONCE = 100


def on_commit(session: Session, callback: Callable[[], None]) -> None:
    """Run `callback` once this unit of work is committed, and never when it is rolled back."""
    session.info.setdefault(_ON_COMMIT, []).append(callback)


def note_change(session: Session) -> None:
    """Say that this unit of work changes what the public reads: `Database.changes` counts it once it is committed."""
    session.info[_CHANGES] = True


def _run_callbacks(session: Session) -> None:
    """What waited for the commit. One that fails is logged and no more: what was committed is kept, and whoever sent
    it is to be told so.
    """
    for callback in session.info.get(_ON_COMMIT, ()):
        try:
            callback()
        except Exception as error:  # noqa: BLE001 - see above
            _LOG.error("after a commit: %s", where_it_rose(error))


class Database:
    """Engines and lanes for one database address. SQLite: reads on the caller, writes on one thread. PostgreSQL: a
    small pool for both.
    """

    def __init__(self, url: str) -> None:
        self.is_sqlite = make_url(url).get_backend_name() == "sqlite"
        self.file = Path(make_url(url).database or "portal.db") if self.is_sqlite else None
        """Where the database lies, when it is a file of ours; None where a server keeps it."""
        if self.file is not None:
            _make_private(self.file)
            self._writer = _sqlite_engine(url, read_only=False)
            self._reader = _sqlite_engine(url, read_only=True)
        else:
            self._writer = _postgres_engine(url)
            self._reader = self._writer.execution_options(isolation_level="REPEATABLE READ", postgresql_readonly=True)
        write_threads = 1 if self.is_sqlite else _POOL_THREADS
        self._write_lane = ThreadPoolExecutor(write_threads, thread_name_prefix="portal-write")
        self._heavy_lane = ThreadPoolExecutor(_HEAVY_THREADS, thread_name_prefix="portal-heavy")
        self.changes = 0
        """How many units of work of this process changed what the public reads: a cheap sign to look at it anew."""

    @property
    def engine(self) -> Engine:
        """The engine that may write: for migrations and for the tests of the schema."""
        return self._writer

    @contextmanager
    def reading(self) -> Iterator[Session]:
        """A session that sees one state of the data and cannot write."""
        with _told_plainly(), Session(self._reader, autoflush=False) as session:
            yield session

    @contextmanager
    def unit_of_work(self) -> Iterator[Session]:
        """A session in which everything is kept on return and nothing on an exception. Then what waited for the
        commit runs.
        """
        with _told_plainly(), Session(self._writer, expire_on_commit=False) as session:
            with session.begin():
                yield session
            self.changes += _CHANGES in session.info
            _run_callbacks(session)

    async def read(self, work: Callable[[Session], T]) -> T:
        """Run a reading handler where it is quickest: on the event loop with SQLite, in the pool with PostgreSQL."""
        if self.is_sqlite:
            return self._in_reading(work)
        return await asyncio.get_running_loop().run_in_executor(self._write_lane, self._in_reading, work)

    async def read_beside(self, work: Callable[[Session], T]) -> T:
        """Run a reading handler that computes much in the lane of what is heavy: the others do not wait for it."""
        return await self.heavy(lambda: self._in_reading(work))

    async def write(self, work: Callable[[Session], T]) -> T:
        """Run a writing handler in one unit of work, away from the event loop."""
        return await asyncio.get_running_loop().run_in_executor(self._write_lane, self._in_unit_of_work, work)

    async def heavy(self, work: Callable[[], T]) -> T:
        """Run what is slow (password hashing, files, exports) beside everything else and outside any write
        transaction.
        """
        return await asyncio.get_running_loop().run_in_executor(self._heavy_lane, work)

    def _in_reading(self, work: Callable[[Session], T]) -> T:
        with self.reading() as session:
            return work(session)

    def _in_unit_of_work(self, work: Callable[[Session], T]) -> T:
        with self.unit_of_work() as session:
            return work(session)

    def close(self) -> None:
        """Let running work end, then close every connection."""
        self._write_lane.shutdown()
        self._heavy_lane.shutdown()
        self._reader.dispose()
        self._writer.dispose()


def insert_one(session: Session, row: SQLModel) -> None:
    """Insert a new object by its table, and tell it its `id`: less than half the work of adding it to the session.

    It stays outside the session: what is changed in it later is not kept.
    """
    table = SQLModel.metadata.tables[str(type(row).__tablename__)]
    values = row.model_dump(exclude={"id"} if getattr(row, "id", None) is None else set())
    done = session.connection().execute(insert(table), values)
    if "id" in table.primary_key.columns:
        (row.id,) = done.inserted_primary_key or (None,)


def bulk_insert(session: Session, table: Table, rows: Iterable[tuple[Any, ...]]) -> None:
    """Insert many rows, each a tuple in the order of the table's columns, by the driver's own fastest way.

    SQLite takes 100 rows in one statement in less than half the time of 100 statements, which is what the driver's
    executemany makes of them; more gain nothing. SQLAlchemy's own way costs three times as much again.
    """
    connection = session.connection()
    names = ", ".join(f'"{column.name}"' for column in table.columns)
    cursor = connection.connection.cursor()
    try:
        if connection.dialect.name == "sqlite":
            insert = f'INSERT INTO "{table.name}" ({names}) VALUES '  # noqa: S608 - our own table names
            _insert_by_hundreds(cursor, insert, len(table.columns), iter(rows))
        else:
            with cursor.copy(f'COPY "{table.name}" ({names}) FROM STDIN') as copy:
                for row in rows:
                    copy.write_row(row)
    finally:
        cursor.close()


def _insert_by_hundreds(cursor: Any, insert: str, width: int, rows: Iterator[tuple[Any, ...]]) -> None:
    marks = f"({', '.join('?' * width)})"
    whole = insert + ", ".join([marks] * _ROWS_AT_ONCE)
    while values := list(chain.from_iterable(islice(rows, _ROWS_AT_ONCE))):
        left = len(values) // width
        cursor.execute(whole if left == _ROWS_AT_ONCE else insert + ", ".join([marks] * left), values)


def advisory_lock(session: Session, number: int) -> bool:
    """Hold lock `number` until this unit of work ends; False when another process holds it.

    With SQLite the unit of work itself is the lock: there is one writer.
    """
    if session.connection().dialect.name == "sqlite":
        return True
    return bool(
        session.connection().execute(text("SELECT pg_try_advisory_xact_lock(:number)"), {"number": number}).scalar()
    )


def _postgres_engine(url: str) -> Engine:
    return create_engine(
        url,
        pool_size=_POOL_THREADS + _HEAVY_THREADS,
        max_overflow=4,
        pool_pre_ping=True,
        connect_args={"connect_timeout": _CONNECT_SECONDS},
        hide_parameters=True,  # an error's text goes to the log, and parameters are people's words
    )


def _sqlite_engine(url: str, *, read_only: bool) -> Engine:
    engine = create_engine(
        url, connect_args={"timeout": _BUSY_SECONDS, "check_same_thread": False}, hide_parameters=True
    )
    pragmas = ["journal_mode = WAL", "synchronous = FULL", "foreign_keys = ON", "temp_store = MEMORY"]
    pragmas += ["query_only = ON"] if read_only else []
    begin = "BEGIN" if read_only else "BEGIN IMMEDIATE"

    @event.listens_for(engine, "connect")
    def configure(connection: sqlite3.Connection, _record: object) -> None:
        connection.isolation_level = None  # the module would otherwise begin transactions by its own rules
        for pragma in pragmas:
            connection.execute(f"PRAGMA {pragma}")

    @event.listens_for(engine, "begin")
    def begin_transaction(connection: Connection) -> None:
        connection.exec_driver_sql(begin)

    return engine


def _make_private(path: Path) -> None:
    """The file holds people's words: its folder is made for the owner alone."""
    if str(path) != ":memory:":
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        if not path.exists():
            path.touch(mode=0o600)


_FULL_OR_AWAY = ("disk is full", "disk I/O error", "database is locked", "readonly database", "unable to open")


@contextmanager
def _told_plainly() -> Iterator[None]:
    """A database that is away, full or busy for too long is trouble that a page can name, not a fault of ours."""
    try:
        yield
    except OperationalError as error:
        said = str(error.orig)
        if isinstance(error.orig, sqlite3.Error) and not any(sign in said for sign in _FULL_OR_AWAY):
            raise
        raise Unavailable(said) from error
