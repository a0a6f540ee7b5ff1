"""A worker that is killed while it writes letters loses none and makes none twice, and its next start goes on."""

from __future__ import annotations

import random
import subprocess
import time
from email import message_from_bytes, policy
from pathlib import Path

import pytest
from sqlmodel import select

from portal import clock, migrating
from portal.db import Database
from portal.notifications.models import OutboxMessage
from portal.notifications.service import Mail, write
from portal.settings import Settings
from portal.web.jobs import JobRun
from tests.serving import PORTAL
from tests.telling import tell

EACH_ROUND = 100
LONGEST_SECONDS = 60


def begin(settings: Settings) -> subprocess.Popen[bytes]:
    with (settings.data_dir / "worker.log").open("ab") as log:
        return subprocess.Popen([PORTAL, "--data", str(settings.data_dir), "worker"], stdout=log, stderr=log)


def written(settings: Settings) -> int:
    return len(list(settings.mail_folder.glob("*.eml")))


def wait_for(settings: Settings, number: int) -> None:
    until = time.monotonic() + LONGEST_SECONDS
    while written(settings) < number:
        assert time.monotonic() < until, (settings.data_dir / "worker.log").read_text()
        time.sleep(0.01)


def waiting(database: Database) -> int:
    with database.reading() as session:
        return len(session.exec(select(OutboxMessage.id).where(OutboxMessage.sent_at.is_(None))).all())


def let_go(database: Database) -> None:
    """The lease of the dead is over: its minute is not waited for."""
    with database.unit_of_work() as session:
        for one in session.exec(select(JobRun)):
            one.due_at = clock.now()


def kill_again_and_again(database: Database, settings: Settings, rounds: int) -> int:
    """Returns how many of the kills hit a worker that had letters left."""
    chance, hits = random.Random(rounds), 0
    for _ in range(rounds):
        process = begin(settings)
        try:
            wait_for(settings, written(settings) + 1)
            time.sleep(chance.uniform(0, 0.3))
        finally:
            process.kill()
            process.wait()
        hits += waiting(database) > 0
        let_go(database)
    return hits


def examine(database: Database, settings: Settings, number: int) -> None:
    with database.reading() as session:
        ids = sorted(session.exec(select(OutboxMessage.message_id)).all())
    letters = [
        message_from_bytes(one.read_bytes(), policy=policy.default) for one in settings.mail_folder.glob("*.eml")
    ]
    assert len(ids) == number
    assert sorted(str(one["Message-ID"]) for one in letters) == ids
    assert {one.get_content().strip() for one in letters} == {f"letter {key}" for key in range(number)}


def drill(folder: Path, rounds: int) -> None:
    settings, number = Settings(data_dir=folder), EACH_ROUND * (rounds + 1)
    folder.mkdir()
    database = Database(f"sqlite:///{folder / 'portal.db'}")
    try:
        migrating.upgrade(database)
        with database.unit_of_work() as session:
            for key in range(number):
                write(session, Mail("ann@example.org", "S", f"letter {key}", language="en"), settings)
        hits = kill_again_and_again(database, settings, rounds)
        process = begin(settings)
        try:
            until = time.monotonic() + LONGEST_SECONDS
            while waiting(database) and time.monotonic() < until:
                time.sleep(0.1)
        finally:
            process.terminate()
            process.wait()
        assert waiting(database) == 0
        examine(database, settings, number)
    finally:
        database.close()
    tell(f"D3 {rounds} kills of the worker ({hits} in the midst of letters): {number} letters, 0 missing, 0 doubled")
    assert hits, "the kills hit nobody"


def test_no_letter_is_lost_or_doubled_when_the_worker_is_killed(tmp_path):
    drill(tmp_path / "data", 2)


@pytest.mark.soak
def test_no_letter_is_lost_or_doubled_over_twenty_kills_of_the_worker(tmp_path):
    drill(tmp_path / "data", 20)
