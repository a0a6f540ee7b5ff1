"""What several processes do to one database at one instant. This file is also the program of each of them: it reads a
line `WHAT ADDRESS NUMBER`, opens the database, says "ready", and at the next line does WHAT to it, NUMBER times.
"""

from __future__ import annotations

import secrets
import subprocess
import sys
import time
from contextlib import suppress
from types import SimpleNamespace

from sqlmodel import Session, col, select
from starlette.datastructures import FormData

from portal import clock
from portal.accounts import factors
from portal.accounts import service as accounts
from portal.accounts.handing import Handing
from portal.accounts.models import Account, AccountRole, AccountStatus
from portal.audit.service import record
from portal.clock import Month
from portal.crime import service as crime
from portal.db import Database
from portal.lifecycle import OPERATOR, Actor, IllegalMove, Reference
from portal.moderation import holding, service
from portal.moderation.notices import service as notices
from portal.moderation.notices.service import Step
from portal.moderation.service import Decision, Submission
from portal.organisations import service as bodies
from portal.organisations.models import Holder, Post
from portal.organisations.service import ChangedMeanwhile, Kind, Taken
from portal.settings import Settings
from portal.trouble import Conflict, NotFound, SignedOut
from portal.vault import Vault
from portal.web import idempotency, limits
from portal.web.identity import Person
from portal.web.letters import Letter
from portal.web.limits import Limit

KEY = "A" * 43 + "="
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


def lend(database: Database, number: int) -> str:
    """Each try is given back. Says how often it was let through."""
    within = 0
    for _ in range(number):
        with database.unit_of_work() as session:
            within += limits.spend(session, LIMIT, "203.0.113.7") == 0
            now = clock.now()
        with database.unit_of_work() as session:
            limits.give_back(session, LIMIT, "203.0.113.7", now)
    return str(within)


def claim(database: Database, number: int) -> str:
    """The same form again and again. Says where it was led, and how often it was the first."""
    firsts, led = 0, set()
    for each in range(number):
        with database.unit_of_work() as session:
            own = f"/{time.monotonic_ns()}-{each}"
            led_to = idempotency.once(session, FORM, lambda own=own: own)
            firsts += led_to == own
            led.add(led_to)
    return f"{firsts} {' '.join(sorted(led))}"


def code(database: Database, number: int) -> str:
    """The code of an authenticator and the first recovery code, again and again. Says how often each was good."""
    vault, good = Vault(Settings(secret_keys=KEY)), [0, 0]
    for _ in range(number):
        with database.unit_of_work() as session:
            account = session.exec(select(Account)).one()
            typed, recovery = account.name.split()
            good[0] += factors.use_code(session, vault, account, typed)
            good[1] += factors.use_recovery_code(session, account, recovery)
    return f"{good[0]} {good[1]}"


def remove(database: Database, _number: int) -> str:
    """Every administrator removes every other. Says how many this one removed."""
    done = 0
    with database.reading() as session:
        numbers = session.exec(select(AccountRole.account_id).order_by(col(AccountRole.account_id))).all()
    for own in numbers:
        for other in numbers:
            try:
                with database.unit_of_work() as session:
                    person = Person(own, 0, "", "en", frozenset({"administrator"}), frozenset())
                    accounts.remove(session, person, accounts.get_account(session, other), Handing())
                done += 1
            except (IllegalMove, NotFound, SignedOut):
                continue
    return str(done)


def submit(database: Database, number: int) -> str:
    """The same words of the same things. Says which items they became."""
    found = []
    for each in range(number):
        with database.unit_of_work() as session:
            things = Submission(Reference("issue", str(each)), {"text": "the same words"}, "en", "/en/find")
            found.append(str(service.submit(session, things).key))
    return " ".join(found)


def hold(database: Database, number: int) -> str:
    """A colleague of one's own takes one item after the other. Says how many they hold."""
    with database.unit_of_work() as session:
        word = secrets.token_hex(8)
        colleague = Account(
            email_key=word, name=word, language="en", status=AccountStatus.active, invited_at=clock.now()
        )
        session.add(colleague)
        session.flush()
        person = _moderator(colleague.key)
    held = 0
    for each in range(1, number + 1):
        try:
            with database.unit_of_work() as session:
                holding.claim(session, person, each)
            held += 1
        except holding.HeldByAnother:
            continue
    return str(held)


