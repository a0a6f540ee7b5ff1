"""The unit of work and the lanes, on real databases."""

import asyncio
import contextlib
import datetime as dt
import sqlite3
import stat
import threading

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError, IntegrityError
from sqlmodel import col, func, select

from portal import db, revisions
from portal.backups import back_up
from portal.db import Database, advisory_lock, bulk_insert, on_commit
from portal.places.models import Lsoa, LsoaWard, Postcode
from portal.revisions import Revision
from portal.trouble import Unavailable


def add(session, noun="crime", number=1):
    session.add(Revision(noun=noun, number=number))


def nouns(database):
    with database.reading() as session:
        return set(session.exec(select(Revision.noun)))


def test_returning_keeps_what_was_done(database):
    with database.unit_of_work() as session:
        add(session)
    assert nouns(database) == {"crime"}


def test_raising_keeps_nothing_of_it(database):
    def half():
        with database.unit_of_work() as session:
            add(session, "crime")
            session.flush()
            add(session, "places")
            raise LookupError

    with pytest.raises(LookupError):
        half()
    assert nouns(database) == set()


def test_what_waits_for_the_commit_runs_after_it_and_sees_it(database):
    seen = []
    with database.unit_of_work() as session:
        on_commit(session, lambda: seen.append(nouns(database)))
        add(session)
        session.flush()
        assert seen == []
    assert seen == [{"crime"}]


def test_what_waits_for_the_commit_never_runs_without_one(database):
    seen = []

    def broken():
        with database.unit_of_work() as session:
            on_commit(session, lambda: seen.append("ran"))
            add(session)
            add(session)  # the same key twice

    with pytest.raises(IntegrityError):
        broken()
    assert seen == []


def test_what_fails_after_the_commit_undoes_nothing_and_stops_nothing(database, caplog):
    seen = []

    def broken():
        raise LookupError("what somebody typed")

    with database.unit_of_work() as session:
        on_commit(session, broken)
        on_commit(session, lambda: seen.append("ran"))
        add(session)
    assert nouns(database) == {"crime"}
    assert seen == ["ran"]
    assert "LookupError" in caplog.text
    assert "what somebody typed" not in caplog.text


def test_a_unit_of_work_that_changes_what_is_read_is_counted_when_it_is_kept(database):
    before = database.changes
    with database.unit_of_work() as session:
        add(session)
    assert database.changes == before
    with database.unit_of_work() as session:
        revisions.touch(session, "places")
        assert database.changes == before
    assert database.changes == before + 1
    with contextlib.suppress(LookupError), database.unit_of_work() as session:
        revisions.touch(session, "places")
        raise LookupError
    assert database.changes == before + 1


def test_a_reading_session_cannot_write(database):
    def write():
        with database.reading() as session:
            add(session)
            session.flush()

    with pytest.raises((Unavailable, DBAPIError)):
        write()
    assert nouns(database) == set()


def test_a_reading_session_sees_one_state_of_the_data(database):
    with database.reading() as session:
        assert session.exec(select(func.count()).select_from(Revision)).one() == 0
        with database.unit_of_work() as other:
            add(other)
        assert session.exec(select(func.count()).select_from(Revision)).one() == 0
    assert nouns(database) == {"crime"}


def test_every_lane_runs_its_work(database):
    async def through_the_lanes():
        await database.write(add)
        found = await database.read(lambda session: session.exec(select(Revision.noun)).all())
        thread = await database.heavy(lambda: threading.current_thread().name)
        return found, thread

    found, thread = asyncio.run(through_the_lanes())
    assert found == ["crime"]
    assert thread.startswith("portal-heavy")


def test_with_sqlite_reads_stay_on_the_loop_and_writes_go_to_one_thread(sqlite_database):
    def where(_session):
        return threading.current_thread().name

    async def both():
        writes = await asyncio.gather(*(sqlite_database.write(where) for _ in range(8)))
        return await sqlite_database.read(where), set(writes)

    assert asyncio.run(both()) == (threading.current_thread().name, {"portal-write_0"})


@pytest.mark.postgres
def test_with_postgresql_reads_and_writes_leave_the_loop(postgres_database):
    async def both():
        return (
            await postgres_database.read(lambda _session: threading.current_thread().name),
            await postgres_database.write(lambda _session: threading.current_thread().name),
        )

    assert all(name.startswith("portal-write") for name in asyncio.run(both()))


def test_a_revision_begins_at_one_and_rises_by_one(database):
    for _ in range(3):
        with database.unit_of_work() as session:
            revisions.touch(session, "crime", "places")
    with database.unit_of_work() as session:
        revisions.touch(session, "crime")
    with database.reading() as session:
        assert revisions.current(session) == {"crime": 4, "places": 3}


