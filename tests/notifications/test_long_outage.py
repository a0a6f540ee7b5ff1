"""Two thousand letters and a mail server that is away for ten minutes: by the clock of the test, with a real server."""

import datetime as dt

import pytest
import time_machine

from tests.notifications.test_outbox import NOON, PostOffice
from tests.telling import tell

MANY, BEFORE = 2_000, 700
EVERY = dt.timedelta(seconds=5)
"""How often the job runs."""
AWAY, LONGEST = dt.timedelta(minutes=10), dt.timedelta(minutes=2)


@pytest.fixture
def closed(database, tmp_path):
    with time_machine.travel(NOON, tick=False) as clock:
        yield PostOffice(database, clock, tmp_path / "data")


def run_for(office, span):
    """The job, as often as the worker runs it in that time."""
    until = dt.datetime.now(dt.UTC) + span
    while dt.datetime.now(dt.UTC) < until:
        office.send()
        office.clock.shift(EVERY)


@pytest.mark.soak
def test_after_ten_minutes_without_a_server_two_thousand_letters_arrive_once_in_two_minutes(closed):
    closed.put(*(f"{number}@example.org" for number in range(MANY)), is_bulk=True)
    original = closed.postman.handle_DATA
    unanswered = []

    async def until_it_breaks(smtp, session, envelope):
        answer = await original(smtp, session, envelope)
        if len(closed.postman.taken) >= BEFORE:  # it has the letter, and goes before it says so
            unanswered.append(closed.postman.taken[-1]["Message-ID"])
            smtp.transport.close()
        return answer

    closed.postman.handle_DATA = until_it_breaks
    with closed.opened():
        while not unanswered:
            closed.send()
    closed.postman.handle_DATA = original
    ids = {one.message_id for one in closed.rows()}
    run_for(closed, AWAY)
    closed.put("urgent@example.org")
    with closed.opened():
        back_at = dt.datetime.now(dt.UTC)
        while [one for one in closed.rows() if one.sent_at is None]:
            closed.send()
            closed.clock.shift(EVERY)
            assert dt.datetime.now(dt.UTC) - back_at <= LONGEST
    taken = [one["Message-ID"] for one in closed.postman.taken]
    again = [one for one in set(taken) if taken.count(one) > 1]
    rows = closed.rows()
    tell(
        f"D3 {MANY:,} letters, server away for {AWAY}: all sent {dt.datetime.now(dt.UTC) - back_at} after its return,"
        f" {len({one.message_id for one in rows} - set(taken))} missing, {len(again)} repeated"
    )
    assert set(taken) == {one.message_id for one in rows} == ids | {rows[-1].message_id}
    assert set(again) <= set(unanswered)
