"""Looking after an installation: what is in order, what is kept, a copy and the way back from it."""

import os
import shutil
import sqlite3
import stat
import subprocess
import sys
from contextlib import closing

import pytest
from sqlmodel import select
from typer.testing import CliRunner

from portal import backups, cli, migrating
from portal.app import MANIFESTS, create_app
from portal.authority.manifest import manifest as authority
from portal.backups import back_up, restore
from portal.db import Database
from portal.desk import opening
from portal.doubts import doubts
from portal.revisions import Revision
from portal.settings import Authority, Settings

DYING = """
import os, signal, sys
from portal.db import Database
from portal.revisions import Revision

database = Database(f"sqlite:///{sys.argv[1]}")
with database.unit_of_work() as session:
    session.add(Revision(noun="written last", number=1))
os.kill(os.getpid(), signal.SIGKILL)
"""


class Desk:
    """An operator at one data folder."""

    def __init__(self, folder):
        self.folder, self.place, self.copy = folder, folder / "portal.db", folder.parent / "copy.db"
        opened = Database(f"sqlite:///{self.place}")
        migrating.upgrade(opened)
        opened.close()

    def add(self, noun):
        opened = Database(f"sqlite:///{self.place}")
        with opened.unit_of_work() as session:
            session.add(Revision(noun=noun, number=1))
        opened.close()

    def nouns(self, path=None):
        opened = Database(f"sqlite:///{path or self.place}")
        with opened.reading() as session:
            found = set(session.exec(select(Revision.noun)))
        opened.close()
        return found

    def types(self, *words, code=0):
        done = CliRunner().invoke(cli.app, ["--data", str(self.folder), *map(str, words)])
        assert done.exit_code == code, (done.output, done.exception)
        return " ".join(done.output.split())

    def dies_while_writing(self):
        done = subprocess.run([sys.executable, "-c", DYING, str(self.place)], check=False)
        assert done.returncode == -9
        assert self.beside("-wal").stat().st_size

    def beside(self, ending):
        return self.place.with_name(f"portal.db{ending}")

    def names(self):
        return {path.name for path in self.folder.iterdir()}


@pytest.fixture
def desk(tmp_path, monkeypatch):
    monkeypatch.setenv("PORTAL_DATA_DIR", "set by another test")  # and set back afterwards
    monkeypatch.setenv("COLUMNS", "300")
    return Desk(tmp_path / "data")


@pytest.fixture
def copied(desk):
    """A desk that has a backup, and something written after it."""
    desk.add("in the copy")
    desk.types("backup", desk.copy)
    desk.add("after it")
    return desk


def test_what_a_killed_writer_left_does_not_come_back_over_the_restored_copy(copied):
    copied.dies_while_writing()
    said = copied.types("restore", copied.copy)
    assert copied.nouns() == {"in the copy"}
    (kept,) = copied.folder.glob("portal.db.before-*")
    assert f"What was there is kept in {kept.name}" in said
    assert copied.nouns(kept) == {"in the copy", "after it", "written last"}
    assert stat.S_IMODE(copied.place.stat().st_mode) == 0o600
    assert "in order" in copied.types("check")


def test_while_the_portal_holds_the_database_nothing_is_restored(copied):
    running = Database(f"sqlite:///{copied.place}")
    with running.reading() as session:
        session.exec(select(Revision.noun)).all()
    before = copied.names()
    assert "stop `portal serve` and `portal worker` first" in copied.types("restore", copied.copy, code=2)
    assert copied.names() == before
    running.close()
    assert copied.nouns() == {"in the copy", "after it"}
    copied.types("restore", copied.copy)


def test_nobody_opens_the_old_file_while_the_copy_takes_its_place(copied, monkeypatch):
    refused = []
    put = backups._put

    def looked_at(writing, target):
        with closing(sqlite3.connect(copied.place, timeout=0)) as other:
            try:
                other.execute("SELECT * FROM revision")
            except sqlite3.OperationalError as error:
                refused.append(str(error))
        put(writing, target)

    monkeypatch.setattr(backups, "_put", looked_at)
    restore(copied.copy, copied.place)
    assert refused == ["database is locked"]
    assert copied.nouns() == {"in the copy"}


def test_a_restore_that_is_interrupted_leaves_the_old_database_and_no_leftovers(copied, monkeypatch):
    def interrupted(*_given):
        raise KeyboardInterrupt

    monkeypatch.setattr(backups, "_put", interrupted)
    with pytest.raises(KeyboardInterrupt):
        restore(copied.copy, copied.place)
    assert copied.nouns() == {"in the copy", "after it"}
    assert not [name for name in copied.names() if name.endswith(".part")]


def test_a_database_that_is_broken_can_be_replaced_and_is_kept_as_it_was(copied):
    copied.place.write_bytes(b"no database at all" * 300)
    copied.beside("-wal").write_bytes(b"what was not yet written")
    kept = restore(copied.copy, copied.place)
    assert kept.read_bytes() == b"no database at all" * 300
    assert copied.nouns() == {"in the copy"}


def test_a_portal_that_lost_its_database_gets_it_back(copied):
    shutil.rmtree(copied.folder)
    copied.folder.mkdir()
    assert "kept in" not in copied.types("restore", copied.copy)
    assert copied.nouns() == {"in the copy"}


def _damaged(path):
    with path.open("r+b") as file:
        file.seek(4096)
        file.write(b"\xff" * 8192)


def _of_nobody(path):
    path.unlink()
    with closing(sqlite3.connect(path)) as made:
        made.execute("CREATE TABLE something (a)")
        made.commit()


def _newer(path):
    with closing(sqlite3.connect(path)) as made:
        made.execute("UPDATE alembic_version SET version_num = '9999'")
        made.commit()


