"""The record of acts: one chain, in which nothing can be changed, removed or put between without being seen."""

import datetime as dt
import hashlib
import json
import threading

import pytest
import time_machine
from sqlalchemy import event, text
from sqlmodel import select

from portal import revisions
from portal.audit.models import AuditEntry, AuditSalt
from portal.audit.queries import Verdict, verify_chain
from portal.audit.rules import GENESIS, Personal, commitment, entry_hash, moment
from portal.audit.service import erase_commitments, record, rows_first
from portal.lifecycle import OPERATOR, PUBLIC, Actor, IllegalMove, Reference
from portal.revisions import Revision

PAGE = Reference("page", "cookies")
NOON = dt.datetime(2024, 3, 31, 12, 0, 0, 250_000, tzinfo=dt.UTC)


def record_some(database, number=4):
    with time_machine.travel(NOON, tick=False):
        for each in range(number):
            with database.unit_of_work() as session:
                record(session, OPERATOR, "publish", PAGE, before={"version": each}, after={"version": each + 1})


def verdict(database):
    with database.reading() as session:
        return verify_chain(session)


def entries(database):
    with database.reading() as session:
        return session.exec(select(AuditEntry).order_by(AuditEntry.id)).all()


def tamper(database, statement, **values):
    with database.engine.begin() as connection:
        connection.execute(text(statement), values)


def test_an_empty_record_is_whole(database):
    assert verdict(database) == Verdict(0)


def test_every_act_is_numbered_and_follows_from_the_one_before(database):
    record_some(database)
    found = entries(database)
    assert [one.id for one in found] == [1, 2, 3, 4]
    assert [one.previous_hash for one in found] == [GENESIS, *(one.hash for one in found[:-1])]
    assert verdict(database) == Verdict(4)
    assert verdict(database).whole


def test_an_entry_says_who_did_what_to_which_thing_and_when(database):
    with time_machine.travel(NOON, tick=False), database.unit_of_work() as session:
        record(
            session, Actor("staff-7", "editor"), "publish", PAGE, before={"title": "Cwcis"}, after={"title": "Cŵcis"}
        )
    (entry,) = entries(database)
    assert (entry.actor, entry.role, entry.act, entry.thing) == ("staff-7", "editor", "publish", "page:cookies")
    assert (entry.before, entry.after) == ({"title": "Cwcis"}, {"title": "Cŵcis"})
    assert moment(entry.at) == "2024-03-31T12:00:00.250000+00:00"


def test_what_was_changed_is_written_before_the_end_of_the_chain_is_held(database):
    """Else one who holds the chain waits for a row of another, who waits for the chain."""
    held = []

    def listen(connection, _cursor, statement, *_):
        held.extend(name for name in ("revision", "audit_head") if name in statement)

    with database.unit_of_work() as session:
        session.add(Revision(noun="crime", number=1))
        event.listen(database.engine, "before_cursor_execute", listen)
        record(session, OPERATOR, "publish", PAGE)
        event.remove(database.engine, "before_cursor_execute", listen)
    assert held[:2] == ["revision", "audit_head"]


def test_of_many_acts_every_row_is_held_before_the_end_of_the_chain_and_revisions_come_after_it(database):
    said = []

    def listen(connection, _cursor, statement, *_):
        said.extend(name for name in ("revision", "audit_head", "audit_salt") if name in statement)

    with database.unit_of_work() as session:
        event.listen(database.engine, "before_cursor_execute", listen)
        with rows_first(session):
            for each in range(2):
                record(session, OPERATOR, "publish", Reference("page", str(each)))
                revisions.touch(session, "crime")
                erase_commitments(session, PAGE)
        event.remove(database.engine, "before_cursor_execute", listen)
    assert list(dict.fromkeys(said)) == ["audit_salt", "audit_head", "revision"]
    assert said.count("revision") == 1
    assert [one.thing for one in entries(database)] == ["page:0", "page:1"]
    assert verdict(database) == Verdict(2)


