"""An application whose passwords are hashed in no time, and an administrator of it."""

import datetime as dt

import pytest
import time_machine
from argon2 import PasswordHasher

from portal.accounts.passwords import Passwords
from portal.app import create_app
from portal.notifications.rules import mailbox
from tests.browse import Browse
from tests.people import account, somebody

PASSWORD = "correct horse battery"
NOON = dt.datetime(2024, 6, 3, 12, 0, tzinfo=dt.UTC)
QUICK = Passwords(PasswordHasher(time_cost=1, memory_cost=8, parallelism=1))


@pytest.fixture
def app(database, settings):
    made = create_app(settings, database=database)
    made.state.passwords = QUICK
    return made


@pytest.fixture
def clock():
    """It is noon until a test says otherwise."""
    with time_machine.travel(NOON, tick=False) as traveller:
        yield traveller


@pytest.fixture
def stranger(app):
    """A browser in which nobody is signed in."""
    with Browse(app) as one:
        yield one


@pytest.fixture
def admin(app):
    """A browser in which an administrator is signed in."""
    with somebody(app, "administrator", name="Anwen Enghraifft", email="anwen@example.org") as one:
        yield one


@pytest.fixture
def ann(app):
    """An account with a password and no second factor yet; its number."""
    with app.state.database.unit_of_work() as session:
        made = account(session, "analyst", name="Ann Example", email="ann@example.org")
        made.password_hash = QUICK.hash(PASSWORD)
        assert made.email_key == mailbox("Ann@Example.org")
        return made.key