SPOILT = {
    "damaged": _damaged,
    "no database": lambda path: path.write_bytes(b"text"),
    "empty": lambda path: path.write_bytes(b""),
    "gone": lambda path: path.unlink(),
    "of something else": _of_nobody,
    "of a newer portal": _newer,
}


@pytest.mark.parametrize("name", SPOILT)
def test_what_is_no_whole_copy_of_this_portal_is_refused_and_nothing_changes(copied, name):
    SPOILT[name](copied.copy)
    before = copied.names()
    assert copied.types("restore", copied.copy, code=2).startswith("Nothing was changed: copy.db ")
    assert copied.names() == before
    assert copied.nouns() == {"in the copy", "after it"}


def test_a_copy_of_an_older_version_is_taken_and_its_operator_told(copied, monkeypatch):
    versions = migrating.known() | {"9999"}
    monkeypatch.setattr(migrating, "known", lambda: versions)
    assert "run `portal migrate` before" in copied.types("restore", copied.copy)


def test_a_file_that_was_copied_by_hand_is_restored_with_what_lay_beside_it(desk):
    desk.dies_while_writing()
    for ending in ("", "-wal"):
        shutil.copy(desk.beside(ending), desk.copy.with_name(f"copy.db{ending}"))
    desk.types("restore", desk.copy)
    assert desk.nouns() == {"written last"}
    assert desk.copy.with_name("copy.db-wal").exists(), "the copy is left as it was"


@pytest.mark.postgres
def test_postgresql_is_not_restored_by_us(desk, postgres_database, monkeypatch):
    monkeypatch.setenv("PORTAL_DATABASE_URL", postgres_database.engine.url.render_as_string(hide_password=False))
    assert "pg_restore" in desk.types("restore", desk.copy, code=2)


def test_a_backup_that_fails_leaves_nothing_under_its_name(desk, monkeypatch):
    def full(_path):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(backups, "_flush", full)
    assert "No space left on device" in desk.types("backup", desk.copy, code=2)
    assert not [name for name in os.listdir(desk.copy.parent) if name.startswith((".copy", "copy"))]  # noqa: PTH208


def test_a_backup_makes_no_folders(desk):
    assert "There is no folder" in desk.types("backup", desk.folder / "nowhere" / "copy.db", code=2)
    assert not (desk.folder / "nowhere").exists()


def test_a_backup_is_for_its_owner_alone(desk):
    opened = Database(f"sqlite:///{desk.place}")
    back_up(opened, desk.copy)
    opened.close()
    assert stat.S_IMODE(desk.copy.stat().st_mode) == 0o600


def test_everything_that_is_kept_is_listed_with_the_job_that_ends_it(desk):
    said = desk.types("retention")
    for one in (one for noun in MANIFESTS for one in noun.retention):
        assert one.record in said
        assert one.kept in said
        assert one.job in said


INBOXES = ("contact_email", "figures_email", "accessibility_email", "data_protection_email")
OWN = dict.fromkeys(INBOXES, "team@elwern.gov.wales") | {
    "name_en": "Elwern Council",
    "name_cy": "Cyngor Elwern",
    "telephone": "01632 960123",
    "postal_address": "2 Long Street",
}
PUBLIC = Settings(
    public_url="https://elwern.gov.wales",
    trusted_proxies=1,
    smtp_host="mail",
    mail_from="portal@elwern.gov.wales",
    authority=Authority(**OWN),
)
DOUBTS = [
    ({"authority": Authority(**OWN | {"telephone": "01632 960000"})}, ("what the example says", "(Ffôn)")),
    ({"authority": Authority(**OWN | {"name_cy": "Porth diogelwch cymunedol"})}, ("Name in Welsh", "Enw yn Gymraeg")),
    (
        {"authority": Authority(**OWN | {"figures_email": "a@figures.Example.ORG"})},
        ("Inbox for figures", "Mewnflwch ar gyfer ffigurau"),
    ),
    ({"mail_from": "portal@example.org"}, ("setting mail_from", "gosodiad mail_from")),
    ({"smtp_host": ""}, ("No mail server is set", "gosodiad smtp_host")),
    ({"smtp_security": "none"}, ("in the open", "gosodiad smtp_security")),
    ({"database_url": "postgresql+psycopg://portal@db/portal"}, ("a key of its own", "gosodiad secret_keys")),
    ({"public_url": "http://elwern.gov.wales"}, ("by https: the portal’s address is http://elwern", "http://elwern")),
    ({"trusted_proxies": 0}, ("limited as one caller", "gosodiad trusted_proxies")),
    ({"public_url": "https://localhost"}, ("names this machine", "gosodiad public_url")),
]


@pytest.fixture
def state(settings, database):
    return create_app(settings, database=database).state


@pytest.mark.parametrize(("change", "said"), DOUBTS)
def test_what_should_not_stay_as_it_is_is_said_one_by_one_in_each_language(state, change, said):
    assert list(doubts(PUBLIC)) == []
    values = {name: getattr(PUBLIC, name) for name in Settings.__slots__} | change
    (step,) = authority.first_steps(None, Settings(**values))
    for lang, words in zip(("en", "cy"), said, strict=True):
        assert words in opening.sentence(state, lang, step)


def test_a_check_warns_and_does_not_fail_and_says_nothing_of_a_demonstration(desk):
    said = desk.types("check")
    assert "are in order." in said
    assert said.count("Before you publish:") == 9
    assert "portal create-admin makes the first account" in said
    assert "portal import-places loads" in said
    (desk.folder / "portal.toml").write_text("demo = true\n")
    assert "Before you publish" not in desk.types("check")
