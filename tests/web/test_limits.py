"""How often one caller may do one thing: counted together by every process, through a restart, for nobody's name."""

import datetime as dt
from types import SimpleNamespace

import pytest
import time_machine
from sqlmodel import select
from starlette.requests import Request

from portal.db import Database
from portal.settings import Settings
from portal.web.limits import CallerSalt, Limit, RateCount, caller, forget_old, give_back, spend, until_next
from tests.racing import LIMIT

THREE = Limit("letters", times=3, seconds=3600)
NOON = dt.datetime(2024, 6, 1, 12, 0, tzinfo=dt.UTC)


@pytest.fixture
def clock():
    with time_machine.travel(NOON, tick=False) as traveller:
        yield traveller


def tries(database, number=1, limit=THREE, who="203.0.113.7"):
    said = []
    for _ in range(number):
        with database.unit_of_work() as session:
            said.append(spend(session, limit, who))
    return said


def test_so_many_times_and_no_more_in_one_window(database, clock):
    assert tries(database, 5) == [0, 0, 0, 3600, 3600]
    clock.shift(600)
    assert tries(database) == [3000]


def test_the_next_window_begins_anew(database, clock):
    tries(database, 4)
    clock.shift(3599)
    assert tries(database) == [1]
    clock.shift(1)
    assert tries(database) == [0]


def test_each_caller_and_each_thing_is_counted_alone(database, clock):
    tries(database, 4)
    assert tries(database, who="203.0.113.8") == [0]
    assert tries(database, limit=Limit("votes", 3, 3600)) == [0]


def given_back(database, spent_at, who="203.0.113.7"):
    with database.unit_of_work() as session:
        give_back(session, THREE, who, spent_at)


def test_what_is_given_back_was_not_spent(database, clock):
    tries(database, 3)
    given_back(database, NOON)
    assert tries(database, 2) == [0, 3600]


def test_nobody_is_given_back_what_they_never_spent(database, clock):
    for who in ("203.0.113.7", "203.0.113.8"):
        given_back(database, NOON, who)
    assert tries(database, 4) == [0, 0, 0, 3600]


@pytest.mark.parametrize("later", [3600, 86_400], ids=["the next window", "the next day"])
def test_what_is_given_back_late_is_no_try_more_in_a_later_window(database, clock, later):
    tries(database, 3)
    clock.shift(later)
    tries(database, 3)
    given_back(database, NOON)
    assert tries(database) == [3600]


def test_what_processes_give_back_at_one_instant_is_all_there_again(database, racers):
    url = database.engine.url.render_as_string(hide_password=False)
    assert racers.race("lend", url, number=30) == ["30"] * 3
    with database.reading() as session:
        assert session.exec(select(RateCount.count)).all() == [0]


def test_a_restart_forgets_nothing(database, clock):
    tries(database, 3)
    again = Database(database.engine.url.render_as_string(hide_password=False))
    assert tries(again) == [3600]
    again.close()


def test_processes_count_together(database, racers):
    url = database.engine.url.render_as_string(hide_password=False)
    within = [int(one) for one in racers.race("spend", url, number=15)]
    assert sum(within) == LIMIT.times


def test_no_address_is_kept(database, clock):
    tries(database)
    with database.reading() as session:
        (row,) = session.exec(select(RateCount)).all()
        (salt,) = session.exec(select(CallerSalt)).all()
    assert "203.0.113" not in row.bucket
    assert len(salt.salt) == 64
    assert row.bucket.startswith("letters:")


def test_the_same_address_is_another_hash_on_another_day(database, clock):
    tries(database)
    clock.shift(dt.timedelta(days=1))
    tries(database)
    with database.reading() as session:
        assert len({row.bucket for row in session.exec(select(RateCount))}) == 2


def test_a_window_of_a_day_has_one_count_when_london_turns_the_day(database, clock):
    day = Limit("letters", times=3, seconds=86_400)
    clock.move_to(dt.datetime(2024, 6, 1, 22, 59, tzinfo=dt.UTC))
    assert tries(database, 3, day) == [0, 0, 0]
    clock.shift(120)
    assert tries(database, 1, day) == [3540]


def test_what_is_left_can_be_asked_without_counting(database, clock):
    for wanted in (0, 0, 0, 3600):
        with database.unit_of_work() as session:
            assert until_next(session, THREE, "203.0.113.7") == wanted
        tries(database)


def test_salts_and_counts_are_forgotten_after_two_days(database, clock):
    tries(database, 2)
    clock.shift(dt.timedelta(days=2))
    with database.unit_of_work() as session:
        assert forget_old(session) == 0
    clock.shift(dt.timedelta(days=1))
    tries(database)
    with database.unit_of_work() as session:
        assert forget_old(session) == 1
    with database.reading() as session:
        assert session.exec(select(CallerSalt.day)).all() == [dt.date(2024, 6, 4)]
        assert len(session.exec(select(RateCount)).all()) == 1


def request(forwarded, trusted, client=("198.51.100.1", 4711)):
    app = SimpleNamespace(state=SimpleNamespace(settings=Settings(trusted_proxies=trusted)))
    headers = [(b"x-forwarded-for", one.encode()) for one in forwarded]
    return Request({"type": "http", "headers": headers, "client": client, "app": app})


@pytest.mark.parametrize(
    ("forwarded", "trusted", "expected"),
    [
        ([], 0, "198.51.100.1"),
        (["203.0.113.9"], 0, "198.51.100.1"),  # nobody is believed
        (["203.0.113.9, 10.0.0.1"], 0, "198.51.100.1"),
        (["203.0.113.9"], 1, "203.0.113.9"),
        (["6.6.6.6, 203.0.113.9"], 1, "203.0.113.9"),  # what the caller wrote stands before what the proxy wrote
        (["6.6.6.6", "203.0.113.9"], 1, "203.0.113.9"),
        (["6.6.6.6, 203.0.113.9, 10.0.0.1"], 2, "203.0.113.9"),
        ([], 1, "198.51.100.1"),  # it came round the proxy
        (["203.0.113.9"], 2, "198.51.100.1"),
    ],
)
def test_a_forwarded_address_is_believed_from_trusted_proxies_alone(forwarded, trusted, expected):
    assert caller(request(forwarded, trusted)) == expected


@pytest.mark.parametrize(
    ("address", "counted"),
    [
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
        ("2001:db8:1:2::", "2001:db8:1:2::/64"),
        ("2001:DB8:1:3::1", "2001:db8:1:3::/64"),
        ("fe80::1%eth0", "fe80::/64"),
        ("::ffff:203.0.113.9", "203.0.113.9"),
        ("203.0.113.9", "203.0.113.9"),
        ("no address", "no address"),
    ],
)
def test_whoever_has_a_whole_network_of_addresses_is_counted_as_one(address, counted):
    assert caller(request([address], 1)) == caller(request([], 0, client=(address, 1))) == counted


def test_a_caller_without_an_address_is_counted_as_one():
    assert caller(request([], 0, client=None)) == "unknown"