def test_work_that_holds_its_rows_first_may_be_part_of_such_work(database):
    with database.unit_of_work() as session, rows_first(session):
        with rows_first(session):
            record(session, OPERATOR, "publish", Reference("page", "0"))
        record(session, OPERATOR, "publish", Reference("page", "1"))
        assert session.exec(select(AuditEntry)).all() == []
    assert [one.thing for one in entries(database)] == ["page:0", "page:1"]


def test_of_many_acts_none_is_added_where_one_fails(database):
    def fail(session):
        with rows_first(session):
            record(session, OPERATOR, "publish", PAGE)
            revisions.touch(session, "crime")
            raise LookupError

    with database.unit_of_work() as session:
        with pytest.raises(LookupError):
            fail(session)
        record(session, OPERATOR, "withdraw", PAGE)
    assert [one.act for one in entries(database)] == ["withdraw"]
    with database.reading() as session:
        assert "crime" not in revisions.current(session)


def test_anybody_can_check_an_entry_by_the_rule_as_it_is_written(database):
    record_some(database, 1)
    (entry,) = entries(database)
    content = (
        '{"act":"publish","actor":"operator","after":{"version":1},"at":"2024-03-31T12:00:00.250000+00:00",'
        '"before":{"version":0},"id":1,"role":"operator","thing":"page:cookies"}'
    )
    assert entry.hash == hashlib.sha256(f"{'0' * 64}\n{content}".encode()).hexdigest()


def test_several_acts_of_one_unit_of_work_follow_each_other(database):
    with database.unit_of_work() as session:
        for each in range(3):
            record(session, PUBLIC, "ask", Reference("question", str(each)))
    assert verdict(database) == Verdict(3)


def test_an_act_that_is_rolled_back_leaves_no_gap(database):
    record_some(database, 2)

    def fail():
        with database.unit_of_work() as session:
            record(session, OPERATOR, "publish", PAGE)
            raise IllegalMove("publish", ("no_welsh",))

    with pytest.raises(IllegalMove):
        fail()
    record_some(database, 1)
    assert verdict(database) == Verdict(3)


CHANGES = {
    "id": ("UPDATE audit_entry SET id = 99 WHERE id = 4", "missing", 4),
    "at": ("UPDATE audit_entry SET at = '2024-03-31 12:00:00.250001' WHERE id = 2", "changed", 2),
    "actor": ("UPDATE audit_entry SET actor = 'somebody' WHERE id = 2", "changed", 2),
    "role": ("UPDATE audit_entry SET role = 'editor' WHERE id = 2", "changed", 2),
    "act": ("UPDATE audit_entry SET act = 'withdraw' WHERE id = 2", "changed", 2),
    "thing": ("UPDATE audit_entry SET thing = 'page:other' WHERE id = 2", "changed", 2),
    "before": ("UPDATE audit_entry SET before = '{\"version\": 7}' WHERE id = 2", "changed", 2),
    "after": ('UPDATE audit_entry SET after = \'{"version": 2, "more": 1}\' WHERE id = 2', "changed", 2),
    "previous_hash": ("UPDATE audit_entry SET previous_hash = hash WHERE id = 2", "moved", 2),
    "hash": ("UPDATE audit_entry SET hash = previous_hash WHERE id = 2", "changed", 2),
}


def test_every_column_is_tampered_with_below():
    assert set(CHANGES) == {column.name for column in AuditEntry.__table__.columns}


@pytest.mark.parametrize("column", CHANGES)
def test_a_changed_column_is_seen_and_the_entry_named(database, column):
    statement, code, at = CHANGES[column]
    record_some(database)
    tamper(database, statement)
    assert verdict(database) == Verdict(at, broken_at=at, code=code)


