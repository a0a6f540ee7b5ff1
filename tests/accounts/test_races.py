"""What several do at one instant, in processes of their own."""

import datetime as dt

import pyotp
from sqlmodel import select

from portal.accounts import factors
from portal.accounts.models import Account, AccountRole, AccountStatus
from portal.accounts.rules import STEP_SECONDS
from portal.settings import Settings
from portal.vault import Vault
from tests.people import account, authenticator
from tests.racing import KEY


def test_a_code_and_a_recovery_code_are_good_once_even_in_a_race(database, racers):
    vault = Vault(Settings(secret_keys=KEY))
    with database.unit_of_work() as session:
        made = account(session, "analyst")
        own = pyotp.HOTP(authenticator(session, vault, made))
        factors.new_recovery_codes(session, vault, made)
        typed = own.at(int(dt.datetime.now(dt.UTC).timestamp()) // STEP_SECONDS)
        made.name = f"{typed} {factors.codes_to_keep(vault, made)[0]}"
    said = racers.race("code", database.engine.url.render_as_string(hide_password=False), 5)
    assert [sum(int(one.split()[at]) for one in said) for at in (0, 1)] == [1, 1]


def test_administrators_who_remove_each_other_leave_one_who_can_let_others_in(database, racers):
    with database.unit_of_work() as session:
        for _ in range(4):
            account(session, "administrator")
    said = racers.race("remove", database.engine.url.render_as_string(hide_password=False), 1)
    assert sum(map(int, said)) == 3
    with database.reading() as session:
        assert len(session.exec(select(AccountRole)).all()) == 1
        standing = session.exec(select(Account.status)).all()
    assert sorted(standing) == [AccountStatus.active, *[AccountStatus.removed] * 3]
