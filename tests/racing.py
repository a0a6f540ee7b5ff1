"""What several processes do to one database at one instant. This file is also the program of each of them: it reads a
line `WHAT ADDRESS NUMBER`, opens the database, says "ready", and at the next line does WHAT to it, NUMBER times.
"""

from __future__ import annotations

import subprocess
import sys
import time

from starlette.datastructures import FormData

from portal.audit.service import record
from portal.db import Database
from portal.lifecycle import OPERATOR, Reference
from portal.web import idempotency, limits
from portal.web.limits import Limit

LIMIT = Limit("race", times=20, seconds=86_400)
FORM = FormData({idempotency.FIELD: "the-one-key-that-every-racer-sends", "text": "the same words"})


def act(database: Database, number: int) -> str:
    """One act a unit of work, into the one chain."""
    for each in range(number):
        with database.unit_of_work() as session:
            record(session, OPERATOR, "race", Reference("lap", str(each)))
    return "done"


def spend(database: Database, number: int) -> str:
    """Says how often it was let through."""
    within = 0
    for _ in range(number):
        with database.unit_of_work() as session:
            within += limits.spend(session, LIMIT, "203.0.113.7") == 0
    return str(within)


def claim(database: Database, number: int) -> str:
    """The same form again and again. Says where it was led, and how often it was the first."""
    firsts, led = 0, set()
    for each in range(number):
        with database.unit_of_work() as session:
            led_to = idempotency.claim(session, FORM)
            if not led_to:
                firsts += 1
                led_to = f"/{time.monotonic_ns()}-{each}"
                idempotency.remember(session, FORM, led_to)
            led.add(led_to)
    return f"{firsts} {' '.join(sorted(led))}"


class Racers:
    """Processes that wait to race. Starting them takes seconds, so they are started once."""

    def __init__(self, number: int = 3) -> None:
        pipe, command = subprocess.PIPE, [sys.executable, "-P", __file__]
        self.running = [subprocess.Popen(command, stdin=pipe, stdout=pipe, text=True) for _ in range(number)]

    def race(self, what: str, url: str, number: int = 10) -> list[str]:
        """What each of them said in the end. They begin together."""
        self._tell(f"{what} {url} {number}\n")
        if [one.stdout.readline() for one in self.running] != ["ready\n"] * len(self.running):
            raise RuntimeError("a racer has fallen")
        self._tell("go\n")
        return [one.stdout.readline().strip() for one in self.running]

    def _tell(self, line: str) -> None:
        for one in self.running:
            one.stdin.write(line)
            one.stdin.flush()

    def close(self) -> None:
        for one in self.running:
            one.communicate(timeout=30)


def main() -> None:
    for line in sys.stdin:
        what, url, number = line.split()
        database = Database(url)
        work = {"act": act, "spend": spend, "claim": claim}[what]
        _say("ready")
        sys.stdin.readline()
        said = work(database, int(number))
        database.close()
        _say(said)


def _say(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main()
