"""Posted twice, made once: on both databases, over threads and over processes."""

import datetime as dt
import threading

import pytest
import time_machine
from sqlmodel import select
from starlette.datastructures import FormData

from portal.web.idempotency import FIELD, FormKey, forget_old, new_key, once

KEY = "k" * 32


def form(key=KEY, **fields):
    return FormData({FIELD: key, "text": "The light is broken", **fields})


def post(database, fields, led_to="/en/contact/thank-you/k7mn-p2qr"):
    """As a handler does: where this posting leads, and whether it made something."""
    with database.unit_of_work() as session:
        made = []
        led = once(session, fields, lambda: made.append(led_to) or led_to)
        return led, bool(made)


def test_the_same_form_leads_to_the_same_place_and_makes_nothing_again(database):
    assert post(database, form(), "/first") == ("/first", True)
    assert post(database, form(), "/second") == ("/first", False)


def test_the_same_key_with_other_words_is_another_form(database):
    """Somebody went back, wrote something else and sent it: it must not be lost."""
    assert post(database, form(), "/first") == ("/first", True)
    assert post(database, form(text="And the bench as well"), "/second") == ("/second", True)
    assert post(database, form(text="And the bench as well"), "/third") == ("/second", False)


def test_another_key_is_another_form(database):
    post(database, form())
    assert post(database, form(key="l" * 32), "/second") == ("/second", True)


@pytest.mark.parametrize("key", [None, "", "short", "x" * 65, "has space " * 3, "ŵ" * 30, "a\n" * 20, "%00" * 10])
def test_a_form_without_a_usable_key_is_always_a_first(database, key):
    fields = FormData({"text": "x"}) if key is None else form(key)
    assert [post(database, fields)[1] for _ in range(2)] == [True, True]
    with database.reading() as session:
        assert session.exec(select(FormKey)).all() == []


def test_what_is_rolled_back_was_never_posted(database):
    def fail():
        with database.unit_of_work() as session:
            once(session, form(), lambda: "/nowhere")
            raise LookupError

    with pytest.raises(LookupError):
        fail()
    assert post(database, form(), "/first") == ("/first", True)


def test_what_could_not_be_made_is_made_when_it_is_posted_again(database):
    """The handler answered with the form and a problem, and the unit of work was kept."""

    def cannot():
        raise LookupError

    with database.unit_of_work() as session, pytest.raises(LookupError):
        once(session, form(), cannot)
    assert post(database, form(), "/first") == ("/first", True)


def test_every_showing_has_a_key_of_its_own_that_is_usable(database):
    keys = {new_key() for _ in range(1000)}
    assert len(keys) == 1000
    assert post(database, form(key=keys.pop()))[1]
    with database.reading() as session:
        assert len(session.exec(select(FormKey)).all()) == 1


def test_what_was_typed_is_not_kept_with_the_key(database):
    post(database, form())
    with database.reading() as session:
        (row,) = session.exec(select(FormKey)).all()
    assert "light" not in f"{row.key}{row.led_to}"


def test_two_at_one_instant_make_one_and_lead_to_the_same_place(database):
    barrier, said = threading.Barrier(6), []

    def several(number):
        barrier.wait()
        said.append(post(database, form(), f"/{number}"))

    threads = [threading.Thread(target=several, args=(number,)) for number in range(6)]
    for one in threads:
        one.start()
    for one in threads:
        one.join()
    assert sum(made for _, made in said) == 1
    assert len({led_to for led_to, _ in said}) == 1


def test_processes_at_one_instant_make_one_and_lead_to_the_same_place(database, racers):
    url = database.engine.url.render_as_string(hide_password=False)
    said = [one.split() for one in racers.race("claim", url, number=10)]
    assert sorted(firsts for firsts, *_ in said) == ["0", "0", "1"]
    assert len({place for _, *places in said for place in places}) == 1


def test_keys_are_forgotten_after_two_days(database):
    with time_machine.travel(dt.datetime(2024, 6, 1, 12, tzinfo=dt.UTC), tick=False) as traveller:
        post(database, form())
        traveller.shift(dt.timedelta(days=2))
        with database.unit_of_work() as session:
            assert forget_old(session) == 0
        traveller.shift(dt.timedelta(seconds=1))
        with database.unit_of_work() as session:
            assert forget_old(session) == 1
        assert post(database, form(), "/second") == ("/second", True)
