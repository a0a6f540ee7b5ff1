"""The commands: each says what it did, or in one sentence why it did nothing and how to go on."""

import datetime as dt
import logging
import re
import signal
import stat
import sys
from types import SimpleNamespace

import pytest
from rich.console import Console
from sqlalchemy import text
from sqlmodel import select
from typer.testing import CliRunner

from portal import cli
from portal.app import create_app
from portal.audit.models import AuditEntry
from portal.audit.service import record
from portal.authority import service as authority
from portal.command import command
from portal.contact.models import Inbox, Message
from portal.db import Database
from portal.demo import NotADemonstration, prepare
from portal.lifecycle import OPERATOR, Reference
from portal.settings import Settings, load
from portal.trouble import Unavailable
from portal.web.assets import Assets, AssetsNotBuilt

NOON = dt.datetime(2024, 6, 1, 12, 0, tzinfo=dt.UTC)


class Operator:
    """Somebody with a shell, at one data folder."""

    def __init__(self, folder):
        self.folder = folder

    def types(self, *words, code=0):
        """What the command says on both of its outputs. It must end with this code."""
        done = CliRunner().invoke(cli.app, ["--data", str(self.folder), *words])
        said = " ".join(done.output.split())
        assert done.exit_code == code, (done.exit_code, said, done.exception)
        return said

    @property
    def database(self):
        return Database(f"sqlite:///{self.folder / 'portal.db'}")


@pytest.fixture
def new(tmp_path, monkeypatch):
    """An operator before the first command."""
    monkeypatch.setenv("PORTAL_DATA_DIR", "set by another test")  # and set back afterwards
    monkeypatch.setenv("COLUMNS", "300")
    return Operator(tmp_path / "data")


@pytest.fixture
def operator(new):
    """An operator of a portal that is set up."""
    new.types("migrate")
    return new


def test_a_portal_is_begun_with_one_command_that_may_be_typed_again(new):
    assert "portal.toml was written" in new.types("init")
    written = (new.folder / "portal.toml").read_text()
    assert "[authority]" in written
    assert "is there already and was left as it is" in new.types("init")
    assert (new.folder / "portal.toml").read_text() == written
    assert "in order" in new.types("check")


def test_tables_are_made_once(new):
    assert "brought up to date" in new.types("migrate")
    assert "are up to date" in new.types("migrate")


WITHOUT_TABLES = [
    ("check",),
    ("serve",),
    ("worker",),
    ("messages",),
    ("message-answered", "k7mn-p2qr"),
    ("audit", "verify"),
    ("places",),
    ("crime-months",),
    ("release-crime", "2024-01"),
    ("import-runs",),
    ("backup", "copy.db"),
    ("preview-crime", "neighbourhood", "a", "2024-01"),
]


@pytest.mark.parametrize("words", WITHOUT_TABLES, ids=lambda words: words[0])
def test_without_tables_every_command_says_how_to_make_them(new, words):
    assert new.types(*words, code=2) == "The tables are not up to date: run `portal migrate` first."


def test_a_bad_setting_is_named_before_anything_is_done(new):
    new.folder.mkdir()
    (new.folder / "portal.toml").write_text("smtp_prot = 1")
    assert new.types("check", code=2) == "no such setting: smtp_prot"
    assert not (new.folder / "portal.db").exists()


def test_settings_are_listed_without_secrets(new, monkeypatch):
    monkeypatch.setenv("PORTAL_SMTP_PASSWORD", "hunter2")
    said = new.types("settings")
    assert "brand_colour" in said
    assert "(secret)" in said
    assert "hunter2" not in said


def test_it_is_told_which_settings_were_changed_on_screen(operator):
    (operator.folder / "portal.toml").write_text('[authority]\nname_en = "Elwern"\ntelephone = "01632 960001"\n')
    base = load(operator.folder, environ={})
    with operator.database.unit_of_work() as session:
        authority.change(session, OPERATOR, base, {"telephone": "01632 960002"}, 0)
    said = operator.types("settings")
    found = dict(re.findall(r"│ (authority\.\w+) │ (.+? │ .+?) │", said))
    assert found["authority.name_en"] == "Elwern │ portal.toml"
    assert found["authority.telephone"] == "01632 960002 │ the settings screen"
    assert found["authority.name_cy"].endswith(" │ default")


def test_it_is_doubted_what_is_in_force_and_not_what_the_file_says(operator):
    (operator.folder / "portal.toml").write_text('[authority]\nfigures_email = "figures@elwern.gov"\n')
    base = load(operator.folder, environ={})
    with operator.database.unit_of_work() as session:
        authority.change(session, OPERATOR, base, {"contact_email": "inbox@elwern.gov"}, 0)
    said = operator.types("check")
    assert "Inbox for accessibility problems" in said
    assert "Inbox for questions" not in said
    assert "Inbox for figures" not in said


