"""A portal that is killed in the midst of its work loses and doubles nothing that it acknowledged, and is soon back."""

from __future__ import annotations

import json
import random
import sqlite3
import subprocess
import sys
import time
from collections import Counter
from pathlib import Path

import pytest

from tests.serving import PORTAL, copy_of, demonstration, free_port, wait_until_ready
from tests.telling import tell

PEOPLE = 8


def begin(folder: Path, port: int) -> tuple[subprocess.Popen[bytes], float]:
    """A portal that is ready, and in how many seconds it was."""
    began = time.monotonic()
    command = [PORTAL, "--data", str(folder), "serve", "--port", str(port)]
    with (folder / "served.log").open("ab") as log:
        process = subprocess.Popen(command, stdout=log, stderr=log)
    wait_until_ready(port, process)
    return process, time.monotonic() - began


def kill_again_and_again(folder: Path, rounds: int) -> tuple[dict, list[float]]:
    """What the people who wrote were told, and how long each new start took."""
    port, chance, starts = free_port(), random.Random(rounds), []
    plan = {"port": port, "path": "/en/contact/general", "seconds": 900, "clients": PEOPLE, "seed": rounds}
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


def examine(folder: Path, told: dict) -> None:
    """Every answered message is there once with its mail, nothing is there twice, and nothing is half made."""
    with sqlite3.connect(folder / "portal.db") as database:
        kept = database.execute("SELECT text, reference FROM contact_message").fetchall()
        mails = [body for (body,) in database.execute("SELECT body FROM outbox_message")]
        nowhere = database.execute("SELECT count(*) FROM form_key WHERE led_to = ''").fetchone()[0]
        sound = database.execute("PRAGMA integrity_check").fetchone()[0]
    database.close()
    references = dict(kept)
    assert sound == "ok"
    assert [words for words, times in Counter(words for words, _ in kept).items() if times > 1] == [], "doubled"
    assert [words for words in told["answered"] if words not in references] == [], "lost"
    assert all(led.endswith("/" + references[words]) for words, led in told["answered"].items()), "told of another"
    assert nowhere == 0, "half made"
    assert len(mails) == len(kept), "half made"
    assert Counter(words for body in mails for words in body.splitlines() if words in references) == Counter(
        references.keys()
    )


def drill(folder: Path, rounds: int) -> None:
    copy_of(demonstration(), folder, "trusted_proxies = 1")
    told, starts = kill_again_and_again(folder, rounds)
    examine(folder, told)
    answered = len(told["answered"])
    tell(
        f"D1 {rounds} kills: {answered} messages answered in {told['tries']} tries, 0 lost, 0 doubled, 0 half made; "
        f"ready again in {sorted(starts)[len(starts) // 2]:.2f} s (median), {max(starts):.2f} s (longest)"
    )
    assert told["tries"] > answered > rounds, "the kills hit nobody, or nobody wrote"


def test_nothing_answered_is_lost_or_doubled_when_the_portal_is_killed(tmp_path):
    drill(tmp_path / "data", 4)


@pytest.mark.soak
def test_nothing_answered_is_lost_or_doubled_over_fifty_kills(tmp_path):
    drill(tmp_path / "data", 50)
