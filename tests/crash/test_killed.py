"""A portal that is killed in the midst of its work loses and doubles nothing that it acknowledged, and is soon back: a
message, a report, and that somebody wants to follow.
"""

from __future__ import annotations

import json
import random
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import pytest
from sqlalchemy import text

from portal.db import Database
from tests.serving import PORTAL, copy_of, demonstration, free_port, wait_until_ready
from tests.telling import tell

PEOPLE = 8


@dataclass(frozen=True, slots=True)
class Form:
    """A form of the public, and where what it brings is kept."""

    path: str
    field: str
    """What is written here tells one form from another."""
    words: str
    others: Mapping[str, str]
    kept: str
    """SQL: what was written, and how the page that it leads to ends."""
    letters: str = ""
    """SQL: texts, of each of which one line is what was written; nothing where no letter is written."""


FORMS = {
    "message": Form(
        path="/en/contact/general",
        field="text",
        words="message {}",
        others={"email": "reader@example.org"},
        kept="SELECT text, reference FROM contact_message",
        letters="SELECT body FROM outbox_message",
    ),
    "report": Form(
        path="/en/report-content",
        field="text",
        words="report {}",
        others={"kind": "hateful", "about": "/en/find"},
        kept="SELECT text, reference FROM content_report",
    ),
    "follow": Form(
        path="/en/follow",
        field="email",
        words="m{}@example.org",
        others={"topic": "figures:new", "rhythm": "weekly"},
        kept="SELECT email, 'sent' FROM follow_request",
        letters="SELECT to_address FROM outbox_message",
    ),
}


def begin(folder: Path, port: int) -> tuple[subprocess.Popen[bytes], float]:
    """A portal that is ready, and in how many seconds it was."""
    began = time.monotonic()
    command = [PORTAL, "--data", str(folder), "serve", "--port", str(port)]
    with (folder / "served.log").open("ab") as log:
        process = subprocess.Popen(command, stdout=log, stderr=log)
    wait_until_ready(port, process)
    return process, time.monotonic() - began


def kill_again_and_again(folder: Path, form: Form, rounds: int) -> tuple[dict, list[float]]:
    """What the people who wrote were told, and how long each new start took."""
    port, chance, starts = free_port(), random.Random(rounds), []
    plan = {"port": port, "path": form.path, "field": form.field, "words": form.words, "others": form.others}
    plan |= {"seconds": 900, "clients": PEOPLE, "seed": rounds}
    process, _ = begin(folder, port)
    script = [sys.executable, str(Path(__file__).parents[1] / "posting.py"), json.dumps(plan)]
    with subprocess.Popen(script, stdout=subprocess.PIPE, text=True) as people:
        try:
            for _ in range(rounds):
                time.sleep(chance.uniform(0.2, 0.7))
                process.kill()
                process.wait()
                process, seconds = begin(folder, port)
                starts.append(seconds)
            people.terminate()
            told = json.loads(people.communicate(timeout=90)[0])
        finally:
            people.kill()
            process.kill()
            process.wait()
    return told, starts


def examine(database: Database, form: Form, told: dict) -> None:
    """Whatever was answered is there once with its letter, nothing is there twice, and nothing is half made."""
    with database.engine.connect() as connection:
        kept = [tuple(row) for row in connection.execute(text(form.kept))]
        letters = connection.scalars(text(form.letters)).all() if form.letters else [one for one, _ in kept]
        nowhere = connection.scalar(text("SELECT count(*) FROM form_key WHERE led_to = ''"))
        sound = connection.scalar(text("PRAGMA integrity_check")) if database.is_sqlite else "ok"
    ends = dict(kept)
    assert sound == "ok"
    assert [words for words, times in Counter(words for words, _ in kept).items() if times > 1] == [], "doubled"
    assert [words for words in told["answered"] if words not in ends] == [], "lost"
    assert all(led.endswith("/" + ends[words]) for words, led in told["answered"].items()), "told of another"
    assert nowhere == 0, "half made"
    assert len(letters) == len(kept), "half made"
    assert Counter(line for one in letters for line in one.splitlines() if line in ends) == Counter(ends.keys())


def drill(folder: Path, name: str, rounds: int, url: str = "") -> None:
    """On the demonstration's SQLite, or on the database at this address."""
    elsewhere = [f'database_url = "{url}"'] if url else []
    copy_of(demonstration(), folder, "trusted_proxies = 1", *elsewhere)
    told, starts = kill_again_and_again(folder, FORMS[name], rounds)
    database = Database(url or f"sqlite:///{folder / 'portal.db'}")
    try:
        examine(database, FORMS[name], told)
    finally:
        database.close()
    answered, kind = len(told["answered"]), "SQLite" if database.is_sqlite else "PostgreSQL"
    tell(
        f"D1 {name} on {kind}, {rounds} kills: {answered} answered in {told['tries']} tries, 0 lost, 0 doubled, "
        f"0 half made; ready again in {sorted(starts)[len(starts) // 2]:.2f} s (median), {max(starts):.2f} s (longest)"
    )
    assert told["tries"] > answered > rounds, "the kills hit nobody, or nobody wrote"


def test_nothing_answered_is_lost_or_doubled_when_the_portal_is_killed(tmp_path):
    drill(tmp_path / "data", "message", 3)


@pytest.mark.soak
@pytest.mark.parametrize("name", FORMS)
def test_nothing_answered_is_lost_or_doubled_over_fifty_kills(tmp_path, name):
    drill(tmp_path / "data", name, 50)


@pytest.mark.soak
@pytest.mark.postgres
@pytest.mark.parametrize("name", FORMS)
def test_nor_on_postgresql(tmp_path, postgres_database, name):
    drill(tmp_path / "data", name, 50, postgres_database.engine.url.render_as_string(hide_password=False))
