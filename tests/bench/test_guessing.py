"""Guessing gives no oracle: the clock does not tell an address that is known, or of somebody suspended, from one that
is not.
"""

from __future__ import annotations

import itertools
import statistics
import time

import pytest
from starlette.testclient import TestClient

from portal.accounts.models import AccountStatus
from portal.app import create_app
from portal.settings import Settings
from tests.people import account
from tests.telling import tell

PEOPLE = 60
MOST_APART = 0.1


@pytest.fixture
def asked(database, tmp_path):
    """Sends a form from another network each time; gives the seconds until it is answered."""
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

        def ask(path: str, status: int, **typed: str) -> float:
            number = next(networks)
            headers = origin | {"x-forwarded-for": f"10.{number // 250}.{number % 250}.1"}
            began = time.perf_counter()
            answer = client.post(path, data=typed, headers=headers)
            took = time.perf_counter() - began
            assert answer.status_code == status
            return took

        yield ask


@pytest.mark.parametrize(
    ("path", "status", "typed", "tries"),
    [("/en/sign-in", 422, {"password": "not the right one"}, 20), ("/en/forgotten-password", 303, {}, PEOPLE)],
    ids=["password", "forgotten"],
)
def test_an_address_that_is_known_is_answered_when_one_that_is_not_would_be(asked, path, status, typed, tries):
    took: dict[str, list[float]] = {"known": [], "suspended": [], "other": []}
    for number in range(tries):
        for word, seconds in took.items():
            seconds.append(asked(path, status, email=f"{word}{number}@example.org", **typed))
    known, suspended, other = (statistics.median(seconds[2:]) for seconds in took.values())
    tell(f"C3 {path}: known {1000 * known:.1f} ms, not known {1000 * other:.1f} ms; ratio {known / other:.3f}")
    tell(f"C3 {path}: suspended {1000 * suspended:.1f} ms; ratio {suspended / other:.3f}")
    assert abs(known / other - 1) <= MOST_APART
    assert abs(suspended / other - 1) <= MOST_APART