ROWS = [("CF10 1AA", -3.179, 51.48, "W01000001", None, "W06000015"), ('"ŵ\t\\N', 0.0, -0.5, None, None, None)]


def test_many_rows_are_inserted_as_they_are(database):
    with database.unit_of_work() as session:
        bulk_insert(session, Postcode.__table__, ROWS)
        bulk_insert(session, Postcode.__table__, [])
    with database.reading() as session:
        found = session.exec(select(Postcode).order_by(col(Postcode.code).desc())).all()
    assert sorted((one.code, one.longitude, one.latitude, one.lsoa_code) for one in found) == sorted(
        row[:4] for row in ROWS
    )
    assert {one.authority_code for one in found} == {"W06000015", None}


def test_bytes_are_inserted_as_they_are(database):
    boundary = bytes(range(256))
    with database.unit_of_work() as session:
        bulk_insert(session, Lsoa.__table__, [("W01000001", 2021, "Elwern 001A", 1500, None, 2021, boundary)])
    with database.reading() as session:
        assert session.get_one(Lsoa, ("W01000001", 2021)).boundary == boundary


def test_many_rows_belong_to_the_unit_of_work(database):
    def twice():
        with database.unit_of_work() as session:
            bulk_insert(session, LsoaWard.__table__, [("W01000001", "W05000001")])
            raise LookupError

    with pytest.raises(LookupError):
        twice()
    with database.reading() as session:
        assert session.exec(select(LsoaWard)).all() == []


@pytest.mark.postgres
def test_a_lock_is_held_by_one_unit_of_work_until_it_ends(postgres_database):
    with postgres_database.unit_of_work() as session:
        assert advisory_lock(session, 7)
        with postgres_database.unit_of_work() as other:
            assert not advisory_lock(other, 7)
            assert advisory_lock(other, 8)
    with postgres_database.unit_of_work() as session:
        assert advisory_lock(session, 7)


def test_with_sqlite_the_unit_of_work_is_the_lock(sqlite_database):
    with sqlite_database.unit_of_work() as session:
        assert advisory_lock(session, 7)


def test_every_sqlite_connection_is_durable_and_checks_its_keys(sqlite_database):
    for work, query_only in ((sqlite_database.unit_of_work, 0), (sqlite_database.reading, 1)):
        with work() as session:
            said = {name: session.connection().exec_driver_sql(f"PRAGMA {name}").scalar() for name in PRAGMAS}
        assert said == PRAGMAS | {"query_only": query_only}


PRAGMAS = {"journal_mode": "wal", "synchronous": 2, "foreign_keys": 1, "query_only": 0}


def test_a_unit_of_work_takes_the_write_lock_at_once(sqlite_database):
    path = sqlite_database.engine.url.database
    with (
        sqlite_database.unit_of_work() as session,
        contextlib.closing(sqlite3.connect(path, timeout=0, isolation_level=None)) as other,
    ):
        session.connection()
        with pytest.raises(sqlite3.OperationalError, match="locked"):
            other.execute("BEGIN IMMEDIATE")


def test_reading_waits_for_no_writer(sqlite_database):
    with sqlite_database.unit_of_work() as session:
        add(session)
        session.flush()
        assert nouns(sqlite_database) == set()


def test_the_file_and_its_folder_are_for_their_owner_alone(tmp_path):
    made = Database(f"sqlite:///{tmp_path}/deep/folder/portal.db")
    path = tmp_path / "deep" / "folder" / "portal.db"
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700
    made.close()
    Database(f"sqlite:///{path}").close()
    Database("sqlite:///:memory:").close()


def test_a_writer_that_waits_too_long_says_so_plainly(sqlite_database, monkeypatch):
    monkeypatch.setattr(db, "_BUSY_SECONDS", 0.05)
    hurried = Database(str(sqlite_database.engine.url))
    with sqlite_database.unit_of_work() as session:
        add(session)
        session.flush()
        with pytest.raises(Unavailable, match="locked"), hurried.unit_of_work() as other:
            other.connection()
    with hurried.unit_of_work() as session:
        add(session, "places")
    hurried.close()
    assert nouns(sqlite_database) == {"crime", "places"}


