"""Guessing gives no oracle: the clock does not tell an address that is known, or of somebody suspended, from one that
is not.
"""

from __future__ import annotations

import itertools
import statistics
import time
from collections.abc import Callable

import pytest
from starlette.testclient import TestClient

from portal.accounts.models import AccountStatus
from portal.app import create_app
from portal.settings import Settings
from tests.people import account
from tests.telling import tell

PEOPLE = 60
MOST_APART = 0.1
ROUNDS = 3
"""A machine that does other work at the same time spoils a ratio, but hardly in all of them; an oracle is in each."""
CLOCKS: dict[str, Callable[[], float]] = {"wall clock": time.perf_counter, "processor": time.process_time}
"""What a stranger sees, and what this process did for it, in whichever thread: that hardly knows of other work."""
KINDS = ("known", "suspended", "other")


@pytest.fixture
def asked(database, tmp_path):
    """Sends a form from another network each time; gives the seconds until it is answered, by each clock."""
    settings = Settings(data_dir=tmp_path / "portal-data", trusted_proxies=1)
    app = create_app(settings, database=database)
    origin, networks = {"origin": settings.public_url, "sec-fetch-site": "same-origin"}, itertools.count(1)
    kept = app.state.passwords.hash("a password of theirs")
    with database.unit_of_work() as session:
        for number in range(PEOPLE):
            account(session, "moderator", email=f"known{number}@example.org").password_hash = kept
            suspended = account(session, "moderator", email=f"suspended{number}@example.org")
            suspended.status, suspended.password_hash = AccountStatus.suspended, kept
    with TestClient(app, base_url=settings.public_url, follow_redirects=False) as client:

        def ask(path: str, status: int, **typed: str) -> list[float]:
            number = next(networks)
            headers = origin | {"x-forwarded-for": f"10.{number // 250}.{number % 250}.1"}
            began = [clock() for clock in CLOCKS.values()]
            answer = client.post(path, data=typed, headers=headers)
            took = [clock() - start for clock, start in zip(CLOCKS.values(), began, strict=True)]
            assert answer.status_code == status
            return took

        yield ask


@pytest.mark.parametrize(
    ("path", "status", "typed", "tries"),
    [("/en/sign-in", 422, {"password": "not the right one"}, 20), ("/en/forgotten-password", 303, {}, PEOPLE)],
    ids=["password", "forgotten"],
)
def test_an_address_that_is_known_is_answered_when_one_that_is_not_would_be(asked, path, status, typed, tries):
    nearest: dict[str, float] = {}
    for _ in range(ROUNDS):
        took: dict[str, list[list[float]]] = {word: [] for word in KINDS}
        for number in range(tries):
            for turn in range(len(KINDS)):  # each kind is as often the first of three as the last
                word = KINDS[(number + turn) % len(KINDS)]
                took[word].append(asked(path, status, email=f"{word}{number}@example.org", **typed))
        for what, apart in measured(path, took).items():
            nearest[what] = min(apart, nearest.get(what, apart))
        if max(nearest.values()) <= MOST_APART:
            break
    assert {what: apart for what, apart in nearest.items() if apart > MOST_APART} == {}


def measured(path: str, took: dict[str, list[list[float]]]) -> dict[str, float]:
    """How far from one the ratio to an address that is not known is, by each clock and for each other kind. Other work
    only ever adds to the seconds, so the quicker quarter is compared.
    """
    apart = {}
    for at, clock in enumerate(CLOCKS):
        known, suspended, other = (statistics.quantiles([one[at] for one in took[word][2:]])[0] for word in KINDS)
        tell(
            f"C3 {path}: {clock}: not known {1000 * other:.1f} ms; ratio known {known / other:.3f},"
            f" suspended {suspended / other:.3f}"
        )
        apart[f"{clock}, known"], apart[f"{clock}, suspended"] = abs(known / other - 1), abs(suspended / other - 1)
    return apart