def test_every_page_is_listed_in_both_languages(operator):
    said = operator.types("routes")
    for name, _, paths in create_app(Settings(data_dir=operator.folder)).state.urls.declared():
        assert name in said
        assert all(path in said for path in paths.values())


def test_pages_are_listed_before_there_is_a_database_and_none_is_made(new):
    said = new.types("routes")
    assert "/en/accounts/invite" in said
    assert "/cy/cyfrifon/gwahodd" in said
    assert not new.folder.exists()


def test_a_backup_is_a_portal_of_its_own(operator, tmp_path):
    with operator.database.unit_of_work() as session:
        record(session, OPERATOR, "publish", Reference("page", "cookies"))
    (tmp_path / "restored").mkdir()
    copy = tmp_path / "restored" / "portal.db"
    assert "was copied to portal.db" in operator.types("backup", str(copy))
    assert stat.S_IMODE(copy.stat().st_mode) == 0o600
    assert (
        Operator(tmp_path / "restored").types("audit", "verify")
        == "The record is whole: 1 entries, 0 signed checkpoints."
    )
    assert "exists already; nothing was written" in operator.types("backup", str(copy), code=2)


@pytest.mark.postgres
def test_postgresql_is_not_backed_up_by_us(new, postgres_database, monkeypatch, tmp_path):
    url = postgres_database.engine.url.render_as_string(hide_password=False)
    monkeypatch.setenv("PORTAL_DATABASE_URL", url)
    assert "pg_dump" in new.types("backup", str(tmp_path / "copy.db"), code=2)
    assert not (tmp_path / "copy.db").exists()


def test_the_first_broken_entry_of_the_record_is_named(operator):
    assert operator.types("audit", "verify") == "The record is whole: 0 entries, 0 signed checkpoints."
    for _ in range(3):
        with operator.database.unit_of_work() as session:
            record(session, OPERATOR, "publish", Reference("page", "cookies"))
    with operator.database.engine.begin() as connection:
        connection.execute(text("UPDATE audit_entry SET act = 'withdraw' WHERE id = 2"))
    assert operator.types("audit", "verify", code=1) == "Entry 2 is broken: its content is not what was recorded."


def test_messages_are_listed_until_they_are_answered(operator):
    for reference, inbox in (("aaaa-aaaa", Inbox.figure), ("bbbb-bbbb", Inbox.general)):
        message = Message(
            reference=reference, inbox=inbox, about="/en/", text="[bold]The [/light]", language="cy", received_at=NOON
        )
        message.email = "ann@example.org" if inbox is Inbox.figure else None
        with operator.database.unit_of_work() as session:
            session.add(message)
    listed = operator.types("messages")
    assert listed.index("aaaa-aaaa") < listed.index("ann@example.org") < listed.index("bbbb-bbbb")
    assert listed.index("bbbb-bbbb") < listed.index("nobody")
    assert listed.index("aaaa-aaaa") < listed.index("bbbb-bbbb")
    assert "[bold]The [/light]" in listed
    assert operator.types("message-answered", "aaaa-aaaa") == "aaaa-aaaa is marked as answered."
    assert "aaaa-aaaa" not in operator.types("messages")
    with operator.database.reading() as session:
        assert session.exec(select(AuditEntry.thing)).all() == ["message:aaaa-aaaa"]
    assert "There is no message zzzz-zzzz" in operator.types("message-answered", "zzzz-zzzz", code=2)


def test_what_a_month_will_say_cannot_be_asked_of_a_page_that_is_none(operator):
    asked = ("preview-crime", "neighbourhood")
    assert "There is no such page yet (404)" in operator.types(*asked, "nowhere", "2024-05", code=2)
    assert "There is no" in operator.types(*asked, "nowhere", "May", code=2)
    assert "in 'de'" in operator.types(*asked, "nowhere", "2024-05", "--lang", "de", code=2)


@pytest.fixture
def served(monkeypatch):
    """What would have been served, instead of serving it."""
    given = []
    monkeypatch.setattr(cli, "serve_here", lambda application, host, port: given.append((application, host, port)))
    monkeypatch.setattr(cli, "serve_in_many", lambda *args: given.append(args))
    return given


def test_one_process_serves_the_portal_of_the_data_folder(operator, served):
    operator.types("serve", "--port", "8123")
    ((application, host, port),) = served
    assert (host, port) == ("127.0.0.1", 8123)
    assert application.state.settings.data_dir == operator.folder