def decide(database: Database, number: int) -> str:
    """In the name of whoever holds them, one item after the other, as in two tabs. Says how many were decided."""
    office, decided = _office(), 0
    for each in range(1, number + 1):
        try:
            with database.unit_of_work() as session:
                person = _moderator(service.get_item(session, each).claimed_by or 0)
                service.decide(session, person, each, Decision("show", {}, {}), office)
            decided += 1
        except IllegalMove:
            continue
    return str(decided)


def complain(database: Database, number: int) -> str:
    """Of each notice its words are removed, and by one half of the colleagues first the words are hidden. Says how many
    words and how many notices were dealt with by this one.
    """
    hidden = removed = 0
    for each in range(1, number + 1):
        acts = [_hide, _remove]
        for act_ in acts if secrets.randbelow(2) else reversed(acts):
            try:
                with database.unit_of_work() as session:
                    act_(session, each)
                hidden, removed = hidden + (act_ is _hide), removed + (act_ is _remove)
            except IllegalMove:
                continue
    return f"{hidden} {removed}"


def _hide(session: Session, item_id: int) -> None:
    service.hide(session, _moderator(1), item_id, _office())


def _remove(session: Session, notice_id: int) -> None:
    notices.take(session, _moderator(1), notice_id, Step("remove"), _office())


def _office() -> SimpleNamespace:
    letters = SimpleNamespace(make=lambda *_: Letter("subject", "body"))
    return SimpleNamespace(moderated={"issue": _hear}, settings=Settings(), letters=letters)


def _hear(*_told: object) -> None:
    """The noun whose words they are."""


def _moderator(account_id: int) -> Person:
    return Person(account_id, 0, "", "en", frozenset({"moderator"}), frozenset({"moderate"}))


def release(database: Database, number: int) -> str:
    """Each of the first `number` months that wait, one after the other. Says how many it released itself."""
    with database.reading() as session:
        months = crime.waiting_months(session)[:number]
    released = 0
    for month in months:
        with suppress(NotFound), database.unit_of_work() as session:
            crime.release_month(session, Actor("account:1", "analyst"), month)
            released += 1
    return str(released)


def declare(database: Database, number: int) -> str:
    """Why the same months are missing. Says how many of them it declared itself."""
    declared = 0
    for each in range(number):
        month = Month(2014, 1).plus(each)
        with suppress(Conflict), database.unit_of_work() as session:
            crime.declare_not_supplied(session, Actor("account:1", "analyst"), "gwent", month, "A reason.", "Rheswm.")
            declared += 1
    return str(declared)


def sit(database: Database, number: int) -> str:
    """Somebody of one's own into one seat after the other. Says how many of them sat down."""
    word, sat = secrets.token_hex(4), 0
    for seat in range(1, number + 1):
        with suppress(Taken), database.unit_of_work() as session:
            bodies.add(session, OPERATOR, Kind.councillor, {"seat_id": seat, "name": word})
            sat += 1
    return str(sat)


def amend(database: Database, number: int) -> str:
    """One post after the other, each as it was when all of them opened it. Says how many it saved."""
    word, saved = secrets.token_hex(4), 0
    for post in range(1, number + 1):
        with suppress(ChangedMeanwhile), database.unit_of_work() as session:
            bodies.change(session, OPERATOR, Kind.post, post, {"title_en": word}, 1)
            saved += 1
    return str(saved)


def look(database: Database, number: int) -> str:
    """One organisation after the other is marked as checked, or each of its holders is changed, the last one first."""
    word = secrets.token_hex(4)
    for organisation in range(1, number + 1):
        if secrets.randbelow(2):
            with database.unit_of_work() as session:
                bodies.mark_checked(session, OPERATOR, Kind.organisation, organisation)
            continue
        with database.reading() as session:
            theirs = select(Holder.id).join(Post, col(Post.id) == Holder.post_id)
            found = session.exec(theirs.where(Post.organisation_id == organisation).order_by(col(Holder.id).desc()))
            holders = found.all()
        for holder in holders:
            with database.unit_of_work() as session:
                bodies.change(session, OPERATOR, Kind.holder, holder or 0, {"telephone": word})
    return "done"


_ALL = (act, spend, lend, claim, code, remove, submit, hold, decide, complain, release, declare, sit, amend, look)
WORKS = {one.__name__: one for one in _ALL}


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
        work = WORKS[what]
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
