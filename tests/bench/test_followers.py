"""Ten thousand people follow one thing, and something happens."""

from __future__ import annotations

import gc
import secrets
import time
import tracemalloc

from sqlalchemy import text
from sqlmodel import SQLModel

from portal import clock
from portal.db import Database, bulk_insert
from portal.lifecycle import Reference
from portal.notifications import telling
from portal.notifications.announcing import Notice, announce
from portal.notifications.models import Rhythm
from portal.notifications.rules import digest
from portal.settings import Settings
from portal.vault import Vault
from tests.factories import job_context
from tests.telling import tell

MANY, SOME, FEW = 10_000, 1_200, 200
MOST_OF_BARE = 4
"""Times the insertion of as many bare rows, one statement each, by the driver alone."""
MOST_GROWTH = 1.5
"""Of memory, from few followers to many."""
EVERYBODY = Reference("figures", "new")
LONGEST_SECONDS = 5
_TABLES = SQLModel.metadata.tables


def fill(database: Database, settings: Settings, number: int, first: int = 1) -> None:
    """So many followers of one topic."""
    vault, now = Vault(settings), clock.now().strftime("%Y-%m-%d %H:%M:%S.%f")
    tokens = [secrets.token_urlsafe(32) for _ in range(number)]
    columns = [one.name for one in _TABLES["follower"].columns]
    rows = (
        {
            "id": key,
            "email": f"{key}@example.org",
            "email_key": f"{key}@example.org",
            "language": ("en", "cy")[key % 2],
            "rhythm": str(Rhythm.immediate),
            "token_hash": digest(token),
            "token_sealed": vault.seal(token),
            "began_at": now,
        }
        for key, token in enumerate(tokens, first)
    )
    with database.unit_of_work() as session:
        bulk_insert(session, _TABLES["follower"], (tuple(row[one] for one in columns) for row in rows))
        followed = ((key, str(EVERYBODY), now) for key in range(first, first + number))
        bulk_insert(session, _TABLES["followed_topic"], followed)


def bare(database: Database) -> float:
    """Seconds for as many bare rows of the same kind."""
    with database.unit_of_work() as session:
        cursor, mark = session.connection().connection.cursor(), "?" if database.is_sqlite else "%s"
        cursor.execute("CREATE TEMP TABLE bare (a INTEGER, b INTEGER, c TEXT, PRIMARY KEY (a, b))")
        began = time.perf_counter()
        rows = ((key, 1, str(EVERYBODY)) for key in range(1, MANY + 1))
        cursor.executemany(f"INSERT INTO bare VALUES ({mark}, {mark}, {mark})", rows)
        took = time.perf_counter() - began
        cursor.execute("DROP TABLE bare")
    return took


def publish(database: Database, key: str) -> float:
    """Seconds for one announcement, with its commit."""
    facts = {"month": "2024-10"}
    notice = Notice(key, (EVERYBODY,), "places:index", facts=facts, template="crime/notices/all_figures.txt")
    began = time.perf_counter()
    with database.unit_of_work() as session:
        assert announce(session, notice) == 1
    return time.perf_counter() - began


def counted(database: Database, table: str) -> int:
    with database.reading() as session:
        return int(session.connection().execute(text(f"SELECT count(*) FROM {table}")).scalar_one())


def peak(work) -> float:
    """The most megabytes that some work held at one time."""
    gc.collect()
    tracemalloc.start()
    try:
        work()
        return tracemalloc.get_traced_memory()[1] / 2**20
    finally:
        tracemalloc.stop()


def test_ten_thousand_followers_are_queued_in_one_transaction_about_as_fast_as_bare_rows(database, settings):
    fill(database, settings, MANY)
    rows = min(bare(database) for _ in range(3))
    took = publish(database, "first")
    assert counted(database, "telling") == MANY
    tell(
        f"D4 {MANY:,} followers queued in {took:.3f} s (mark {LONGEST_SECONDS} s); ratio to bare rows {took / rows:.1f}"
    )
    assert took <= MOST_OF_BARE * rows + 0.05 * LONGEST_SECONDS


def test_each_of_ten_thousand_has_one_letter(database, settings, monkeypatch):
    monkeypatch.setattr(telling, "_LONGEST_RUN_SECONDS", 600)
    fill(database, settings, MANY)
    publish(database, "first")
    here = job_context(database, settings)
    began = time.perf_counter()
    assert telling.tell_at_once(here) == f"{MANY} letters written"
    took = time.perf_counter() - began
    tell(f"D4 {MANY:,} letters written by the worker in {took:.1f} s, {MANY / took:,.0f} a second")
    assert telling.tell_at_once(here) is None
    assert counted(database, "(SELECT DISTINCT to_address FROM outbox_message) AS each") == MANY
    assert (counted(database, "outbox_message"), counted(database, "telling")) == (MANY, 0)


def test_memory_does_not_grow_with_the_followers(database, settings, monkeypatch):
    monkeypatch.setattr(telling, "_LONGEST_RUN_SECONDS", 600)
    here = job_context(database, settings)
    fill(database, settings, FEW)
    publish(database, "warm")
    telling.tell_at_once(here)
    few = peak(lambda: publish(database, "few")), peak(lambda: telling.tell_at_once(here))
    fill(database, settings, SOME - FEW, FEW + 1)
    publish(database, "some")
    some = peak(lambda: telling.tell_at_once(here))
    fill(database, settings, MANY - SOME, SOME + 1)
    many = peak(lambda: publish(database, "many"))
    tell(
        f"D4 memory: announcing to {FEW:,} followers {few[0]:.2f} MB, to {MANY:,} {many:.2f} MB;"
        f" letters to {FEW:,} {few[1]:.2f} MB, to {SOME:,} {some:.2f} MB"
    )
    assert counted(database, "telling") == MANY
    assert many <= MOST_GROWTH * few[0] + 0.2
    assert some <= MOST_GROWTH * few[1] + 0.5