def test_several_processes_each_make_their_own(operator, served):
    operator.types("serve", "--workers", "3", "--host", "::1")
    assert served == [("portal.cli:application", "::1", 8000, 3)]
    assert cli.application().state.settings.data_dir == operator.folder


@pytest.mark.parametrize("ending", [signal.SIGTERM, signal.SIGINT])
def test_the_worker_runs_every_job_until_it_is_told_to_end(operator, monkeypatch, ending):
    given, before = [], [(one, signal.getsignal(one)) for one in (signal.SIGTERM, signal.SIGINT)]

    def work(here, jobs, stop):
        assert here.database.engine.url.render_as_string() == here.settings.url
        given.append((here.settings.url, {job.name for job in jobs}, stop.is_set()))
        signal.raise_signal(ending)
        given.append(stop.is_set())

    monkeypatch.setattr(cli, "work", work)
    try:
        operator.types("worker")
    finally:
        for one, handler in before:
            signal.signal(one, handler)
    (url, jobs, stopped), stopped_then = given
    assert url == f"sqlite:///{operator.folder}/portal.db"
    assert {"send-mail", "forget-answered-messages", "forget-tries-and-keys"} <= jobs
    assert (stopped, stopped_then) == (False, True)


@pytest.mark.parametrize("is_said_before", [False, True])
def test_the_demonstration_serves_and_works_in_one_process(tmp_path, served, monkeypatch, is_said_before):
    prepared, worked = [], []

    def prepared_at(folder, _console):
        prepared.append(folder)
        return Settings(data_dir=folder)

    monkeypatch.setattr(cli.demonstration, "prepare", prepared_at)
    monkeypatch.setattr(cli, "work", lambda *given: worked.append(given[2]))
    words = ["demo", "--port", "8124"]
    where = ["--data", str(tmp_path / "demo")]
    done = CliRunner().invoke(cli.app, where + words if is_said_before else words + where)
    assert done.exit_code == 0
    assert prepared == [tmp_path / "demo"]
    assert [(host, port) for _, host, port in served] == [("127.0.0.1", 8124)]
    assert [stop.is_set() for stop in worked] == [True]


def test_the_demonstration_lies_in_one_folder(new):
    assert "the demonstration lies in one folder" in new.types("demo", "--data", "elsewhere", code=2)


def test_a_real_portal_is_never_made_a_demonstration(new):
    new.types("init")
    for name in ("portal.toml", "none"):
        before = {path.name: path.read_bytes() for path in new.folder.iterdir()}
        with pytest.raises(NotADemonstration, match="is no demonstration"):
            prepare(new.folder, Console(quiet=True))
        assert {path.name: path.read_bytes() for path in new.folder.iterdir()} == before
        (new.folder / name).unlink(missing_ok=True)


@pytest.mark.postgres
def test_a_portal_on_postgresql_is_begun_in_a_folder_that_is_not_there_yet(new, postgres_database, monkeypatch):
    monkeypatch.setenv("PORTAL_DATABASE_URL", postgres_database.engine.url.render_as_string(hide_password=False))
    assert "portal.toml was written" in new.types("init")


def test_the_folder_of_a_new_portal_is_made_whatever_the_database(new, tmp_path, monkeypatch):
    monkeypatch.setenv("PORTAL_DATABASE_URL", f"sqlite:///{tmp_path}/elsewhere/portal.db")
    assert "portal.toml was written" in new.types("init")
    assert stat.S_IMODE(new.folder.stat().st_mode) == 0o700


@pytest.mark.parametrize(
    ("trouble", "said"),
    [
        (AssetsNotBuilt("static/dist is not built"), "static/dist is not built"),
        (Unavailable("unable to open"), "The database does not answer: unable to open"),
    ],
)
def test_what_cannot_go_on_says_why_in_a_sentence(operator, monkeypatch, trouble, said):
    def load(*_given):
        raise trouble

    monkeypatch.setattr(Assets, "load", load)
    monkeypatch.setattr(sys, "argv", ["portal", "--data", str(operator.folder), "check"])
    monkeypatch.setattr(logging, "basicConfig", lambda **_more: None)
    with pytest.raises(SystemExit) as ended:
        cli.main()
    assert ended.value.code == said


def test_a_command_outside_the_command_line_is_a_mistake():
    with pytest.raises(TypeError, match=r"portal\.cli"):
        command(SimpleNamespace(obj=None))


def test_without_a_command_the_commands_are_listed():
    done = CliRunner().invoke(cli.app, [])
    assert "release-crime" in done.output
    assert "audit" in done.output


def test_help_needs_no_tables(new):
    assert "Usage:" in new.types("audit", "--help")
    assert "Usage:" in new.types("messages", "--help")
