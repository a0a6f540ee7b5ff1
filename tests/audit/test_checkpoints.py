"""The end of the chain is signed every day, and whoever keeps the key sees what was done to the record afterwards."""

import datetime as dt
import hashlib
import json
import stat
import threading
from dataclasses import replace

import pytest
import time_machine
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1, generate_private_key
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, load_pem_public_key
from sqlalchemy import text
from sqlmodel import select

from portal.audit import keys
from portal.audit.checkpoints import sign, sign_daily
from portal.audit.keys import NoKeys, public_keys, public_pem, signing_keys
from portal.audit.models import AuditCheckpoint, AuditEntry
from portal.audit.queries import Verdict, verify_chain
from portal.audit.rules import GENESIS, entry_hash
from portal.audit.service import content, record
from portal.lifecycle import OPERATOR, Reference
from portal.settings import BadSettings
from tests.factories import job_context

PAGE = Reference("page", "cookies")
NOON = dt.datetime(2024, 3, 29, 12, 0, tzinfo=dt.UTC)
DAY = dt.timedelta(days=1)


@pytest.fixture
def clock():
    with time_machine.travel(NOON, tick=False) as traveller:
        yield traveller


def pem(key):
    return key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()


def act(database, number=1):
    with database.unit_of_work() as session:
        for each in range(number):
            record(session, OPERATOR, "publish", PAGE, after={"version": each})


@pytest.fixture
def signed(database, settings, clock):
    """Three days with two acts each, each day signed: entries 1, 2 | 3 signs | 4, 5 | 6 signs | 7, 8 | 9 signs."""
    for _ in range(3):
        act(database, 2)
        assert sign_daily(job_context(database, settings))
        clock.shift(DAY)
    return database


def checkpoints(database):
    with database.reading() as session:
        return session.exec(select(AuditCheckpoint).order_by(AuditCheckpoint.number)).all()


def verdict(database, settings):
    with database.reading() as session:
        return verify_chain(session, public_keys(public_pem(signing_keys(settings))))


def tamper(database, *statements, **values):
    with database.engine.begin() as connection:
        for statement in statements:
            connection.execute(text(statement), values)


def written_anew(database, first):
    """Every hash from an entry on is made right again, as by somebody who holds the database and knows the rules."""
    with database.unit_of_work() as session:
        previous = GENESIS
        for entry in session.exec(select(AuditEntry).order_by(AuditEntry.id)):
            if entry.id == first:
                entry.actor = "somebody"
            entry.previous_hash = previous
            entry.hash = previous = entry_hash(previous, content(entry))
        session.connection().execute(text("UPDATE audit_head SET hash = :hash"), {"hash": previous})


def test_the_record_is_signed_once_a_day_and_says_so_itself(database, settings, clock):
    here = job_context(database, settings)
    act(database, 2)
    assert [sign_daily(here) for _ in range(3)] == ["checkpoint 1 signed", None, None]
    clock.shift(DAY)
    assert sign_daily(here) == "checkpoint 2 signed"
    first, second = checkpoints(database)
    assert (first.number, first.day, first.entry_id) == (1, NOON.date(), 2)
    assert (second.number, second.day, second.entry_id) == (2, NOON.date() + DAY, 3)
    with database.reading() as session:
        entry = session.get_one(AuditEntry, 3)
    assert (entry.act, entry.role, entry.thing) == ("audit-checkpoint-signed", "worker", "checkpoint:1")
    assert entry.after == first.model_dump(mode="json")
    assert verdict(database, settings) == Verdict(4, checkpoints=2)


def test_the_day_is_that_of_london(database, settings, clock):
    clock.move_to(dt.datetime(2024, 6, 30, 23, 30, tzinfo=dt.UTC))
    sign_daily(job_context(database, settings))
    assert checkpoints(database)[0].day == dt.date(2024, 7, 1)


def test_an_empty_record_can_be_signed_too(database, settings, clock):
    assert sign_daily(job_context(database, settings)) == "checkpoint 1 signed"
    (one,) = checkpoints(database)
    assert (one.entry_id, one.hash) == (0, GENESIS)
    assert verdict(database, settings) == Verdict(1, checkpoints=1)


def test_a_clock_that_was_set_back_signs_nothing(database, settings, clock):
    sign_daily(job_context(database, settings))
    clock.shift(-DAY)
    assert sign_daily(job_context(database, settings)) is None
    assert len(checkpoints(database)) == 1