@pytest.mark.parametrize(
    ("statement", "expected"),
    [
        ("DELETE FROM audit_entry WHERE id = 1", Verdict(1, broken_at=1, code="missing")),
        ("DELETE FROM audit_entry WHERE id = 3", Verdict(3, broken_at=3, code="missing")),
        ("DELETE FROM audit_entry WHERE id = 4", Verdict(3, broken_at=4, code="cut")),
        ("DELETE FROM audit_entry WHERE id > 2", Verdict(2, broken_at=3, code="cut")),
        ("DELETE FROM audit_entry", Verdict(0, broken_at=1, code="cut")),
        ("DELETE FROM audit_head", Verdict(4, broken_at=5, code="cut")),
    ],
)
def test_a_removed_entry_is_seen(database, statement, expected):
    record_some(database)
    tamper(database, statement)
    assert verdict(database) == expected


def test_an_entry_put_between_is_seen_even_with_a_right_hash(database):
    record_some(database)
    with database.unit_of_work() as session:
        forged = session.get_one(AuditEntry, 3)
        forged.actor = "somebody"
        content = {
            "id": 3,
            "at": moment(forged.at),
            "actor": "somebody",
            "role": forged.role,
            "act": forged.act,
            "thing": forged.thing,
            "before": forged.before,
            "after": forged.after,
        }
        forged.hash = entry_hash(forged.previous_hash, content)
    assert verdict(database) == Verdict(4, broken_at=4, code="moved")


def test_a_personal_value_is_kept_only_as_a_commitment(database):
    with database.unit_of_work() as session:
        record(session, PUBLIC, "sign", PAGE, after={"email": Personal("ann@example.org"), "page": "cookies"})
    (entry,) = entries(database)
    with database.reading() as session:
        (salt,) = session.exec(select(AuditSalt)).all()
    assert "ann@example.org" not in json.dumps(entry.after)
    assert entry.after["page"] == "cookies"
    assert (salt.field, len(salt.salt)) == ("after.email", 64)
    assert entry.after["email"] == {"commitment": commitment(salt.salt, "ann@example.org")}
    assert commitment("salt", "värde") == hashlib.sha256("salt\nvärde".encode()).hexdigest()


def test_the_same_value_is_committed_to_differently_every_time(database):
    for _ in range(2):
        with database.unit_of_work() as session:
            record(session, PUBLIC, "sign", PAGE, after={"email": Personal("ann@example.org")})
    first, second = entries(database)
    assert first.after["email"] != second.after["email"]


def test_a_commitment_can_be_erased_and_the_chain_stays_whole(database):
    other = Reference("page", "other")
    with database.unit_of_work() as session:
        name = {"name": Personal("Ann")}
        record(session, PUBLIC, "sign", PAGE, before=name, after=name)
        record(session, PUBLIC, "sign", other, after=name)
    with database.unit_of_work() as session:
        assert erase_commitments(session, PAGE) == 2
        assert erase_commitments(session, PAGE) == 0
    with database.reading() as session:
        assert [one.entry_id for one in session.exec(select(AuditSalt))] == [2]
    assert verdict(database) == Verdict(2)


def test_a_value_that_is_no_json_is_refused_and_nothing_is_kept(database):
    def fail():
        with database.unit_of_work() as session:
            record(session, OPERATOR, "publish", PAGE, after={"who": [Personal("Ann")]})

    with pytest.raises(TypeError):
        fail()
    assert verdict(database) == Verdict(0)


@pytest.mark.parametrize("zone", [dt.UTC, dt.timezone(dt.timedelta(hours=1)), None])
def test_a_moment_is_hashed_in_utc_whatever_it_was_told_in(zone):
    told = NOON.astimezone(zone) if zone else NOON.replace(tzinfo=None)
    assert moment(told) == "2024-03-31T12:00:00.250000+00:00"


def test_writers_at_one_instant_make_one_chain(database):
    def several():
        for _ in range(10):
            with database.unit_of_work() as session:
                record(session, OPERATOR, "race", PAGE)

    writers = [threading.Thread(target=several) for _ in range(4)]
    for one in writers:
        one.start()
    for one in writers:
        one.join()
    assert verdict(database) == Verdict(40)


def test_processes_at_one_instant_make_one_chain(database, racers):
    url = database.engine.url.render_as_string(hide_password=False)
    assert racers.race("act", url, number=20) == ["done"] * 3
    assert verdict(database) == Verdict(60)