def test_on_a_full_disk_reads_go_on_and_writing_resumes_by_itself(sqlite_database):
    def write(noun):
        with sqlite_database.unit_of_work() as session:
            session.add(Revision(noun=noun, number=1))
            for number in range(200):
                session.add(LsoaWard(lsoa_code=f"{noun}{number}", ward_code="W05000001"))

    write("before")
    with sqlite_database.engine.connect() as connection:
        raw = connection.connection.driver_connection
        raw.execute(f"PRAGMA max_page_count = {raw.execute('PRAGMA page_count').fetchone()[0]}")
    with pytest.raises(Unavailable, match="full"):
        write("meantime")
    assert nouns(sqlite_database) == {"before"}
    with sqlite_database.engine.connect() as connection:
        connection.connection.driver_connection.execute("PRAGMA max_page_count = 1000000")
    write("after")
    assert nouns(sqlite_database) == {"before", "after"}


def test_a_file_that_is_gone_is_said_plainly(tmp_path):
    made = Database(f"sqlite:///{tmp_path}/folder/portal.db")
    (tmp_path / "folder" / "portal.db").unlink()
    (tmp_path / "folder").rmdir()
    for work in (made.reading, made.unit_of_work):
        with pytest.raises(Unavailable, match="unable to open"), work() as session:
            session.connection()
    made.close()


def test_a_server_that_is_gone_is_said_plainly():
    made = Database("postgresql+psycopg://nobody@127.0.0.1:1/nothing")
    for work in (made.reading, made.unit_of_work):
        with pytest.raises(Unavailable, match="refused"), work() as session:
            session.connection()
    made.close()


def test_a_mistake_of_ours_is_not_taken_for_a_database_that_is_away(sqlite_database):
    with pytest.raises(DBAPIError, match="no such table"), sqlite_database.reading() as session:
        session.connection().execute(text("SELECT 1 FROM missing"))


def test_an_error_never_repeats_what_a_person_typed(database):
    def twice():
        with database.unit_of_work() as session:
            add(session, "what somebody typed")
            session.flush()
            session.connection().execute(
                text("INSERT INTO revision (noun, number) VALUES (:noun, :number)"),
                {"noun": "and this too", "number": None},
            )

    with pytest.raises(IntegrityError) as refused:
        twice()
    assert "and this too" not in str(refused.value).partition("DETAIL")[0]


def test_a_backup_is_whole_while_others_write(sqlite_database, tmp_path):
    stop = threading.Event()

    def keep_writing():
        pair = 0
        while not stop.is_set():
            with sqlite_database.unit_of_work() as session:
                add(session, f"left {pair}")
                session.flush()
                add(session, f"right {pair}")
            pair += 1

    writer = threading.Thread(target=keep_writing)
    writer.start()
    try:
        copies = [tmp_path / f"copy {number}.db" for number in range(5)]
        for copy in copies:
            back_up(sqlite_database, copy)
    finally:
        stop.set()
        writer.join()
    counts = [_whole_pairs(copy) for copy in copies]
    assert counts == sorted(counts)


def _whole_pairs(copy):
    with contextlib.closing(sqlite3.connect(copy)) as connection:
        assert connection.execute("PRAGMA integrity_check").fetchone() == ("ok",)
        rows = [noun for (noun,) in connection.execute("SELECT noun FROM revision")]
    assert stat.S_IMODE(copy.stat().st_mode) == 0o600
    assert {one.split()[1] for one in rows if one.startswith("left")} == {
        one.split()[1] for one in rows if one.startswith("right")
    }
    return len(rows)


def test_a_backup_can_be_opened_in_place_of_the_original(sqlite_database, tmp_path):
    with sqlite_database.unit_of_work() as session:
        add(session)
    back_up(sqlite_database, tmp_path / "restored.db")
    restored = Database(f"sqlite:///{tmp_path}/restored.db")
    assert nouns(restored) == {"crime"}
    restored.close()


@pytest.mark.postgres
def test_postgresql_is_backed_up_by_its_own_means(postgres_database, tmp_path):
    with pytest.raises(ValueError, match="pg_dump"):
        back_up(postgres_database, tmp_path / "copy.db")
    assert not (tmp_path / "copy.db").exists()


def test_moments_come_back_as_they_were_kept(database):
    from portal.notifications.models import OutboxMessage  # noqa: PLC0415 - a table with a moment

    moment = dt.datetime(2024, 3, 31, 1, 59, 59, 123456, tzinfo=dt.UTC)
    with database.unit_of_work() as session:
        session.add(
            OutboxMessage(
                message_id="<1@example.org>",
                to_address="a@example.org",
                subject="",
                body="",
                written_at=moment,
                not_before=moment,
            )
        )
    with database.reading() as session:
        found = session.exec(select(OutboxMessage.written_at)).one()
    assert found == moment
    assert found.tzinfo is dt.UTC