def test_two_who_sign_at_one_instant_make_one_checkpoint(database, settings, clock):
    act(database)
    key, made, barrier = signing_keys(settings)[0], [], threading.Barrier(4)

    def several():
        barrier.wait()
        with database.unit_of_work() as session:
            made.append(sign(session, key))

    threads = [threading.Thread(target=several) for _ in range(4)]
    for one in threads:
        one.start()
    for one in threads:
        one.join()
    assert len([one for one in made if one]) == 1
    assert verdict(database, settings) == Verdict(2, checkpoints=1)


def test_anybody_can_check_everything_with_a_page_of_python(signed, settings):
    """From the rules as they are written, and from nothing of the portal: entries, checkpoints, signatures, key id."""
    key = load_pem_public_key(public_pem(signing_keys(settings)).encode())
    with signed.reading() as session:
        rows = session.connection().execute(text("SELECT * FROM audit_entry ORDER BY id")).mappings().all()
        marks = session.connection().execute(text("SELECT * FROM audit_checkpoint ORDER BY number")).mappings().all()
    previous, hashes = "0" * 64, {}
    for row in rows:
        kept = {name: row[name] for name in ("id", "actor", "role", "act", "thing")}
        for name in ("before", "after"):
            kept[name] = json.loads(row[name]) if isinstance(row[name], str) else row[name]
        at = dt.datetime.fromisoformat(str(row["at"]))
        at = at.astimezone(dt.UTC) if at.tzinfo else at.replace(tzinfo=dt.UTC)
        kept["at"] = at.strftime("%Y-%m-%dT%H:%M:%S.%f+00:00")
        said = json.dumps(kept, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
        previous = hashes[row["id"]] = hashlib.sha256(f"{previous}\n{said}".encode()).hexdigest()
        assert row["hash"] == previous
    raw = key.public_bytes_raw()
    assert len(marks) == 3
    for mark in marks:
        lines = ["portal audit checkpoint", mark["number"], mark["day"], mark["entry_id"], hashes[mark["entry_id"]]]
        key.verify(bytes.fromhex(mark["signature"]), "\n".join(map(str, lines)).encode())
        assert mark["key_id"] == hashlib.sha256(raw).hexdigest()[:16]
        with pytest.raises(InvalidSignature):
            key.verify(bytes.fromhex(mark["signature"]), "\n".join(map(str, [*lines, ""])).encode())


BROKEN = {
    "removed between": (["DELETE FROM audit_checkpoint WHERE number = 2"], 2, "missing"),
    "removed first": (["DELETE FROM audit_checkpoint WHERE number = 1"], 1, "missing"),
    "removed last": (["DELETE FROM audit_checkpoint WHERE number = 3"], 3, "missing"),
    "all removed": (["DELETE FROM audit_checkpoint"], 1, "missing"),
    "another day": (["UPDATE audit_checkpoint SET day = '2024-03-28' WHERE number = 2"], 2, "forged"),
    "another hash": ([f"UPDATE audit_checkpoint SET hash = '{'1' * 64}' WHERE number = 2"], 2, "forged"),
    "another entry": (["UPDATE audit_checkpoint SET entry_id = 4 WHERE number = 2"], 2, "forged"),
    "another signature": ([f"UPDATE audit_checkpoint SET signature = '{'ab' * 64}' WHERE number = 3"], 3, "forged"),
    "no signature": (["UPDATE audit_checkpoint SET signature = 'x' WHERE number = 3"], 3, "forged"),
    "another key": (["UPDATE audit_checkpoint SET key_id = 'abcd' WHERE number = 1"], 1, "unknown_key"),
    "renumbered": (["UPDATE audit_checkpoint SET number = 9 WHERE number = 3"], 3, "missing"),
}


@pytest.mark.parametrize("name", BROKEN)
def test_what_is_done_to_a_checkpoint_is_seen_and_the_first_named(signed, settings, name):
    statements, at, code = BROKEN[name]
    tamper(signed, *statements)
    found = verdict(signed, settings)
    assert (found.broken_at, found.broken_checkpoint, found.code) == (None, at, code)
    assert not found.whole


@pytest.mark.parametrize(("first", "at"), [(1, 1), (3, 2), (5, 2), (7, 3), (8, 3)])
def test_a_record_that_was_written_anew_as_a_whole_contradicts_the_next_checkpoint(signed, settings, first, at):
    written_anew(signed, first)
    found = verdict(signed, settings)
    assert (found.broken_checkpoint, found.code, found.checkpoints) == (at, "rewritten", at - 1)


def test_what_follows_the_last_checkpoint_is_held_by_the_chain_alone_until_it_is_signed(signed, settings):
    act(signed)
    written_anew(signed, 10)
    assert verdict(signed, settings).whole


def test_a_chain_that_is_broken_before_a_checkpoint_is_named_by_its_entry(signed, settings):
    tamper(signed, "UPDATE audit_entry SET actor = 'somebody' WHERE id = 4")
    assert verdict(signed, settings) == Verdict(4, 4, "changed", 1)


def test_a_chain_that_was_cut_back_behind_a_checkpoint_is_seen(signed, settings):
    tamper(signed, "DELETE FROM audit_entry WHERE id > 5")
    tamper(signed, "UPDATE audit_head SET entry_id = 5, hash = (SELECT hash FROM audit_entry WHERE id = 5)")
    assert verdict(signed, settings) == Verdict(5, None, "unrecorded", 1, 2)
    tamper(signed, "DELETE FROM audit_entry WHERE id > 4")
    tamper(signed, "UPDATE audit_head SET entry_id = 4, hash = (SELECT hash FROM audit_entry WHERE id = 4)")
    assert verdict(signed, settings) == Verdict(4, None, "ahead", 1, 2)


def put_in(database, settings, key=None, **values):
    """A checkpoint that the record says nothing of, rightly signed, as by somebody who has the key."""
    key = key or signing_keys(settings)[0]
    number, day, entry_id = values["number"], values["day"], values["entry_id"]
    with database.unit_of_work() as session:
        entry = session.get(AuditEntry, entry_id)
        chain_hash = entry.hash if entry else "2" * 64
        lines = ["portal audit checkpoint", str(number), day.isoformat(), str(entry_id), chain_hash]
        signature = key.sign("\n".join(lines).encode()).hex()
        session.add(
            AuditCheckpoint(**values, hash=chain_hash, signature=signature, key_id=keys.id_of(key.public_key()))
        )


PUT_IN = {
    "of a day to come": ({"number": 4, "day": dt.date(2030, 1, 1), "entry_id": 9}, "future"),
    "of an entry that is not there": ({"number": 4, "day": dt.date(2024, 4, 1), "entry_id": 99}, "ahead"),
    "that the record does not tell of": ({"number": 4, "day": dt.date(2024, 4, 1), "entry_id": 9}, "unrecorded"),
    "with a gap before it": ({"number": 5, "day": dt.date(2024, 4, 1), "entry_id": 9}, "missing"),
    "of a day before the last": ({"number": 4, "day": dt.date(2024, 3, 1), "entry_id": 9}, "disorder"),
    "of an entry that was passed": ({"number": 4, "day": dt.date(2024, 4, 1), "entry_id": 3}, "disorder"),
}


@pytest.mark.parametrize("name", PUT_IN)
def test_a_checkpoint_that_was_put_in_is_seen_even_when_it_is_rightly_signed(signed, settings, clock, name):
    values, code = PUT_IN[name]
    put_in(signed, settings, **values)
    found = verdict(signed, settings)
    assert (found.broken_at, found.broken_checkpoint, found.code) == (None, 4, code)


def test_a_checkpoint_in_the_midst_that_the_record_does_not_tell_of_is_seen(signed, settings):
    tamper(signed, "UPDATE audit_checkpoint SET number = number + 10, day = day WHERE number > 1")
    tamper(signed, "UPDATE audit_checkpoint SET number = number - 9 WHERE number > 10")
    put_in(signed, settings, number=2, day=dt.date(2024, 3, 28), entry_id=4)
    assert verdict(signed, settings).broken_checkpoint == 2


def test_who_signs_anew_with_another_key_is_found_out_by_who_kept_the_key(signed, settings):
    kept = public_keys(public_pem(signing_keys(settings)))
    other = replace(settings, audit_key=pem(Ed25519PrivateKey.generate()))
    written_anew(signed, 1)
    tamper(signed, "DELETE FROM audit_checkpoint", "DELETE FROM audit_entry", "DELETE FROM audit_head")
    act(signed)
    sign_daily(job_context(signed, other))
    assert verdict(signed, other).whole
    with signed.reading() as session:
        found = verify_chain(session, kept)
    assert (found.broken_checkpoint, found.code) == (1, "unknown_key")


def test_a_new_key_stands_before_the_old_one_and_both_are_known(signed, settings, clock):
    new = pem(Ed25519PrivateKey.generate()) + pem(signing_keys(settings)[0])
    both = replace(settings, audit_key=new)
    sign_daily(job_context(signed, both))
    last = checkpoints(signed)[-1]
    assert last.key_id == keys.id_of(signing_keys(both)[0].public_key()) != checkpoints(signed)[0].key_id
    assert verdict(signed, both) == Verdict(10, checkpoints=4)
    assert verdict(signed, settings).code == "unknown_key"


def test_the_own_key_is_made_once_and_for_its_owner_alone(settings):
    made = []
    threads = [threading.Thread(target=lambda: made.append(public_pem(signing_keys(settings)))) for _ in range(6)]
    for one in threads:
        one.start()
    for one in threads:
        one.join()
    assert len(set(made)) == 1
    assert len(made) == 6
    assert stat.S_IMODE((settings.data_dir / "audit-key.pem").stat().st_mode) == 0o600
    assert [path.name for path in settings.data_dir.iterdir()] == ["audit-key.pem"]


def test_a_key_in_the_settings_wins_and_none_is_made(settings):
    key = Ed25519PrivateKey.generate()
    assert public_pem(signing_keys(replace(settings, audit_key=pem(key)))) == public_pem([key])
    assert not settings.data_dir.exists()


@pytest.mark.parametrize(
    "said",
    [
        "no key",
        "-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----",
        pem(generate_private_key(SECP256R1())),
        pem(Ed25519PrivateKey.generate()) + pem(generate_private_key(SECP256R1())),
    ],
)
def test_what_is_no_key_is_refused_in_a_sentence_that_does_not_show_it(settings, said):
    with pytest.raises(BadSettings, match="audit_key") as refused:
        signing_keys(replace(settings, audit_key=said))
    assert "AAAA" not in str(refused.value)


@pytest.mark.parametrize("said", ["", "x", "-----BEGIN PUBLIC KEY-----\nAAAA\n-----END PUBLIC KEY-----"])
def test_what_holds_no_public_key_is_refused(said):
    with pytest.raises(NoKeys):
        public_keys(said)


def test_the_key_is_served_without_its_secret(app, browse, settings):
    answer = browse.client.get("/audit-key.pem")
    assert answer.status_code == 200
    assert "PRIVATE" not in answer.text
    assert isinstance(load_pem_public_key(answer.text.encode()), Ed25519PublicKey)
    assert answer.text == public_pem(signing_keys(settings))


def test_an_operator_gets_the_key_and_checks_the_record_with_a_copy_of_it(tmp_path, monkeypatch):
    from typer.testing import CliRunner  # noqa: PLC0415 - for this test

    from portal import cli  # noqa: PLC0415 - the whole command line, for this test

    monkeypatch.setenv("PORTAL_DATA_DIR", "set by another test")
    monkeypatch.setenv("COLUMNS", "300")
    folder = ["--data", str(tmp_path / "data")]

    def types(*words):
        done = CliRunner().invoke(cli.app, [*folder, *words])
        return done.exit_code, done.output.strip()

    types("init")
    code, key = types("audit", "key")
    assert (code, key.splitlines()[0]) == (0, "-----BEGIN PUBLIC KEY-----")
    kept = tmp_path / "kept.pem"
    kept.write_text(key, encoding="utf-8")
    loaded = cli.settings.load(tmp_path / "data", environ={})
    opened = cli.Database(loaded.url)
    sign_daily(job_context(opened, loaded))
    whole = "The record is whole: 1 entries, 1 signed checkpoints."
    assert types("audit", "verify") == types("audit", "verify", "--key", str(kept)) == (0, whole)
    tamper(opened, "DELETE FROM audit_checkpoint")
    opened.close()
    assert types("audit", "verify") == (1, "Checkpoint 1 is broken: it was signed and is gone.")
    kept.write_text("nothing", encoding="utf-8")
    assert types("audit", "verify", "--key", str(kept))[0] == 2
    assert types("audit", "verify", "--key", str(tmp_path / "absent"))[0] == 2
